"""故障: what got stuck in the background, and what somebody does about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import (
    Refused,
    answer_incident,
    incident_list,
    incident_view,
    retry_incident,
    waiting_calls,
)
from web.asking import act, page_asked, person, runtime, signed_in_only
from web.extensions import db
from web.refusals import refused_page, sentence_of

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")
STATES = ("open", "resolved")
KINDS = ("", "call", "timer")


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    state, kind = request.args.get("state", "open"), request.args.get("kind", "")
    asked = {
        "state": state if state in STATES else "open",
        "kind": kind if kind in KINDS else "",
        "process": request.args.get("process", "")[:60],
        "page": page_asked(),
    }
    found = incident_list(db.session, person(), **asked)
    return render_template("incidents/index.html", found=found, **asked)


@blueprint.get("/calls")
@signed_in_only
def calls() -> ResponseReturnValue:
    page = page_asked()
    found = waiting_calls(db.session, person(), page)
    return render_template("incidents/calls.html", found=found, page=page)


@blueprint.get("/<row:incident_id>")
@signed_in_only
def show(incident_id: int) -> ResponseReturnValue:
    return _draw(incident_id)


@blueprint.post("/<row:incident_id>/retry")
@signed_in_only
def retry(incident_id: int) -> ResponseReturnValue:
    act(retry_incident, person(), incident_id)
    flash(_("已重新安排，系统马上再试一次；仍不成功会再列为故障。"))
    return redirect(url_for("incidents.index"), 303)


@blueprint.post("/<row:incident_id>/answer")
@signed_in_only
def answer(incident_id: int) -> ResponseReturnValue:
    texts = (request.form.get("answer", ""), request.form.get("note", ""))
    case_id = act(answer_incident, runtime(), person(), incident_id, *texts)
    flash(_("已按您的答复继续办理。"))
    return redirect(url_for("cases.show", case_id=case_id), 303)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What is wrong with an answer stands beside it; the rest has its own page."""
    if refusal.status != 422 or request.endpoint != "incidents.answer":
        return refused_page(refusal)
    incident_id = (request.view_args or {})["incident_id"]
    errors = {getattr(refusal, "field", "answer"): sentence_of(refusal)}
    return _draw(incident_id, request.form, errors), 422


def redraw_answer(
    posted: Mapping[str, Sequence[str]], incident_id: int
) -> ResponseReturnValue:
    """The incident with an answer that outlived its sign-in."""
    return _draw(incident_id, {name: "".join(text) for name, text in posted.items()})


def _draw(
    incident_id: int,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    view = incident_view(db.session, person(), incident_id)
    return render_template(
        "incidents/show.html", view=view, typed=typed or {}, errors=errors or {}
    )
