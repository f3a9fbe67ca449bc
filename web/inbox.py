"""待办: the tasks a person may do now, and those they did."""

from __future__ import annotations

import hashlib

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import worklist
from web.asking import person, signed_in_only
from web.extensions import db
from web.shell import lang

blueprint = Blueprint("inbox", __name__)
BOXES = ("todo", "mine", "open", "done")


@blueprint.get("/")
@signed_in_only
def home() -> ResponseReturnValue:
    return redirect(url_for("inbox.show"))


@blueprint.get("/inbox")
@signed_in_only
def show() -> ResponseReturnValue:
    box = request.args.get("box", "todo")
    box = box if box in BOXES else "todo"
    q = request.args.get("q", "")[:100]
    page = min(max(request.args.get("page", 1, type=int), 1), 2000)
    found = worklist(db.session, person(), box, q, page)
    asked = {"found": found, "box": box, "q": q, "page": page}
    if not request.headers.get("HX-Request"):
        return render_template("inbox/show.html", **asked)
    # the page asks again every few seconds: nothing new is not drawn again
    response = make_response()
    response.set_etag(_digest(lang(), person().id, asked))
    if not response.make_conditional(request).status_code == 304:
        response.set_data(render_template("inbox/_rows.html", **asked))
    return response


def _digest(*seen: object) -> str:
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]
