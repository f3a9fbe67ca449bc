"""One task: its form, claiming it, drafts, completing it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import (
    AnswersRefused,
    ItemList,
    Refused,
    TaskView,
    claim_task,
    complete_task,
    item_list,
    keep_file,
    save_draft,
    task_view,
    unclaim_task,
)
from engine.forms import Answers, apply_op, fill, read
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.field_views import size_text
from web.fields import form_view, read_view
from web.posted import Posted, posted_to, task_drawing, typed
from web.privacy import reveal_url
from web.refusals import refused_page, sentence_of
from web.shell import lang

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("/<task_id>")
@signed_in_only
def show(task_id: str) -> ResponseReturnValue:
    view = task_view(db.session, runtime(), person(), task_id)
    return _draw(view, view.draft or {})


@blueprint.post("/<task_id>")
@signed_in_only
def post(task_id: str) -> ResponseReturnValue:
    op = request.form.get("_op", "submit")
    posted, errors = posted_to(task_id)
    if errors or op not in ("submit", "draft"):
        view = task_view(db.session, runtime(), person(), task_id)
        return _draw(view, posted, op, errors), 422 if errors else 200
    if op == "draft":
        act(save_draft, runtime(), person(), task_id, posted)
        return redirect(url_for("inbox.show"), 303)
    reading = partial(read, posted=posted)
    done = act(complete_task, runtime(), person(), task_id, reading, lang())
    if done.next_task is not None:
        return redirect(url_for("tasks.show", task_id=done.next_task), 303)
    return redirect(url_for("cases.show", case_id=done.case_id), 303)


@blueprint.errorhandler(AnswersRefused)
def answers_refused(refusal: AnswersRefused) -> ResponseReturnValue:
    return _redraw(refusal.fields)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What a step of the diagram refuses stands on the form, with what was typed."""
    if refusal.status != 422 or request.endpoint != "tasks.post":
        return refused_page(refusal)
    return _redraw({"": [sentence_of(refusal)]})


def _redraw(errors: dict[str, list[str]]) -> ResponseReturnValue:
    task_id = (request.view_args or {})["task_id"]
    posted, _ = posted_to(task_id)
    view = task_view(db.session, runtime(), person(), task_id)
    return _draw(view, posted, errors=errors), 422


@blueprint.post("/<task_id>/draft")
@signed_in_only
def draft(task_id: str) -> ResponseReturnValue:
    act(save_draft, runtime(), person(), task_id, typed())
    return "", 204


@blueprint.post("/<task_id>/claim")
@signed_in_only
def claim(task_id: str) -> ResponseReturnValue:
    posted = typed()
    if posted:  # pressed within the form: what was typed there is kept
        act(save_draft, runtime(), person(), task_id, posted)
    else:
        act(claim_task, person(), task_id)
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@blueprint.post("/<task_id>/unclaim")
@signed_in_only
def unclaim(task_id: str) -> ResponseReturnValue:
    posted = typed()
    if posted:
        act(save_draft, runtime(), person(), task_id, posted)
    act(unclaim_task, person(), task_id)
    return redirect(url_for("inbox.show"), 303)


@blueprint.post("/<task_id>/files")
@signed_in_only
def upload(task_id: str) -> ResponseReturnValue:
    sent = request.files.get("file")
    name, content = (sent.filename or "", sent.read()) if sent else ("", b"")
    file = act(keep_file, runtime(), person(), task_id, name, content)
    address = url_for("files.show", file_id=file.id)
    return jsonify(
        id=file.id,
        name=file.name,
        size=file.size,
        shown=size_text(file.size),
        type=file.type,
        url=address,
    )


def redraw_task(posted: Posted, task_id: str) -> ResponseReturnValue:
    """The form with typed text that outlived its sign-in."""
    return _draw(task_view(db.session, runtime(), person(), task_id), posted)


def _draw(
    view: TaskView,
    posted: Posted,
    op: str = "",
    errors: dict[str, list[str]] | None = None,
) -> str:
    reveal = partial(reveal_url, "task", view.task.id)
    drawn = None
    if view.form is not None and "complete" in view.actions:
        answers = read(view.form, posted) if posted else Answers()
        answers = apply_op(view.form, answers, op)
        filled = fill(view.form, answers, view.scope, view.functions, view.files)
        drawing = task_drawing(view, view.form, filled.values, reveal)
        drawn = form_view(view.form, filled, errors, drawing)
    elif view.form is not None:
        drawing = task_drawing(view, view.form, view.scope, reveal)
        drawn = read_view(view.form, view.scope, drawing)
    return render_template(
        "tasks/show.html", view=view, form=drawn, listed=_listed(view)
    )


def _listed(view: TaskView) -> ItemList | None:
    """The page of the task's items that is asked for, where it has any."""
    box, q = request.args.get("box", "open"), request.args.get("q", "")[:100]
    page = min(max(request.args.get("page", 1, type=int), 1), 2000)
    return item_list(db.session, view, box, q, page)
