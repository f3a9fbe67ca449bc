"""导入导出: the office's own workbooks taken in after a look, taken back, given out."""

from __future__ import annotations

from io import BytesIO

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
    Refused,
    ask_import,
    confirm_import,
    drop_import,
    export_registry,
    import_list,
    import_view,
    marked_workbook,
    repeat_import,
    undo_import,
    work_small,
)
from web.asking import act, acts, page_asked, person, runtime, signed_in_only
from web.extensions import db
from web.refusals import refused_page, sentence_of
from web.registers import EXCEL
from web.words import import_name

blueprint = Blueprint("imports", __name__, url_prefix="/imports")
RUN = "/<row:run_id>"


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    return _draw(request.args.get("site", ""))


@blueprint.post("")
@signed_in_only
def upload() -> ResponseReturnValue:
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    asked = (request.form.get("site", ""), request.form.get("kind", ""))
    name = (sent.filename if sent else "") or ""
    run = act(ask_import, runtime(), person(), *asked, name, content)
    acts(work_small, runtime(), run.id)
    return _to(run.id)


@blueprint.get(RUN)
@signed_in_only
def show(run_id: int) -> ResponseReturnValue:
    view = import_view(db.session, person(), run_id)
    return render_template("imports/show.html", view=view)


@blueprint.post(f"{RUN}/confirm")
@signed_in_only
def confirm(run_id: int) -> ResponseReturnValue:
    act(confirm_import, runtime(), person(), run_id)
    acts(work_small, runtime(), run_id)
    return _to(run_id)


@blueprint.post(f"{RUN}/repeat")
@signed_in_only
def repeat(run_id: int) -> ResponseReturnValue:
    act(repeat_import, runtime(), person(), run_id)
    acts(work_small, runtime(), run_id)
    return _to(run_id)


@blueprint.post(f"{RUN}/drop")
@signed_in_only
def drop(run_id: int) -> ResponseReturnValue:
    run = act(drop_import, runtime(), person(), run_id)
    flash(_("已放弃，什么都没有写入。"))
    return redirect(url_for("imports.index", site=run.site_id), 303)


@blueprint.post(f"{RUN}/undo")
@signed_in_only
def undo(run_id: int) -> ResponseReturnValue:
    act(undo_import, person(), run_id)
    flash(_("已撤回，资料恢复到导入之前的样子。"))
    return _to(run_id)


@blueprint.get(f"{RUN}/marked")
@signed_in_only
def marked(run_id: int) -> ResponseReturnValue:
    name, content = marked_workbook(db.session, runtime(), person(), run_id)
    return _sent(content, _("问题-%(name)s", name=name))


@blueprint.post("/exports")
@signed_in_only
def export() -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    asked = (request.form.get("site", ""), kind, "numbers" in request.form)
    why = request.form.get("reason", "")
    content = act(export_registry, runtime(), person(), *asked, why)
    return _sent(content, f"{import_name(kind)}-{runtime().today():%Y%m%d}.xlsx")


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What is wrong with a file stands beside where it is chosen."""
    if refusal.status != 422 or request.endpoint != "imports.upload":
        return refused_page(refusal)
    return _draw(request.form.get("site", ""), sentence_of(refusal)), 422


def _draw(site: str, error: str = "") -> str:
    page = page_asked()
    found = import_list(db.session, person(), site, page)
    chosen = request.form.get("kind", "")
    return render_template(
        "imports/index.html", found=found, page=page, error=error, chosen=chosen
    )


def _to(run_id: int) -> ResponseReturnValue:
    return redirect(url_for("imports.show", run_id=run_id), 303)


def _sent(content: bytes, name: str) -> ResponseReturnValue:
    response = send_file(
        BytesIO(content), mimetype=EXCEL, download_name=name, as_attachment=True
    )
    response.headers["Cache-Control"] = "no-store"
    return response
