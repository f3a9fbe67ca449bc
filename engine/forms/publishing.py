"""Checks a form file when it is published, not when a customer stands at the counter."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Mapping
from typing import Any

from engine.expressions import FUNCTIONS, ExpressionRefused, check_expression
from engine.forms.items import (
    ITEM_FUNCTIONS,
    items_findings,
    names_of_items,
    over_items,
)
from engine.forms.schemas import Found, fits, has_columns, schema_findings
from engine.forms.widgets import WIDGETS, default_widget

MAX_ROWS = 200
_TOP = ("title", "description", "record", "schema", "ui", "order", "refuse", "items")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_RESERVED = ("typename", "csrf_token")
# A call looks only among the functions, so this data name of the written records
# (R05, R08, R09, R25) takes nothing away.
_ALSO_DATA = ("date", "at", "months", "hours", "days", "minutes")

_TEXT, _FLAG, _COUNT = (str,), (bool,), (int,)
_UI: Mapping[str, tuple[type, ...]] = {
    "widget": _TEXT,
    "show_if": _TEXT,
    "compute": _TEXT,
    "readonly": _FLAG,
    "prefill": _TEXT,
    "help": _TEXT,
    "help@en": _TEXT,
    "columns": (dict,),
    "mask": _FLAG,
    "stamp": _FLAG,
    "min_rows": _COUNT,
    "add_label": _TEXT,
    "add_label@en": _TEXT,
    "accept": _TEXT,
    "max_files": _COUNT,
    "rows": _COUNT,
    "placeholder": _TEXT,
    "placeholder@en": _TEXT,
    "unit": _TEXT,
    "unit@en": _TEXT,
    "group": _TEXT,
    "group@en": _TEXT,
    "width": _TEXT,
}
_EXPRESSIONS = ("show_if", "compute", "prefill")


def findings_in(data: object, functions: Collection[str]) -> list[tuple[str, str]]:
    """All that is wrong with a form file: (JSON pointer, Chinese sentence)."""
    found = _Findings(functions, names_of_items(data))
    return list(found.form(data))


class _Findings:
    """``of_items``: what an expression over an item of this form may name, if any."""

    def __init__(
        self, functions: Collection[str], of_items: frozenset[str] | None = None
    ) -> None:
        self.over_items = frozenset(functions)
        self.of_items = of_items
        has = ITEM_FUNCTIONS if of_items is not None else frozenset[str]()
        self.functions = self.over_items | has

    def form(self, data: object) -> Found:
        if not isinstance(data, dict):
            yield "", "表单文件应是一个 JSON 对象。"
            return
        for key in data:
            if str(key).removesuffix("@en") not in _TOP:
                yield f"/{key}", f"没有名为“{key}”的内容。"
        if not data.get("title") or not isinstance(data["title"], str):
            yield "/title", "表单要有标题。"
        if "items" in data:
            inner = _Findings(self.over_items).form
            yield from items_findings(data["items"], self.over_items, inner)
        schema_found = list(schema_findings(data.get("schema")))
        yield from schema_found
        if schema_found:  # nothing below makes sense without the fields
            return
        properties = data["schema"].get("properties", {})
        yield from self._looks(data.get("ui", {}), data["schema"], "/ui", "")
        yield from _order(data.get("order", []), properties)
        yield from self._records(data.get("record"), properties)
        yield from self._refuse(data.get("refuse", []), properties)

    def _looks(self, ui: object, schema: Any, at: str, table: str) -> Found:
        """The ui of a form's fields, or of the columns of ``table``."""
        if not isinstance(ui, dict):
            yield at, "应是一个 JSON 对象。"
            return
        properties = schema.get("properties", {})
        for name in ui:
            if name not in properties:
                yield f"{at}/{name}", f"没有声明“{name}”这一项。"
        for name in schema.get("required", ()):
            if name not in properties:
                yield f"{_pointer(table)}/required", f"没有声明“{name}”这一项。"
        for name, own in properties.items():
            looks = ui.get(name, {})
            yield from self._name(name, f"{_pointer(table)}/properties/{name}")
            yield from self._field(looks, own, f"{at}/{name}", table)

    def _name(self, name: str, at: str) -> Found:
        if not _NAME.fullmatch(name) or "__" in name:
            yield at, f"“{name}”不能作名称：只用字母、数字和单个下划线，字母开头。"
        elif keyword.iskeyword(name) or name in _RESERVED:
            yield at, f"“{name}”是保留字，请换一个名称。"
        elif (name in FUNCTIONS or name in self.functions) and name not in _ALSO_DATA:
            yield at, f"“{name}”是函数的名称，请换一个名称。"

    def _field(self, looks: object, own: Any, at: str, table: str) -> Found:
        if not isinstance(looks, dict):
            yield at, "应是一个 JSON 对象。"
            return
        keys_found = list(_keys(looks, at))
        yield from keys_found
        for key in _EXPRESSIONS:
            if isinstance(looks.get(key), str):
                yield from self._expression(looks[key], f"{at}/{key}")
        if keys_found:
            return
        widget = looks.get("widget") or default_widget(own)
        yield from fits(widget, own, looks, at, table)
        if widget == "table" and not table and has_columns(own):
            columns = looks.get("columns", {})
            name = at.rpartition("/")[2]
            yield from self._looks(columns, own["items"], f"{at}/columns", name)

    def _expression(self, source: str, at: str) -> Found:
        try:
            check_expression(source, self.functions)
        except ExpressionRefused as refused:
            yield at, str(refused)
            return
        if self.of_items is not None:
            yield from over_items(source, at, self.over_items, self.of_items)

    def _refuse(self, rules: object, properties: Mapping[str, Any]) -> Found:
        if not isinstance(rules, list):
            yield "/refuse", "应是一个列表。"
            return
        for number, rule in enumerate(rules):
            at = f"/refuse/{number}"
            if not isinstance(rule, dict) or not {*rule} <= _RULE_KEYS:
                yield at, "规则只能有 when、say、say@en、field。"
            elif not all(isinstance(text, str) for text in rule.values()):
                yield at, "规则的每一项都应是文字。"
            elif not rule.get("when") or not rule.get("say"):
                yield at, "规则要有条件(when)和说明(say)。"
            else:
                yield from self._expression(rule["when"], f"{at}/when")
                if "field" in rule and rule["field"] not in properties:
                    yield f"{at}/field", f"没有声明“{rule['field']}”这一项。"

    def _records(self, record: object, properties: Mapping[str, Any]) -> Found:
        if record is None:
            return
        entries = record if isinstance(record, list) else [record]
        for number, entry in enumerate(entries):
            at = f"/record/{number}" if isinstance(record, list) else "/record"
            spec = {"kind": entry} if isinstance(entry, str) else entry
            if not isinstance(spec, dict) or not {*spec} <= _RECORD_KEYS:
                yield at, f"记录应是编号，或带有 {'、'.join(sorted(_RECORD_KEYS))} 的对象。"
                continue
            if not isinstance(spec.get("kind"), str) or not _KIND.fullmatch(
                spec["kind"]
            ):
                yield at, "记录要有编号，如 R09。"
            yield from _record_fields(spec, properties, at)
            yield from self._record_expressions(spec, at)

    def _record_expressions(self, spec: Mapping[str, Any], at: str) -> Found:
        values = spec.get("values", {})
        if not isinstance(values, dict):
            yield f"{at}/values", "应是一个 JSON 对象。"
            values = {}
        places = {f"{at}/values/{name}": text for name, text in values.items()}
        places |= {f"{at}/{key}": spec[key] for key in ("when", "key") if key in spec}
        for place, text in places.items():
            if isinstance(text, str):
                yield from self._expression(text, place)
            else:
                yield place, "应是表达式（文字）。"


_RECORD_KEYS = frozenset({"kind", "fields", "each", "title", "when", "key", "values"})
_RULE_KEYS = frozenset({"when", "say", "say@en", "field"})


def _pointer(table: str) -> str:
    return f"/schema/properties/{table}/items" if table else "/schema"


def _keys(looks: Mapping[str, Any], at: str) -> Found:
    for key, value in looks.items():
        wanted = _UI.get(key)
        if wanted is None:
            yield f"{at}/{key}", f"没有名为“{key}”的设置。"
        elif type(value) not in wanted or not _in_bounds(value):
            yield f"{at}/{key}", _EXPECTED[wanted]
    if str(looks.get("widget", "text")) not in WIDGETS:
        yield f"{at}/widget", f"没有名为“{looks['widget']}”的控件。"
    if looks.get("width", "full") not in ("half", "full"):
        yield f"{at}/width", "宽度只能是 half 或 full。"


def _in_bounds(value: object) -> bool:
    return not isinstance(value, int) or 0 <= value <= MAX_ROWS


_EXPECTED: Mapping[tuple[type, ...], str] = {
    _TEXT: "应是文字。",
    _FLAG: "应是 true 或 false。",
    _COUNT: f"应是 0 到 {MAX_ROWS} 的整数。",
    (dict,): "应是一个 JSON 对象。",
}


def _order(order: object, properties: Mapping[str, Any]) -> Found:
    if not isinstance(order, list) or not all(isinstance(n, str) for n in order):
        yield "/order", "应是名称的列表。"
        return
    for number, name in enumerate(order):
        if name not in properties:
            yield f"/order/{number}", f"没有声明“{name}”这一项。"
        elif name in order[:number]:
            yield f"/order/{number}", f"“{name}”重复了。"


def _is_name(name: object) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _record_fields(
    spec: Mapping[str, Any], properties: Mapping[str, Any], at: str
) -> Found:
    each, fields = spec.get("each"), spec.get("fields", [])
    table = properties.get(each) if isinstance(each, str) else None
    if each is not None and not (table and has_columns(table)):
        yield f"{at}/each", f"“{each}”不是表格。"
        table = None
    if not isinstance(fields, list) or not all(_is_name(name) for name in fields):
        yield f"{at}/fields", "应是名称的列表。"
    if not isinstance(spec.get("title", ""), str):
        yield f"{at}/title", "应是文字。"
