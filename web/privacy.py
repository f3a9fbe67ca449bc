"""Masked personal data: looked at with a reason, and the list of all such looks."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Refused, masked_value, reveal_list, reveal_value
from web.asking import act, page_asked, person, runtime, signed_in_only
from web.extensions import db
from web.refusals import refused_page, sentence_of
from web.shell import lang

blueprint = Blueprint("privacy", __name__, url_prefix="/reveals")


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    q, page = request.args.get("q", "").strip()[:100], page_asked()
    found = reveal_list(db.session, person(), q, page)
    return render_template("privacy/index.html", found=found, q=q, page=page)


@blueprint.get("/<kind>/<row_id>/<field>")
@signed_in_only
def ask(kind: str, row_id: str, field: str) -> ResponseReturnValue:
    return _draw(kind, row_id, field)


@blueprint.post("/<kind>/<row_id>/<field>")
@signed_in_only
def look(kind: str, row_id: str, field: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    place = (kind, row_id, field)
    text = act(reveal_value, runtime(), person(), *place, reason, lang())
    return _draw(*place, text=text)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """A missing reason is told beside it; the rest has its own page."""
    if refusal.status != 422:
        return refused_page(refusal)
    place = request.view_args or {}
    return _draw(**place, error=sentence_of(refusal), status=422)


def reveal_url(kind: str, row_id: str, field: str) -> str:
    """Where the whole of a masked value is shown."""
    return url_for("privacy.ask", kind=kind, row_id=row_id, field=field)


def _draw(
    kind: str,
    row_id: str,
    field: str,
    text: str = "",
    error: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    found = masked_value(db.session, runtime(), person(), kind, row_id, field, lang())
    typed = request.form.get("reason", "")
    page = render_template(
        "privacy/show.html", found=found, text=text, error=error, typed=typed
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
