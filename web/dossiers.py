"""A case's dossier: one volume for the archive, as a page for the printer and as PDF."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from engine import case_picture, dossier
from web.asking import person, runtime, signed_in_only
from web.extensions import db, limiter
from web.prints import pdf_answer, qr

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


def _picture(case_id: int) -> bytes:
    return case_picture(db.session, runtime(), person(), case_id)


def _page(case_id: int, drawing: str, on_screen: bool) -> str:
    found = dossier(db.session, runtime(), person(), case_id)
    address = url_for("cases.show", case_id=case_id, _external=True)
    return render_template(
        "prints/dossier.html",
        found=found,
        drawing=drawing,
        qr=qr(address),
        on_screen=on_screen,
    )
