"""Destroy personal data whose time is over (PIPL 19, 47), and write down what was.

Some cases or papers a transaction: what is out of the tables is in that day's record of
destruction, or neither is. The files go after it is committed; one that a death in
between left behind goes at the next run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from engine.actions.forgetting import forget_in_case, removed, without
from engine.actions.settle import save_case
from engine.expressions.dates import add_months
from engine.operations.act import Act
from engine.registers import identity_papers
from engine.runtime import Runtime, retention_of
from engine.store.cases import Case
from engine.store.database import StaleCase, changed_rows, now, transact
from engine.store.files import StoredFile
from engine.store.records import Paper, Record, file_papers, listing, row_of
from engine.store.staff import Site
from engine.store.terms import ZONE

KIND, TITLE = "R132", "个人信息销毁记录"
CASES, PAPERS = 20, 100  # in one transaction


def destroy_expired(session: Session, runtime: Runtime) -> int:
    """All that is due; how many pictures and papers."""
    done = 0
    kinds = [kind for kind, about in runtime.record_kinds.items() if "forget" in about]
    for site_id in session.scalars(select(Site.id).order_by(Site.id)).all():
        while pictures := transact(session, destroy_pictures, runtime, site_id):
            done += sum(pictures)
        for kind in kinds:
            while papers := transact(session, forget_papers, runtime, site_id, kind):
                done += papers
    remove_files(session, runtime)
    return done


def destroy_pictures(session: Session, runtime: Runtime, site_id: int) -> list[int]:
    """The identity pictures of some cases that ended long enough ago: how many of each
    case; [] where there are no such cases any more."""
    site = session.get_one(Site, site_id)
    days = int(runtime.parameter(site, "identity_picture_days"))
    before = _midnight(_today() - timedelta(days=days))
    query = select(Case).where(Case.site_id == site_id, Case.ended_at < before)
    query = query.where(Case.purged_at.is_(None)).order_by(Case.id).limit(CASES)
    cases = session.scalars(query).all()
    counts = [_destroy_of(session, runtime, case) for case in cases]
    of = [case.number for case, count in zip(cases, counts, strict=True) if count]
    _write_down(
        session, runtime, site_id, "身份证件照片", of, sum(counts), f"结案 {days} 天"
    )
    return counts


def _destroy_of(session: Session, runtime: Runtime, case: Case) -> int:
    query = select(StoredFile).where(StoredFile.case_id == case.id)
    files = session.scalars(query.where(StoredFile.destroyed_at.is_(None))).all()
    ids = identity_papers(session, runtime, case, files)
    at = now()
    gone = update(StoredFile).where(StoredFile.id.in_(ids))
    changed_rows(session, gone.values(destroyed_at=at))
    fresh = update(Case).where(Case.id == case.id, Case.purged_at.is_(None))
    if changed_rows(session, fresh.values(purged_at=at)) != 1:
        raise StaleCase()  # another worker was here
    _tell(session, case, at, "身份证件照片", len(ids))
    return len(ids)


def forget_papers(session: Session, runtime: Runtime, site_id: int, kind: str) -> int:
    """Personal data of some papers of a kind that are old enough, wherever their cases
    keep it, once those are closed: how many papers."""
    site, about = session.get_one(Site, site_id), runtime.record_kinds[kind]
    months = int(runtime.parameter(site, retention_of(kind)))
    before = _midnight(date.fromisoformat(add_months(_today().isoformat(), -months)))
    query = (
        select(Record)
        .outerjoin(Case, Case.id == Record.case_id)
        .where(Record.site_id == site_id, Record.kind == kind)
        .where(Record.created_at < before, Record.purged_at.is_(None))
        .where(or_(Record.case_id.is_(None), Case.ended_at.is_not(None)))
        .order_by(Record.id)
        .limit(PAPERS)
    )
    papers = session.scalars(query).all()
    for paper in papers:
        _forget(session, runtime, paper, about["forget"])
    of = [paper.number for paper in papers]
    what = f"{about['name']}：{'、'.join(_labels(about))}"
    _write_down(session, runtime, site_id, what, of, len(of), f"登记满 {months} 个月")
    return len(papers)


def _forget(
    session: Session, runtime: Runtime, paper: Record, names: Sequence[str]
) -> None:
    at, gone = now(), removed(paper.data, names)
    row = {**row_of(paper), "data": without(paper.data, gone)}
    found = listing(row, runtime.record_columns.get(paper.kind, {}))
    fresh = update(Record).where(Record.id == paper.id, Record.purged_at.is_(None))
    if changed_rows(session, fresh, data=row["data"], purged_at=at, **found) != 1:
        raise StaleCase()  # another worker was here
    if paper.case_id is not None and gone:
        forget_in_case(session, paper.case_id, gone, at)
        case = session.get_one(Case, paper.case_id, populate_existing=True)
        _tell(session, case, at, paper.number, 1)


def _tell(session: Session, case: Case, at: datetime, what: str, count: int) -> None:
    if count:
        session.refresh(case, ["version", "history_seq"])
        line = {"kind": "purged", "name": what, "detail": {"count": count}}
        save_case(Act.on(session, case, None, at), case, [line])


def _labels(about: Any) -> list[str]:
    return [about["fields"].get(name, [name])[0] for name in about["forget"]]


def _write_down(
    session: Session,
    runtime: Runtime,
    site_id: int,
    what: str,
    of: Sequence[str],
    count: int,
    basis: str,
) -> None:
    """A line of the day's record of destruction, numbered like every paper."""
    if not count:
        return
    at, day = now(), _today().isoformat()
    facts = dict.fromkeys(("task_id", "element", "form", "house_code", "created_by"))
    line = {"what": what, "count": count, "of": "、".join(of), "basis": basis}
    paper = Paper(KIND, TITLE, {"date": day}, day, None, {"items": line})
    paper.facts = {**facts, "created_at": at}
    file_papers(session, site_id, _today().year, [paper], runtime.record_columns)


def remove_files(session: Session, runtime: Runtime) -> None:
    """What is destroyed in the tables has no content."""
    query = select(StoredFile.id).where(StoredFile.destroyed_at.is_not(None))
    for file_id in session.scalars(query):
        runtime.file_path(file_id).unlink(missing_ok=True)


def _today() -> date:
    return now().astimezone(ZONE).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
