"""Whom answers name by id, as papers and pages show them: with their name.

A case keeps the id that was chosen (``"21"``): its rules ask about it. On paper stands
who that was when it was written: ``{"party_id": "21", "name": "陈晓芸"}``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from engine.forms import Field, Form
from engine.store.estate import Party
from engine.store.staff import Staff

# by widget: the key under which a paper keeps the id
KEYS = {"person": "staff_id", "party": "party_id"}
# by widget and id: the name
Named = Mapping[tuple[str, str], str]
Answers = Mapping[str, Any]


def names_for(
    session: Session, site_id: int, *filled: tuple[Form | None, Answers]
) -> Named:
    """The names of all who stand in these forms, also of those who have left; one
    statement, none where nobody does."""
    asked = {who for form, values in filled if form for who in _chosen(form, values)}
    staff = [int(own) for widget, own in asked if widget == "person"]
    parties = [int(own) for widget, own in asked if widget == "party"]
    wanted = []
    if staff:
        wanted.append(_who("person", Staff).where(Staff.id.in_(staff)))
    if parties:
        here = _who("party", Party).where(Party.site_id == site_id)
        wanted.append(here.where(Party.id.in_(parties)))
    if not wanted:
        return {}
    rows = session.execute(union_all(*wanted))
    return {(widget, str(own)): name for widget, own, name in rows}


def _who(widget: str, table: type[Staff] | type[Party]) -> Select[str, int, str]:
    return select(literal(widget), table.id, table.name)


def with_names(form: Form | None, values: Answers, names: Named) -> dict[str, Any]:
    """The answers with whom they name by id; an id of nobody stays as it is."""
    shown = dict(values)
    for own in form.fields if form is not None and names else ():
        value = shown.get(own.name)
        if own.widget == "table" and isinstance(value, list):
            shown[own.name] = [_row(own.columns, row, names) for row in value]
        elif own.widget in KEYS:
            shown[own.name] = _named(own, value, names)
    return shown


def _row(columns: Collection[Field], row: Any, names: Named) -> Any:
    if not isinstance(row, Mapping):
        return row
    found = {
        c.name: _named(c, row.get(c.name), names) for c in columns if c.name in row
    }
    return {**row, **found}


def _named(own: Field, value: Any, names: Named) -> Any:
    if not isinstance(value, str) or (own.widget, value) not in names:
        return value
    return {KEYS[own.widget]: value, "name": names[own.widget, value]}


def _chosen(form: Form, values: Answers) -> Iterator[tuple[str, str]]:
    """Widget and id of each who was chosen; what is no id was typed by hand."""
    for own in form.fields:
        value = values.get(own.name)
        rows = value if own.widget == "table" and isinstance(value, list) else []
        cells = [(own, value)]
        cells += [(c, row.get(c.name)) for row in rows if row for c in own.columns]
        for each, chosen in cells:
            if each.widget in KEYS and _is_id(chosen):
                yield each.widget, str(chosen)


def _is_id(value: Any) -> bool:
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) < 10
    )
