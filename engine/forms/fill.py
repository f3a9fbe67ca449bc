"""Computes, prefills, hides: from what was answered to what the form then holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.errors import Refused
from engine.forms.attached import attached, no_file
from engine.forms.definition import Form
from engine.forms.fields import Field, Typed, cell_path
from engine.forms.read import Answers
from engine.forms.scope import Asking, Functions, Names
from engine.forms.sentences import Mistake
from engine.forms.widgets import LOOKED_UP, WIDGETS, is_empty, settle
from engine.forms.widgets.attachments import Files
from engine.sealing import is_hidden

MAX_PASSES = 12  # rules that feed each other settle in two or three; a ring never does
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with everything in it, ready to be drawn, checked or taken over."""

    values: Mapping[str, Any]  # by field: shown fields; a table's rows but blank ones
    cells: Mapping[str, Any]  # by path: every shown field and cell but tables
    typed: Mapping[str, Typed]  # by path: what stands in the inputs
    hidden: frozenset[str]  # paths
    rows: Mapping[str, tuple[int, ...]]  # by table: the keys of all rows to draw
    kept: Mapping[str, tuple[int, ...]]  # by table: the keys of the rows in values
    errors: Mapping[str, list[Mistake]]  # by path: what could not be read or found
    prefilled: Mapping[str, str]  # by path: texts that follow other fields' answers
    names: Mapping[str, Any]  # what an expression over the form sees
    functions: Functions


def fill(
    form: Form,
    answers: Answers,
    scope: Mapping[str, Any] = _NOTHING,
    functions: Functions = _NOTHING,
    files: Files | None = None,
) -> Filled:
    """The form after these answers, over the data of the case (``scope``, unchanged).

    ``files`` (or the function ``file``) gives the stored facts of a file the caller may
    use, None for any other. House, person and party are looked up by the functions of
    that name where given.
    In its own rules a field's name means the value the case had before this form.
    """
    filling = _Filling(form, answers, scope, Asking(functions))
    stored = files or functions.get("file") or no_file
    resolved, missing = attached(form, answers, stored)
    filling.given |= resolved
    filling.run()
    return Filled(
        values={n: v for n, v in filling.values.items() if filling.has_value(n)},
        cells=filling.cells,
        typed={path: filling.typed(own, path) for own, path in filling.shown()},
        hidden=frozenset(filling.hidden),
        rows=filling.rows,
        kept=filling.kept,
        errors=_errors(filling, missing),
        prefilled=_prefilled(filling),
        names=filling.names,
        functions=filling.ask.functions,
    )


class _Filling:
    """The passes over the fields in their order, until nothing changes any more."""

    def __init__(
        self, form: Form, answers: Answers, scope: Mapping[str, Any], ask: Asking
    ) -> None:
        self.form, self.answers, self.scope, self.ask = form, answers, scope, ask
        self.given = dict(answers.values)
        self.cells: dict[str, Any] = {}
        self.rows: dict[str, tuple[int, ...]] = {}
        self.kept: dict[str, tuple[int, ...]] = {}
        self.hidden: set[str] = set()
        self.answered: set[str] = set()  # paths whose value is the person's own
        self.values: dict[str, Any] = {own.name: None for own in form.fields}
        self.names = Names(self.values, scope)

    def run(self) -> None:
        for own in self.form.fields:
            self._settle(own)
        before = self._standing()
        for _ in range(MAX_PASSES if self.form.ruled else 0):
            for own in self.form.ruled:
                self._settle(own)
            now = self._standing()
            if now == before:
                return
            before = now

    def _standing(self) -> object:
        return dict(self.values), dict(self.cells), set(self.hidden), *self.rows

    def has_value(self, name: str) -> bool:
        return name not in self.hidden and self.form.by_name[name].widget != "note"

    def shown(self) -> Iterator[tuple[Field, str]]:
        """Every shown field and cell with its path, tables themselves left out."""
        for path in self.cells:
            own = self.form.at(path)
            assert own is not None
            yield own, path

    def typed(self, own: Field, path: str) -> Typed:
        if path in self.answered:
            return self.answers.typed[path]
        return WIDGETS[own.widget].to_text(own, self.cells[path])

    def entered(self, column: Field, path: str, names: Mapping[str, Any]) -> bool:
        """Whether a cell holds what was not there when it was drawn."""
        if path in self.answers.errors:
            return True
        value = self.cells.get(path)
        if column.readonly or is_empty(value) or value is False:
            return False
        return not column.prefill or value != settle(
            column, self.ask(column.prefill, names)
        )

    def _settle(self, own: Field) -> None:
        if not self._visible(own, own.name, self.names):
            self.values[own.name] = None
            self._forget(own.name)
        elif own.widget == "table":
            self.values[own.name] = self._table(own)
        else:
            before = {own.name: self.scope.get(own.name)}
            base = before if own.readonly else _NOTHING
            names = Names(before, self.values, self.scope)
            value = self._value(own, own.name, names, base)
            self.values[own.name] = self.cells[own.name] = value

    def _visible(self, own: Field, path: str, names: Mapping[str, Any]) -> bool:
        if own.show_if and not self.ask(own.show_if, names):
            self.hidden.add(path)
            self.cells.pop(path, None)
            return False
        self.hidden.discard(path)
        return True

    def _value(
        self, own: Field, path: str, names: Mapping[str, Any], base: Mapping[str, Any]
    ) -> Any:
        """The value of a shown field; ``base`` has what it is when nobody is asked."""
        if own.readonly:
            source = own.compute or own.prefill
            return settle(
                own, self.ask(source, names) if source else base.get(own.name)
            )
        typed = self.answers.typed.get(path)
        # A text that still is the one we prefilled follows its rule, as if not typed.
        if typed is not None and typed != self.answers.was.get(path):
            if not (own.secret and typed == self._stars(own, names, base)):
                self.answered.add(path)
                return self.given.get(path, settle(own, None))
        self.answered.discard(path)
        return self._unasked(own, names, base)

    def _unasked(
        self, own: Field, names: Mapping[str, Any], base: Mapping[str, Any]
    ) -> Any:
        if own.name in base:
            return settle(own, base[own.name])
        return settle(own, self.ask(own.prefill, names))

    def _stars(
        self, own: Field, names: Mapping[str, Any], base: Mapping[str, Any]
    ) -> object:
        """What stands in the input for a number that is kept hidden."""
        value = self._unasked(own, names, base)
        return WIDGETS[own.widget].to_text(own, value) if is_hidden(value) else None

    def _forget(self, table: str) -> None:
        if self.rows.pop(table, None):
            for path in [p for p in self.cells if p.startswith(f"{table}.")]:
                del self.cells[path]
        self.kept.pop(table, None)

    def _table(self, table: Field) -> list[dict[str, Any]]:
        base = self._base_rows(table)
        self._forget(table.name)
        self.rows[table.name] = keys = self._row_keys(table, base)
        rows = {
            key: self._row(table, key, base[key] if key < len(base) else _NOTHING)
            for key in keys
        }
        kept = tuple(key for key in keys if not self._blank(table, key, rows[key]))
        self.kept[table.name] = kept
        return [rows[key] for key in kept]

    def _base_rows(self, table: Field) -> list[dict[str, Any]]:
        """The rows a table has before anybody answers."""
        if table.name in self.answers.rows and not table.fixed_rows:
            return []
        source, before = table.compute or table.prefill, self.scope.get(table.name)
        if source:
            names = Names({table.name: before}, self.values, self.scope)
            return list(settle(table, self.ask(source, names)))
        return list(settle(table, before if table.readonly else None))

    def _row_keys(self, table: Field, base: list[dict[str, Any]]) -> tuple[int, ...]:
        if table.fixed_rows:
            return tuple(range(len(base)))
        fewest = tuple(range(max(len(base), table.ui.get("min_rows", 0))))
        return self.answers.rows.get(table.name, fewest)

    def _row(self, table: Field, key: int, base: Mapping[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {column.name: None for column in table.columns}
        for column in table.columns:
            path = cell_path(table.name, key, column.name)
            before = {column.name: base.get(column.name)}
            names = Names(before, row, self.values, self.scope)
            if self._visible(column, path, names):
                row[column.name] = self._value(column, path, names, base)
                self.cells[path] = row[column.name]
        return row

    def _blank(self, table: Field, key: int, row: Mapping[str, Any]) -> bool:
        """Whether a row was only drawn and nothing entered in it."""
        meant = self.answers.keep_blank_rows and table.name in self.answers.rows
        if table.fixed_rows or meant:
            return False
        names = Names(row, self.values, self.scope)
        paths = ((c, cell_path(table.name, key, c.name)) for c in table.columns)
        return not any(self.entered(column, path, names) for column, path in paths)


def _prefilled(filling: _Filling) -> dict[str, str]:
    """Texts to be replaced when the answers they follow change, if left alone."""
    return {
        path: str(filling.typed(own, path))
        for own, path in filling.shown()
        if own in filling.form.following and path not in filling.answered
    }


def _errors(
    filling: _Filling, missing: Mapping[str, Mistake]
) -> dict[str, list[Mistake]]:
    """The mistakes that count: not those of fields hidden or given by the server."""
    errors = {
        path: list(mistakes)
        for path, mistakes in filling.answers.errors.items()
        if _counts(filling, path)
    }
    errors |= {path: [m] for path, m in missing.items() if _counts(filling, path)}
    for own, path in filling.shown():
        if own.widget in LOOKED_UP and not _known(
            own, filling.cells[path], filling.ask
        ):
            errors[path] = [Mistake(own.widget, {"text": filling.cells[path]})]
    for table, keys in filling.answers.rows.items():
        if table in filling.rows and not {*keys} <= {*filling.rows[table]}:
            errors[table] = [Mistake("rows_fixed")]
    return errors


def _counts(filling: _Filling, path: str) -> bool:
    own = filling.form.at(path)
    if own is None or own.widget == "table":
        return path.partition(".")[0] not in filling.hidden
    return path in filling.answered and path in filling.cells


def _known(own: Field, code: str | None, ask: Asking) -> bool:
    look_up = ask.functions.get(own.widget)
    if code is None or look_up is None:
        return True
    try:
        return bool(look_up(code))
    except Refused:
        return False
