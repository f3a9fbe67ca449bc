"""特批记录: the gates that managers let a case pass, newest first."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import override_list
from web.asking import page_asked, person, signed_in_only
from web.extensions import db
from web.estate_words import GATES

blueprint = Blueprint("gates", __name__, url_prefix="/gates")


@blueprint.get("/overrides")
@signed_in_only
def overrides() -> ResponseReturnValue:
    gate, q = request.args.get("gate", ""), request.args.get("q", "").strip()[:100]
    asked = {"gate": gate if gate in GATES else "", "q": q, "page": page_asked()}
    found = override_list(db.session, person(), **asked)
    return render_template("gates/overrides.html", found=found, gates=GATES, **asked)
