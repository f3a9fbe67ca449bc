"""小区参数: how hard a site's gates are, how old its balances may be, and who set it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import Refused, parameter_list, set_parameters
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.refusals import refused_page, sentence_of

blueprint = Blueprint("parameters", __name__, url_prefix="/parameters")
OWN = ("csrf_token", "site")  # what the form posts for itself


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    return _draw()


@blueprint.post("")
@signed_in_only
def save() -> ResponseReturnValue:
    site = parameter_list(db.session, runtime(), person(), _site()).site
    typed = {n: v[:40] for n, v in request.form.items() if n not in OWN}
    changed = act(set_parameters, runtime(), person(), site.id, typed)
    flash(_("参数已保存，从现在起执行。") if changed else _("没有改动。"))
    return redirect(url_for("parameters.index", site=_site() or None), 303)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What is wrong with a value stands on the form; the rest has its own page."""
    if refusal.status != 422 or request.method != "POST":
        return refused_page(refusal)
    return _draw(request.form, sentence_of(refusal)), 422


def _site() -> str:
    return request.values.get("site", "")[:10]


def _draw(typed: Mapping[str, str] | None = None, error: str = "") -> str:
    found = parameter_list(db.session, runtime(), person(), _site())
    return render_template("parameters.html", found=found, typed=typed, error=error)
