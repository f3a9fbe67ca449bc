"""Names that pages give to the estate: what gates answer, what its registry was told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from engine import HOUSE_STATES, ZONE
from web.asking import runtime
from web.words import kind_name, yuan

# what a gate answers, with the tone of its chip
GATE_ANSWERS = {
    "ok": ("通过", "good"),
    "not_ok": ("不通过", "late"),
    "unknown": ("无法判断", "soon"),
}
GATES = {
    "no_arrears": "无欠费",
    "owner_is": "业主身份",
    "tenant_has_owner_consent": "业主同意租户",
    "deposit_held": "押金在账",
    "no_open_case": "无在办案件",
    "keys_returned": "钥匙已还",
    "meters_read": "已抄表",
    "renovation_accepted": "装修已验收",
    "documents_complete": "资料齐全",
}
# the columns of a gate's rows
EVIDENCE = {
    "item": "收费项目",
    "begins": "账期起",
    "ends": "账期止",
    "due_on": "应缴日期",
    "owed_fen": "欠缴（元）",
    "owner": "业主",
    "share": "份额",
    "since": "起始日期",
    "tenant": "租户",
    "ends_on": "租期止",
    "owner_consents": "业主承诺书",
    "key": "钥匙编号",
    "quantity": "数量",
    "state": "状态",
    "who": "现在何人处",
    "kind": "类别",
    "meter": "表号",
    "read_on": "抄表日期",
    "reading": "读数",
    "case": "案件",
    "title": "标题",
    "paper": "单据编号",
    "accepted_on": "验收日期",
    "paper_kind": "资料",
    "there": "已有",
    "deposit": "押金编号",
    "payer": "交款人",
    "taken_fen": "收取（元）",
    "held_fen": "在账（元）",
}
# what stands in them by a word of ours
EVIDENCE_WORDS = {
    "in_cabinet": "在柜",
    "lent": "借出",
    "handed_over": "已移交",
    "returned": "已退还",
    "lost": "遗失",
    "water": "水表",
    "power": "电表",
    "gas": "燃气表",
    "fitout": "装修押金",
}
KEY_MOVES = {
    "received": "接收",
    "lent": "借出",
    "back": "还回",
    "handed_over": "移交业主",
    "returned": "退还",
    "lost": "遗失",
}
DEPOSITS = {"fitout": "装修押金", "card": "停车卡押金"}
ENTRIES = {"taken": "收取", "deducted": "扣款", "refunded": "退还"}
_NUMBER = re.compile(r"[A-Z0-9]+-[0-9]{4}-[0-9]+")
TABLES = (
    DEPOSITS,
    ENTRIES,
    GATES,
    EVIDENCE,
    HOUSE_STATES,
    KEY_MOVES,
    EVIDENCE_WORDS,
    {answer: told for answer, (told, _tone) in GATE_ANSWERS.items()},
)
Told = Mapping[str, Any]


def registry_line(event: Any) -> str:
    """What an operation changed in the registry of the estate, "" for other events."""
    line = _LINES.get(event.kind)
    return "" if line is None else line(event.detail)


def _key(told: Told) -> str:
    move = _(KEY_MOVES.get(told["what"], told["what"]))
    return " · ".join(filter(None, (told["key"], move, told.get("who"))))


def _state(told: Told) -> str:
    states = (told[name] or "—" for name in ("before", "after"))
    named = (_(HOUSE_STATES.get(state, state)) for state in states)
    return f"{told['unit_no']} {' → '.join(named)}"


def _owners(told: Told) -> str:
    owners = ("、".join(told[name]) or "—" for name in ("before", "after"))
    return f"{told['unit_no']} {' → '.join(owners)} · {told['on']}"


def _reading(told: Told) -> str:
    used = "" if told["used"] is None else f" (+{told['used']:g})"
    return f"{told['unit_no']} {told['meter']} {told['value']:g}{used}"


_LINES: Mapping[str, Callable[[Told], str]] = {
    "key_moved": _key,
    "house_state_set": _state,
    "tenancy_begun": lambda told: "{unit_no} {tenant} · {since} –".format(**told),
    "tenancy_ended": lambda told: "{0} {1} · – {2}".format(
        told["unit_no"], "、".join(told["tenants"]), told["on"]
    ),
    "ownership_transferred": _owners,
    "meter_read": _reading,
}


def gate_name(gate: str) -> str:
    return _(GATES.get(gate, gate))


def gate_word(answer: Mapping[str, Any]) -> tuple[str, str]:
    """What a gate answered in a word, and the tone of its chip."""
    told, tone = GATE_ANSWERS.get(answer.get("answer", ""), GATE_ANSWERS["unknown"])
    return (_("特批"), "soon") if answer.get("overridden") else (_(told), tone)


def evidence_columns(rows: Sequence[Told]) -> list[str]:
    """The columns of a gate's rows in which something stands."""
    return [name for name in rows[0] if any(row.get(name) is not None for row in rows)]


def evidence_name(column: str) -> str:
    return _(EVIDENCE.get(column, column))


def evidence_text(column: str, value: Any) -> str:
    """A cell of a gate's rows."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("有") if value else _("没有")
    if column.endswith("_fen"):
        return yuan(value)
    if column == "paper_kind":
        return kind_name({"name": value, **runtime().record_kinds.get(value, {})})
    text = str(value)
    return _(EVIDENCE_WORDS[text]) if text in EVIDENCE_WORDS else _moment(text)


def _moment(text: str) -> str:
    """A time to the minute, in its own zone; any other text as it is."""
    if len(text) < 16 or text[10:11] != "T":
        return text
    at = datetime.fromisoformat(text).astimezone(ZONE)
    return at.strftime("%Y-%m-%d %H:%M")


def deposit_kind(kind: str) -> str:
    return _(DEPOSITS[kind]) if kind in DEPOSITS else _("押金")


def entry_name(entry: Any) -> str:
    """What an entry of a deposit is."""
    act = _(ENTRIES[entry.act])
    return _("冲正：%(act)s", act=act) if entry.reverses else act


def evidence_link(evidence: str) -> Markup:
    """The number of a record as it is, a file under its address."""
    if _NUMBER.fullmatch(evidence):
        return Markup("{}").format(evidence)
    address = url_for("files.show", file_id=evidence)
    link = '<a href="{}" target="_blank" rel="noopener">{}</a>'
    return Markup(link).format(address, _("文件"))


def add_estate_words(app: Flask) -> None:
    names = (gate_name, gate_word, evidence_name, evidence_text, registry_line)
    names += (deposit_kind, entry_name, evidence_columns, evidence_link)
    app.jinja_env.globals.update({name.__name__: name for name in names})
