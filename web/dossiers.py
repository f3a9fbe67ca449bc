"""A case's dossier: one volume for the archive, as a page for the printer and as PDF."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Refused, case_picture, dossier, reveal_dossier, whole_dossier
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db, limiter
from web.prints import pdf_answer, qr
from web.refusals import refused_page, sentence_of

blueprint = Blueprint("dossiers", __name__, url_prefix="/cases")


@blueprint.get("/<row:case_id>/dossier")
@signed_in_only
def show(case_id: int) -> ResponseReturnValue:
    return _page(case_id, url_for("dossiers.picture", case_id=case_id), True)


@blueprint.get("/<row:case_id>/dossier.pdf")
@limiter.limit("60 per minute")
@signed_in_only
def pdf(case_id: int) -> ResponseReturnValue:
    drawn = base64.b64encode(_picture(case_id)).decode()
    page = _page(case_id, f"data:image/png;base64,{drawn}", False)
    return pdf_answer(page, f"dossier-{case_id}")


@blueprint.get("/<row:case_id>/diagram.png")
@limiter.limit("60 per minute")
@signed_in_only
def picture(case_id: int) -> ResponseReturnValue:
    return Response(_picture(case_id), mimetype="image/png")


@blueprint.get("/<row:case_id>/dossier/whole")
@signed_in_only
def ask_whole(case_id: int) -> ResponseReturnValue:
    return _ask(case_id)


@blueprint.post("/<row:case_id>/dossier/whole")
@limiter.limit("60 per minute")
@signed_in_only
def whole(case_id: int) -> ResponseReturnValue:
    """Shown in answer to the reason and never by an address of its own."""
    act(reveal_dossier, person(), case_id, request.form.get("reason", ""))
    if request.form.get("to") == "pdf":
        drawn = base64.b64encode(_picture(case_id)).decode()
        page = _page(case_id, f"data:image/png;base64,{drawn}", False, whole=True)
        return pdf_answer(page, f"dossier-{case_id}")
    drawing = url_for("dossiers.picture", case_id=case_id)
    return _page(case_id, drawing, True, whole=True)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """A missing reason is told beside it; the rest has its own page."""
    if refusal.status != 422:
        return refused_page(refusal)
    case_id = (request.view_args or {})["case_id"]
    return _ask(case_id, sentence_of(refusal)), 422


def _ask(case_id: int, error: str = "") -> str:
    case = whole_dossier(db.session, person(), case_id)
    typed = request.form.get("reason", "")
    return render_template("privacy/dossier.html", case=case, error=error, typed=typed)


def _picture(case_id: int) -> bytes:
    return case_picture(db.session, runtime(), person(), case_id)


def _page(case_id: int, drawing: str, on_screen: bool, whole: bool = False) -> str:
    found = dossier(db.session, runtime(), person(), case_id, whole)
    address = url_for("cases.show", case_id=case_id, _external=True)
    return render_template(
        "prints/dossier.html",
        found=found,
        drawing=drawing,
        qr=qr(address),
        on_screen=on_screen,
    )
