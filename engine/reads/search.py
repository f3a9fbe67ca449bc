"""One box for everything: houses, people, vehicles, cases and papers, by what is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.people import Person
from engine.reads.find_estate import find_houses, find_people, find_vehicles
from engine.reads.find_papers import find_cases, find_records
from engine.reads.hits import MOST, Hit
from engine.registers import sites_of
from engine.runtime import Runtime

SHOWN = 20  # hits of a group among others
LONGEST = 60
GROUPS = ("houses", "people", "vehicles", "cases", "records")
Find = Callable[[Session, Person, str, int], list[Hit]]


@dataclass(frozen=True)
class Found:
    """Hits by group; ``more``: groups of which not all are shown. ``sites``: names, where
    more than one may be meant."""

    groups: dict[str, list[Hit]]
    more: set[str]
    sites: dict[int, str]

    @property
    def only(self) -> tuple[str, Hit] | None:
        """The one hit there is."""
        hits = [(name, hit) for name, found in self.groups.items() for hit in found]
        return hits[0] if len(hits) == 1 else None


def search(
    session: Session, runtime: Runtime, person: Person, q: str, only: str = ""
) -> Found:
    """What somebody may see of it on their sites; ``only`` one group, then more of it.
    A group that such a text cannot mean is not looked into."""
    text = " ".join(q.replace("\0", "").split())[:LONGEST]
    groups: dict[str, list[Hit]] = {}
    more = set()
    most = MOST if only else SHOWN
    for name, find in _finds(runtime).items() if text and _works(person) else ():
        if only not in ("", name):
            continue
        if hits := find(session, person, text, most):
            groups[name] = hits[:most]
        if len(hits) > most:
            more.add(name)
    sites = _sites(session, person) if groups else {}
    return Found(groups, more, sites)


def _works(person: Person) -> bool:
    return person.administrator or bool(person.roles)


def _finds(runtime: Runtime) -> dict[str, Find]:
    def papers(session: Session, person: Person, text: str, most: int) -> list[Hit]:
        return find_records(session, runtime, person, text, most)

    finds = (find_houses, find_people, find_vehicles, find_cases, papers)
    return dict(zip(GROUPS, finds, strict=True))


def _sites(session: Session, person: Person) -> dict[int, str]:
    if len(person.sites) == 1:
        return {}
    names = {site.id: site.name for site in sites_of(session, person)}
    return names if len(names) > 1 else {}
