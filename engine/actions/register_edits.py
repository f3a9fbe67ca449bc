"""What an import changes in rows that are there, each change counted and put in words."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.forms.widgets.texts import hide_middle
from engine.imports.identity import COMPANY, PERSON
from engine.imports.result import Ledger
from engine.store.database import Base
from engine.store.estate import HOUSE_STATES

LABELS = {
    "floor": "楼层",
    "kind": "类型",
    "area": "建筑面积",
    "status": "房屋状态",
    "handed_over_on": "交房日期",
    "name": "名称",
    "gender": "性别",
    "phone": "手机号",
    "other_phone": "备用电话",
    "emergency_contact": "紧急联系人",
    "id_tail": "证件号尾号",
    "contract_no": "合同编号",
    "since": "起始日期",
    "share": "产权份额",
    "remark": "备注",
    "badge_no": "工号",
    "post": "岗位",
    "department": "部门",
    "joined_on": "入职日期",
}
SHOWN = {**HOUSE_STATES, PERSON: "个人", COMPANY: "单位"}


class Edits:
    """Changes are kept until ``write``: a dry run never touches a row."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._drafts: list[tuple[Base, dict[str, Any]]] = []

    def compare(self, kind: str, row: Base, facts: dict[str, Any], who: str) -> None:
        """Plans what the file says otherwise; what it leaves empty is left alone."""
        values = {
            name: value
            for name, value in facts.items()
            if value is not None and value != getattr(row, name)
        }
        if not values:
            self._ledger.same(kind)
            return
        self.plan(row, values)
        words = [
            f"{who} {change_of(name, getattr(row, name), value)}"
            for name, value in values.items()
            if name in LABELS
        ]
        self._ledger.changed(kind, *words)

    def plan(self, row: Base, values: dict[str, Any]) -> None:
        self._drafts.append((row, values))

    def write(self, session: Session) -> None:
        """One statement for all rows of a table that change in the same columns. Rows in
        the session show it once they are expired."""
        batches: dict[tuple[type[Base], frozenset[str]], list[dict[str, Any]]] = {}
        for row, values in self._drafts:
            batch = batches.setdefault((type(row), frozenset(values)), [])
            batch.append({"id": cast(Any, row).id, **values})
        for (table, _), rows in batches.items():
            session.execute(update(table), rows)


def change_of(name: str, old: object, new: object) -> str:
    return f"{LABELS[name]}：{_shown(name, old)} → {_shown(name, new)}"


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "空"
    if name in ("phone", "other_phone"):
        return hide_middle(value, 3, 4)
    if name == "area":
        return f"{value / 100:.2f} ㎡"
    if name == "share":
        return f"{value / 100:g}%"
    return str(SHOWN.get(value, value)) if name in ("status", "kind") else str(value)
