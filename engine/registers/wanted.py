"""What somebody wants to see of a register: read from an address, made into a search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.registers.columns import Register
from engine.store.register_search import END, Place, Range, Search, beginning_with
from engine.store.terms import (
    HOUSE,
    NUMBER,
    TIME,
    VOID,
    WORD,
    place,
    asked_words,
)

CHOICE = "f."  # what the name of a chosen column's filter begins with
STATES = ("valid", "void")
MOST_WORDS = 8
LONGEST = 100


@dataclass(frozen=True)
class Wanted:
    """A filter as typed: texts, empty where nothing is asked. ``after`` and ``before``
    are places. ``by_day`` is the column of days where some are asked for: they are in its
    order then, unless told otherwise. ``wrong`` tells by name what cannot be meant (day,
    year, order); what is no day or no year does not filter.
    """

    q: str = ""
    since: str = ""
    until: str = ""
    year: str = ""
    house: str = ""
    state: str = ""
    sort: str = ""
    after: str = ""
    before: str = ""
    by_day: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, register: Register, args: Mapping[str, str]) -> Wanted:
        """The filter of an address; whatever else stands there is passed over."""
        given = {
            name: " ".join(args.get(name, "").replace("\0", "").split())[:LONGEST]
            for name in ("q", "since", "until", "year", "house", "after", "before")
        }
        chosen = {
            column.name: args[CHOICE + column.name]
            for column in register.choices
            if args.get(CHOICE + column.name) in dict(column.options())
        }
        sort, state = args.get("sort", ""), args.get("state", "")
        return cls(
            **given,
            state=state if state in STATES else "",
            sort=sort if sort.lstrip("-") in _orders(register) else "",
            by_day=(register.date or TIME) if _days_asked(given) else "",
            chosen=chosen,
            wrong=dict(_wrong(given)),
        )

    @property
    def asked(self) -> dict[str, str]:
        """The filter and order as an address has them, without a place."""
        own = ("q", "since", "until", "year", "house", "state", "sort")
        found = {name: getattr(self, name) for name in own if getattr(self, name)}
        return found | {CHOICE + name: value for name, value in self.chosen.items()}

    @property
    def filters(self) -> bool:
        return bool(self.asked.keys() - {"sort"})

    @property
    def column(self) -> str:
        return self.sort.lstrip("-") or self.by_day or NUMBER

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-") or not self.sort


def _orders(register: Register) -> frozenset[str]:
    return register.sorted | {NUMBER, TIME, HOUSE}


def _wrong(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in ("since", "until"):
        if given[name] and not _is_day(given[name]):
            yield name, "day"
    year = given["year"]
    if year and not (year.isascii() and year.isdecimal() and len(year) == 4):
        yield "year", "year"
    if _is_day(given["since"]) and _is_day(given["until"]):
        if given["since"] > given["until"]:
            yield "until", "order"


def _days_asked(given: Mapping[str, str]) -> bool:
    return any(_is_day(given[name]) for name in ("since", "until"))


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def search_for(register: Register, wanted: Wanted, site_id: int) -> Search:
    """The search that answers it. What could not be understood does not filter."""

    def under(column: str) -> str:
        return place(site_id, register.kind, column)

    ranges = [*_days(under(register.date or TIME), wanted)]
    ranges += _years(under(NUMBER), wanted)
    order = beginning_with(under(wanted.column))
    narrowed = [each for each in ranges if each.low.startswith(under(wanted.column))]
    if narrowed:  # the order itself begins and ends there
        order = narrowed[0]
        ranges.remove(order)
    if wanted.house:
        ranges.append(_house(under(HOUSE) + wanted.house))
    if wanted.state:
        ranges.append(Range(under(VOID), never=wanted.state == "valid"))
    chosen = wanted.chosen.items()
    ranges += [Range(under(name) + value) for name, value in chosen]
    ranges += _words(under(WORD), wanted.q)
    return Search(order, tuple(ranges), wanted.descending, bool(narrowed))


def _days(day: str, wanted: Wanted) -> Iterator[Range]:
    since = wanted.since if _is_day(wanted.since) else ""
    until = wanted.until if _is_day(wanted.until) else ""
    if since or until:  # a paper without a day sorts before every digit
        yield Range(day + (since or "0"), day + (until or "9999") + END)


def _years(number: str, wanted: Wanted) -> Iterator[Range]:
    if wanted.year and "year" not in wanted.wrong:
        yield beginning_with(number + wanted.year)


def _house(term: str) -> Range:
    """One house, or all of a building or unit: ``1-2`` means ``1-2-…``."""
    whole = term.count("-") >= 2
    return Range(term) if whole else beginning_with(f"{term.rstrip('-')}-")


def _words(prefix: str, q: str) -> list[Range]:
    """What is typed into the box: codes by how they begin, Chinese by its pairs."""
    found = [
        Range(prefix + word) if chinese else beginning_with(prefix + word)
        for word, chinese in asked_words(q)
    ]
    if q and not found:
        return [Range(prefix)]  # nothing but signs: no paper has that word
    return [*dict.fromkeys(found)][:MOST_WORDS]


def place_of(text: str, order: Range) -> Place | None:
    """A place as an address has it, ``value~record id``; None for anything else."""
    value, tilde, number = text.rpartition("~")
    if not tilde or not (number.isascii() and number.isdecimal()) or len(number) > 9:
        return None
    return _column(order) + value, int(number)


def address_of(found: Place, order: Range) -> str:
    return f"{found[0].removeprefix(_column(order))}~{found[1]}"


def _column(order: Range) -> str:
    return order.low[: order.low.rindex("|") + 1]
