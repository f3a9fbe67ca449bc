"""A visitor without JavaScript: reads the pages, fills their forms, presses buttons.

A form is sent as a browser sends it: every control of it that counts, in order, and the
button that was pressed. A value the page does not offer cannot be chosen; what a page
does not offer but somebody may send anyway goes through ``Visitor.send``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from lxml import html
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request

from tests.cast import PASSWORD

Pairs = list[tuple[str, Any]]
BOUNDARY = "----steward"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
UNSENT = ("submit", "image", "button", "reset")
BLANK = TestResponse([], "204 NO CONTENT", Headers(), Request({}))


class Page:
    """One answer, as a person reads it."""

    def __init__(self, response: TestResponse = BLANK) -> None:
        self.response = response
        self.status = response.status_code
        self.path = response.request.path
        self.html = html.fromstring(response.get_data(as_text=True) or "<p></p>")

    @property
    def text(self) -> str:
        return " ".join(self.html.text_content().split())

    @property
    def main(self) -> str:
        return self.said("//main")

    def said(self, xpath: str) -> str:
        """The words of what an XPath finds, "" for nothing."""
        found = self.html.xpath(xpath)
        words = (" ".join(node.text_content().split()) for node in found)
        return " ".join(filter(None, words))

    @property
    def title(self) -> str:
        return self.said("//h1")

    @property
    def alert(self) -> str:
        return self.said("//*[@role='alert']|//*[@data-notices]")

    @property
    def sentence(self) -> str:
        """What an error page says."""
        return self.said("//*[@data-sentence]")

    def error(self, path: str) -> str:
        """What is said beside a field."""
        return self.said(f"//*[@id='f-{path.replace('.', '-')}-err']")

    def links(self, xpath: str = "//main") -> list[str]:
        return [str(href) for href in self.html.xpath(f"{xpath}//a/@href")]

    def form(self, action: str = "") -> Form:
        """The form of that address (its end); without one the form that has fields."""
        forms = [Form(self, node) for node in self.html.xpath("//main//form")]
        forms += [Form(self, node) for node in self.html.xpath("//header//form")]
        found = [form for form in forms if form.action.endswith(action)]
        assert found, f"no form {action!r} on {self.path}: {self.text[:300]}"
        return found[0]

    def has_field(self, name: str) -> bool:
        return bool(self.html.xpath("//*[@name=$name]", name=name))


class Form:
    def __init__(self, page: Page, node: Any) -> None:
        self.node = node
        self.action = str(node.get("action") or page.path)
        self.method = str(node.get("method", "get")).lower()
        self.multipart = node.get("enctype") == "multipart/form-data"
        self.pairs: Pairs = [pair for each in self._controls() for pair in _sent(each)]

    def _controls(self) -> Iterator[Any]:
        return iter(self.node.xpath(".//input|.//select|.//textarea"))

    def __getitem__(self, name: str) -> Any:
        """What would be sent under a name: the last of it, as the server reads it."""
        return self.all(name)[-1]

    def all(self, name: str) -> list[Any]:
        return [value for each, value in self.pairs if each == name]

    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.pairs))

    def fill(self, values: Mapping[str, Any] = {}, **more: Any) -> Form:
        for name, value in {**values, **more}.items():
            controls = self.node.xpath(".//*[@name=$name]", name=name)
            shown = [each for each in controls if each.get("type") != "hidden"]
            assert shown, f"{name!r} is not on the page: {self.names()}"
            self._set(name, shown, value)
        return self

    def _set(self, name: str, shown: list[Any], value: Any) -> None:
        kind = shown[0].get("type", shown[0].tag)
        hidden = [
            (name, each.get("value", ""))
            for each in self.node.xpath(".//input[@name=$name]", name=name)
            if each.get("type") == "hidden"
        ]
        if kind in ("radio", "checkbox", "select"):
            value = value if isinstance(value, list) else [value] if value else []
            offered = _offered(shown)
            assert set(value) <= set(offered), f"{name} offers {offered}, not {value}"
        else:
            value = [value]
        at = next(
            i for i, (each, _) in enumerate(self.pairs + [(name, "")]) if each == name
        )
        self.pairs = [pair for pair in self.pairs if pair[0] != name]
        self.pairs[at:at] = [*hidden, *((name, each) for each in value)]

    def button(self, label: str) -> Any:
        """A button by its words or its value."""
        for node in self.node.xpath(".//button[not(@type) or @type='submit']"):
            if label in (" ".join(node.text_content().split()), node.get("value")):
                return node
        raise AssertionError(f"no button {label!r}")


def _offered(shown: list[Any]) -> list[str]:
    if shown[0].tag == "select":
        return [str(value) for value in shown[0].xpath(".//option/@value")]
    return [str(each.get("value", "on")) for each in shown]


def _sent(control: Any) -> Pairs:
    """What one control sends, left as it was drawn."""
    name, kind = control.get("name"), control.get("type", control.tag)
    if not name or kind in UNSENT or control.get("disabled") is not None:
        return []
    if kind in ("radio", "checkbox"):
        chosen = control.get("checked") is not None
        return [(name, control.get("value", "on"))] if chosen else []
    if kind == "file":
        return [(name, ("", b""))]
    if control.tag == "select":
        chosen = control.xpath(".//option[@selected]/@value")
        return [
            (name, value) for value in chosen or control.xpath(".//option/@value")[:1]
        ]
    if control.tag == "textarea":
        return [(name, control.text_content().removeprefix("\n"))]  # as HTML says
    return [(name, control.get("value", ""))]


class Visitor:
    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = Page()

    def arrive(self, response: TestResponse) -> Page:
        while response.status_code in (301, 302, 303):
            response = self.client.get(response.headers["Location"])
        self.page = Page(response)
        return self.page

    def open(self, address: str, **more: Any) -> Page:
        return self.arrive(self.client.get(address, **more))

    def fetch(self, address: str) -> tuple[TestResponse, bytes]:
        """A file: the answer, closed, and its content."""
        with self.client.get(address) as answer:
            return answer, answer.get_data()

    def sign_in(
        self, username: str, password: str = PASSWORD, at: str = "/inbox"
    ) -> Page:
        """Signs in on the page that stands in the way, or on ``at``."""
        if not self.page.has_field("password"):
            self.open(at)
        form = self.page.form("/sign-in").fill(username=username, password=password)
        return self.press(form)

    def press(self, form: Form, label: str | None = None) -> Page:
        """Presses a button of a form, by default its first."""
        buttons = form.node.xpath(".//button[not(@type) or @type='submit']")
        button = buttons[0] if label is None else form.button(label)
        pairs = list(form.pairs)
        if button.get("name"):
            pairs.append((button.get("name"), button.get("value", "")))
        action = str(button.get("formaction") or form.action)
        if form.method == "get":
            return self.open(action, query_string=MultiDict(pairs))
        return self.arrive(self.post(action, pairs, form.multipart))

    def post(
        self, address: str, pairs: Pairs, multipart: bool = False, **more: Any
    ) -> TestResponse:
        """One POST, its redirect not yet followed."""
        if not multipart:
            plain = [(n, v[0] if isinstance(v, tuple) else v) for n, v in pairs]
            return self.client.post(address, data=MultiDict(plain), **more)
        body = _multipart(pairs)
        return self.client.post(address, data=body, content_type=MULTIPART, **more)

    def send(self, address: str, **values: Any) -> TestResponse:
        """What no page offers: a POST of one's own making, with a valid token."""
        return self.client.post(address, data={"csrf_token": self.token(), **values})

    def token(self) -> str:
        found = Page(self.client.get("/password")).html.xpath(
            "//meta[@name='csrf-token']/@content"
        )
        return str(found[0])

    def expire(self) -> None:
        """The sign-in runs out: the browser forgets its cookie."""
        self.client.delete_cookie("steward")


def _multipart(pairs: Pairs) -> bytes:
    """RFC 7578, as browsers write it: a file not chosen has an empty name."""
    parts = []
    for name, value in pairs:
        head = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(value, tuple):
            head += f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream'
        content = value[1] if isinstance(value, tuple) else value.encode()
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def path_of(response: TestResponse) -> str:
    """The path a redirect leads to."""
    return urlsplit(response.headers["Location"]).path
