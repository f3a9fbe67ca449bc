"""Turns a form and what stands in it into plain objects that the templates draw.

``form_view`` is for filling in (templates/fields/form.html, one template per widget),
``read_view`` for reading and print (view.html). What is shown, required, masked or
read-only is decided here and in the engine, never in a template.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from engine.forms import (
    Field,
    Filled,
    Form,
    cell_path,
    cells_of,
    display,
    is_empty,
    masks,
    wording,
)
from web.field_views import Drawing, FieldView, FormView, RowView, element_id, size_text

__all__ = ["Drawing", "FieldView", "FormView", "form_view", "read_view"]

_ROW = {"zh": "{table} 第 {row} 行 {column}", "en": "{table}, row {row}, {column}"}


def form_view(
    form: Form,
    filled: Filled,
    errors: Mapping[str, list[str]] | None = None,
    drawing: Drawing = Drawing(),
) -> FormView:
    """The form to be filled in, with what stands in it and what is wrong with it."""
    pen = _Pen(form, drawing, filled.cells, filled.rows, errors or {}, filled)
    return pen.form_view(own for own in form.fields if own.name not in filled.hidden)


def read_view(
    form: Form, values: Mapping[str, Any], drawing: Drawing = Drawing()
) -> FormView:
    """A form as it was filled in, from the case's values; what was hidden is left out."""
    cells, rows = cells_of(form.fields, values)
    pen = _Pen(form, drawing, cells, rows, {})
    shown = (own for own in form.fields if own.name in values)
    return pen.form_view(
        own for own in shown if not (own.show_if and is_empty(values[own.name]))
    )


@dataclass(slots=True)
class _Pen:
    form: Form
    drawing: Drawing
    cells: Mapping[str, Any]
    rows: Mapping[str, tuple[int, ...]]
    errors: Mapping[str, list[str]]
    filled: Filled | None = None  # None: for reading only

    def form_view(self, shown: Iterator[Field]) -> FormView:
        lang = self.drawing.lang
        views = (self.field(own, own.name) for own in shown)
        grouped = groupby(views, lambda view: wording(view.own.ui, "group", lang))
        sections = [(group, list(fields)) for group, fields in grouped]
        summary = list(self._summary())
        title, about = self.form.title(lang), self.form.description(lang)
        return FormView(title, about, sections, summary, self.drawing)

    def field(self, own: Field, path: str, cell: bool = False) -> FieldView:
        lang = self.drawing.lang
        readonly = self._is_fixed(own, path)
        errors = self.errors.get(path, [])
        view = FieldView(own, path, own.label(lang), readonly, cell, errors)
        self._attach(view)
        if own.widget == "table":
            self._table(view)
        if not view.writable:
            view.value = self.cells.get(path)
            text = display(own, view.value, lang, self.drawing.masked)
            chosen = self.drawing.choices.get(own.widget, {}).get(text, text)
            view.text = self.drawing.named.get((own.widget, text), chosen)
            if text and self.drawing.estate_url:
                view.link = self.drawing.estate_url(own.widget, view.value)
            if text and masks(own) and self.drawing.reveal_url:
                view.reveal = self.drawing.reveal_url(path)
        elif self.filled is not None:
            self._write(view, self.filled)
        return view

    def _is_fixed(self, own: Field, path: str) -> bool:
        """Whether nobody writes it here: itself read-only, or a cell of such a table."""
        table = self.form.by_name.get(path.partition(".")[0])
        return self.filled is None or own.readonly or bool(table and table.readonly)

    def _write(self, view: FieldView, filled: Filled) -> None:
        own, lang, path = view.own, self.drawing.lang, view.path
        view.help = own.help(lang)
        view.unit = wording(own.ui, "unit", lang)
        view.placeholder = wording(own.ui, "placeholder", lang)
        view.live = self.form.is_live(path)
        view.value = filled.typed.get(path, "")
        view.was = filled.prefilled.get(path)
        if own.widget in ("date", "datetime"):
            view.as_text = not _is_moment(view.value)
        view.listed = own.widget in self.drawing.choices
        listed = self.drawing.choices.get(own.widget) or dict(own.options(lang))
        chosen = view.value if isinstance(view.value, list) else [view.value]
        if view.listed and view.value not in listed:
            # of another house, or gone: chosen all the same, until somebody else is
            named = self.drawing.named
            gone = {text: named.get((own.widget, text), text) for text in chosen}
            listed = {**listed, **{text: name for text, name in gone.items() if text}}
        view.options = [
            (value, text, value in chosen) for value, text in listed.items()
        ]

    def _attach(self, view: FieldView) -> None:
        value, address = self.cells.get(view.path), self.drawing.file_url
        if view.own.widget in ("file", "photo"):
            view.thumbs = self._small(view.own)
            view.files = [
                {
                    "id": f["id"],
                    "name": f.get("name") or f["id"],
                    "url": address(f["id"]),
                    "size": size_text(f.get("size") or 0),
                    "small": f"{address(f['id'])}/small" if view.thumbs else "",
                }
                for f in value or ()
            ]
        elif view.own.widget == "signature" and value and value.get("image"):
            drawn = value["image"].startswith("data:")
            view.image = value["image"] if drawn else address(value["image"])

    def _small(self, own: Field) -> bool:
        """Of identity papers there are no thumbnails; until a form is done, nobody knows
        which of its pictures are such."""
        form = self.form.fields if self.filled else (own,)
        return own.widget == "photo" and not any(each.ui.get("stamp") for each in form)

    def _table(self, view: FieldView) -> None:
        own, lang = view.own, self.drawing.lang
        hidden = self.filled.hidden if self.filled else frozenset()
        view.growing = self.filled is not None and not own.fixed_rows
        view.add_label = wording(own.ui, "add_label", lang)
        view.columns = [
            FieldView(c, c.name, c.label(lang), c.readonly or view.readonly)
            for c in own.columns
        ]
        for key in self.rows.get(own.name, ()):
            paths = [(c, cell_path(own.name, key, c.name)) for c in own.columns]
            cells = [None if p in hidden else self.field(c, p, True) for c, p in paths]
            view.rows.append(RowView(key, cells))

    def _summary(self) -> Iterator[tuple[str, str, str]]:
        for path, sentences in self.errors.items():
            own = self.form.at(path)
            target = element_id(path) if own else ""
            for sentence in sentences:
                yield target, self._name(path, own), sentence

    def _name(self, path: str, own: Field | None) -> str:
        lang = self.drawing.lang
        if own is None or own.name == path:
            return own.label(lang) if own else path
        table, key, _ = path.split(".")
        keys = self.rows.get(table, ())
        row = keys.index(int(key)) + 1 if int(key) in keys else int(key) + 1
        whole = self.form.by_name[table].label(lang)
        return _ROW[lang].format(table=whole, row=row, column=own.label(lang))


def _is_moment(text: str) -> bool:
    """Whether a date input can show the text: nothing, or a day that exists."""
    try:
        return not text or bool(datetime.datetime.fromisoformat(text))
    except ValueError:
        return False
