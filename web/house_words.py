"""Names that the pages of houses and people give to what the registry holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from engine import HOUSE_STATES, RELATIONS, masked_text, may_see_estate
from engine.forms import hide_middle
from web.asking import person

KEY_STATES = {
    "in_cabinet": ("在柜", "none"),
    "lent": ("借出", "soon"),
    "handed_over": ("已移交", "good"),
    "returned": ("已退还", "good"),
    "lost": ("遗失", "late"),
}
KEY_KINDS = {
    "not_handed_over": "未交房",
    "developer": "开发商移交",
    "entrusted": "业主委托",
    "retained": "整改留置",
}
METERS = {"water": "水表", "power": "电表", "gas": "燃气表"}
UNITS = {"water": "m³", "power": "kWh", "gas": "m³"}
TENURES = {"owned": "产权", "public": "公共"}
SPACES = {"sold": "已售", "let": "出租", "free": "空闲"}
PARTIES = {"person": "个人", "company": "单位"}
TABLES = (
    {state: told for state, (told, _tone) in KEY_STATES.items()},
    HOUSE_STATES,
    KEY_KINDS,
    METERS,
    PARTIES,
    RELATIONS,
    SPACES,
    TENURES,
)
NAMES = {**KEY_KINDS, **METERS, **TENURES, **SPACES, **PARTIES, **RELATIONS}

# of a widget and its value the page of the house or person, "" for any other
EstateUrl = Callable[[str, Any], str] | None


def registry_word(word: str | None) -> str:
    """The name of a kind, a relation, a tenure; any other text as it is."""
    return _(NAMES[word]) if word in NAMES else word or ""


def house_state(state: str | None) -> str:
    return _(HOUSE_STATES[state]) if state in HOUSE_STATES else state or _("未登记")


def key_state(state: str) -> tuple[str, str]:
    """What became of a key, and the tone of its chip."""
    told, tone = KEY_STATES.get(state, (state, "none"))
    return _(told), tone


def meter_unit(kind: str) -> str:
    return UNITS.get(kind, "")


def phone_ends(phone: str | None) -> str:
    """138****0001: pages show no whole number."""
    return hide_middle(phone, 3, 4) if phone else ""


def share_text(share: int | None) -> str:
    """Hundredths of a percent as people write it."""
    return "" if share is None else f"{share / 100:g}%"


def house_url(code: str | None, site_id: int) -> str:
    """The page of a house; "" for none, and for who may not see it."""
    if not code or not may_see_estate(person(), site_id):
        return ""
    return url_for("houses.show", code=code, site=site_id)


def house_link(code: str | None, site_id: int) -> Markup:
    """The code, leading to the page of its house."""
    address = house_url(code, site_id)
    link = '<a href="{}">{}</a>' if address else "{1}"
    return Markup(link).format(address, code or "")


def estate_url(site_id: int) -> EstateUrl:
    """Where a form leads that names a house or a person; None for who may not see them."""
    if not may_see_estate(person(), site_id):
        return None

    def address(widget: str, value: Any) -> str:
        if widget == "house" and isinstance(value, str) and value:
            return url_for("houses.show", code=value, site=site_id)
        own = value.get("party_id") if isinstance(value, dict) else value
        if widget == "party" and str(own).isdecimal() and len(str(own)) < 10:
            return url_for("people.show", party_id=int(str(own)))
        return ""

    return address


def add_house_words(app: Flask) -> None:
    names = (registry_word, house_state, key_state, meter_unit, share_text)
    names += (house_link, house_url)
    app.jinja_env.globals.update({name.__name__: name for name in names})
    app.jinja_env.filters["phone"] = phone_ends
    app.jinja_env.filters["masked"] = masked_text
