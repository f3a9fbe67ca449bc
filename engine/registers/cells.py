"""What stands in a cell: as text for a page, as a value for a workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.forms import Field, display
from engine.forms.widgets.texts import hide_middle
from engine.sealing import ends, is_hidden

_PHONE = re.compile(r"(?:\+?86)?1\d{10}")
_ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}|[0-9A-HJ-NPQRTUWXY]{18}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767  # of a workbook


def cell_text(column: Field, value: Any, lang: str = "zh", masked: bool = True) -> str:
    """What a page or a print says; personal numbers masked whatever their column is."""
    if value is None or value == "" or value == []:
        return ""
    if column.widget == "money" and type(value) is int:
        return f"{Decimal(value).scaleb(-2):,.2f}"
    if column.ui.get("percent") and isinstance(value, (int, float)):
        return f"{round(value * 100, 2):g}%"
    text = _shown(column, value, lang, masked)
    return mask(text) if masked else text


def _shown(column: Field, value: Any, lang: str, masked: bool) -> str:
    """Old papers may hold anything: what does not fit its column is shown as it is."""
    if isinstance(value, Mapping):
        return str(value.get("name") or "")
    if isinstance(value, list):
        return _listed(column, value, lang)
    fits = isinstance(value, str) or column.widget in ("number", "switch", "radio")
    other = column.widget in ("money", "signature", "file", "photo", "table")
    return display(column, value, lang, masked) if fits and not other else str(value)


def _listed(column: Field, value: list[Any], lang: str) -> str:
    joint = ", " if lang == "en" else "、"
    if all(isinstance(each, Mapping) for each in value):
        if column.widget in ("file", "photo"):
            return joint.join(str(each.get("name") or "") for each in value)
        return f"{len(value)} lines" if lang == "en" else f"{len(value)} 项"
    words = dict(column.options(lang))
    return joint.join(words.get(str(each), str(each)) for each in value)


def mask(text: str) -> str:
    """138****0001; of an ID number the first 3 and the last 4 (PIPL, context.md)."""
    if is_hidden(text):
        return "****".join(ends(text))
    if _PHONE.fullmatch(text) or _ID_NUMBER.fullmatch(text):
        return hide_middle(text, 3, 4)
    return text


def excel_value(column: Field, value: Any, lang: str, masked: bool) -> Any:
    """A number, day or time where the cell is one, else harmless text."""
    if column.widget == "money" and type(value) is int:
        return Decimal(value).scaleb(-2)
    if column.widget == "number" and type(value) in (int, float):
        return value
    if column.widget == "signature" and isinstance(value, Mapping):
        signed_at = str(value.get("at") or "")[:16].replace("T", " ")
        return harmless(f"{value.get('name') or ''} {signed_at}".strip())
    if column.widget in ("date", "datetime") and isinstance(value, str):
        return _moment(value) or harmless(value)
    return harmless(cell_text(column, value, lang, masked))


def _moment(text: str) -> date | datetime | None:
    try:
        if "T" in text:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        return date.fromisoformat(text)
    except ValueError:
        return None


def harmless(text: str) -> str:
    """Text that a spreadsheet neither computes nor chokes on."""
    plain = _CONTROL.sub("", text)[: _LONGEST_CELL - 1]
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
