"""Records (台账): one paper, to read and to print."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import RecordView, record_view
from web.asking import person, runtime, signed_in_only
from web.extensions import db
from web.fields import Drawing, read_view
from web.privacy import reveal_url
from web.shell import lang
from web.words import record_title

blueprint = Blueprint("records", __name__)


@blueprint.get("/records/<row:record_id>")
@signed_in_only
def show(record_id: int) -> ResponseReturnValue:
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
        "records/show.html", view=view, drawn=drawn, facts=list(_facts(view))
    )


def _facts(view: RecordView) -> Iterator[tuple[str, str]]:
    """What the paper holds beyond its form, by the names of its kind."""
    column = 1 if lang() == "en" else 0
    for name, labels in view.kind.get("fields", {}).items():
        if name not in view.data or (view.form and name in view.form.by_name):
            continue
        if name == "unit_no" and view.record.house_code:
            continue  # stands in the head
        text = _text(view.data[name], view.kind.get("values", {}), column)
        yield labels[column], _masked(name, text)


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


def _masked(name: str, text: str) -> str:
    """ID numbers: first 3 and last 4; phones: first 3 and last 4 (PIPL, context.md)."""
    if name in ("id_no", "phone") and len(text) > 7:
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    return text
