"""One item of a task: its form, its draft, answering it and going on to the next."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import (
    AnswersRefused,
    ItemView,
    complete_item,
    item_view,
    save_item_draft,
)
from engine.forms import apply_op, fill, read
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.fields import form_view, read_view
from web.posted import Posted, posted_to, task_drawing, typed
from web.privacy import reveal_url
from web.shell import lang

blueprint = Blueprint("items", __name__, url_prefix="/tasks/<task_id>/items")
# beyond the column's numbers there is nothing, and the databases say so each in their way
ITEM = "/<int(max=2147483647):item_id>"


@blueprint.get(ITEM)
@signed_in_only
def show(task_id: str, item_id: int) -> ResponseReturnValue:
    view = _view(task_id, item_id)
    return _draw(view, view.draft or {})


@blueprint.post(ITEM)
@signed_in_only
def post(task_id: str, item_id: int) -> ResponseReturnValue:
    op = request.form.get("_op", "submit")
    posted, errors = posted_to(task_id)
    if errors or op not in ("submit", "next", "draft"):
        view = _view(task_id, item_id)
        return _draw(view, posted, op, errors), 422 if errors else 200
    if op == "draft":
        act(save_item_draft, runtime(), person(), task_id, item_id, posted)
        return redirect(url_for("tasks.show", task_id=task_id), 303)
    seen = request.form.get("_seen", 0, type=int)
    reading = partial(read, posted=posted)
    answered = (person(), task_id, item_id, reading, seen, lang())
    done = act(complete_item, runtime(), *answered)
    flash(_("已保存：%(label)s", label=done.label), "success")
    following = done.next_item if op == "next" else None
    return redirect(_place(task_id, following), 303)


@blueprint.errorhandler(AnswersRefused)
def answers_refused(refusal: AnswersRefused) -> ResponseReturnValue:
    args = request.view_args or {}
    posted, _errors = posted_to(args["task_id"])
    return _draw(_view(**args), posted, errors=refusal.fields), 422


@blueprint.post(f"{ITEM}/draft")
@signed_in_only
def draft(task_id: str, item_id: int) -> ResponseReturnValue:
    act(save_item_draft, runtime(), person(), task_id, item_id, typed())
    return "", 204


def redraw_item(posted: Posted, task_id: str, item_id: int) -> ResponseReturnValue:
    """The form with typed text that outlived its sign-in."""
    return _draw(_view(task_id, item_id), posted)


def _view(task_id: str, item_id: int) -> ItemView:
    return item_view(db.session, runtime(), person(), task_id, item_id)


def _place(task_id: str, item_id: int | None) -> str:
    if item_id is None:
        return url_for("tasks.show", task_id=task_id)
    return url_for("items.show", task_id=task_id, item_id=item_id)


def _draw(
    view: ItemView,
    posted: Posted,
    op: str = "",
    errors: dict[str, list[str]] | None = None,
) -> str:
    reveal = partial(reveal_url, "item", str(view.item.id))
    if view.writable:
        answers = read(view.form, posted) if posted else view.answers
        answers = apply_op(view.form, answers, op)
        whole = view.whole
        filled = fill(view.form, answers, view.scope, whole.functions, whole.files)
        drawing = task_drawing(whole, view.form, filled.values, reveal)
        drawn = form_view(view.form, filled, errors, drawing)
    else:
        drawing = task_drawing(view.whole, view.form, view.scope, reveal)
        drawn = read_view(view.form, view.scope, drawing)
    return render_template("items/show.html", view=view, form=drawn)
