"""Everything of one site taken out of every table: the one exception from append-only.

Found by the tables themselves: rows that carry the site, and rows that refer to such rows.
The database refuses it for a site that is no demo (migration 0020).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, case, delete, false, func, or_, select
from sqlalchemy.orm import Session

from engine.store.database import Base, upsert_into
from engine.store.outbox import Message
from engine.store.records import NumberSeries
from engine.store.staff import Site, Staff, StaffRole

# what all sites share: accounts are looked at one by one
SHARED = {"staff", "process", "process_version"}
CASES = "case"  # the series of all sites' case numbers, kept with the oldest site


def rows_of_site(site_id: int) -> dict[Table, ColumnElement[bool]]:
    """For each table with rows of sites which of them are of this one; a table stands
    behind those that it refers to."""
    found: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in SHARED:
            continue
        if table.name == "site":
            found[table] = table.c.id == site_id
        elif "site_id" in table.c:
            found[table] = table.c.site_id == site_id
        else:
            found[table] = or_(false(), *_referring(table, found))
    return found


def _referring(table: Table, known: dict[Table, Any]) -> list[ColumnElement[bool]]:
    references = [(c, fk.column) for c in table.c for fk in c.foreign_keys]
    return [
        column.in_(select(target).where(known[target.table]))
        for column, target in references
        if target.table in known and target.table is not table
    ]


def wipe_site(session: Session, site_id: int) -> int:
    """How many rows were deleted."""
    workers = _only_here(session, site_id)
    _pass_on_case_numbers(session, site_id)
    gone = _delete(session, Message.__table__, Message.sent_by.in_(workers))
    for table, of_site in reversed(rows_of_site(site_id).items()):
        gone += _delete(session, table, of_site)
    free = [each for each in workers if not _is_referred_to(session, each)]
    return gone + _delete(session, Staff.__table__, Staff.id.in_(free))


def _delete(session: Session, table: Any, which: ColumnElement[bool]) -> int:
    return session.connection().execute(delete(table).where(which)).rowcount


def _only_here(session: Session, site_id: int) -> list[int]:
    """Accounts that work on this site alone."""
    elsewhere = select(StaffRole.staff_id).where(
        StaffRole.site_id.is_(None) | (StaffRole.site_id != site_id)
    )
    here = select(StaffRole.staff_id).where(StaffRole.site_id == site_id)
    query = select(Staff.id).where(
        Staff.id.in_(here), Staff.id.not_in(elsewhere), Staff.administrator.is_(False)
    )
    return list(session.scalars(query))


def _is_referred_to(session: Session, staff_id: int) -> bool:
    """Whether what is left names the account: then it stays, with no role."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            names = any(fk.column.table.name == "staff" for fk in column.foreign_keys)
            if names and session.scalar(select(1).where(column == staff_id).limit(1)):
                return True
    return False


def _pass_on_case_numbers(session: Session, site_id: int) -> None:
    """The next oldest site keeps the series from now on: no number is given twice."""
    heir = session.scalar(select(func.min(Site.id)).where(Site.id != site_id))
    query = select(NumberSeries.year, NumberSeries.last).where(
        NumberSeries.site_id == site_id, NumberSeries.kind == CASES
    )
    rows = [
        {"site_id": heir, "kind": CASES, "year": year, "last": last}
        for year, last in session.execute(query)
    ]
    if heir is None or not rows:
        return
    given = upsert_into(session, NumberSeries).values(rows)
    last = given.excluded.last
    larger = case((last > NumberSeries.last, last), else_=NumberSeries.last)
    session.execute(
        given.on_conflict_do_update(
            index_elements=["site_id", "kind", "year"], set_={"last": larger}
        )
    )
