"""发起: what a person may start, and the form a case starts with."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import (
    AnswersRefused,
    choosable,
    house_fields,
    houses_in,
    next_task,
    start_case,
    start_view,
    startable,
)
from engine.forms import Answers, apply_op, fill, read
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.fields import Drawing, form_view
from web.intake import posted_texts
from web.shell import lang

blueprint = Blueprint("start", __name__)
ONCE = "_once"  # the mark of one drawn form: sent twice it starts one case


@blueprint.get("/start")
@signed_in_only
def show() -> ResponseReturnValue:
    return render_template(
        "start/show.html", versions=startable(db.session, runtime(), person())
    )


@blueprint.get("/start/<process_id>")
@signed_in_only
def form(process_id: str) -> ResponseReturnValue:
    return _draw(process_id, {}, asked=request.args)


@blueprint.post("/start/<process_id>")
@signed_in_only
def post(process_id: str) -> ResponseReturnValue:
    posted = posted_texts()
    if request.form.get("_op", "submit") != "submit":
        return _draw(process_id, posted, request.form["_op"])
    reading = partial(read, posted=posted)
    once = "".join(posted.get(ONCE, ()))[:64] or None
    case = act(start_case, runtime(), person(), process_id, reading, once, lang())
    following = next_task(db.session, person(), case.id)
    if following is not None:
        return redirect(url_for("tasks.show", task_id=following), 303)
    return redirect(url_for("cases.show", case_id=case.id), 303)


@blueprint.errorhandler(AnswersRefused)
def refused(refusal: AnswersRefused) -> ResponseReturnValue:
    values = request.view_args or {}
    return _draw(values["process_id"], posted_texts(), errors=refusal.fields), 422


def redraw_start(
    posted: Mapping[str, Sequence[str]], process_id: str
) -> ResponseReturnValue:
    """The start form with typed text that outlived its sign-in."""
    return _draw(process_id, posted)


def _draw(
    process_id: str,
    posted: Mapping[str, Sequence[str]],
    op: str = "",
    errors: dict[str, list[str]] | None = None,
    asked: Mapping[str, str] = {},
) -> str:
    """``asked``: the house that the address names, under the name of its field."""
    view = start_view(db.session, runtime(), person(), process_id)
    drawn = None
    if view.form is not None:
        named = {n: [asked[n][:40]] for n in house_fields(view.form) if asked.get(n)}
        typed = posted or named
        answers = read(view.form, typed) if typed else Answers()
        filled = fill(view.form, apply_op(view.form, answers, op), {}, view.functions)
        houses = houses_in(view.form, filled.values)
        choices = choosable(db.session, view.site_id, view.form, houses=houses)
        drawing = Drawing(lang=lang(), choices=choices)
        drawn = form_view(view.form, filled, errors, drawing)
    once = "".join(posted.get(ONCE, ())) or secrets.token_urlsafe(16)
    return render_template(
        "start/form.html", version=view.version, view=drawn, once=once
    )
