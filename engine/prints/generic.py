"""The paper of a kind that has no layout of its own: an A4 sheet from its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from engine.forms import Field, Form, is_empty, wording
from engine.prints.compose import (
    Block,
    Paper,
    Sheet,
    field_text,
    fields_block,
    signature,
)
from engine.prints.layout import Layout

LONG = 24  # characters; a longer text takes a row of its own


def generic(paper: Paper, title: str, facts: Form, known: Mapping[str, Any]) -> Sheet:
    """All a record holds: what it has beyond its form (``facts`` with ``known``), then
    its form."""
    layout = Layout(title, "a4", (), "pages", False, False, "case", ())
    blocks = [*form_blocks(facts, known), *form_blocks(paper.form, paper.data, title)]
    return Sheet(layout, paper.known, tuple(blocks))


def form_blocks(
    form: Form | None, data: Mapping[str, Any], title: str = "", masked: bool = True
) -> Iterator[Block]:
    """A form as it was filled in; signatures come last, side by side."""
    if form is None:
        return
    shown = [own for own in form.fields if _is_shown(own, data)]
    for group, fields in groupby(shown, lambda own: wording(own.ui, "group", "zh")):
        if group and group != title:
            yield Block("heading", text=group)
        written = [own for own in fields if own.widget != "signature"]
        yield from _group(written, data, masked)
    signed = [own for own in shown if own.widget == "signature"]
    if signed:
        places = [signature(own.label(), data.get(own.name)) for own in signed]
        yield Block("signatures", signed=places)


def _is_shown(own: Field, data: Mapping[str, Any]) -> bool:
    if own.widget == "note" or own.name not in data:
        return False
    return not (own.show_if and is_empty(data[own.name]))


def _group(
    fields: list[Field], data: Mapping[str, Any], masked: bool
) -> Iterator[Block]:
    for is_table, part in groupby(fields, lambda own: own.widget == "table"):
        if is_table:
            yield from (_table(own, data.get(own.name), masked) for own in part)
        else:
            cells = [
                (o.label(), field_text(o, data.get(o.name), masked), o) for o in part
            ]
            yield fields_block(
                [
                    (name, text, o.widget == "textarea" or len(text) > LONG)
                    for name, text, o in cells
                ],
                2,
            )


def _table(own: Field, value: Any, masked: bool) -> Block:
    listed = [row for row in value or () if isinstance(row, Mapping)]
    rows = [
        [str(n), *(field_text(c, row.get(c.name), masked) for c in own.columns)]
        for n, row in enumerate(listed, start=1)
    ]
    heads = [("序号", 0, False)]
    heads += [(c.label(), 0, c.widget == "money") for c in own.columns]
    return Block("table", label=own.label(), rows=rows, heads=heads)
