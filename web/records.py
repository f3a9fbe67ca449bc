"""Records (台账): one paper, to read and to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import (
    Refused,
    record_view,
    replace_record,
    void_record,
)
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.fields import Drawing, read_view
from web.house_words import estate_url
from web.privacy import reveal_url
from web.refusals import refused_page, sentence_of
from web.shell import lang
from web.words import record_title

blueprint = Blueprint("records", __name__)


@blueprint.get("/records/<row:record_id>")
@signed_in_only
def show(record_id: int) -> ResponseReturnValue:
    return _draw(record_id)


@blueprint.post("/records/<row:record_id>/void")
@signed_in_only
def void(record_id: int) -> ResponseReturnValue:
    act(void_record, runtime(), person(), record_id, request.form.get("reason", ""))
    flash(_("已作废，编号保留。"))
    return redirect(url_for("records.show", record_id=record_id), 303)


@blueprint.post("/records/<row:record_id>/replace")
@signed_in_only
def replace(record_id: int) -> ResponseReturnValue:
    fresh = act(replace_record, runtime(), person(), record_id)
    flash(_("已重开，新编号 %(number)s。", number=fresh.number))
    return redirect(url_for("records.show", record_id=fresh.id), 303)


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What is wrong with the reason stands beside it; the rest has its own page."""
    if refusal.status != 422:
        return refused_page(refusal)
    record_id = (request.view_args or {})["record_id"]
    typed = request.form.get("reason", "")
    return _draw(record_id, typed, sentence_of(refusal)), 422


def redraw_void(
    posted: Mapping[str, Sequence[str]], record_id: int
) -> ResponseReturnValue:
    """The paper with a reason for voiding it that outlived its sign-in."""
    return _draw(record_id, "".join(posted.get("reason", ())))


def _draw(record_id: int, reason: str = "", error: str = "") -> str:
    view = record_view(db.session, runtime(), person(), record_id)
    drawing = Drawing(
        lang=lang(),
        file_url=partial(_file_url, record_id),
        reveal_url=partial(reveal_url, "record", str(record_id)),
        estate_url=estate_url(view.record.site_id),
    )
    drawn = read_view(view.form, view.data, drawing) if view.form else None
    if drawn is not None:  # the paper's own name stands over it already
        named = record_title(view.record)
        drawn.sections = [
            ("" if title == named else title, fields)
            for title, fields in drawn.sections
        ]
    return render_template(
        "records/show.html",
        view=view,
        drawn=drawn,
        facts=read_view(view.facts.form, view.facts.data, drawing),
        reason=reason,
        error=error,
    )


def _file_url(record_id: int, file_id: str) -> str:
    return url_for("files.of_record", record_id=record_id, file_id=file_id)
