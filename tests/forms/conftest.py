"""Sample forms, the estate they ask, and the shortest ways to answer them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.forms import Filled, Form, check, fill, read, read_json

SAMPLES = Path(__file__).parent / "samples"
HOUSES = {
    "1-1-1802": {"owner_name": "张三", "area": 89.5},
    "1-1-1803": {"owner_name": "李四", "area": 120},
}
FILES = {
    "f1": {"id": "f1", "name": "委托书.pdf", "size": 1200, "type": "application/pdf"},
    "p1": {"id": "p1", "name": "IMG_1.jpg", "size": 3400, "type": "image/jpeg"},
    "x1": {"id": "x1", "name": "a.exe", "size": 9, "type": "application/x-dosexec"},
}
ESTATE: Mapping[str, Callable[..., Any]] = {
    "house": HOUSES.get,
    "person": {"7": {"name": "王五"}}.get,
    "party": {"21": {"name": "赵六"}}.get,
}


def sample(name: str) -> Form:
    text = (SAMPLES / f"{name}.json").read_text(encoding="utf-8")
    return Form.parse(json.loads(text), ESTATE)


@pytest.fixture(scope="session")
def receipt() -> Form:
    return sample("receipt")


@pytest.fixture(scope="session")
def checklist() -> Form:
    return sample("checklist")


def form_of(
    schema: dict[str, Any], ui: dict[str, Any] | None = None, **more: Any
) -> Form:
    """A form of one field ``x``, or of the properties given."""
    if "properties" not in schema:
        schema = {"properties": {"x": schema}}
        ui = {"x": ui or {}}
    return Form.parse({"title": "表", "schema": schema, "ui": ui or {}, **more}, ESTATE)


def posted(form: Form, scope: Mapping[str, Any] | None = None, **texts: Any) -> Filled:
    """Fills a form from HTML texts; a dot in a name is written as two underscores."""
    lists = {
        name.replace("__", "."): each if isinstance(each, list) else [each]
        for name, each in texts.items()
    }
    return fill(form, read(form, lists), scope or {}, ESTATE, FILES.get)


def sent(form: Form, answers: object, scope: Mapping[str, Any] | None = None) -> Filled:
    """Fills a form from the JSON of the API."""
    return fill(form, read_json(form, answers), scope or {}, ESTATE, FILES.get)


def said(form: Form, filled: Filled, path: str = "x", lang: str = "zh") -> str:
    """What is said about one path, "" when nothing."""
    return " ".join(check(form, filled, lang).get(path, []))
