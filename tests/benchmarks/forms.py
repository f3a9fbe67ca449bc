"""A form of 34 fields with a table, choices, rules: checked, drawn, and its whole page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from flask import Flask, render_template

import web
from engine.forms import Form, check, fill, read
from engine.runtime import FUNCTION_NAMES
from tests.benchmarks.measure import Line, median_ms, within
from tests.cast import Office
from tests.web.browsing import Visitor
from tests.web.patrol import CLERK, FORM, RIGHT, open_patrol
from web.fields import Drawing, form_view

TIMES = 60
ROWS = 3
LIMIT = 10  # ms, for drawing and for checking; a page has its head and queries besides
PAGE_LIMIT = 30
HOUSES = {"1-1-0101": {"owner_name": "张依诺", "area_m2": 98.5}}
Posted = Mapping[str, Sequence[str]]


def posted() -> Posted:
    """The form as filled in, its table with a few rows."""
    texts = {n: [v] if isinstance(v, str) else v for n, v in RIGHT.items()}
    texts = {n: list(v) for n, v in texts.items() if n not in ("photos", "drawings")}
    row = {n: v for n, v in texts.items() if n.startswith("items.0.")}
    for key in range(1, ROWS):
        texts |= {n.replace(".0.", f".{key}."): v for n, v in row.items()}
    return {**texts, "visitor": ["agent"], "accepted": ["false"], "urgent": ["true"]}


def lines(office: Office, label: str) -> list[Line]:
    app = web.create_app(office.runtime.settings)
    form, texts = Form.parse(FORM, FUNCTION_NAMES), posted()
    filled = fill(form, read(form, texts), {}, {"house": HOUSES.get})
    errors = check(form, filled)

    def checked() -> None:
        check(form, fill(form, read(form, texts), {}, {"house": HOUSES.get}))

    name = f"a form of {len(form.fields)} fields and {ROWS} rows"
    found = [
        within(
            f"{name}: read, computed, checked", median_ms(checked, TIMES), "ms", LIMIT
        )
    ]
    with app.test_request_context():
        drawing = Drawing(file_url="/files/{}".format, upload_url="/up")

        def drawn() -> None:
            view = form_view(form, filled, errors, drawing)
            render_template("fields/form.html", view=view)

        found.append(
            within("  drawn with its errors", median_ms(drawn, TIMES), "ms", LIMIT)
        )
    return [*found, *pages(app, office, label, texts)]


def pages(app: Flask, office: Office, label: str, texts: Posted) -> list[Line]:
    clerk = Visitor(app.test_client())
    clerk.sign_in(CLERK)
    address = open_patrol(office)
    opened = median_ms(partial(clerk.client.get, address), TIMES)
    token = {"csrf_token": clerk.token(), "_op": "refresh"}
    sent = partial(clerk.client.post, address, data={**texts, **token})
    morphed = median_ms(sent, TIMES)
    with app.app_context():
        web.db.engine.dispose()
    return [
        within(f"  its page opened, {label}", opened, "ms", PAGE_LIMIT),
        within(f"  its page after a live change, {label}", morphed, "ms", PAGE_LIMIT),
    ]
