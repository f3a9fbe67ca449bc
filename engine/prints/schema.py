"""What a layout file may hold, as JSON Schema."""

from __future__ import annotations

from typing import Any

PAGES = ("a4", "a4-landscape", "a5-landscape", "three-ply", "card")
LOOKS = (
    "text",
    "money",
    "capitals",
    "date",
    "datetime",
    "yes_no",
    "phone",
    "id_number",
    "tail",
    "ticks",
)

_TEXT: dict[str, Any] = {"type": "string", "maxLength": 2000}
_LABEL: dict[str, Any] = {"type": "string", "maxLength": 60}
_EXPRESSION: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 500}


def _closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _list(of: dict[str, Any], most: int = 60) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": 1, "maxItems": most}


_SHOWN = {
    "label": _LABEL,
    "value": _EXPRESSION,
    "as": {"enum": list(LOOKS)},
    "words": {"type": "object", "additionalProperties": _LABEL},
    "unit": _LABEL,
}
_ITEM = _closed(["label", "value"], wide={"type": "boolean"}, **_SHOWN)
_COLUMN = _closed(["label", "value"], width={"type": "integer"}, **_SHOWN)
_SIGNATURE = _closed(["label"], label=_LABEL, value=_EXPRESSION)

_BLOCKS = (
    _closed(
        ["fields"],
        fields=_list(_ITEM),
        columns={"type": "integer", "minimum": 1, "maximum": 4},
    ),
    _closed(
        ["rows", "columns"],
        rows=_EXPRESSION,
        columns=_list(_COLUMN, 12),
        at_least={"type": "integer", "minimum": 0, "maximum": 40},
        strike={"type": "boolean"},
        label=_LABEL,
    ),
    _closed(
        ["amount"], amount=_closed(["label", "value"], label=_LABEL, value=_EXPRESSION)
    ),
    _closed(["text"], text=_TEXT),
    _closed(["heading"], heading=_LABEL),
    _closed(["big"], big=_list(_ITEM, 6)),
    _closed(["photo"], photo=_EXPRESSION),
    _closed(["signatures"], signatures=_list(_SIGNATURE, 8)),
)

LAYOUT: dict[str, Any] = _closed(
    ["title", "page", "blocks"],
    title=_LABEL,
    page={"enum": list(PAGES)},
    copies=_list(_LABEL, 6),
    arrange={"enum": ["pages", "parts"]},
    carbon={"type": "boolean"},
    money={"type": "boolean"},
    qr={"enum": ["case", "gate", "none"]},
    blocks=_list({"type": "object"}),
)
BLOCKS = {next(iter(block["properties"])): block for block in _BLOCKS}
LAYOUT["properties"]["blocks"]["items"] = {
    "type": "object",
    "oneOf": [{"required": [name]} for name in BLOCKS],
    "allOf": [
        {"if": {"required": [name]}, "then": block} for name, block in BLOCKS.items()
    ],
}
