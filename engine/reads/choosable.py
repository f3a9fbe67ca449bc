"""Whom forms let choose: colleagues, and the people of the houses named in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.forms import Field, Form
from engine.store.estate import residents
from engine.store.staff import colleagues

Choices = dict[str, dict[str, str]]


def choosable(
    session: Session, site_id: int, *forms: Form, houses: set[str | None]
) -> Choices:
    """By widget, id and name; no statement where no form asks for anybody."""
    asked = {own.widget for form in forms for own in _all(form)}
    found: Choices = {}
    if "person" in asked:
        found["person"] = colleagues(session, site_id)
    if "party" in asked:
        codes = {code for code in houses if code}
        found["party"] = residents(session, site_id, codes)
    return found


def houses_in(form: Form, values: Mapping[str, Any]) -> set[str | None]:
    """The houses that stand in a form."""
    return {values.get(own.name) for own in form.fields if own.widget == "house"}


def _all(form: Form) -> Iterator[Field]:
    for own in form.fields:
        yield from (own, *own.columns)
