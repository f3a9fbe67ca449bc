"""业主和住户: one person or company of the estate."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from engine import party_view
from web.asking import person, runtime, signed_in_only
from web.extensions import db

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("/<row:party_id>")
@signed_in_only
def show(party_id: int) -> ResponseReturnValue:
    view = party_view(db.session, runtime(), person(), party_id)
    return render_template("people/show.html", view=view)
