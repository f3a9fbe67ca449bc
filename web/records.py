"""Records (台账): one paper, to read and to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import (
    RecordView,
    Refused,
    cell_text,
    record_view,
    replace_record,
    void_record,
)
from engine.forms import Field
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.fields import Drawing, read_view
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
        file_url=lambda id_: url_for("files.show", file_id=id_),
        reveal_url=partial(reveal_url, "record", str(record_id)),
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
        facts=list(_facts(view)),
        reason=reason,
        error=error,
    )


def _facts(view: RecordView) -> Iterator[tuple[str, str]]:
    """What the paper holds beyond its form, by the columns of its register."""
    for column in view.columns:
        if column.name not in view.data or (
            view.form and column.name in view.form.by_name
        ):
            continue
        value = view.data[column.name]
        if isinstance(value, list) and column.widget not in ("file", "photo"):
            words = view.kind.get("values", {})
            yield column.label(lang()), _text(value, words, int(lang() == "en"))
        else:
            yield column.label(lang()), _valued(column, value, view)


def _valued(column: Field, value: Any, view: RecordView) -> str:
    """A cell; a word of the kind where the form gave the column no list of its own."""
    words = view.kind.get("values", {})
    if isinstance(value, str) and value in words and not column.options():
        return str(words[value][int(lang() == "en")])
    text = cell_text(column, value, lang())
    return f"{text} {_('元')}" if column.widget == "money" and text else text


def _text(value: Any, words: dict[str, list[str]], column: int) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(_text(one, words, column) for one in value)
    if isinstance(value, dict):
        return " ".join(_text(one, words, column) for one in value.values())
    if isinstance(value, str) and value in words:
        return words[value][column]
    return "" if value is None else str(value)
