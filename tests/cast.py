"""The people and houses every test knows; nobody real."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from engine.actions.publish_process import publish_process, read_source
from engine.actions.sign_in import hasher
from engine.people import Person
from engine.reads.signed_in import person_of
from engine.runtime import Runtime
from engine.sealing import Seal
from engine.settings import ROOT, Settings
from engine.store.database import open_engine
from engine.store.tables import House, HouseParty, Party, Site, Staff, StaffRole
from tests.databases import Filled

PASSWORD = "managed-by-tests"
# username: (name, roles)
STAFF = {
    "lusy": ("陆思远", ["customer_assistant"]),
    "yaojn": ("姚佳宁", ["customer_assistant"]),
    "jiahl": ("贾惠玲", ["cashier"]),
    "suwq": ("苏婉清", ["customer_manager", "customer_assistant"]),
    "hanwc": ("韩文川", ["project_manager", "deputy_manager"]),
    "shicl": ("石长林", ["engineering"]),
    "fancm": ("范春梅", ["key_keeper"]),
    "baiyf": ("白永福", ["gate_guard", "security_dept"]),
    "shaogd": ("邵国栋", ["project_supervisor"]),
    "mengqy": ("孟庆余", ["company_mgmt_dept", "archivist"]),
    "qinmz": ("秦明哲", ["company_leader"]),
    "xiongwt": ("熊文涛", ["security_head", "dept_head"]),
}
# code: (area in 0.01 m², status, [(owner, ID number, phone)])
HOUSES: dict[str, Any] = {
    "1-1-0101": (
        9850,
        "not_handed_over",
        [("张依诺", "990101199606188725", "15400000073")],
    ),
    "1-1-0102": (8936, "vacant", [("冯南乔", "990101199001168481", "15400000681")]),
    "1-1-0201": (
        11852,
        "owner_occupied",
        [
            ("陈晓芸", "990101197606140140", "15400000106"),
            ("贾大勇", "990101198012258795", "15400000265"),
        ],
    ),
}


@dataclass
class Office:
    """A site with its people, houses and published processes."""

    runtime: Runtime
    engine: Engine
    sessions: sessionmaker[Session]
    site_id: int

    def person(self, username: str) -> Person:
        with self.sessions() as session:
            query = session.query(Staff).filter_by(username=username)
            return person_of(query.one())


def settings(folder: Path, url: str, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "var": folder,
        "database_url": url,
        "processes": ROOT / "processes",
        "forms": ROOT / "forms",
        "secret": "a secret only tests have",
    }
    return Settings(**{**values, **changes})


_HASH = None


def _password_hash() -> str:
    global _HASH
    _HASH = _HASH or hasher().hash(PASSWORD)
    return _HASH


def open_office(folder: Path, url: str, processes: tuple[str, ...] = ()) -> Office:
    """An office with this cast; ``processes`` are published, by default all there are.

    The database at ``url`` is empty: it is filled once, and later ones are copies."""
    runtime = Runtime(settings(folder, url))
    _OFFICES.fill(url, processes, partial(_furnish, runtime, processes))
    engine = open_engine(url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions() as session:
        site_id = session.scalars(select(Site.id)).one()
    return Office(runtime, engine, sessions, site_id)


_OFFICES = Filled()


def _furnish(runtime: Runtime, processes: tuple[str, ...]) -> None:
    paths = runtime.settings
    every = sorted(path.parent.name for path in paths.processes.glob("*/*.bpmn"))
    engine = open_engine(paths.database_url)
    with Session(engine) as session, session.begin():
        site = Site(code="demo", name="示范里小区")
        session.add(site)
        session.flush()
        _hire(session)
        _build(session, site.id, runtime.seal)
        for process_id in processes or every:
            source = read_source(paths.processes, paths.forms, process_id)
            publish_process(session, runtime, source)
    engine.dispose()


def _hire(session: Session) -> None:
    for number, (username, (name, roles)) in enumerate(STAFF.items(), start=1):
        session.add(
            Staff(
                username=username,
                name=name,
                badge_no=f"T{number:03d}",
                password_hash=_password_hash(),
                roles=[StaffRole(role=role) for role in roles],
            )
        )


def _build(session: Session, site_id: int, seal: Seal) -> None:
    for code, (area, status, owners) in HOUSES.items():
        building, unit, room = code.split("-")
        house = House(
            site_id=site_id,
            code=code,
            building=building,
            unit=unit,
            room=room,
            floor=int(room[:-2]),
            kind="住宅",
            area=area,
            status=status,
        )
        session.add(house)
        for name, id_no, phone in owners:
            party = Party(
                site_id=site_id,
                name=name,
                phone=phone,
                id_no=seal.close(id_no),
                id_digest=seal.digest(id_no),
                id_tail=id_no[-4:],
            )
            share = 10_000 // len(owners)
            link = HouseParty(house=house, party=party, relation="owner", share=share)
            link.contract_no = f"示购{code.replace('-', '')}"
            session.add(link)
