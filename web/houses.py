"""房屋: one house with its people, money, keys, cases and papers."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import house_view
from web.asking import person, runtime, signed_in_only
from web.extensions import db

blueprint = Blueprint("houses", __name__, url_prefix="/houses")


@blueprint.get("/<code>")
@signed_in_only
def show(code: str) -> ResponseReturnValue:
    site = request.args.get("site", "")[:10]
    view = house_view(db.session, runtime(), person(), code[:40], site)
    return render_template("houses/show.html", view=view)
