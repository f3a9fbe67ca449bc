"""The numbered records that a form writes when its task is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.forms import Form, RecordRule
from engine.operations import write_record
from engine.operations.act import Act


def write_papers(
    act: Act, form: Form, data: Mapping[str, Any], answers: Mapping[str, Any]
) -> None:
    """Write each record the form declares: all its fields or the named ones, one for
    the form or one for each row of a table; a keyed one completes an earlier paper."""
    for rule in form.records:
        fields = rule.fields or tuple(answers)
        whole = {name: data[name] for name in fields if name in data}
        if act.house_code is not None:
            whole.setdefault("unit_no", act.house_code)
        if rule.each is None:
            _write(act, form, rule, whole, data)
        else:
            for row in answers.get(rule.each) or ():
                _write(act, form, rule, {**whole, **row}, row)


def _write(
    act: Act,
    form: Form,
    rule: RecordRule,
    paper: dict[str, Any],
    keys: Mapping[str, Any],
) -> None:
    key = None if rule.key is None else str(keys.get(rule.key, ""))
    write_record.run(act, rule.kind, form.title, key, **paper)
