"""Reads answers: from the names of an HTML form, or from the JSON of the API.

Answers are kept flat, by path: ``name`` or ``table.3.column``, where 3 is the key of the
row. Keys may have holes: a row keeps its key when one above it is removed, so its
inputs keep their names and ids while the page is morphed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.forms.definition import Form
from engine.forms.fields import Field, Typed, cell_path
from engine.forms.publishing import MAX_ROWS
from engine.forms.sentences import Mistake, Wrong
from engine.forms.widgets import WIDGETS, is_empty

MAX_KEYS = 2_000
MAX_UNKNOWN = 20  # unknown names told; more would only repeat the sentence
_ROW_KEY = re.compile(r"0|[1-9][0-9]{0,5}")
# What the page posts for itself; a file control without script posts its file's name.
_PAGE = re.compile(r"_|csrf_token$|.*__upload$")
_OP = re.compile(r"(add|del):([A-Za-z0-9_]+)(?::([0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered: the typed text, the values it means, and what is wrong.

    A path that is not in ``typed`` was never asked for or never drawn, so its prefill
    still applies; an empty text is an answer.
    """

    typed: Mapping[str, Typed] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)  # by path
    errors: Mapping[str, list[Mistake]] = field(default_factory=dict)  # by path
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # by table
    was: Mapping[str, str] = field(default_factory=dict)  # the prefilled texts drawn
    keep_blank_rows: bool = False  # JSON: an empty object is meant as a row


class _Reading:
    """Collects answers into the plain dicts of an Answers."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.typed: dict[str, Typed] = {}
        self.values: dict[str, Any] = {}
        self.errors: dict[str, list[Mistake]] = {}
        self.rows: dict[str, set[int]] = {}
        self.was: dict[str, str] = {}
        self.unknown = 0

    def wrong(self, path: str, mistake: Mistake) -> None:
        self.errors.setdefault(path, []).append(mistake)

    def refuse(self, name: object) -> None:
        """Counts a name that the form does not declare."""
        self.unknown += 1
        if self.unknown <= MAX_UNKNOWN:
            printable = str(name)[:80].encode("utf-8", "replace").decode()
            self.wrong(printable, Mistake("unknown"))

    def keep(
        self, path: str, field: Field, typed: Typed, convert: Callable[[], Any]
    ) -> None:
        self.typed[path] = typed
        try:
            self.values[path] = convert()
        except Wrong as wrong:
            self.wrong(path, wrong.mistake)

    def row(self, table: str, key: int) -> bool:
        """Makes room for a row; False, with the mistake noted, when there is none."""
        keys = self.rows.setdefault(table, set())
        if key in keys or len(keys) < MAX_ROWS:
            keys.add(key)
            return True
        if table not in self.errors:
            self.wrong(table, Mistake("rows", {"limit": MAX_ROWS}))
        return False

    def answers(self, keep_blank_rows: bool) -> Answers:
        return Answers(
            typed=self.typed,
            values=self.values,
            errors=self.errors,
            rows={table: tuple(sorted(keys)) for table, keys in self.rows.items()},
            was=self.was,
            keep_blank_rows=keep_blank_rows,
        )


def read(form: Form, posted: Mapping[str, Sequence[str]]) -> Answers:
    """The answers in a posted HTML form: each name with its texts.

    Names: ``field``, ``table.<row>.<column>``, ``signature.name``, ``signature.image``;
    a table or a list posts its own name once, empty, to show that it was drawn.
    ``csrf_token``, ``_…`` and ``…__upload`` belong to the page; ``_was.<path>`` is the
    prefilled text that was drawn. Never raises.
    """
    reading = _Reading(form)
    if len(posted) > MAX_KEYS:
        reading.wrong("", Mistake("too_much"))
    for name in list(posted)[:MAX_KEYS]:
        if name.startswith("_was."):
            reading.was[name[5:]] = (*posted[name], "")[0]
        elif not _PAGE.match(name):
            _read_name(reading, name, posted)
    return reading.answers(keep_blank_rows=False)


def _read_name(
    reading: _Reading, name: str, posted: Mapping[str, Sequence[str]]
) -> None:
    first, _, rest = name.partition(".")
    field = reading.form.by_name.get(first)
    if field is None or not _expected(field, rest):
        reading.refuse(name)
    elif field.readonly:
        return
    elif field.widget == "table":
        _read_table_name(reading, field, rest, posted[name])
    elif field.widget != "signature":
        _keep_texts(reading, name, field, posted[name])
    elif rest == "name":
        _read_signature(reading, field, posted)


def _expected(field: Field, rest: str) -> bool:
    """Whether a field posts a name that goes on with ``rest`` after the dot."""
    if field.widget == "signature":
        return rest in ("name", "image")
    if field.widget == "table" and rest:
        key, _, column = rest.partition(".")
        return bool(_ROW_KEY.fullmatch(key)) and field.column(column) is not None
    return not rest


def _read_signature(
    reading: _Reading, field: Field, posted: Mapping[str, Sequence[str]]
) -> None:
    drawn = f"{field.name}.image"
    texts = [(*posted.get(n, ()), "")[0] for n in (f"{field.name}.name", drawn)]
    typed: Typed = {"name": texts[0], "image": texts[1]}
    convert = WIDGETS[field.widget].from_text
    reading.keep(field.name, field, typed, lambda: convert(field, texts))


def _read_table_name(
    reading: _Reading, table: Field, rest: str, texts: Sequence[str]
) -> None:
    """A cell, or the bare name that says the table was drawn, even without rows."""
    key, _, name = rest.partition(".")
    column = table.column(name)
    if column is None:
        reading.rows.setdefault(table.name, set())
    elif reading.row(table.name, int(key)) and not column.readonly:
        _keep_texts(reading, cell_path(table.name, int(key), name), column, texts)


def _keep_texts(
    reading: _Reading, path: str, field: Field, texts: Sequence[str]
) -> None:
    listed = WIDGETS[field.widget].types == ("array",)
    typed: Typed = [t for t in texts if t] if listed else (texts[-1] if texts else "")
    convert = WIDGETS[field.widget].from_text
    reading.keep(path, field, typed, lambda: convert(field, texts))


def read_json(form: Form, answers: object) -> Answers:
    """The answers of an API call: money as "1418.40", files as ids, a typed signature.

    What is left out keeps its prefill; null empties it. Never raises.
    """
    reading = _Reading(form)
    if not isinstance(answers, Mapping):
        reading.wrong("", Mistake("not_an_object"))
        return reading.answers(keep_blank_rows=True)
    if len(answers) > MAX_KEYS:
        reading.wrong("", Mistake("too_much"))
    for name in list(answers)[:MAX_KEYS]:
        field = form.by_name.get(name)
        if field is None:
            reading.refuse(name)
        elif field.readonly:
            continue
        elif field.widget == "table":
            _read_json_rows(reading, field, answers[name])
        else:
            _keep_json(reading, name, field, answers[name])
    return reading.answers(keep_blank_rows=True)


def _read_json_rows(reading: _Reading, table: Field, raw: object) -> None:
    reading.rows.setdefault(table.name, set())
    if raw is None:
        return
    if not isinstance(raw, list):
        reading.wrong(table.name, Mistake("type_list"))
        return
    for key, row in enumerate(raw[: MAX_ROWS + 1]):
        if not reading.row(table.name, key):
            return
        if isinstance(row, Mapping):
            _read_json_row(reading, table, key, row)
        else:
            reading.wrong(f"{table.name}.{key}", Mistake("type_row"))


def _read_json_row(
    reading: _Reading, table: Field, key: int, row: Mapping[str, Any]
) -> None:
    for name in list(row)[:MAX_KEYS]:
        column = table.column(name)
        path = f"{table.name}.{key}.{name}"
        if column is None:
            reading.refuse(path)
        elif not column.readonly:
            _keep_json(reading, path, column, row[name])


def _keep_json(reading: _Reading, path: str, field: Field, raw: object) -> None:
    widget = WIDGETS[field.widget]
    typed = _typed_of(raw)
    reading.keep(path, field, typed, lambda: widget.from_json(field, raw))
    if path in reading.values and not is_empty(raw):
        reading.typed[path] = _typed_value(field, reading.values[path], typed)


def _typed_value(field: Field, value: Any, typed: Typed) -> Typed:
    """The canonical text of a value that was read; ids of files are typed as they are."""
    if field.widget in ("file", "photo"):
        return typed
    return WIDGETS[field.widget].to_text(field, value)


def _typed_of(raw: object) -> Typed:
    """What of a wrong JSON answer can stand in an input again."""
    if isinstance(raw, list):
        return [each for each in raw if isinstance(each, str)]
    return raw if isinstance(raw, str) else ""


def apply_op(form: Form, answers: Answers, op: str) -> Answers:
    """The answers after a table's button: ``add:<table>`` or ``del:<table>:<row>``.

    Anything else (``refresh``, unknown tables, tables of fixed rows) changes nothing.
    """
    match = _OP.fullmatch(op)
    table = form.by_name.get(match[2]) if match else None
    if not match or table is None or table.widget != "table" or table.fixed_rows:
        return answers
    keys = answers.rows.get(table.name, ())
    if match[1] == "add" and not match[3]:
        new = max(keys, default=-1) + 1
        if len(keys) >= MAX_ROWS or not _ROW_KEY.fullmatch(str(new)):
            return answers
        return replace(answers, rows={**answers.rows, table.name: (*keys, new)})
    if match[1] == "del" and match[3]:
        return _without_row(answers, table.name, int(match[3]))
    return answers


def _without_row(answers: Answers, table: str, key: int) -> Answers:
    prefix = cell_path(table, key, "")

    def rest(by_path: Mapping[str, Any]) -> dict[str, Any]:
        return {p: v for p, v in by_path.items() if not p.startswith(prefix)}

    left = tuple(each for each in answers.rows.get(table, ()) if each != key)
    return replace(
        answers,
        typed=rest(answers.typed),
        values=rest(answers.values),
        errors=rest(answers.errors),
        was=rest(answers.was),
        rows={**answers.rows, table: left},
    )
