"""What a site holds for others: house by house, what moved in a period, to the fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from engine.calendar import ZONE
from engine.errors import NotYours
from engine.people import Person, may_see_money
from engine.registers.papers import chosen_site, sites_of
from engine.store.database import now
from engine.store.deposits import Deposit, DepositEntry
from engine.store.staff import Site

FIRST = date(2000, 1, 1)
PAGE = 50  # houses a page; the sums are of all


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both counted. ``typed`` are the texts of the
    address, ``wrong`` which of them says no day (day) or lies before the other (order).
    """

    since: date
    until: date
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, args: Mapping[str, str], today: date) -> Period:
        """By default from the first of this month until today; what cannot be meant does
        not narrow."""
        typed = {name: args.get(name, "").strip()[:20] for name in ("since", "until")}
        days = {name: _day(text) for name, text in typed.items()}
        wrong = {n: "day" for n, text in typed.items() if text and days[n] is None}
        since = days["since"] or today.replace(day=1)
        until = days["until"] or max(today, since)
        if since > until:
            wrong["until"] = "order"
        shown = {"since": since.isoformat(), "until": until.isoformat()}
        shown |= {name: typed[name] for name in wrong if typed[name]}
        return cls(since, until, shown, wrong)

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.since, time(), ZONE)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.until + timedelta(days=1), time(), ZONE)


@dataclass(frozen=True)
class HouseMoney:
    """All in fen: ``opening`` + ``taken`` - ``deducted`` - ``refunded`` = ``closing``, by
    the entries; ``held`` now, by the deposits themselves; ``booked`` now, by the entries.
    """

    house: str
    opening: int
    taken: int
    deducted: int
    refunded: int
    closing: int
    booked: int
    held: int


@dataclass(frozen=True)
class MoneyHeld:
    site: Site
    sites: list[Site]
    period: Period
    rows: list[HouseMoney]

    def on_page(self, page: int) -> list[HouseMoney]:
        return self.rows[(page - 1) * PAGE : page * PAGE]

    def has_more(self, page: int) -> bool:
        return len(self.rows) > page * PAGE

    def total(self, name: str) -> int:
        return sum(getattr(row, name) for row in self.rows)

    @property
    def difference(self) -> int:
        """Between deposits and entries, house by house: nought, or something is wrong."""
        return sum(abs(row.held - row.booked) for row in self.rows)


def money_held(session: Session, person: Person, args: Mapping[str, str]) -> MoneyHeld:
    """Of every house with money held or moved in the period. Two statements beside the
    sites'. Raises ``NotYours``, ``NotFound``."""
    site = chosen_site(session, person, args.get("site", ""))
    if not may_see_money(person, site.id):
        raise NotYours()
    period = Period.read(args, now().astimezone(ZONE).date())
    held = _held(session, site.id)
    rows = [
        _row(found, held.get(found.house, 0))
        for found in session.execute(_sums(site.id, period))
    ]
    shown = [row for row in rows if _matters(row)]
    return MoneyHeld(site, sites_of(session, person), period, shown)


def _held(session: Session, site_id: int) -> dict[str, int]:
    held = func.sum(Deposit.taken - Deposit.deducted - Deposit.refunded)
    query = select(func.coalesce(Deposit.house_code, ""), held)
    query = query.where(Deposit.site_id == site_id).group_by(Deposit.house_code)
    return {house: int(sum_) for house, sum_ in session.execute(query)}


def _sums(site_id: int, period: Period) -> Select[Any]:
    house = func.coalesce(Deposit.house_code, "")
    before = DepositEntry.at < period.begins
    within = (DepositEntry.at >= period.begins) & (DepositEntry.at < period.ends)
    return (
        select(
            house.label("house"),
            _sum(before).label("opening"),
            *(
                _sum(within & (DepositEntry.act == act)).label(act)
                for act in ("taken", "deducted", "refunded")
            ),
            func.sum(DepositEntry.amount).label("booked"),
        )
        .join(Deposit, Deposit.id == DepositEntry.deposit_id)
        .where(Deposit.site_id == site_id)
        .group_by(house)
        .order_by(house)
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, DepositEntry.amount), else_=0))


def _row(found: Any, held: int) -> HouseMoney:
    opening, taken = int(found.opening), int(found.taken)
    deducted, refunded = -int(found.deducted), -int(found.refunded)
    return HouseMoney(
        house=found.house,
        opening=opening,
        taken=taken,
        deducted=deducted,
        refunded=refunded,
        closing=opening + taken - deducted - refunded,
        booked=int(found.booked),
        held=held,
    )


def _matters(row: HouseMoney) -> bool:
    return any((row.opening, row.taken, row.deducted, row.refunded, row.held))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST <= found <= date(2199, 12, 31) else None
