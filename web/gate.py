"""The gate: a guard's phone reads the code on a release slip."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import (
    GateView,
    PassUnknown,
    Refused,
    confirm_release,
    gate_view,
    report_mismatch,
)
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db, limiter
from web.refusals import refused_page, sentence_of

blueprint = Blueprint("gate", __name__, url_prefix="/gate")


@blueprint.get("/<token>")
@limiter.limit("60 per minute")
@signed_in_only
def show(token: str) -> ResponseReturnValue:
    return _draw(_view(token))


@blueprint.post("/<token>")
@limiter.limit("60 per minute")
@signed_in_only
def post(token: str) -> ResponseReturnValue:
    checked, reason = _checked(), request.form.get("reason", "")
    if request.form.get("op") == "mismatch":
        act(report_mismatch, runtime(), person(), token, checked, reason)
    else:
        act(confirm_release, runtime(), person(), token, checked)
    return redirect(url_for("gate.show", token=token), 303)


@blueprint.errorhandler(PassUnknown)
def unknown(refusal: PassUnknown) -> ResponseReturnValue:
    return _draw(None), refusal.status


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What is missing stands on the page; a pass taken meanwhile shows what it is now."""
    if refusal.status not in (409, 422):
        return refused_page(refusal)
    token = (request.view_args or {})["token"]
    error = sentence_of(refusal) if refusal.status == 422 else ""
    return _draw(_view(token), error), refusal.status


def _view(token: str) -> GateView:
    return gate_view(db.session, runtime(), person(), token)


def _draw(view: GateView | None, error: str = "") -> str:
    return render_template(
        "gate/show.html",
        view=view,
        worth=view.worth if view else "unknown",
        error=error,
        checked=_checked(),
        mismatch=request.form.get("op") == "mismatch",
        reason=request.form.get("reason", ""),
    )


def _checked() -> set[int]:
    """The ticked items, by their place on the slip."""
    ticked = request.form.getlist("item")[:500]
    return {
        int(one) for one in ticked if one.isascii() and one.isdecimal() and len(one) < 5
    }
