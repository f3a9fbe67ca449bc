"""Names that pages give to roles, states, events and outcomes."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markupsafe import Markup

from web.asking import runtime
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
EVENTS = {
    "case_started": "发起",
    "case_ended": "案件结束",
    "case_cancelled": "取消案件",
    "cancelled": "不再需要",
    "timer_fired": "到时提醒",
    "message_received": "收到消息",
    "call_answered": "外部服务已答复",
    "deadline_moved": "期限随工作日历调整",
    "migrated": "换到新版本",
    "migration_undone": "换回原版本",
}


def role_name(role: str) -> str:
    named = runtime().roles.get(role, {})
    return str(named.get("name@en" if lang() == "en" else "name") or role)


def record_title(record: Any) -> str:
    """A paper's name; in English that of its kind, where it has one."""
    kind = runtime().record_kinds.get(record.kind, {}) if lang() == "en" else {}
    return str(kind.get("name@en") or record.title)


def state_name(status: str) -> str:
    return _(STATES.get(status, status))


def event_name(event: Any) -> str:
    if event.kind == "completed":
        return str(event.name or event.element)
    words = _(EVENTS.get(event.kind, event.kind))
    return f"{words}：{event.name}" if event.name else words


def outcome_name(version: Any, outcome: str) -> str:
    """The name of the end event that sets the outcome."""
    ends = (e.name for e in version.elements.values() if e.outcome == outcome)
    return next(ends, outcome)


def add_words(app: Flask) -> None:
    app.jinja_env.globals.update(
        record_title=record_title,
        role_name=role_name,
        state_name=state_name,
        event_name=event_name,
        outcome_name=outcome_name,
    )
    app.jinja_env.filters["markdown"] = lambda text: Markup(_markdown.render(text))
