"""待办: the tasks a person may do now, and those they did."""

from __future__ import annotations

import hashlib

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import worklist
from web.asking import person, signed_in_only
from web.extensions import db

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
    template = (
        "inbox/_rows.html" if request.headers.get("HX-Request") else "inbox/show.html"
    )
    drawn = render_template(template, found=found, box=box, q=q, page=page)
    if template == "inbox/show.html":
        return drawn
    # the page asks again every few seconds: nothing new costs no bytes
    response = make_response(drawn)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(drawn.encode()).hexdigest()[:32])
    return response.make_conditional(request)
