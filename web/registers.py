"""Registers (台账): which there are, one with its filter, its sums, and as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import (
    AT_ONCE,
    Refused,
    ask_export,
    export_path,
    export_view,
    finished_export,
    register_list,
    register_page,
    register_totals,
    write_export,
)
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.refusals import refused_page, sentence_of
from web.shell import lang

blueprint = Blueprint("registers", __name__)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRINTED = 500  # papers on a print; more are for the workbook


@blueprint.get("/registers")
@signed_in_only
def index() -> ResponseReturnValue:
    site = request.args.get("site", "")
    found = register_list(db.session, runtime(), person(), site)
    return render_template("registers/index.html", found=found, asked_site=site)


@blueprint.get("/registers/<kind>")
@signed_in_only
def show(kind: str) -> ResponseReturnValue:
    return _page(kind, request.args)


@blueprint.get("/registers/<kind>/print")
@signed_in_only
def printed(kind: str) -> ResponseReturnValue:
    found = register_page(
        db.session, runtime(), person(), kind, request.args, lang(), PRINTED
    )
    totals = register_totals(db.session, runtime(), person(), kind, request.args)
    return render_template(
        "registers/print.html", found=found, totals=totals, asked=_asked(found)
    )


@blueprint.get("/registers/<kind>/totals")
@signed_in_only
def totals(kind: str) -> ResponseReturnValue:
    """The sums by themselves: the page does not wait for them."""
    found = register_totals(db.session, runtime(), person(), kind, request.args)
    part = bool(request.headers.get("HX-Request"))
    page = "registers/_totals.html" if part else "registers/totals.html"
    return render_template(page, totals=found, asked=_asked(found))


@blueprint.post("/registers/<kind>/exports")
@signed_in_only
def export(kind: str) -> ResponseReturnValue:
    asked = act(ask_export, runtime(), person(), kind, request.form, lang())
    if asked.expected <= AT_ONCE:
        act(write_export, runtime(), asked.id)
        flash(_("文件已生成。"))
    return redirect(url_for("registers.export_page", export_id=asked.id), 303)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """A missing reason is told beside it; the rest has its own page."""
    if refusal.status != 422:
        return refused_page(refusal)
    kind = (request.view_args or {})["kind"]
    return _page(kind, request.form, sentence_of(refusal)), 422


@blueprint.get("/exports/<export_id>")
@signed_in_only
def export_page(export_id: str) -> ResponseReturnValue:
    view = export_view(db.session, runtime(), person(), export_id)
    return render_template("registers/export.html", view=view)


@blueprint.get("/exports/<export_id>/file")
@signed_in_only
def export_file(export_id: str) -> ResponseReturnValue:
    view = finished_export(db.session, runtime(), person(), export_id)
    return send_file(
        export_path(runtime(), view.export.id),
        mimetype=EXCEL,
        download_name=view.file_name,
        as_attachment=True,
    )


def _page(kind: str, args: Mapping[str, str], error: str = "") -> str:
    found = register_page(db.session, runtime(), person(), kind, args, lang())
    return render_template(
        "registers/show.html",
        found=found,
        asked=_asked(found),
        error=error,
        reason=request.form.get("reason", ""),
    )


def _asked(found: Any) -> Mapping[str, str]:
    """The address of this filter, with the site where one was chosen."""
    site = request.values.get("site")
    return {**found.wanted.asked, **({"site": site} if site else {})}
