"""Take the register of keys in: each bunch, where it is, and every hand it went through."""

from __future__ import annotations

from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.register_plan import Plan, RegisterPlan, compared, iso
from engine.actions.stored_owners import StoredOwners
from engine.imports.kinds.keys import KeyRow, read_keys
from engine.imports.result import ImportResult
from engine.imports.table import Table
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.estate import HouseKey, KeyMove

REGISTER, KEYS, MOVES = "钥匙清册", "钥匙", "交接记录"
WORDS = {"received": "接收", "lent": "借出", "back": "归还"}
Known = set[tuple[int, str, str]]


def plan_keys(
    session: Session, runtime: Runtime, site_id: int, file: BinaryIO, source: str
) -> tuple[ImportResult, Plan | None]:
    table, rows = read_keys(file)
    stored = StoredOwners(session, site_id)
    for row in rows:
        stored.find_house(table, row.number, row.code)
    here = select(HouseKey).where(HouseKey.site_id == site_id)
    keys = {key.code: key for key in session.scalars(here)}
    for row in rows:
        _check_house(table, stored, keys.get(row.key), row)
    plan = _Plan(stored, keys, _moves(session, site_id), source)
    if not table.findings:
        plan.take(rows)
    return compared(plan, REGISTER, table)


def _moves(session: Session, site_id: int) -> Known:
    query = select(KeyMove.key_id, KeyMove.act, KeyMove.on)
    query = query.join(HouseKey, HouseKey.id == KeyMove.key_id)
    found = session.execute(query.where(HouseKey.site_id == site_id))
    return {(key_id, act, on) for key_id, act, on in found}


def _check_house(
    table: Table, stored: StoredOwners, key: HouseKey | None, row: KeyRow
) -> None:
    house = stored.house(row.code)
    if key is not None and house is not None and key.house_id != house.id:
        sentence = f"钥匙 {row.key} 在系统里是另一套房屋的；换了房屋请用新的钥匙编号"
        table.find(row.number, "room", sentence)


class _Plan(RegisterPlan):
    def __init__(
        self,
        stored: StoredOwners,
        keys: dict[str, HouseKey],
        moves: Known,
        source: str,
    ) -> None:
        super().__init__(REGISTER, (KEYS, MOVES), source)
        self._stored, self._keys, self._moves = stored, keys, moves

    def take(self, rows: list[KeyRow]) -> None:
        for row in rows:
            key = self._take_key(row)
            for values in _moves_of(row):
                self._take_move(key, row, values)
        self.left_alone(len(self._keys.keys() - {row.key for row in rows}), "把钥匙")

    def _take_key(self, row: KeyRow) -> HouseKey:
        facts: dict[str, Any] = {
            "kind": row.kind,
            "quantity": row.quantity,
            "vacant": row.vacant,
            "received_on": iso(row.received_on),
            "place": row.place,
            "state": row.state,
            "remark": row.remark,
        }
        key = self._keys.get(row.key)
        if key is not None:
            self.edits.compare(KEYS, key, facts, f"钥匙 {row.key}")
            return key
        house = self._stored.house(row.code)
        assert house is not None
        facts["quantity"] = row.quantity or 1
        facts["state"] = row.state or "in_cabinet"
        key = HouseKey(site_id=house.site_id, code=row.key, source=self.source, **facts)
        self.additions.add(key, house_id=house)
        self.ledger.new(KEYS, f"{house.code} 新增钥匙 {row.key}")
        return key

    def _take_move(self, key: HouseKey, row: KeyRow, values: dict[str, Any]) -> None:
        if (key.id, values["act"], values["on"]) in self._moves:
            self.ledger.same(MOVES)
            return
        words = f"钥匙 {row.key} {values['on']} {WORDS[values['act']]}"
        if values["who"]:
            words += f"：{values['who']}"
        # those of a new bunch are told with it
        self.ledger.new(MOVES, None if key.id is None else words)
        move = KeyMove(at=now(), source=self.source, **values)
        self.additions.add(move, key_id=key)


def _moves_of(row: KeyRow) -> list[dict[str, Any]]:
    """The hands a row tells of, in their order."""
    said = (
        ("received", row.received_on),
        ("lent", row.lent_on),
        ("back", row.back_on),
    )
    return [
        {
            "act": act,
            "on": day.isoformat(),
            "quantity": row.quantity or 1,
            "who": row.who if act == "lent" else None,
            "company": row.company if act == "lent" else None,
            "due_on": iso(row.due_on) if act == "lent" else None,
            "approved_by": row.approved_by if act == "lent" else None,
        }
        for act, day in said
        if day is not None
    ]
