"""A layout filled with one record: plain blocks of text that a page only has to draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Refused
from engine.expressions import evaluate
from engine.masking import masked_text
from engine.forms import Field, Form, Names, display
from engine.prints.layout import Layout
from engine.prints.texts import hidden, personal, plain, text_as

MOST_ROWS = 500


@dataclass(frozen=True)
class Paper:
    """What a layout is filled with: a record's data, and what is known of the record.

    ``known`` are number, site, house, date, case, title, by (who completed the step);
    expressions see them as ``paper.number`` …
    """

    data: Mapping[str, Any]
    known: Mapping[str, Any]
    form: Form | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    def ask(self, source: str, row: Mapping[str, Any] | None = None) -> Any:
        """An expression's value, None where it has none: papers may be half filled."""
        names = Names({"paper": dict(self.known)}, row or {}, self.data)
        try:
            return evaluate(source, names)
        except Refused:
            return None


@dataclass(frozen=True)
class Signed:
    """One place to sign. ``image`` is a stored file's id or a data URL."""

    label: str
    name: str = ""
    at: str = ""
    image: str = ""


@dataclass(frozen=True)
class Block:
    """``kind`` says which of the others is filled. ``rows`` of fields are lists of
    (label, text, columns spanned), of a table lists of texts; ``blank`` counts its empty
    rows, to be struck through where ``strike`` says so."""

    kind: str
    text: str = ""
    label: str = ""
    rows: Sequence[Sequence[Any]] = ()
    heads: Sequence[tuple[str, int, bool]] = ()  # label, width in %, a number
    blank: int = 0
    strike: bool = False
    signed: Sequence[Signed] = ()
    files: Sequence[str] = ()


@dataclass(frozen=True)
class Sheet:
    layout: Layout
    known: Mapping[str, Any]
    blocks: tuple[Block, ...]


def compose(layout: Layout, paper: Paper) -> Sheet:
    """The whole paper. Never fails: what has no value is left to be written by hand."""
    blocks = tuple(_block(block, paper) for block in layout.blocks)
    return Sheet(layout, paper.known, blocks)


def _block(block: Mapping[str, Any], paper: Paper) -> Block:
    if "fields" in block:
        cells = [
            (i["label"], _shown(i, paper), bool(i.get("wide"))) for i in block["fields"]
        ]
        return fields_block(cells, block.get("columns", 2))
    if "rows" in block:
        return _table(block, paper)
    if "amount" in block:
        value = paper.ask(block["amount"]["value"])
        texts = [text_as("capitals", value), text_as("money", value)]
        return Block("amount", label=block["amount"]["label"], rows=[texts])
    if "signatures" in block:
        return Block(
            "signatures", signed=[_signed(s, paper) for s in block["signatures"]]
        )
    if "photo" in block:
        return Block("photo", files=_files(paper.ask(block["photo"])))
    if "big" in block:
        rows = [(i["label"], _shown(i, paper), 1) for i in block["big"]]
        return Block("big", rows=rows)
    kind = "text" if "text" in block else "heading"
    return Block(kind, text=block[kind])


def fields_block(cells: Sequence[tuple[str, str, bool]], columns: int) -> Block:
    """Label and text side by side, ``columns`` pairs a row; the last pair fills its row."""
    rows: list[list[tuple[str, str, int]]] = []
    left = 0
    for label, text, wide in cells:
        if left == 0 or wide:
            rows.append([])
            left = columns
        left = 0 if wide else left - 1
        rows[-1].append((label, text, 1))
    for row in rows:
        label, text, _ = row[-1]
        row[-1] = (label, text, 1 + 2 * (columns - len(row)))
    return Block("fields", rows=rows)


def _table(block: Mapping[str, Any], paper: Paper) -> Block:
    found = paper.ask(block["rows"])
    listed = [
        row if isinstance(row, Mapping) else {"item": row} for row in _list(found)
    ]
    columns = block["columns"]
    rows = [
        [str(number), *(_shown(column, paper, row) for column in columns)]
        for number, row in enumerate(listed, start=1)
    ]
    heads = [("序号", 0, False)]
    heads += [(c["label"], c.get("width", 0), c.get("as") == "money") for c in columns]
    blank = max(block.get("at_least", 0) - len(rows), 0)
    return Block(
        "table",
        label=block.get("label", ""),
        rows=rows,
        heads=heads,
        blank=blank,
        strike=block.get("strike", False),
    )


def _list(found: Any) -> list[Any]:
    return found[:MOST_ROWS] if isinstance(found, list) else []


def _shown(
    item: Mapping[str, Any], paper: Paper, row: Mapping[str, Any] | None = None
) -> str:
    """One value as text: in the layout's look, else as its form shows it, else plain."""
    source, look, words = item["value"], item.get("as"), item.get("words")
    value = paper.ask(source, row)
    if look is not None:
        text = text_as(look, value, words or {})
    elif words is not None:
        text = plain(value, words)
    else:
        text = (
            _as_in_form(source, value, paper)
            if row is None
            else plain(value, paper.words)
        )
    return text + item["unit"] if text and "unit" in item else text


def _as_in_form(name: str, value: Any, paper: Paper) -> str:
    own: Field | None = paper.form.by_name.get(name) if paper.form else None
    if own is not None and own.widget != "table":
        return field_text(own, value)
    text = masked_text(plain(value, paper.words))
    return hidden(text) if text and personal(name) else text


def field_text(own: Field, value: Any, masked: bool = True) -> str:
    """A field of a form as its widget shows it; what does not fit the widget, plainly."""
    try:
        text = display(own, value, masked=masked)
    except (TypeError, ValueError, LookupError, AttributeError):
        text = plain(value)
    return masked_text(text) if masked else text


def _signed(place: Mapping[str, Any], paper: Paper) -> Signed:
    value = paper.ask(place["value"]) if "value" in place else None
    return signature(place["label"], value)


def signature(label: str, value: Any) -> Signed:
    if not isinstance(value, Mapping):
        return Signed(label, value if isinstance(value, str) else "")
    at = text_as("datetime", value.get("at"))
    return Signed(
        label, str(value.get("name") or ""), at, str(value.get("image") or "")
    )


def _files(value: Any) -> list[str]:
    return [
        str(f["id"]) for f in _list(value) if isinstance(f, Mapping) and f.get("id")
    ]


def signatures_in(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Everything in some data that was signed, by name."""
    for name, value in data.items():
        if isinstance(value, Mapping) and {"name", "image"} <= value.keys():
            yield name, value
