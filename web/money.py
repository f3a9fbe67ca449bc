"""押金台账: what is held for others, reconciled, down to each entry; what a site allows."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
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
    Refused,
    deposit_list,
    deposit_policy,
    export_money,
    money_held,
    set_deposit_policy,
)
from web.asking import act, page_asked, person, runtime, signed_in_only
from web.extensions import db
from web.refusals import refused_page, sentence_of
from web.registers import EXCEL
from web.shell import lang

blueprint = Blueprint("money", __name__, url_prefix="/money")


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    found = money_held(db.session, person(), request.args)
    page = page_asked()
    return render_template("money/index.html", found=found, site=_site(), page=page)


@blueprint.post("/export")
@signed_in_only
def export() -> ResponseReturnValue:
    book = act(export_money, person(), request.form, lang())
    return send_file(
        BytesIO(book.content),
        mimetype=EXCEL,
        download_name=book.name,
        as_attachment=True,
    )


@blueprint.get("/house")
@signed_in_only
def house() -> ResponseReturnValue:
    code = request.args.get("code", "")[:40]
    found = deposit_list(db.session, person(), code, _site())
    return render_template("money/house.html", found=found, site=_site())


@blueprint.get("/policy")
@signed_in_only
def policy() -> ResponseReturnValue:
    return _draw_policy()


@blueprint.post("/policy")
@signed_in_only
def set_policy() -> ResponseReturnValue:
    site = deposit_policy(db.session, runtime(), person(), _site()).site
    act(set_deposit_policy, person(), site.id, _typed(request.form))
    flash(_("押金政策已保存，从现在起执行。"))
    return redirect(url_for("money.index", site=_site() or None), 303)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What is wrong with the policy stands on its form; the rest has its own page."""
    if refusal.status != 422 or request.endpoint != "money.set_policy":
        return refused_page(refusal)
    return _draw_policy(request.form, sentence_of(refusal)), 422


def _site() -> str:
    return request.args.get("site", "")[:10]


def _typed(form: Mapping[str, str]) -> dict[str, Any]:
    """The policy as typed; what is no number stays a text, which is then refused."""
    return {
        "enabled": form.get("enabled") == "1",
        "cap_fen": _fen(form.get("cap", "")),
        "legal_basis": form.get("legal_basis", "").strip(),
        "payer": form.get("payer", ""),
        "refund_within_workdays": _whole(form.get("refund_within_workdays", "")),
        "observation_months": _whole(form.get("observation_months", "")),
        "deduction_needs_photo": form.get("deduction_needs_photo") == "1",
    }


def _whole(text: str) -> int | str:
    plain = text.strip()
    return (
        int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 9 else text
    )


def _fen(text: str) -> int | str:
    """Whole fen of an amount in yuan."""
    yuan, _point, part = text.strip().replace(",", "").partition(".")
    digits = yuan + f"{part:0<2}"
    return _whole(digits) if yuan and len(part) <= 2 else text


def _draw_policy(typed: Mapping[str, str] | None = None, error: str = "") -> str:
    view = deposit_policy(db.session, runtime(), person(), _site())
    return render_template("money/policy.html", view=view, typed=typed, error=error)
