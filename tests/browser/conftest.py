"""A real Chromium before a real server, over the office that tests/web furnishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.chromium import DESK, chromium, missing, served
from tests.browser.desk import Desk
from tests.databases import skip_or_fail
from tests.web.conftest import app, compiled, furnished, office  # noqa: F401

Sits = Callable[..., Desk]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid or item.nodeid.startswith("tests/browser"):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    reason = missing()
    if reason is not None:
        skip_or_fail(reason)
    with chromium() as opened:
        yield opened


@pytest.fixture
def address(app: Flask) -> Iterator[str]:  # noqa: F811
    with served(app) as found:
        yield found


@pytest.fixture
def sits(browser: Browser, address: str) -> Iterator[Sits]:
    """Sits somebody down: ``sits("lusy")`` at a desk, ``sits("lusy", PHONE)``."""
    desks: list[Desk] = []

    def sit(username: str = "", screen: dict[str, Any] = DESK, **more: Any) -> Desk:
        desk = Desk(browser, address, {**screen, **more})
        desks.append(desk)
        return desk.sign_in(username) if username else desk

    yield sit
    for desk in desks:
        desk.context.close()
    assert not [fault for desk in desks for fault in desk.faults]
