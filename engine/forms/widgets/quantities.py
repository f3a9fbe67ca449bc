"""Widgets for what is measured: money, numbers, days and times."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from engine.forms.fields import Field, wording
from engine.forms.sentences import Wrong
from engine.forms.widgets.texts import clean, compact
from engine.forms.widgets.widget import Widget

ZONE = datetime.timezone(datetime.timedelta(hours=8))  # Asia/Shanghai keeps no DST
LARGEST = 10**15  # beyond 15 digits a JSON number is no longer exact everywhere
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?")
_DATE = re.compile(
    r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?"
    r"|([0-9]{4})([0-9]{2})([0-9]{2})"
)
_TIME = re.compile(
    r"(?P<date>.*?)[T ]?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::[0-9]{2}(?:\.[0-9]+)?)?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_CURRENCY: Mapping[str, str] = MappingProxyType({"zh": "元", "en": "CNY"})


def _decimal(text: str, key: str) -> Decimal:
    """The number in a text typed by hand, with or without thousands separators."""
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        raise Wrong(key)
    number = Decimal(text.replace(",", ""))
    if abs(number) >= LARGEST:
        raise Wrong("number_size")
    return number


def exact(value: object) -> Decimal | None:
    """Any number an expression can give as a decimal, or None if it is no number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    if isinstance(value, (int, Decimal)):
        number = Decimal(value)
        return number if number.is_finite() else None
    return None


def half_up(number: Decimal) -> int:
    """The nearest whole number; a half goes away from zero."""
    return int(number.to_integral_value(ROUND_HALF_UP))


def _bounded(value: object) -> Decimal | None:
    number = exact(value)
    return number if number is not None and abs(number) < LARGEST else None


def _amount(fen: int) -> str:
    """Fen as yuan with two decimals: 141840 -> "1418.40"."""
    return f"{Decimal(fen).scaleb(-2):.2f}"


class Money(Widget):
    """Integer fen in the case, yuan with two decimals outside."""

    types = ("integer",)

    def parse(self, field: Field, text: str) -> int | None:
        plain = compact(text).lstrip("¥").removesuffix("元")
        if not plain:
            return None
        yuan = _decimal(plain, "money")
        if -int(yuan.as_tuple().exponent) > 2:
            raise Wrong("money_decimals")
        if yuan < 0 and field.schema.get("minimum", 0) >= 0:
            raise Wrong("money_negative")
        return int(yuan.scaleb(2))

    def from_json(self, field: Field, raw: object) -> Any:
        # A bare number could be meant as yuan or as fen: a hundredfold mistake.
        if raw is not None and not isinstance(raw, str):
            raise Wrong("money_json")
        return super().from_json(field, raw)

    def settle(self, field: Field, value: object) -> Any:
        number = _bounded(value)
        return None if number is None else half_up(number)

    def to_text(self, field: Field, value: Any) -> str:
        return "" if value is None else _amount(value)

    def to_json(self, field: Field, value: Any) -> Any:
        return None if value is None else _amount(value)

    def limit(self, value: Any) -> str:
        return f"{_amount(half_up(Decimal(repr(value))))} 元"

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        unit = wording(field.ui, "unit", lang) or _CURRENCY.get(lang, "元")
        return f"{Decimal(_amount(value)):,.2f} {unit}"


class Number(Widget):
    types = ("integer", "number")

    def parse(self, field: Field, text: str) -> int | float | None:
        plain = compact(text)
        if not plain:
            return None
        return self._value(field, _decimal(plain, "number"))

    def from_json(self, field: Field, raw: object) -> Any:
        if raw is None or isinstance(raw, str):
            return super().from_json(field, raw)
        if exact(raw) is None:
            raise Wrong("number")
        number = _bounded(raw)
        if number is None:
            raise Wrong("number_size")
        return self._value(field, number)

    def _value(self, field: Field, number: Decimal) -> int | float:
        if number == number.to_integral_value():
            return int(number)
        if field.schema.get("type") == "integer":
            raise Wrong("integer")
        if len(number.normalize().as_tuple().digits) > 15:
            raise Wrong("number_size")
        return float(number)

    def settle(self, field: Field, value: object) -> Any:
        number = _bounded(value)
        if number is None:
            return None
        if field.schema.get("type") == "integer":
            return half_up(number)
        return int(number) if number == number.to_integral_value() else float(number)

    def to_text(self, field: Field, value: Any) -> str:
        return "" if value is None else _plain(value)

    def limit(self, value: Any) -> str:
        return _plain(value)

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        unit = wording(field.ui, "unit", lang)
        return f"{_plain(value)} {unit}" if unit else _plain(value)


def _plain(value: Any) -> str:
    """A number without an exponent: 1e-07 -> 0.0000001."""
    try:
        return format(Decimal(repr(value)), "f")
    except InvalidOperation:
        return str(value)


def read_date(text: str) -> datetime.date | None:
    """The day in a text as people write it (2026-2-13, 2026/2/13, 2026年2月13日)."""
    plain = compact(text)
    if not plain:
        return None
    match = _DATE.fullmatch(plain)
    if not match:
        raise Wrong("date")
    year, month, day = (int(part) for part in match.groups() if part)
    if not 1900 <= year <= 2199:
        raise Wrong("date_missing", text=plain)
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise Wrong("date_missing", text=plain) from None


class Date(Widget):
    """A calendar day, ``2026-02-13``."""

    def parse(self, field: Field, text: str) -> str | None:
        day = read_date(text)
        return day.isoformat() if day else None

    def settle(self, field: Field, value: object) -> Any:
        if isinstance(value, datetime.datetime):
            return _local(value).date().isoformat()
        if isinstance(value, datetime.date):
            return value.isoformat()
        try:
            return self.parse(field, value[:10]) if isinstance(value, str) else None
        except Wrong:
            return None


def _local(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone(ZONE) if moment.tzinfo else moment.replace(tzinfo=ZONE)


def read_moment(text: str) -> datetime.datetime | None:
    """The minute in a text, in the site's zone; a text without offset means that zone."""
    plain = " ".join(unicodedata.normalize("NFKC", clean(text)).split())
    if not plain:
        return None
    match = _TIME.fullmatch(plain)
    day = read_date(match["date"]) if match else None
    if not match or not day:
        raise Wrong("datetime")
    zone = (match["zone"] or "+08:00").replace("Z", "+00:00")
    stamp = f"{day.isoformat()}T{match['hour']:0>2}:{match['minute']}{zone}"
    try:
        return datetime.datetime.fromisoformat(stamp).astimezone(ZONE)
    except (ValueError, OverflowError):
        raise Wrong("date_missing", text=plain) from None


def _stamp(moment: datetime.datetime) -> str:
    return moment.replace(second=0, microsecond=0).isoformat()


class DateTime(Widget):
    """A minute, ``2026-02-13T09:30:00+08:00`` (RFC 3339, seconds always 00)."""

    def parse(self, field: Field, text: str) -> str | None:
        moment = read_moment(text)
        return _stamp(moment) if moment else None

    def settle(self, field: Field, value: object) -> Any:
        if isinstance(value, datetime.datetime):
            return _stamp(_local(value))
        try:
            return self.parse(field, value) if isinstance(value, str) else None
        except Wrong:
            return None

    def to_text(self, field: Field, value: Any) -> str:
        return "" if value is None else str(value)[:16]

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        return str(value)[:16].replace("T", " ")
