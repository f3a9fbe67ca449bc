"""Names that pages give to roles, states, events and outcomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markupsafe import Markup

from web.asking import runtime
from web.refusals import sentence_of
from web.shell import lang

# html off: instructions are typed by process owners and shown to everybody
_markdown = MarkdownIt("zero").enable(["emphasis", "list", "newline"])

STATES = {
    "running": "办理中",
    "ended": "已结束",
    "cancelled": "已取消",
    "suspended": "已挂起",
    "incident": "有故障",
}
# the groups of the registry of records (procedures.md B)
GROUPS = {
    "B.1": "交房、装修、入住",
    "B.2": "放行、接待、投诉、走访",
    "B.3": "档案、报修、前台、车位、钥匙",
    "B.4": "品质、采购、便民服务",
    "B.5": "售后、秩序、消防、环境",
}
# what is wrong in a register's filter
MISTAKES = {
    "day": "请按“2026-03-01”的样子填写日期。",
    "year": "请填写四位数的年份。",
    "order": "结束日期早于开始日期，找不到任何记录。",
}
EVENTS = {
    "case_started": "发起",
    "case_ended": "案件结束",
    "case_cancelled": "取消案件",
    "cancelled": "不再需要",
    "timer_fired": "到时提醒",
    "message_received": "收到消息",
    "call_answered": "外部服务已答复",
    "answered_by_hand": "人工答复外部服务",
    "incident_retried": "故障后再试一次",
    "deadline_moved": "期限随工作日历调整",
    "printed": "打印",
    "gate_confirmed": "门岗核对放行",
    "gate_mismatch": "门岗核对不符",
    "key_moved": "钥匙登记",
    "house_state_set": "变更房屋状态",
    "tenancy_begun": "租户入住登记",
    "tenancy_ended": "租户退租登记",
    "ownership_transferred": "业主变更登记",
    "meter_read": "抄表登记",
    "deposit_taken": "收取押金",
    "deposit_deducted": "押金扣款",
    "deposit_refunded": "退还押金",
    "deposit_reversed": "押金冲正",
    "gate_overridden": "特批通过核查",
    "item_done": "填写",
    "item_corrected": "更正",
    "record_voided": "记录作废",
    "record_replaced": "记录重开",
    "migrated": "换到新版本",
    "revealed": "查看个人信息",
    "purged": "销毁到期的个人信息",
    "migration_undone": "换回原版本",
}
INCIDENTS = {"call": "外部服务不成功", "timer": "到时办理不成功"}
LOOKS = {"work": "工作日", "rest": "休息日", "holiday": "放假", "makeup": "调休上班"}
KINDS = {"workday": "工作日", "holiday": "休息日"}
SOURCES = {
    "chinesecalendar": "国务院办公厅公布",
    "provisional": "暂估：周末和固定假日",
    "site": "本小区设定",
}
MONTHS = tuple(f"{n}月" for n in range(1, 13))
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")
OPERATIONS = {"mail": "发送邮件", "webhook": "通知外部系统"}
IMPORTS = {
    "owners": "业主清册",
    "tenants": "租户清册",
    "vehicles": "车辆车位",
    "balances": "欠费余额",
    "meters": "抄表记录",
    "keys": "钥匙清册",
    "staff": "员工花名册",
}
IMPORT_STATES = {
    "uploaded": "等待检查",
    "checking": "正在检查",
    "checked": "待确认",
    "waiting": "等待写入",
    "writing": "正在写入",
    "done": "已写入",
    "same": "没有变化",
    "refused": "无法导入",
    "dropped": "已放弃",
    "undone": "已撤回",
    "interrupted": "中断",
    "wrong": "需要改正",
}
HOURS = {
    "office_hours": "办公时间",
    "patrol_shifts": "巡逻班次",
    "day_and_night": "白天与夜间",
}
TABLES = (
    EVENTS,
    STATES,
    INCIDENTS,
    LOOKS,
    KINDS,
    SOURCES,
    OPERATIONS,
    HOURS,
    IMPORTS,
    IMPORT_STATES,
    GROUPS,
    MISTAKES,
)


def role_name(role: str) -> str:
    named = runtime().roles.get(role, {})
    return str(named.get("name@en" if lang() == "en" else "name") or role)


def record_title(record: Any) -> str:
    """A paper's name; in English that of its kind, where it has one."""
    kind = runtime().record_kinds.get(record.kind, {}) if lang() == "en" else {}
    return str(kind.get("name@en") or record.title)


def kind_name(about: Mapping[str, Any]) -> str:
    """The name of a kind of record."""
    return str(about.get("name@en" if lang() == "en" else "name") or about.get("name"))


def group_name(group: str) -> str:
    return _(GROUPS[group]) if group in GROUPS else _("其他")


def register_orders(register: Any) -> list[tuple[str, str]]:
    """What a register may be sorted by, in the order of its columns."""
    names = register.sorted
    return [(c.name, c.label(lang())) for c in register.columns if c.name in names]


def mistake(code: str) -> str:
    return _(MISTAKES[code])


def yuan(fen: int) -> str:
    return f"{Decimal(fen).scaleb(-2):,.2f}"


def state_name(status: str) -> str:
    return _(STATES.get(status, status))


def event_name(event: Any) -> str:
    if event.kind in ("completed", "gate_asked"):
        return str(event.name or event.element)
    by_hand = event.kind == "call_answered" and event.actor_id is not None
    kind = "answered_by_hand" if by_hand else event.kind
    words = _(EVENTS.get(kind, kind))
    return f"{words}：{event.name}" if event.name else words


def incident_kind(kind: str) -> str:
    return _(INCIDENTS.get(kind, kind))


def operation_name(operation: str) -> str:
    return _(OPERATIONS.get(operation, operation))


def day_look(cell: Any) -> str:
    return _(LOOKS[cell.look])


def day_kind(kind: str) -> str:
    return _(KINDS.get(kind, kind))


def day_source(source: str) -> str:
    return _(SOURCES.get(source, source))


def month_name(number: int) -> str:
    return _(MONTHS[number - 1])


def hours_name(name: str) -> str:
    return _(HOURS.get(name, name))


def import_name(kind: str) -> str:
    return _(IMPORTS.get(kind, kind))


def import_state(state: str) -> str:
    return _(IMPORT_STATES.get(state, state))


def said(kept: Mapping[str, Any]) -> str:
    """The sentence of a refusal that was kept: its template and values."""
    return _(kept["template"]).format(**kept["values"])


def weekday_name(number: int) -> str:
    """One sign, Monday being 0."""
    return _(WEEKDAYS[number])


def pretty(value: Any) -> str:
    """JSON as people read it."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def outcome_name(version: Any, outcome: str) -> str:
    """The name of the end event that sets the outcome."""
    ends = (e.name for e in version.elements.values() if e.outcome == outcome)
    return next(ends, outcome)


def add_words(app: Flask) -> None:
    app.jinja_env.globals.update(
        record_title=record_title,
        kind_name=kind_name,
        group_name=group_name,
        register_orders=register_orders,
        mistake=mistake,
        role_name=role_name,
        state_name=state_name,
        event_name=event_name,
        incident_kind=incident_kind,
        operation_name=operation_name,
        day_look=day_look,
        day_kind=day_kind,
        day_source=day_source,
        month_name=month_name,
        hours_name=hours_name,
        import_name=import_name,
        import_state=import_state,
        said=said,
        weekday_name=weekday_name,
        refusal_sentence=sentence_of,
        outcome_name=outcome_name,
    )
    app.jinja_env.filters["pretty"] = pretty
    app.jinja_env.filters["yuan"] = yuan
    app.jinja_env.filters["markdown"] = lambda text: Markup(_markdown.render(text))
