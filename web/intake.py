"""What no request may hold, whatever page it is for."""

from __future__ import annotations

from datetime import date as Date
from typing import Any

from flask import Flask, current_app, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError

from engine import Refused

TYPED = (
    "tasks",
    "items",
    "start",
)  # pages whose forms tell what is wrong beside its field


WITH_FILES = ("tasks.post", "items.post")
MOST_FILES = 10  # of the largest size, in one form


class OddText(Refused):
    """提交的内容里有无法识别的字符，请检查后重新填写。"""

    status = 400


class RowId(IntegerConverter):
    """``<row:...>``: an id that an integer column can hold."""

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map, min=1, max=2**31 - 1)


class CalendarDate(BaseConverter):
    """``<day:...>``: a date that a calendar can hold, e.g. 2026-03-14."""

    regex = r"(?:200[4-9]|20[1-9]\d|2100)-\d{2}-\d{2}"

    def to_python(self, value: str) -> Date:
        try:
            return Date.fromisoformat(value)
        except ValueError as wrong:  # no 30 February
            raise ValidationError() from wrong

    def to_url(self, value: Date) -> str:
        return value.isoformat()


def refuse_odd_text() -> None:
    """PostgreSQL keeps no NUL in a text, and no person types one; no browser sends a part
    without a name."""
    if None in request.form or None in request.files:
        raise OddText()
    form = MultiDict() if request.blueprint in TYPED else request.form
    if "\0" in request.path or _odd(request.args) or _odd(form):
        raise OddText()


def posted_texts() -> dict[str, list[str]]:
    """What was typed in a form, by name. A NUL becomes what browsers show in its place,
    and the field it stands in says that this cannot be kept."""
    posted = request.form.to_dict(flat=False)
    return {_shown(n): [_shown(each) for each in texts] for n, texts in posted.items()}


def _shown(text: str) -> str:
    return text.replace("\0", "\ufffd")


def _odd(values: MultiDict[str, str]) -> bool:
    return any("\0" in name + text for name, text in values.items(multi=True))


def take_files() -> None:
    """Without JavaScript a file comes with the form: one that is too large is told beside
    its field, for which the rest of the form must have been read. For who is signed in.
    """
    if request.endpoint in WITH_FILES and current_user.is_authenticated:
        limit = current_app.extensions["steward"].settings.max_upload
        request.max_content_length = MOST_FILES * limit


def add_intake(app: Flask) -> None:
    app.url_map.converters["row"] = RowId
    app.url_map.converters["day"] = CalendarDate
    app.before_request(take_files)
    app.before_request(refuse_odd_text)
