"""What a manager looks at before carrying cases over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import NotFound, NotYours
from engine.reads.migration_view import version_differences, version_rows
from tests.actions.running import press, start
from tests.cast import Office
from tests.models import drawing, publish

ENDS = '<startEvent id="begin"/><endEvent id="end"/><manualTask id="pay" name="交费"/>'
SHORT = drawing("paying", ENDS, "begin > pay\n pay > end")
RENAMED = SHORT.replace("交费".encode(), "收费".encode())


def test_versions_with_the_cases_that_run_on_them(office: Office) -> None:
    old = publish(office, "paying", SHORT)
    cases = [start(office, "paying") for _ in range(3)]
    press(office, cases[0], "pay")
    new = publish(office, "paying", RENAMED)
    start(office, "paying")
    person = office.person("suwq")
    with office.sessions() as session:
        rows = version_rows(session, person, "paying")
        assert [(r.id, r.number, r.running, r.current) for r in rows] == [
            (new.id, 2, 1, True),
            (old.id, 1, 2, False),
        ]
        elsewhere = replace(person, sites=frozenset({office.site_id + 1}))
        assert [r.running for r in version_rows(session, elsewhere, "paying")] == [0, 0]
        with pytest.raises(NotFound):
            version_rows(session, person, "nothing")
        with pytest.raises(NotYours):
            version_rows(session, office.person("jiahl"), "paying")


def test_what_sets_two_versions_apart(office: Office) -> None:
    old, new = publish(office, "paying", SHORT), publish(office, "paying", RENAMED)
    with office.sessions() as session:
        person = office.person("hanwc")
        (one,) = version_differences(session, person, old.id, new.id)
        assert one.sentences == ("任务“交费”的名称由“交费”改为“收费”。",)
        with pytest.raises(NotFound):
            version_differences(session, person, old.id, "no hash")
        with pytest.raises(NotYours):
            version_differences(session, office.person("lusy"), old.id, new.id)
