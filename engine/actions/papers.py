"""The numbered records that a form writes when its task is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.expressions import evaluate
from engine.forms import Form, Names, Record
from engine.operations.act import Act
from engine.registers import Named, names_for, with_names
from engine.runtime import Functions
from engine.store.records import Paper


def kinds_written(
    form: Form, data: Mapping[str, Any], functions: Functions
) -> set[str]:
    """The kinds of records that the form is going to write over this data."""
    return {rule.kind for rule in form.records if _holds(rule, data, functions)}


def _holds(rule: Record, data: Mapping[str, Any], functions: Functions) -> bool:
    if rule.when is None:
        return True
    return bool(evaluate(rule.when, Names(data), functions))


def write_papers(
    act: Act,
    form: Form,
    data: Mapping[str, Any],
    answers: Mapping[str, Any],
    functions: Functions,
    others: Iterable[Form] = (),
) -> None:
    """Write each record the form declares, with ``data`` the case's variables after the
    act and ``answers`` those of the form. A keyed record completes an earlier paper.
    ``others`` are the forms in which else such a variable may have been filled in."""
    if not form.records:
        return
    whole = _with_fields_of(form, others)
    known = names_for(act.session, act.site_id, (whole, {**data, **answers}))
    for rule in form.records:
        if not _holds(rule, data, functions):
            continue
        title = rule.title or form.title()
        for given, row in _papers(rule, data, answers):
            paper = _on_paper(whole, rule, given, known)
            seen = Names(row, data)
            key = None if rule.key is None else evaluate(rule.key, seen, functions)
            for name, source in rule.values.items():
                paper[name] = evaluate(source, seen, functions)
            if act.house_code is not None:
                paper.setdefault("unit_no", act.house_code)
            paper_key = None if key is None else str(key)
            facts = act.facts()
            kept = Paper(rule.kind, title, paper, paper_key, act.case_id, facts=facts)
            act.papers.append(kept)


def _with_fields_of(form: Form, others: Iterable[Form]) -> Form:
    """The form's own fields, and those of others that its papers repeat."""
    asked = {name for rule in form.records for name in rule.fields or ()}
    asked -= form.by_name.keys()
    beyond = {
        name: other.by_name[name]
        for other in (others if asked else ())
        for name in asked & other.by_name.keys()
    }
    return Form.to_read((*form.fields, *beyond.values()))


def _on_paper(
    form: Form, rule: Record, given: Mapping[str, Any], known: Named
) -> dict[str, Any]:
    """With the names of whom it names by id; a row's own columns stand there too."""
    table = form.by_name.get(rule.each) if rule.each is not None else None
    rows = Form.to_read(table.columns) if table is not None else None
    return with_names(rows, with_names(form, given, known), known)


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
