"""Checks a filled form and says what is wrong; takes over the values of a right one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from engine.errors import Refused
from engine.expressions import evaluate, names_in
from engine.forms.definition import Form, Refusal
from engine.forms.fields import Field, cell_path, wording
from engine.forms.fill import Filled
from engine.forms.sentences import SENTENCES, Mistake
from engine.forms.widgets import WIDGETS, is_empty, to_json
from engine.sealing import is_hidden

Errors = dict[str, list[str]]


def _multiple_of(
    validator: object, divisor: float, instance: object, schema: object
) -> Iterator[ValidationError]:
    """Exact: by floats, 0.3 would be no multiple of 0.1."""
    if isinstance(instance, bool) or not isinstance(instance, (int, float)):
        return
    if Decimal(repr(instance)) % Decimal(repr(divisor)):
        yield ValidationError(f"{instance} is not a multiple of {divisor}")


class _Properties(dict[str, Any]):
    """The ``properties`` of a form's schema, with a validator made ready for each."""

    def __init__(self, validators: Mapping[str, Any]) -> None:
        super().__init__({name: each.schema for name, each in validators.items()})
        self.validators = validators


def _properties(
    validator: Any, properties: Mapping[str, Any], instance: object, schema: object
) -> Iterator[ValidationError]:
    """As the library's; that makes a new validator for each property at each check."""
    if not isinstance(properties, _Properties):
        yield from _LIBRARYS(validator, properties, instance, schema)
    elif isinstance(instance, dict):
        for name, each in properties.validators.items():
            if name in instance:
                for error in each.iter_errors(instance[name]):
                    error.relative_path.appendleft(name)
                    error.relative_schema_path.appendleft(name)
                    yield error


_LIBRARYS = Draft202012Validator.VALIDATORS["properties"]
_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"multipleOf": _multiple_of, "properties": _properties}
)
_FORMATS = FormatChecker(formats=["email"])


@lru_cache(maxsize=8192)  # a field is one object as long as its form is kept
def _validator(own: Field) -> Any:
    return _Validator(dict(own.schema), format_checker=_FORMATS)


def check(form: Form, filled: Filled, lang: str = "zh") -> Errors:
    """What is wrong, by path: {"items.0.qty": ["必须大于 0。"]}; {} when all is right.

    The key "" is for the form as a whole. Rules (``refuse``) are asked only when every
    field is right by itself.
    """
    errors: Errors = {}
    for path, mistakes in filled.errors.items():
        own = form.at(path)
        errors[path] = [_say(own, mistake.key, mistake, lang) for mistake in mistakes]
    found: Errors = {}
    for path, sentence in _schema_errors(form, filled, lang):
        if path not in errors and sentence not in found.setdefault(path, []):
            found[path].append(sentence)
    errors |= {path: sentences for path, sentences in found.items() if sentences}
    errors = errors or _refusals(form, filled, lang)
    return dict(sorted(errors.items(), key=lambda item: _place(form, item[0])))


def values(form: Form, filled: Filled) -> dict[str, Any]:
    """What enters the case: the shown, declared fields; None where one is empty."""
    return {
        f.name: filled.values[f.name] for f in form.fields if f.name in filled.values
    }


def answers_of(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the case as the API's ``answers``; read_json takes them back."""
    return {
        f.name: to_json(f, values[f.name])
        for f in form.fields
        if f.name in values and f.widget != "note"
    }


def _place(form: Form, path: str) -> tuple[int, int, int]:
    """Where on the page a path stands; what is not there comes first."""
    own = form.at(path)
    if own is None:
        return (-1, 0, 0)
    if own.name == path:
        return (form.fields.index(own), -1, 0)
    table, key, _ = path.split(".")
    whole = form.by_name[table]
    return (form.fields.index(whole), int(key), whole.columns.index(own))


# -- the schema -----------------------------------------------------------------


def _schema_errors(form: Form, filled: Filled, lang: str) -> Iterator[tuple[str, str]]:
    validator = _Validator(_shown_schema(form, filled), format_checker=_FORMATS)
    for error in validator.iter_errors(_instance(form, filled)):
        at = list(error.absolute_path)
        if error.validator == "required":
            missing = [n for n in error.validator_value if n not in error.instance]
            paths = [_path(form, filled, [*at, name]) for name in missing]
        else:
            paths = [_path(form, filled, at)]
        for path in paths:
            # a hidden number was checked when it came in
            if path not in filled.hidden and not is_hidden(filled.cells.get(path)):
                yield path, _sentence(form, path, error, lang)


def _shown_schema(form: Form, filled: Filled) -> dict[str, Any]:
    """The schema without what is hidden: it is neither required nor checked."""
    shown = [own for own in form.fields if own.name in filled.values]
    return {
        **form.schema,
        "properties": _Properties({own.name: _validator(own) for own in shown}),
        "required": [
            name for name in form.schema.get("required", ()) if name in filled.values
        ],
    }


def _instance(form: Form, filled: Filled) -> dict[str, Any]:
    """The values as the schema means them: what is empty is not there."""
    instance: dict[str, Any] = {}
    for own in form.fields:
        value = filled.values.get(own.name)
        if own.widget == "table" and value:
            instance[own.name] = [_row_instance(own, row) for row in value]
        elif _present(own, value):
            instance[own.name] = value
    return instance


def _row_instance(table: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    return {c.name: row[c.name] for c in table.columns if _present(c, row.get(c.name))}


def _present(own: Field, value: object) -> bool:
    # An empty list stays where it is not required, so that minItems can speak.
    return not is_empty(value) or (value == [] and not own.required)


def _path(form: Form, filled: Filled, at: Sequence[str | int]) -> str:
    """The path of the field or cell that a place in the values belongs to."""
    if not at:
        return ""
    first, *rest = at
    own = form.by_name.get(str(first))
    if own is None or own.widget != "table" or len(rest) < 2:
        return str(first)
    key = filled.kept[own.name][int(rest[0])]
    return cell_path(own.name, key, str(rest[1]))


def _sentence(form: Form, path: str, error: ValidationError, lang: str) -> str:
    own = form.at(path)
    keyword = str(error.validator)
    key, limit = keyword, error.validator_value
    if keyword == "required" or (keyword == "minItems" and not error.instance):
        key = WIDGETS[own.widget].required if own else "required"
    elif keyword == "const" and limit is True:
        key = "const_true"
    elif keyword == "oneOf" and own and WIDGETS[own.widget].choices:
        key = "choice"
    if key not in SENTENCES:
        key = "incorrect"
    return _say(
        own, keyword, Mistake(key, {"limit": _limit(own, keyword, limit)}), lang
    )


def _limit(own: Field | None, keyword: str, limit: object) -> object:
    if own and keyword in (
        "minimum",
        "maximum",
        "multipleOf",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ):
        return WIDGETS[own.widget].limit(limit)
    return limit


def _say(own: Field | None, keyword: str, mistake: Mistake, lang: str) -> str:
    """The form's own sentence (``x-messages``) for a keyword, or ours."""
    messages = own.schema.get("x-messages") if own else None
    if isinstance(messages, Mapping):
        written = wording(messages, keyword, lang)
        if written:
            return written
    return mistake.say(lang)


# -- the rules ------------------------------------------------------------------


def _refusals(form: Form, filled: Filled, lang: str) -> Errors:
    errors: Errors = {}
    for rule in form.refusals:
        sentence = _broken(rule, filled, lang)
        if sentence:
            shown = rule.field if rule.field in filled.values else None
            errors.setdefault(shown or "", []).append(sentence)
    return errors


def _broken(rule: Refusal, filled: Filled, lang: str) -> str | None:
    try:
        holds = evaluate(rule.when, filled.names, filled.functions)
    except Refused:
        # Over fields left empty a rule says nothing; otherwise its silence could let
        # wrong answers pass, so it is told.
        empty = any(filled.names[name] is None for name in names_in(rule.when))
        return None if empty else Mistake("rule_failed").say(lang)
    return rule.say(lang) if holds else None
