"""Typed text that outlived its sign-in or its page: carried along, then drawn again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from engine import Refused
from web import calendar
from web.asking import KEPT
from web.cases import redraw_cancel
from web.intake import posted_texts
from web.incidents import redraw_answer
from web.items import redraw_item
from web.records import redraw_void
from web.refusals import answer, refused_page
from web.start import redraw_start
from web.tasks import redraw_task

Kept = dict[str, list[str]]
REDRAWN: dict[str, Callable[..., ResponseReturnValue]] = {
    "tasks.post": redraw_task,
    "tasks.claim": redraw_task,
    "tasks.unclaim": redraw_task,
    "items.post": redraw_item,
    "start.post": redraw_start,
    "cases.cancel": redraw_cancel,
    "incidents.answer": redraw_answer,
    **calendar.REDRAWN,
    "records.void": redraw_void,
}


def carried() -> list[tuple[str, str]]:
    """What the sign-in form carries along, by the names it was typed under."""
    pairs = request.form.items(multi=True)
    return [(n.removeprefix(KEPT), text) for n, text in pairs if n.startswith(KEPT)]


def onward(target: str, pairs: list[tuple[str, str]]) -> ResponseReturnValue:
    """To where one was going, with what one had typed there."""
    endpoint, values = _place(target, "POST")
    if not pairs or endpoint not in REDRAWN:
        return redirect(local_address(target))
    kept: Kept = {}
    for name, text in pairs:
        kept.setdefault(name, []).append(text)
    return REDRAWN[endpoint](kept, **values)


def local_address(target: str) -> str:
    """A page of ours; for anything else (another host, a trick with backslashes, a
    button's address) the inbox."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    if not plain or "\\" in target or any(ord(c) < 32 for c in target):
        return url_for("inbox.show")
    return target if _place(target, "GET")[0] else url_for("inbox.show")


def _place(target: str, method: str) -> tuple[str, dict[str, Any]]:
    """The endpoint and values of an address of ours; "" where there is none."""
    try:
        path = urlsplit(target).path
        return current_app.url_map.bind("").match(path, method)  # type: ignore
    except (HTTPException, RequestRedirect, ValueError):
        return "", {}


def token_missing(_error: CSRFError) -> ResponseReturnValue:
    """The page was drawn under another sign-in: drawn anew, with what was typed."""
    sentence = _("页面已过期，内容还没有提交。请核对后再提交一次。")
    redraw = REDRAWN.get(request.endpoint or "")
    if redraw is None or not current_user.is_authenticated:
        return answer(400, sentence)
    flash(sentence, "warning")
    kept = posted_texts()
    try:
        return redraw(kept, **(request.view_args or {})), 400
    except Refused as refused:  # Flask handles nothing that a handler raises
        return refused_page(refused)


def add_kept(app: Flask) -> None:
    app.register_error_handler(CSRFError, token_missing)
