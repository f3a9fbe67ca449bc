"""The numbered records that a form writes when its task is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.expressions import evaluate
from engine.forms import Form, Names, Record
from engine.operations import write_record
from engine.operations.act import Act
from engine.runtime import Functions


def write_papers(
    act: Act,
    form: Form,
    data: Mapping[str, Any],
    answers: Mapping[str, Any],
    functions: Functions,
) -> None:
    """Write each record the form declares, with ``data`` the case's variables after the
    act and ``answers`` those of the form. A keyed record completes an earlier paper."""
    for rule in form.records:
        names = Names(data)
        if rule.when is not None and not evaluate(rule.when, names, functions):
            continue
        title = rule.title or form.title()
        for paper, row in _papers(rule, data, answers):
            seen = Names(row, data)
            key = None if rule.key is None else evaluate(rule.key, seen, functions)
            for name, source in rule.values.items():
                paper[name] = evaluate(source, seen, functions)
            if act.house_code is not None:
                paper.setdefault("unit_no", act.house_code)
            paper_key = None if key is None else str(key)
            write_record.run(act, rule.kind, title, paper_key, **paper)


def _papers(
    rule: Record, data: Mapping[str, Any], answers: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Each paper's fields, and the table row it is about (empty: about the whole form)."""
    if rule.each is not None:
        whole = {name: data[name] for name in rule.fields or () if name in data}
        for row in answers.get(rule.each) or ():
            yield {**whole, **row}, row
    elif rule.fields is None:
        yield dict(answers), {}
    else:
        yield {name: data[name] for name in rule.fields if name in data}, {}
