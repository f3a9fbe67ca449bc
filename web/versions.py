"""流程版本: versions of a process, what sets them apart, running cases carried over."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from engine import (
    NotFound,
    Refused,
    VersionRow,
    migrate_cases,
    migrated_cases,
    movable_cases,
    preview_migration,
    process_rows,
    undo_migrations,
    version_diagram,
    version_differences,
    version_rows,
)
from web.asking import acts, page_asked, person, rows_asked, runtime, signed_in_only
from web.extensions import db

blueprint = Blueprint("versions", __name__)
PROCESS = "/processes/<process_id>/versions"
VERSION = f"{PROCESS}/<row:number>"


class NothingChosen(Refused):
    """请至少选一件案件。"""

    status = 422


@blueprint.get("/versions")
@signed_in_only
def index() -> ResponseReturnValue:
    rows = process_rows(db.session, person())
    return render_template("versions/index.html", rows=rows)


@blueprint.get(PROCESS)
@signed_in_only
def show(process_id: str) -> ResponseReturnValue:
    rows = version_rows(db.session, person(), process_id)
    return render_template("versions/show.html", rows=rows, process_id=process_id)


@blueprint.get(f"{PROCESS}/compare")
@signed_in_only
def compare(process_id: str) -> ResponseReturnValue:
    rows = version_rows(db.session, person(), process_id)
    new = _numbered(rows, request.args.get("to", rows[0].number, type=int))
    before = max(new.number - 1, rows[-1].number)
    old = _numbered(rows, request.args.get("from", before, type=int))
    found = version_differences(db.session, person(), old.id, new.id)
    return render_template(
        "versions/compare.html",
        rows=rows,
        old=old,
        new=new,
        found=found,
        process_id=process_id,
    )


@blueprint.get(f"{VERSION}/diagram.json")
@signed_in_only
def diagram(process_id: str, number: int) -> ResponseReturnValue:
    rows = version_rows(db.session, person(), process_id)
    against = _numbered(rows, request.args.get("against", number, type=int))
    shown = _numbered(rows, number)
    return jsonify(version_diagram(db.session, person(), shown.id, against.id))


@blueprint.get(f"{VERSION}/cases")
@signed_in_only
def cases(process_id: str, number: int) -> ResponseReturnValue:
    return _draw_cases(process_id, number)


@blueprint.post(f"{VERSION}/cases")
@signed_in_only
def move(process_id: str, number: int) -> ResponseReturnValue:
    version, chosen = _version(process_id, number), _chosen()
    asked = (runtime(), person(), process_id, version.id, chosen)
    results = acts(migrate_cases, *asked)
    return _draw_results(process_id, results, version)


@blueprint.post(f"{VERSION}/all")
@signed_in_only
def move_all(process_id: str, number: int) -> ResponseReturnValue:
    """The next of all running cases; the page goes on by itself until none is left."""
    rows = version_rows(db.session, person(), process_id)
    version, after = _numbered(rows, number), _number("after")
    batch = movable_cases(db.session, person(), process_id, version.id, after)
    ids = [row.id for row in batch.rows]
    results = acts(migrate_cases, runtime(), person(), process_id, version.id, ids)
    moved = _number("moved") + sum(each.moves for each in results)
    stayed = _number("stayed") + sum(not each.moves for each in results)
    return render_template(
        "versions/progress.html",
        process_id=process_id,
        version=version,
        batch=batch,
        results=[each for each in results if not each.moves],
        moved=moved,
        stayed=stayed,
        whole=max(_number("whole") or _behind(rows, version), moved + stayed),
    )


@blueprint.get(f"{PROCESS}/moves")
@signed_in_only
def moves(process_id: str) -> ResponseReturnValue:
    page = page_asked()
    rows = version_rows(db.session, person(), process_id)
    found = migrated_cases(db.session, person(), process_id, page)
    return render_template(
        "versions/moves.html", found=found, page=page, rows=rows, process_id=process_id
    )


@blueprint.post(f"{PROCESS}/undo")
@signed_in_only
def undo(process_id: str) -> ResponseReturnValue:
    version_rows(db.session, person(), process_id)  # refuses who may not, and nowhere
    results = acts(undo_migrations, runtime(), person(), _chosen())
    return _draw_results(process_id, results)


def _draw_cases(process_id: str, number: int) -> str:
    rows = version_rows(db.session, person(), process_id)
    version = _numbered(rows, number)
    after = request.args.get("after", 0, type=int)
    asked = (process_id, version.id)
    found = movable_cases(db.session, person(), *asked, min(max(after, 0), 2**31 - 1))
    ids = [row.id for row in found.rows]
    results = preview_migration(db.session, runtime(), person(), *asked, ids)
    return render_template(
        "versions/cases.html",
        process_id=process_id,
        version=version,
        found=found,
        behind=_behind(rows, version),
        pairs=list(zip(found.rows, results, strict=True)),
    )


def _draw_results(
    process_id: str, results: object, version: VersionRow | None = None
) -> str:
    return render_template(
        "versions/results.html", process_id=process_id, results=results, version=version
    )


def _chosen() -> list[int]:
    found = rows_asked("case")
    if not found:
        raise NothingChosen()
    return found


def _behind(rows: list[VersionRow], version: VersionRow) -> int:
    """How many running cases are on other versions."""
    return sum(row.running for row in rows) - version.running


def _number(name: str) -> int:
    """A count that the progress page carries along."""
    return min(max(request.form.get(name, 0, type=int), 0), 2**31 - 1)


def _version(process_id: str, number: int) -> VersionRow:
    return _numbered(version_rows(db.session, person(), process_id), number)


def _numbered(rows: list[VersionRow], number: int) -> VersionRow:
    found = next((row for row in rows if row.number == number), None)
    if found is None:
        raise NotFound()
    return found
