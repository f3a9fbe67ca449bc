"""A register finds, orders and sums exactly what a plain look at every paper would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from engine import NotFound, register_list, register_page, register_totals, void_record
from engine.people import Person
from engine.store import register_search
from engine.store.tables import Record, Site
from tests.cast import Office, open_office
from tests.databases import postgres_copy, sqlite_copy
from tests.papers import NOON, slip, write
from tests.statements import counted

NAMES = ("张依诺", "冯南乔", "陈晓芸", "张伟")
HOUSES = ("1-1-0101", "1-1-0102", "1-10-0101", "2-1-0101", None)
REASONS = ("move_out", "temporary", None)
DAYS = (None, "2026-02-28", "2026-03-01", "2026-03-02")


def found(office: Office, person: Person, kind: str = "R31", **args: str) -> list[Any]:
    """Every row, page by page."""
    rows: list[Any] = []
    with office.sessions() as session:
        while True:
            page = register_page(
                session, office.runtime, person, kind, args, "zh", size=7
            )
            rows += page.rows
            if not page.after:
                return rows
            args = {**args, "after": page.after}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full(request: Any, template: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """Sixty refund memos (R31), every seventh void."""
    folder = tmp_path_factory.mktemp("full")
    if request.param == "sqlite":
        yield from _filled(open_office(folder, sqlite_copy(template, folder)))
        return
    with postgres_copy(request.getfixturevalue("server")) as url:
        yield from _filled(open_office(folder, url))


def _filled(office: Office) -> Iterator[Any]:
    papers = []
    for n in range(60):
        data: dict[str, Any] = {
            "payee": NAMES[n % 4],
            "refund": None if n % 11 == 0 else (n * 37 % 50) * 100 + n % 3,
            "paid_at": DAYS[n % 4] and f"{DAYS[n % 4]}T0{n % 10}:30:00+08:00",
        }
        at = NOON + timedelta(hours=n - 400 if n < 10 else n)
        papers.append(slip(data, HOUSES[n % 5], at, "R31"))
    ids = write(office, *papers)
    manager = office.person("hanwc")
    for record_id in ids[::7]:
        with office.sessions.begin() as session:
            void_record(session, office.runtime, manager, record_id, "写错")
    with office.sessions() as session:
        records = session.scalars(select(Record).order_by(Record.id)).all()
    yield SimpleNamespace(office=office, manager=manager, records=records)
    office.engine.dispose()


FILTER = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(
            [
                "张",
                "依诺",
                "张依诺",
                "南乔 2026",
                "1-1-0101",
                "r31-2026-00012",
                "0102",
                "无此人",
            ]
        ),
        "since": st.sampled_from(["2026-02-28", "2026-03-01", "2026-03-03"]),
        "until": st.sampled_from(["2026-02-27", "2026-02-28", "2026-03-02"]),
        "year": st.sampled_from(["2026", "2025"]),
        "house": st.sampled_from(["1-1-0101", "1-1", "1", "9-9-9999"]),
        "state": st.sampled_from(["valid", "void"]),
        "sort": st.sampled_from(
            [
                "refund",
                "-refund",
                "paid_at",
                "-paid_at",
                "payee",
                "@no",
                "@house",
                "-@at",
            ]
        ),
    },
)


def expected(full: Any, args: dict[str, str]) -> list[Record]:
    """What a look at every paper finds, in the order asked for."""
    kept = [r for r in full.records if _fits(r, args)]
    days = args.keys() & {"since", "until"}
    sort = args.get("sort", "-paid_at" if days else "-@no")
    name, down = sort.lstrip("-"), sort.startswith("-")

    def key(record: Record) -> Any:
        if name == "@no":
            return record.year, record.serial
        if name == "@at":
            return record.created_at.replace(second=0), record.id
        if name == "@house":
            return record.house_code or "", record.id
        value = record.data.get(name)
        return value is not None, value or 0, record.id

    return sorted(kept, key=key, reverse=down)


def _fits(record: Record, args: dict[str, str]) -> bool:
    day = (record.data["paid_at"] or "")[:10]
    house, house_asked = record.house_code or "", args.get("house", "")
    in_house = house == house_asked or house.startswith(f"{house_asked}-")
    text = f"{record.number.lower()} {house} {record.data['payee']}"
    state = args.get("state")
    return (
        all(part in text for part in args.get("q", "").split())
        and (not args.get("since") or day >= args["since"])
        and (not args.get("until") or "" < day <= args["until"])
        and (not args.get("year") or str(record.year) == args["year"])
        and (not house_asked or in_house)
        and (not state or (record.voided_at is not None) == (state == "void"))
    )


WAYS = {
    "at a glance": (200, 1000, 3000, 25_000),
    "few ids": (0, 1000, 3000, 25_000),
    "read in order": (5, -1, 30_000, 25_000),
    "after a vain look": (2, -1, 200, 25_000),
    "to the end": (0, -1, 1, -1),
}
BOUNDS = ("GLANCE", "FEW", "LOOKED_AT", "MOST")


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60)
@given(args=FILTER)
def test_a_filter_finds_what_a_look_at_every_paper_finds(
    full: Any, way: str, args: dict[str, str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, bound in zip(BOUNDS, WAYS[way], strict=True):
            patch.setattr(register_search, name, bound)
        wanted = expected(full, args)
        rows = found(full.office, full.manager, **args)
        assert [row.id for row in rows] == [record.id for record in wanted]
        with full.office.sessions() as session:
            totals = register_totals(
                session, full.office.runtime, full.manager, "R31", args
            )
    assert totals.count == len(wanted)
    column, total = totals.sums[0]
    valid = (r.data["refund"] or 0 for r in wanted if r.voided_at is None)
    assert (column.name, total) == ("refund", sum(valid))


@pytest.mark.parametrize(
    "args", [{}, {"sort": "refund"}, {"q": "张"}, {"year": "2026"}]
)
def test_back_leads_to_the_page_one_came_from(full: Any, args: dict[str, str]) -> None:
    with full.office.sessions() as session:

        def page(**more: str) -> Any:
            return register_page(
                session,
                full.office.runtime,
                full.manager,
                "R31",
                {**args, **more},
                size=9,
            )

        first = page()
        second = page(after=first.after)
        third = page(after=second.after)
        assert first.before == "" and second.before != ""
        assert page(before=third.before).rows == second.rows
        again = page(before=second.before)
        assert (again.rows, again.before, again.after) == (first.rows, "", first.after)


def test_a_page_asks_the_same_few_statements(full: Any) -> None:
    found(full.office, full.manager)  # the forms of the processes are read once
    for args in ({}, {"q": "张依诺", "state": "valid", "sort": "refund"}):
        with full.office.sessions() as session, counted(full.office.engine) as asked:
            register_page(session, full.office.runtime, full.manager, "R31", args)
        assert len(asked.statements) <= 8, asked.told


@settings(max_examples=150)
@given(
    args=st.dictionaries(
        st.sampled_from(
            "q since until year house state sort after before site f.reason".split()
        ),
        st.text(max_size=30)
        | st.sampled_from(
            ["9" * 30, "~1", "x~999999999", "2026-02-30", "-", "-@no", "|"]
        ),
        max_size=6,
    )
)
def test_no_address_breaks_a_register(full: Any, args: dict[str, str]) -> None:
    with full.office.sessions() as session:
        for ask in (register_page, register_totals):
            try:
                ask(session, full.office.runtime, full.manager, "R38", args)
            except NotFound:
                assert args.get("site")


# -- who may read, and what -----------------------------------------------------------


def test_the_list_names_only_what_one_may_read(desk: Office) -> None:
    write(desk, slip({"payee": "张依诺"}, kind="R31"))

    def kinds(username: str) -> set[str]:
        with desk.sessions() as session:
            found = register_list(session, desk.runtime, desk.person(username))
        return {line.kind for lines in found.groups.values() for line in lines}

    assert kinds("baiyf") == {"R38"}
    assert kinds("hanwc") == set(desk.runtime.record_kinds)
    assert "R31" in kinds("jiahl") and "R41" not in kinds("jiahl")


def test_a_register_that_is_not_ones_own_is_not_found(desk: Office) -> None:
    for kind in ("R31", "R999", "../R31"):
        with desk.sessions() as session, pytest.raises(NotFound):
            register_page(session, desk.runtime, desk.person("baiyf"), kind, {})


def test_another_site_is_not_found_and_its_papers_do_not_mix(desk: Office) -> None:
    write(desk, slip({"carrier_name": "张依诺"}))
    with desk.sessions.begin() as session:
        session.add(Site(code="other", name="别处"))
    with desk.sessions() as session:
        other = session.scalars(select(Site.id).where(Site.code == "other")).one()
        manager = desk.person("hanwc")
        here = register_page(session, desk.runtime, manager, "R38", {})
        there = register_page(
            session, desk.runtime, manager, "R38", {"site": str(other)}
        )
        assert (len(here.rows), len(there.rows)) == (1, 0)
        bound = Person(9, "x", "某", manager.roles, frozenset({desk.site_id}))
        with pytest.raises(NotFound):
            register_page(session, desk.runtime, bound, "R38", {"site": str(other)})


@pytest.mark.parametrize("hidden", [True, False])
def test_numbers_of_people_are_masked_and_found_only_by_their_end(
    desk: Office, hidden: bool
) -> None:
    data = {
        "id_no": "990101199606188725",
        "phone": "15400000073",
        "owner_name": "张依诺",
    }
    if hidden:  # as acts keep it
        data["id_no"] = desk.runtime.seal.hide(data["id_no"])
    write(desk, slip(data, "1-1-0101", kind="R01"))
    manager = desk.person("hanwc")
    [row] = found(desk, manager, "R01")
    assert [c for c in row.cells if c.startswith("990*") and c.endswith("*8725")]
    assert "154****0073" in row.cells
    for q, there in {"8725": 1, "9901011996": 0, "15400000073": 1, "0073": 1}.items():
        assert len(found(desk, manager, "R01", q=q)) == there, q
    with desk.sessions() as session:
        listed = session.connection().exec_driver_sql("SELECT term FROM record_term")
        terms = [term for (term,) in listed]
    assert not [t for t in terms if "990101199606188725" in t or "‹" in t]


def test_columns_are_those_of_the_form_in_the_order_of_the_registry(
    desk: Office,
) -> None:
    with desk.sessions() as session:
        page = register_page(session, desk.runtime, desk.person("hanwc"), "R04", {})
    labels = [column.label() for column in page.register.columns]
    assert labels[:3] == ["计费起日", "计费止日", "已收物业费"]
    assert "业主签字（房屋交接表）" in labels  # the form's word, not the registry's
    english = [column.label("en") for column in page.register.columns]
    assert english[2] == "Fee paid"


def test_a_paper_completed_later_is_found_by_what_it_says_now(desk: Office) -> None:
    first, then = ({"defect": "卫生间渗水"}, {"rectification": "已补防水"})
    write(desk, slip(first, kind="R07", key="k1"), slip(then, kind="R07", key="k1"))
    manager = desk.person("hanwc")
    for q in ("渗水", "防水"):
        assert len(found(desk, manager, "R07", q=q)) == 1, q
    assert not found(desk, manager, "R07", q="漏电")


def test_papers_from_before_the_registers_are_listed_anew(desk: Office) -> None:
    from engine.actions.list_records import list_records, unlisted

    write(desk, slip({"carrier_name": "张依诺"}), slip({"carrier_name": "冯南乔"}))
    manager = desk.person("hanwc")
    with desk.sessions.begin() as session:
        session.execute(update(Record).values(terms=None))
    assert found(desk, manager, "R38") == []
    with desk.sessions.begin() as session:
        assert unlisted(session)
        last = list_records(session, desk.runtime)
        assert list_records(session, desk.runtime, last) == 0
        assert not unlisted(session)
    assert len(found(desk, manager, "R38")) == 2


def test_a_day_ends_at_midnight_of_the_office(desk: Office) -> None:
    before = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    write(desk, slip({}, at=before), slip({}, at=before + timedelta(minutes=1)))
    manager = desk.person("hanwc")
    for day, numbers in (
        ("2026-03-01", ["R38-2026-00001"]),
        ("2026-03-02", ["R38-2026-00002"]),
    ):
        rows = found(desk, manager, "R38", since=day, until=day)
        assert [row.number for row in rows] == numbers
