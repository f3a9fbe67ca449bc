"""Cases: the list, and one case with its timeline, papers and diagram."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Event, cancel_case, case_list, case_view, diagram
from engine.forms import Form
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.fields import Drawing, FormView, read_view
from web.shell import lang

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
STATES = ("", "running", "ended", "cancelled")


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    status = request.args.get("status", "")
    status = status if status in STATES else ""
    q = request.args.get("q", "")[:100]
    page = min(max(request.args.get("page", 1, type=int), 1), 2000)
    found = case_list(db.session, person(), status, q, page)
    return render_template(
        "cases/index.html", found=found, status=status, q=q, page=page
    )


@blueprint.get("/<int:case_id>")
@signed_in_only
def show(case_id: int) -> ResponseReturnValue:
    view = case_view(db.session, runtime(), person(), case_id)
    drawn = {event.id: _answers(view.version.forms, event) for event in view.timeline}
    return render_template("cases/show.html", view=view, drawn=drawn)


@blueprint.get("/<int:case_id>/diagram.json")
@signed_in_only
def diagram_json(case_id: int) -> ResponseReturnValue:
    return jsonify(diagram(db.session, runtime(), person(), case_id))


@blueprint.post("/<int:case_id>/cancel")
@signed_in_only
def cancel(case_id: int) -> ResponseReturnValue:
    act(cancel_case, runtime(), person(), case_id, request.form.get("reason", ""))
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _answers(forms: Any, event: Event) -> FormView | None:
    """What was filled in at that event, for reading."""
    answers = (event.detail or {}).get("answers")
    form: Form | None = forms.get(_form_of(event))
    if not answers or form is None:
        return None
    drawing = Drawing(
        lang=lang(), file_url=lambda id_: url_for("files.show", file_id=id_)
    )
    given = {name: value for name, value in answers.items() if value is not None}
    return read_view(form, given, drawing)


def _form_of(event: Event) -> str:
    return "start" if event.kind == "case_started" else event.element or ""
