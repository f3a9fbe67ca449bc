"""Cases: the list, and one case with its timeline, papers and diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import (
    FilledIn,
    Refused,
    cancel_case,
    case_list,
    case_view,
    diagram,
    filled_in,
)
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.fields import Drawing, FormView, read_view
from web.house_words import EstateUrl, estate_url
from web.privacy import reveal_url
from web.refusals import refused_page, sentence_of
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


@blueprint.get("/<row:case_id>")
@signed_in_only
def show(case_id: int) -> ResponseReturnValue:
    return _draw(case_id)


@blueprint.get("/<row:case_id>/diagram.json")
@signed_in_only
def diagram_json(case_id: int) -> ResponseReturnValue:
    return jsonify(diagram(db.session, runtime(), person(), case_id))


@blueprint.post("/<row:case_id>/cancel")
@signed_in_only
def cancel(case_id: int) -> ResponseReturnValue:
    act(cancel_case, runtime(), person(), case_id, request.form.get("reason", ""))
    return redirect(url_for("cases.show", case_id=case_id), 303)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What is wrong with the reason stands beside it; the rest has its own page."""
    if refusal.status != 422:
        return refused_page(refusal)
    case_id = (request.view_args or {})["case_id"]
    typed = request.form.get("reason", "")
    return _draw(case_id, typed, sentence_of(refusal)), 422


def redraw_cancel(
    posted: Mapping[str, Sequence[str]], case_id: int
) -> ResponseReturnValue:
    """The case with a reason for cancelling that outlived its sign-in."""
    return _draw(case_id, reason="".join(posted.get("reason", ())))


def _draw(case_id: int, reason: str = "", error: str = "") -> str:
    view = case_view(db.session, runtime(), person(), case_id)
    filled = filled_in(db.session, view)
    estate = estate_url(view.case.site_id)
    drawn = {each.event.id: _answers(each, estate) for each in filled}
    return render_template(
        "cases/show.html", view=view, drawn=drawn, reason=reason, error=error
    )


def _answers(filled: FilledIn, estate: EstateUrl) -> FormView:
    """What was filled in at one event, for reading."""
    drawing = Drawing(
        lang=lang(),
        file_url=lambda id_: url_for("files.show", file_id=id_),
        reveal_url=partial(reveal_url, "event", str(filled.event.id)),
        estate_url=estate,
    )
    return read_view(filled.form, filled.answers, drawing)
