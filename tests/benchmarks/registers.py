"""Registers: pages, sums and workbooks of 100,000 papers beside those of 1,000.

The smaller register has fewer houses, names and days, so that a filter finds about as
many papers in both: what is compared is the search, not the drawing of more rows.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, text

import web
from engine import Settings
from engine.store.records import NumberSeries, Record
from engine.store.terms import terms_of
from tests.benchmarks.measure import Line, compared, spent_ms, within
from tests.cast import PASSWORD, Office
from tests.web.browsing import Visitor

FEW, MANY = 1_000, 100_000
KINDS = {FEW: "R30", MANY: "R31"}  # of like columns: R31's stand in both
ROUNDS = 30
ANY = 150  # filters put together by chance
BEGUN = datetime(2026, 1, 1, 1, tzinfo=UTC)
FAMILY, GIVEN = "张王李赵陈杨黄吴周徐", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英"
_HOUSES = [
    f"{b}-{u}-{f:02d}0{r}"
    for b in range(1, 7)
    for u in (1, 2)
    for f in range(1, 19)
    for r in range(1, 5)
]
_NAMES = [a + b + c for a in FAMILY for b in GIVEN for c in GIVEN if b != c]
# houses, names, days, share of void papers
SPREAD: dict[int, tuple[list[str], list[str], int, float]] = {
    FEW: (
        ["3-1-0502", "3-1-0503", *_HOUSES[:7]],
        ["张伟芳", *_NAMES[380::380]],
        10,
        0.3,
    ),
    MANY: (_HOUSES, _NAMES, 300, 0.01),
}
FILTERS = {
    "first page": "",
    "one house": "house=3-1-0502",
    "a building": "house=3-1",
    "a whole name": "q=张伟芳",
    "one sign of a name": "q=张",
    "a number": "q={kind}-2026-00{n}",
    "nobody": "q=欧阳无此人",
    "a day": "since=2026-01-05&until=2026-01-05",
    "most days": "since=2026-01-02",
    "void": "state=void",
    "valid": "state=valid",
    "by amount": "sort=-refund",
    "by name, void, a building": "sort=payee&state=void&house=3-1",
    "a sign, valid, by amount": "q=张&state=valid&sort=refund",
}

SORTS = ("refund", "payee", "paid_at")


def any_filters(count: int) -> list[str]:
    """As many as ``ANY`` filters of everything that can be asked at once, alike for both
    registers: days are parts of the time their papers lie in."""
    dice, found = random.Random(3), []

    def day(part: float) -> str:
        return (BEGUN + timedelta(days=SPREAD[count][2] * part)).date().isoformat()

    def often(share: float, part: str) -> list[str]:
        return [part] if dice.random() < share else []

    for _ in range(ANY):
        house = dice.choice(["3-1", "3", "1-1", "3-1-0502", "1"])
        q = dice.choice(["张", "伟", "张伟", "张伟芳", "3-1", "张 芳", "欧阳"])
        sort = dice.choice(["", "-"]) + dice.choice(SORTS)
        parts = [
            *often(0.4, f"house={house}"),
            *often(0.5, f"q={q}"),
            *often(0.4, f"since={day(0.8 * dice.random())}"),
            *often(0.3, f"until={day(0.3 + 0.7 * dice.random())}"),
            *often(0.5, f"state={dice.choice(['void', 'valid'])}"),
            *often(0.6, f"sort={sort}"),
        ]
        found.append("&".join(parts))
    return found


def _papers(site_id: int, kind: str, count: int, columns: list[str]) -> Iterator[Any]:
    dice = random.Random(7)
    houses, names, days, void = SPREAD[count]
    for serial in range(1, count + 1):
        name = names[dice.randrange(len(names))]
        at = BEGUN + timedelta(days=days * serial / count)
        house = houses[dice.randrange(len(houses))]
        row = {
            "site_id": site_id,
            "kind": kind,
            "year": 2026,
            "serial": serial,
            "number": f"{kind}-2026-{serial:05d}",
            "house_code": house,
            "title": "押金退还备忘表",
            "data": {
                "unit_no": house,
                "payee": name,
                "refund": dice.randint(0, 200_000),
                "paid_at": (at + timedelta(days=1)).isoformat(timespec="minutes"),
            },
            "created_at": at,
            "voided_at": at if dice.random() < void else None,
        }
        yield {**row, "terms": terms_of(row, columns)}


def fill(office: Office, kind: str, count: int) -> None:
    """The triggers would list each paper by itself, and the indexes be written in the
    order of the papers: on PostgreSQL the terms of all are listed at once, sorted."""
    postgres = office.engine.dialect.name == "postgresql"
    columns = office.runtime.record_columns["R31"]
    with office.sessions.begin() as session:
        if postgres:
            session.execute(text("ALTER TABLE record DISABLE TRIGGER USER"))
        rows = _papers(office.site_id, kind, count, [*columns])
        while batch := list(islice(rows, 2_000)):
            session.execute(insert(Record), batch)
        if postgres:
            session.execute(text(_TERMS), {"kind": kind})
            session.execute(text("ALTER TABLE record ENABLE TRIGGER USER"))
        session.add(
            NumberSeries(site_id=office.site_id, kind=kind, year=2026, last=count)
        )
    with office.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        # as autovacuum does within a minute of so many new rows
        c.execute(text("VACUUM ANALYZE" if postgres else "ANALYZE"))


_TERMS = (
    "INSERT INTO record_term (term, record_id, amount) "
    "SELECT t.key, r.id, CAST(t.value #>> '{}' AS bigint) "
    "FROM record r, json_each(r.terms) AS t WHERE r.kind = :kind "
    'ORDER BY t.key COLLATE "C", r.id'
)


def p95(acts: dict[str, Callable[[], object]]) -> dict[str, float]:
    """By turns, so that what else the machine does falls on all alike."""
    spent: dict[str, list[float]] = {name: [] for name in acts}
    for n in range(ROUNDS + 1):
        for name, act in acts.items():
            took = spent_ms(act)
            if n:
                spent[name].append(took)
    return {name: statistics.quantiles(all_, n=20)[-1] for name, all_ in spent.items()}


def page_lines(office: Office, label: str) -> list[Line]:
    about = office.runtime.record_kinds
    about["R30"] = about["R31"]  # type: ignore[index]
    for count, kind in KINDS.items():
        fill(office, kind, count)
    client = _client(office)
    acts: dict[str, Callable[[], object]] = {}
    for name, query in FILTERS.items():
        for count, kind in KINDS.items():
            asked = query.format(kind=kind, n=f"{FEW // 2:03d}")
            acts[f"{name} {count}"] = _getting(client, f"/registers/{kind}?{asked}")
    for count, kind in KINDS.items():
        acts[f"sums {count}"] = _getting(client, f"/registers/{kind}/totals")
        some = f"/registers/{kind}/totals?q=张&state=valid"
        acts[f"sums of a filter {count}"] = _getting(client, some)
    times = p95(acts)
    lines = []
    for name in FILTERS:
        few, many = times[f"{name} {FEW}"], times[f"{name} {MANY}"]
        against = f"{few:.1f} ms with {FEW:,}"
        lines.append(compared(f"register, {name}, {label}", many, few, against, 1.5))
    for name in ("sums", "sums of a filter"):
        lines.append(
            within(f"register, {name}, {label}", times[f"{name} {MANY}"], "ms", 1500)
        )
    return [*lines, _any_line(client, label)]


def _any_line(client: FlaskClient, label: str) -> Line:
    """The p95 of all pages of filters put together by chance, each the quicker of two."""
    spent: dict[int, list[float]] = {FEW: [], MANY: []}
    for asked in zip(any_filters(FEW), any_filters(MANY), strict=True):
        for (count, kind), query in zip(KINDS.items(), asked, strict=True):
            get = _getting(client, f"/registers/{kind}?{query}")
            spent[count].append(min(spent_ms(get), spent_ms(get)))
    few, many = (statistics.quantiles(all_, n=20)[-1] for all_ in spent.values())
    against = f"{few:.1f} ms with {FEW:,}"
    return compared(f"register, any filter, {label}", many, few, against, 1.5)


def _client(office: Office) -> FlaskClient:
    app = web.create_app(office.runtime.settings)
    kinds = app.extensions["steward"].record_kinds
    kinds["R30"] = kinds["R31"]
    visitor = Visitor(app.test_client())
    visitor.sign_in("hanwc", PASSWORD)
    return visitor.client


def _getting(client: FlaskClient, path: str) -> Callable[[], object]:
    def get() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    return get


_EXPORT = """
import json, sys, time
from pathlib import Path
from sqlalchemy.orm import Session
from engine import Runtime, Settings, open_engine, transact
from engine.actions.ask_export import ask_export
from engine.actions.write_export import write_export
from engine.reads.signed_in import person_of
from engine.store.tables import Staff
def peak():
    # of this program alone: ru_maxrss begins with that of whoever started it
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
var, url, processes, forms, kind, asked = sys.argv[1:]
runtime = Runtime(Settings(Path(var), url, Path(processes), Path(forms), "x"))
with Session(open_engine(url)) as session:
    person = person_of(session.query(Staff).filter_by(username="hanwc").one())
    asked = transact(session, ask_export, runtime, person, kind, json.loads(asked))
    begun = time.perf_counter()
    done = transact(session, write_export, runtime, asked.id)
    spent = time.perf_counter() - begun
    print(json.dumps([done.written, spent, peak() / 1024]))
"""


def export_lines(office: Office, label: str) -> list[Line]:
    """After ``page_lines``; each in a process of its own, whose memory is all its own."""
    tenth, _, few = _exported(office, {"since": "2026-01-02", "until": "2026-01-31"})
    written, spent, many = _exported(office, {})
    if written != MANY or not 9_000 < tenth < 11_000:
        raise RuntimeError(f"{tenth} and {written} rows written")
    against = f"{few:.1f} MiB with {tenth:,}"
    ratio = round(many / few, 2)
    return [
        within(f"{MANY:,} papers to Excel, {label}", spent, "s", 120),
        Line("  peak memory", many, "MiB", against, ratio, 1.1, ratio <= 1.1),
    ]


def _exported(office: Office, asked: dict[str, str]) -> tuple[int, float, float]:
    """Rows written, seconds, and the program's peak memory in MiB."""
    settings: Settings = office.runtime.settings
    places = (settings.var, settings.database_url, settings.processes, settings.forms)
    told = subprocess.run(
        [sys.executable, "-c", _EXPORT, *map(str, places), KINDS[MANY]]
        + [json.dumps(asked)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    written, spent, peak = json.loads(told)
    return written, spent, round(peak, 1)


def lines(office: Office, label: str) -> list[Line]:
    return [*page_lines(office, label), *export_lines(office, label)]
