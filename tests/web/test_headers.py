"""What every answer carries, and that nothing is kept where it should not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web
from tests.cast import Office
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]


def test_scripts_come_from_here_only_and_are_never_evaluated(
    client: FlaskClient,
) -> None:
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert "script-src" not in rules  # hence default-src: no inline, no eval
    assert rules["object-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert rules["base-uri"] == "'self'"


@pytest.mark.parametrize(
    "name, value",
    [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
    ],
)
@pytest.mark.parametrize("address", ["/sign-in", "/inbox", "/no-such-page"])
def test_every_page_has_the_usual_guards(
    client: FlaskClient, address: str, name: str, value: str
) -> None:
    assert client.get(address).headers[name] == value


def test_no_page_is_kept_on_a_shared_computer(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    for address in ("/inbox", "/start", "/cases", "/password", "/nowhere"):
        answer = visitor.client.get(address)
        assert answer.headers["Cache-Control"] == "no-store", address
    rows = visitor.client.get("/inbox", headers={"HX-Request": "true"})
    assert rows.headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: FlaskClient,
) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("steward=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # plain http on a local network


def test_behind_https_the_cookie_and_the_site_insist_on_it(
    office: Office, tmp_path: Path
) -> None:
    app = web.create_app(replace(office.runtime.settings, secure_cookies=True))
    answer = app.test_client().get("/sign-in", base_url="https://steward.test")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    with app.app_context():
        web.db.engine.dispose()


def test_health_is_told_to_anybody_and_asks_the_database(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_broken_page_says_so_and_tells_nothing_else(
    app: Flask, arrives: Arrives
) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a secret of the house")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = arrives("lusy")
    page = visitor.open("/broken")
    assert page.status == 500
    assert page.title == "系统出错"
    assert "已经记录下来" in page.sentence
    assert "secret" not in page.response.text and "Traceback" not in page.response.text
    assert visitor.open("/inbox").status == 200


@pytest.mark.parametrize("address", ["/nowhere", "/tasks/nothing", "/start/nothing"])
def test_what_is_not_there_is_told_with_a_way_back(
    arrives: Arrives, address: str
) -> None:
    page = arrives("lusy").open(address)
    assert page.status == 404
    assert page.sentence
    assert "/inbox" in page.links()
