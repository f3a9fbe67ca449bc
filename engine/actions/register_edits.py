"""What an import changes in rows that are there, each change counted and put in words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.written_rows import Change, key_name, key_of
from engine.forms.widgets.texts import hide_middle
from engine.imports.identity import COMPANY, PERSON
from engine.imports.kinds import keys, vehicles
from engine.imports.kinds.values import labels
from engine.imports.result import Ledger
from engine.store.database import Base
from engine.store.estate import HOUSE_STATES, RELATIONS

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
    "ends_on": "到期日期",
    "has_agreement": "租赁协议",
    "owner_consents": "业主承诺书",
    "purpose": "用途",
    "members": "同住人",
    "member_count": "同住人数",
    "keeper": "车主",
    "relation": "与房屋关系",
    "brand": "品牌",
    "colour": "颜色",
    "energy": "能源类型",
    "space_code": "车位编号",
    "place": "位置",
    "tenure": "车位性质",
    "owner": "产权人",
    "user": "使用人",
    "plate": "车牌号",
    "monthly": "月租金",
    "value": "读数",
    "reader": "抄表人",
    "quantity": "数量",
    "vacant": "是否空置",
    "received_on": "接收日期",
    "state": "状态",
    "badge_no": "工号",
    "post": "岗位",
    "department": "部门",
    "joined_on": "入职日期",
}
CHOICES = ("status", "kind", "state", "tenure", "relation")
SHOWN = {
    **labels(vehicles.TENURES),
    **labels(vehicles.STATUSES),
    **labels(keys.STATES),
    **labels(keys.KINDS),
    **RELATIONS,
    **HOUSE_STATES,
    PERSON: "个人",
    COMPANY: "单位",
}


class Edits:
    """Changes are kept until ``write``: a dry run never touches a row."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._drafts: list[tuple[Base, dict[str, Any]]] = []

    def compare(self, kind: str, row: Base, facts: dict[str, Any], who: str) -> None:
        """Plans what the file says otherwise; what it leaves empty is left alone."""
        self.compare_all(kind, who, (row, facts))

    def compare_all(
        self, kind: str, who: str, *pairs: tuple[Base, dict[str, Any]]
    ) -> None:
        """Several rows that are told as one."""
        words: list[str] = []
        changed = False
        for row, facts in pairs:
            values = {
                name: value
                for name, value in facts.items()
                if value is not None and value != getattr(row, name)
            }
            if values:
                changed = True
                self.plan(row, values)
                words += _words(who, row, values)
        if changed:
            self._ledger.changed(kind, *words)
        else:
            self._ledger.same(kind)

    def plan(self, row: Base, values: dict[str, Any]) -> None:
        self._drafts.append((row, values))

    def write(self, session: Session) -> list[Change]:
        """One statement for all rows of a table that change in the same columns. Rows in
        the session show it once they are expired."""
        batches: dict[tuple[type[Base], frozenset[str]], list[dict[str, Any]]] = {}
        for row, values in self._drafts:
            batch = batches.setdefault((type(row), frozenset(values)), [])
            batch.append({key_name(type(row)): key_of(row), **values})
        changes = [_change(row, values) for row, values in self._drafts]
        for (table, _), rows in batches.items():
            session.execute(update(table), rows)
        return changes


def _words(who: str, row: Base, values: dict[str, Any]) -> list[str]:
    return [
        f"{who} {change_of(name, getattr(row, name), value)}"
        for name, value in values.items()
        if name in LABELS
    ]


def _change(row: Base, values: dict[str, Any]) -> Change:
    before = {name: getattr(row, name) for name in values}
    return Change(row.__tablename__, key_of(row), before, values)


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
    if isinstance(value, bool):
        return "有" if value else "无"
    if name in ("monthly", "value"):
        return f"{value / 100:.2f}"
    return str(SHOWN.get(value, value)) if name in CHOICES else str(value)
