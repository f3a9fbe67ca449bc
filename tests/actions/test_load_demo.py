from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from engine.actions.load_demo import (
    DemoReport,
    load_demo,
    renew_demo_password,
)
from engine.actions.set_up import create_administrator
from engine.actions.sign_in import SignInRefused, sign_in
from engine.reads.signed_in import person_of
from engine.runtime import Runtime
from engine.store.database import open_engine, transact
from engine.store.tables import House, Site, Staff
from tests.cast import PASSWORD, Office, settings


@pytest.fixture
def runtime(tmp_path: Path, database_url: str) -> Runtime:
    return Runtime(settings(tmp_path, database_url))


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = open_engine(database_url)
    with sessionmaker(engine)() as opened:
        yield opened
    engine.dispose()


def load(session: Session, runtime: Runtime) -> DemoReport:
    return transact(session, load_demo, runtime)


def test_the_demo_site_once(session: Session, runtime: Runtime) -> None:
    admin = transact(session, create_administrator)
    report = load(session, runtime)
    site = session.scalars(select(Site)).one()
    assert (site.id, site.code, site.name) == (
        report.site_id,
        "demo",
        "示范里小区（演示）",
    )
    assert site.demo
    assert session.scalar(select(func.count()).select_from(House)) == 180
    assert session.scalar(select(func.count()).select_from(Staff)) == 16 + 1
    assert [result.written for result in report.imports] == [True] * 7
    assert report.password is not None and len(report.password) >= 12
    lusy = sign_in(session, "lusy", report.password)
    assert not lusy.must_change_password
    person = person_of(sign_in(session, "suwq", report.password))
    assert person.roles == {"customer_manager", "customer_assistant"}
    assert person.sites == {site.id}
    assert admin is not None and sign_in(session, "admin", admin)


def test_a_second_call_changes_nothing(session: Session, runtime: Runtime) -> None:
    first = load(session, runtime)
    house = session.scalars(select(House).where(House.code == "1-1-0501")).one()
    house.status = "vacant"  # somebody has handed it over meanwhile
    hashes = session.scalars(select(Staff.password_hash)).all()
    session.commit()
    assert load(session, runtime) == DemoReport(first.site_id)
    session.expire_all()
    assert house.status == "vacant"
    assert session.scalars(select(Staff.password_hash)).all() == hashes


def test_passwords_differ_between_installations(
    session: Session, runtime: Runtime
) -> None:
    one = load(session, runtime).password
    other = transact(session, renew_demo_password, runtime)
    assert other is not None and other != one
    assert sign_in(session, "lusy", other)
    with pytest.raises(SignInRefused):
        sign_in(session, "lusy", one or "")


def test_nobody_elses_password_is_touched(desk: Office) -> None:
    with desk.sessions() as session:
        session.scalars(select(Site)).one().code = "real"
        session.add(Staff(username="real.one", name="真人"))
        session.commit()
        report = load(session, desk.runtime)
        assert report.password is not None
        assert sign_in(session, "lusy", PASSWORD)  # had one already
        real = session.scalars(select(Staff).where(Staff.username == "real.one"))
        assert real.unique().one().password_hash is None


def test_without_the_demo_there_is_no_demo_password(
    session: Session, runtime: Runtime
) -> None:
    assert transact(session, renew_demo_password, runtime) is None
