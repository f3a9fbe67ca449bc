"""Asking gates outside of a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from engine.gates import Question, ask
from engine.store.tables import Site
from tests.actions.running import at
from tests.cast import Office
from tests.estate import HOUSE

Asked = Callable[..., dict[str, Any]]


@pytest.fixture
def asked(desk: Office) -> Asked:
    """The answer of a gate about the house, at a time in the site's zone."""

    def answer(
        name: str, when: str | datetime = "2026-03-10 09:00", **values: Any
    ) -> dict[str, Any]:
        moment = at(when) if isinstance(when, str) else when
        with desk.sessions() as session:
            site = session.get_one(Site, desk.site_id)
            param = desk.runtime.functions(session, site)["param"]
            question = Question(session, desk.site_id, moment, param)
            return ask(question, name, {"unit_no": HOUSE, **values})

    return answer
