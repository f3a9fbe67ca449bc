"""What stories tell of the estate around a case: balances, tenants, meters, the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine import confirm_release, report_mismatch, transact
from engine.expressions import FUNCTIONS
from engine.store.release_passes import items_of
from engine.store.tables import (
    Balance,
    BalanceSheet,
    House,
    HouseKey,
    Record,
    ReleasePass,
)
from tests.cast import Office
from tests.estate import add_key, add_meter, add_tenant

ZONE = ZoneInfo("Asia/Shanghai")


def owe(office: Office, owed: Mapping[str, str]) -> None:
    """A balance sheet of today: what each house owes, in yuan; one that owes nothing has
    paid what was due."""
    with office.sessions.begin() as session:
        today = datetime.now(ZONE).date().isoformat()
        sheet = BalanceSheet(site_id=office.site_id, as_of=today)
        session.add(sheet)
        session.flush()
        for code, amount in owed.items():
            house = session.scalars(select(House.id).where(House.code == code)).one()
            fee = {"item": "物业费", "due_on": today, "paid": 10000}
            due = 10000 + FUNCTIONS["fen"](amount)
            session.add(Balance(sheet_id=sheet.id, house_id=house, due=due, **fee))


def let(office: Office, tenant: str, meters: Mapping[str, int]) -> None:
    """1-1-0102 to a tenant, with meters by kind: what each read in January."""
    add_tenant(office, tenant, True)
    for kind, value in meters.items():
        add_meter(office, f"{kind}-1", kind, ("2026-01-01", value * 100))


def keep(office: Office, keys: Mapping[str, int]) -> None:
    """Bunches of 1-1-0101 in the cabinet since before its handover: how many keys each."""
    for code, quantity in keys.items():
        more = {"kind": "not_handed_over", "quantity": quantity}
        add_key(office, code, house="1-1-0101", **more)


def key_states(office: Office) -> dict[str, str]:
    with office.sessions() as session:
        found = session.execute(select(HouseKey.code, HouseKey.state))
        return {code: state for code, state in found}


def show_slip(
    office: Office, case_id: int, username: str, told: str | None, ticked: Sequence[int]
) -> None:
    """The newest slip of a case at the gate: the goods match, or ``told`` says what
    differs. ``ticked`` are places of items, all of them where it is empty."""
    with office.sessions() as session:
        query = select(ReleasePass, Record).join(
            Record, Record.id == ReleasePass.record_id
        )
        query = query.where(ReleasePass.case_id == case_id)
        newest = session.execute(query.order_by(ReleasePass.id.desc())).first()
        assert newest is not None, "there is no slip"
        release, record = newest
        token = office.runtime.seal.open(release.sealed)
        every: Any = ticked or range(len(items_of(record)))
        who = (office.runtime, office.person(username), token, every)
        if told is None:
            transact(session, confirm_release, *who)
        else:
            transact(session, report_mismatch, *who, told)
