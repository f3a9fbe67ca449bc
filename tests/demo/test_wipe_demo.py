"""The demo site is taken out wholly, nothing else is; and it can be loaded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Table, delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine.__main__ import main
from engine.actions.load_demo import load_demo
from engine.actions.wipe_demo import DemoMissing, NotDemo, wipe_demo
from engine.demo.load import play_demo
from engine.store.database import transact
from engine.store.tables import (
    Base,
    Case,
    Event,
    Site,
    Staff,
    StoredFile,
)
from engine.store.wiping import SHARED, rows_of_site
from tests.actions.handover import begin, finish, upto
from tests.cast import Office

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def both(office: Office) -> Office:
    """A real site with a case under way; its people are not those of the demo."""
    upto(office, "collect_fee")
    with office.sessions.begin() as session:
        real = session.get_one(Site, office.site_id)
        real.code, real.name = "real", "真实小区"
        for account in session.scalars(select(Staff)).unique():
            account.username = f"{account.username}.real"
    return office


def load(office: Office, days: int = 10) -> int:
    with office.sessions() as session:
        site_id = transact(session, load_demo, office.runtime).site_id
        found = play_demo(session, office.runtime, site_id, days=days)
        assert found.refused == () and found.cases > 20
        return site_id


def everything(session: Session) -> Rows:
    return {
        table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def left_of(session: Session, site_id: int) -> dict[str, int]:
    """By table: rows of the site, found by the rule that wiped them and, apart from it,
    by every column that says a site."""
    counts = {
        table.name: session.scalar(
            select(func.count()).select_from(table).where(of_site)
        )
        for table, of_site in rows_of_site(site_id).items()
    }
    for table in Base.metadata.sorted_tables:
        if "site_id" in table.c:
            query = select(func.count()).select_from(table)
            assert counts[table.name] == session.scalar(
                query.where(table.c.site_id == site_id)
            )
    return {name: count or 0 for name, count in counts.items()}


def dangling(session: Session, table: Table) -> int:
    """Rows that refer to what is not there."""
    found = 0
    for column in table.c:
        for key in column.foreign_keys:
            there = select(key.column)
            query = select(func.count()).select_from(table)
            query = query.where(column.is_not(None), column.not_in(there))
            found += session.scalar(query) or 0
    return found


def test_nothing_is_left_and_nothing_else_is_gone(both: Office) -> None:
    with both.sessions() as session:
        before = everything(session)
    site_id = load(both)
    with both.sessions() as session:
        full = left_of(session, site_id)
        assert sum(count > 0 for count in full.values()) > 20
        files = [both.runtime.file_path(i) for i in session.scalars(_pictures(site_id))]
        assert files and all(path.exists() for path in files)
        wiped = transact(session, wipe_demo, both.runtime)
        assert {*files} <= {*wiped.files}
        # what triggers write goes with what it was written for
        assert wiped.rows >= sum(full.values()) - full["search_term"]
        assert {k: v for k, v in left_of(session, site_id).items() if v} == {}
        assert [dangling(session, t) for t in Base.metadata.sorted_tables] == [
            0 for _ in Base.metadata.sorted_tables
        ]
        # all sites' cases have one series: the numbers of the demo are not given again
        after = everything(session)
        before.pop("number_series"), after.pop("number_series")
        assert after == before


def _pictures(site_id: int) -> Any:
    return select(StoredFile.id).join(Case).where(Case.site_id == site_id)


def test_the_demo_can_be_loaded_again(both: Office) -> None:
    load(both)
    with both.sessions() as session:
        transact(session, wipe_demo, both.runtime)
    load(both)
    with both.sessions() as session:
        assert session.scalars(select(Site.code).order_by(Site.code)).all() == [
            "demo",
            "real",
        ]


def test_a_number_is_given_once_though_the_oldest_site_goes(office: Office) -> None:
    with office.sessions.begin() as session:
        session.get_one(Site, office.site_id).demo = True
        session.add(Site(code="real", name="真实小区"))
    case_id = begin(office)
    with office.sessions() as session:
        assert session.get_one(Case, case_id).number.endswith("-000001")
        transact(session, wipe_demo, office.runtime)
        # the cast works on all sites: it stays
        assert session.scalar(select(func.count()).select_from(Staff)) == 12
        rows = session.execute(select(Base.metadata.tables["number_series"])).all()
        real = session.scalars(select(Site.id)).one()
        assert [(row.site_id, row.kind, row.last) for row in rows] == [
            (real, "case", 1)
        ]


def test_a_real_site_is_not_wiped(both: Office) -> None:
    with both.sessions() as session:
        before = everything(session)
        with pytest.raises(NotDemo, match="真实小区"):
            transact(session, wipe_demo, both.runtime, "real")
        with pytest.raises(DemoMissing):
            transact(session, wipe_demo, both.runtime)
        assert everything(session) == before


def test_the_database_itself_keeps_the_history_of_a_real_site(office: Office) -> None:
    case_id = upto(office, "check_identity")
    finish(office, case_id, "check_identity")
    with office.sessions() as session:
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(delete(Event).where(Event.case_id == case_id))
        session.rollback()
        session.get_one(Site, office.site_id).demo = True
        session.commit()
        session.execute(delete(Event).where(Event.case_id == case_id))
        session.commit()


def test_shared_tables_are_named() -> None:
    """A new table without a site is either shared or hangs on one that has one."""
    known = {table.name for table in rows_of_site(1)}
    assert known | SHARED == {*Base.metadata.tables}


def test_the_command_asks_first(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("STEWARD_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    run = CliRunner().invoke
    assert run(main, ["site", "real", "真实小区"]).exit_code == 0
    refused = run(main, ["demo", "--wipe", "--yes", "--site", "real"])
    assert refused.exit_code == 1 and "不是演示小区" in refused.output
    missing = run(main, ["demo", "--wipe", "--yes"])
    assert missing.exit_code == 1 and "没有编号为" in missing.output
    assert run(main, ["demo"]).exit_code == 0
    kept = run(main, ["demo", "--wipe"], input="n\n")
    assert kept.exit_code == 1 and "全部资料" in kept.output
    gone = run(main, ["demo", "--wipe"], input="y\n")
    assert gone.exit_code == 0 and "已清除" in gone.output
