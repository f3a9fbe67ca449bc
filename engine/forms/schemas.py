"""Whether the JSON Schema of a form can be used, and suits the widgets of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from engine.forms.widgets import NO_COLUMNS, WIDGETS

Found = Iterator[tuple[str, str]]  # (JSON pointer, Chinese sentence)
# Resolving a reference could reach the network, and drawing reads properties in place.
_NO_REFERENCES = ("$ref", "$dynamicRef", "$id", "$anchor", "$dynamicAnchor")


def schema_findings(schema: object) -> Found:
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        yield "/schema", "应是一个 object 类型的 JSON Schema。"
        return
    yield from _references(schema, "/schema")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = "/".join(str(part) for part in error.absolute_path)
        yield f"/schema/{place}", f"不是有效的 JSON Schema:{error.message[:200]}"
        return
    except RecursionError:
        yield "/schema", "层次太深。"
        return
    for name, own in schema.get("properties", {}).items():
        if not isinstance(own, dict):
            yield f"/schema/properties/{name}", "应是一个 JSON 对象。"


def _references(node: object, at: str, depth: int = 0) -> Found:
    if depth > 40:
        yield at, "层次太深。"
    elif isinstance(node, list):
        for number, each in enumerate(node):
            yield from _references(each, f"{at}/{number}", depth + 1)
    elif isinstance(node, dict):
        for key, each in node.items():
            if key in _NO_REFERENCES:
                yield f"{at}/{key}", f"表单里不能用 {key}。"
            else:
                yield from _references(each, f"{at}/{key}", depth + 1)


def fits(
    widget: str, own: Mapping[str, Any], looks: Mapping[str, Any], at: str, table: str
) -> Found:
    """Whether the schema of a field suits its widget."""
    kind = own.get("type")
    if kind is not None and kind not in WIDGETS[widget].types:
        suitable = "、".join(WIDGETS[widget].types)
        yield at, f"控件“{widget}”的类型应是 {suitable}。"
    if widget == "number" and kind is None:
        yield at, "数字要写明类型：integer 或 number。"
    if widget == "computed" and not looks.get("compute"):
        yield at, "自动计算的一项要有算式(compute)。"
    if widget == "gate" and not (looks.get("compute") or looks.get("readonly")):
        yield at, "核查结果要有算式(compute)，或设为只读(readonly)。"
    if WIDGETS[widget].choices and not _consts(own):
        yield at, "要用 oneOf 或 enum 列出选项，选项的值是不重复的文字。"
    if table and widget in NO_COLUMNS:
        yield at, f"表格里不能用控件“{widget}”。"
    if widget == "table" and not has_columns(own):
        yield at, "表格要在 items.properties 里声明各列。"
    if looks.get("stamp") and (
        widget != "photo" or looks.get("accept", "image/*") != "image/*"
    ):
        yield f"{at}/stamp", "盖用途章(stamp)只用于只收图片的照片(photo)。"
    if looks.get("columns") and widget != "table":
        yield f"{at}/columns", "只有表格才有列。"


def has_columns(own: Mapping[str, Any]) -> bool:
    items = own.get("items")
    columns = items.get("properties") if isinstance(items, dict) else None
    if not isinstance(columns, dict) or not columns:
        return False
    return all(isinstance(each, dict) for each in columns.values())


def _consts(own: Mapping[str, Any]) -> bool:
    source = own.get("items", own)
    if not isinstance(source, dict):
        return False
    listed = [
        each.get("const") if isinstance(each, dict) else None
        for each in source.get("oneOf", ())
    ] or list(source.get("enum", ()))
    if own.get("type") == "boolean":
        return not listed or sorted(map(str, listed)) == ["False", "True"]
    texts = [each for each in listed if isinstance(each, str) and each.strip()]
    return bool(listed) and len(set(texts)) == len(listed)
