"""What was filled in at each step of a case, with the names of whom it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.forms import Form
from engine.reads.case_view import CaseView
from engine.registers import names_for, with_names
from engine.store.history import Event


@dataclass(frozen=True)
class FilledIn:
    """One form as it was answered; what was left empty is not there."""

    event: Event
    form: Form
    answers: dict[str, Any]


def filled_in(session: Session, view: CaseView) -> list[FilledIn]:
    """In the order it happened; one statement more, none where nobody is named."""
    found = [
        FilledIn(event, form, _given(event))
        for event in view.timeline
        if (form := _form_at(view, event)) is not None and _given(event)
    ]
    stand = [(each.form, each.answers) for each in found]
    names = names_for(session, view.case.site_id, *stand)
    return [
        FilledIn(each.event, each.form, with_names(each.form, each.answers, names))
        for each in found
    ]


def _given(event: Event) -> dict[str, Any]:
    answers = (event.detail or {}).get("answers") or {}
    return {name: value for name, value in answers.items() if value is not None}


def _form_at(view: CaseView, event: Event) -> Form | None:
    forms = view.version.forms
    if event.kind == "case_started":
        return forms.get("start")
    element = view.version.elements.get(event.element or "")
    return forms.get(element.form or "") if element else None
