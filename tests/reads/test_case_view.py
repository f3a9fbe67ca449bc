"""What a case's page tells of its history."""

from __future__ import annotations

from engine.reads.case_view import case_view
from tests.actions.running import press, start
from tests.actions.test_wake_cases import boundary
from tests.cast import Office
from tests.models import publish


def test_a_limit_that_was_kept_is_not_told(office: Office) -> None:
    publish(office, "dunning", boundary('"PT1H"', "false"))
    case_id = start(office, "dunning")
    press(office, case_id, "pay")
    with office.sessions() as session:
        view = case_view(session, office.runtime, office.person("jiahl"), case_id)
        assert ("late", "cancelled") in [(e.element, e.kind) for e in view.history]
        assert [e.kind for e in view.timeline] == [
            "case_started",
            "completed",
            "case_ended",
        ]
