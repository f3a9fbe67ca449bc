"""Somebody signed in over a real, kept connection."""

from __future__ import annotations

import http.client
import re
from html import unescape
from typing import NamedTuple
from urllib.parse import urlencode

from tests.cast import PASSWORD


class Answer(NamedTuple):
    status: int
    body: str

    @property
    def sentence(self) -> str:
        """What an error page says."""
        found = re.search(r"data-sentence[^>]*>([^<]*)<", self.body)
        return unescape(found[1]).strip() if found else ""


class Browser:
    """One person's cookie and connections; the sign-in counts on every port."""

    def __init__(self, port: int, username: str) -> None:
        self.port, self.cookie, self.token = port, "", ""
        self._connections: dict[int, http.client.HTTPConnection] = {}
        self._take_token("/sign-in")
        given = {"username": username, "password": PASSWORD}
        answer = self.post("/sign-in", given)
        if answer.status not in (302, 303):
            raise RuntimeError(f"signing in answered {answer}")
        self._take_token("/start")

    def get(self, path: str) -> str:
        return self._ask("GET", path, None, {}).body

    def post(self, path: str, form: dict[str, str], port: int | None = None) -> Answer:
        body = urlencode({"csrf_token": self.token, **form})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, headers, port)

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def _take_token(self, path: str) -> None:
        tokens = re.findall(r'name="csrf_token" value="([^"]+)"', self.get(path))
        self.token = tokens[0]

    def _ask(
        self,
        method: str,
        path: str,
        body: str | None,
        headers: dict[str, str],
        port: int | None = None,
    ) -> Answer:
        where = port or self.port
        connection = self._connections.setdefault(
            where, http.client.HTTPConnection("127.0.0.1", where, timeout=30)
        )
        connection.request(method, path, body, {"Cookie": self.cookie, **headers})
        response = connection.getresponse()
        cookie = response.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.partition(";")[0]
        return Answer(response.status, response.read().decode())
