"""Paper: a record or a whole case as a page for the printer, and as PDF."""

from __future__ import annotations

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from engine import PrintView, make_pdf, print_record, print_view
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db, limiter

blueprint = Blueprint("prints", __name__)


@blueprint.get("/records/<row:record_id>/print")
@signed_in_only
def show(record_id: int) -> ResponseReturnValue:
    return _page(_view(record_id), on_screen=True)


@blueprint.get("/records/<row:record_id>.pdf")
@limiter.limit("60 per minute")
@signed_in_only
def pdf(record_id: int) -> ResponseReturnValue:
    view = _view(record_id)
    return pdf_answer(_page(view, on_screen=False), view.record.number)


@blueprint.post("/records/<row:record_id>/print")
@signed_in_only
def post(record_id: int) -> ResponseReturnValue:
    n = act(print_record, runtime(), person(), record_id)
    page = "prints.pdf" if request.form.get("to") == "pdf" else "prints.show"
    carbon = request.form.get("carbon") or None
    return redirect(url_for(page, record_id=record_id, n=n, carbon=carbon), 303)


def pdf_answer(page: str, name: str) -> Response:
    content = make_pdf(page, runtime().settings.chromium)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def qr(address: str) -> Markup:
    """A QR code as inline SVG; medium correction survives a stamp over its edge."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(omitsize=True, border=0, svgclass="qr"))


def _view(record_id: int) -> PrintView:
    n = min(max(request.args.get("n", 0, type=int), 0), 1_000_000)
    return print_view(db.session, runtime(), person(), record_id, n)


def _page(view: PrintView, on_screen: bool) -> str:
    return render_template(
        "prints/record.html",
        view=view,
        sheet=view.sheet,
        copies=_copies(view),
        qr=qr(_address(view)) if view.sheet.layout.qr != "none" else "",
        on_screen=on_screen,
    )


def _copies(view: PrintView) -> tuple[str, ...]:
    """The copies to draw; through all plies at once it is one, naming them all."""
    layout = view.sheet.layout
    if layout.carbon and "carbon" in request.args:
        return (" / ".join(layout.copies),)
    return layout.copies or ("",)


def _address(view: PrintView) -> str:
    """Where the QR code leads: the gate for a slip that opens it, else the record."""
    if view.gate_token is not None:
        return url_for("gate.show", token=view.gate_token, _external=True)
    return url_for("records.show", record_id=view.record.id, _external=True)
