"""POST a JSON body to an address that the administrator has allowed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from engine.connectors import ConnectorFailed, Request
from engine.settings import Settings

SECONDS = 20
SAMPLE_ANSWER: dict[str, Any] = {"status": 200, "body": {}}
LARGEST = 1_000_000


def run(settings: Settings, request: Request) -> Any:
    """``url`` and ``body`` of the request; the answer is ``{"status", "body"}``.

    The call's id goes along as ``Idempotency-Key``. Only hosts named in
    ``STEWARD_WEBHOOK_HOSTS`` are called: a diagram may not reach into the network.
    """
    url = str(request.values.get("url", ""))
    host = urlsplit(url).netloc
    if (
        urlsplit(url).scheme not in ("http", "https")
        or host not in settings.webhook_hosts
    ):
        raise ConnectorFailed(
            operation="webhook", reason=f"地址“{host}”不在允许的名单里"
        )
    sent = urllib.request.Request(
        url,
        data=json.dumps(request.values.get("body"), ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": request.id},
        method="POST",
    )
    try:
        with urllib.request.urlopen(sent, timeout=SECONDS) as answer:
            text = answer.read(LARGEST).decode("utf-8", "replace")
            return {"status": answer.status, "body": _body(text)}
    except (urllib.error.URLError, OSError) as failed:
        raise ConnectorFailed(operation="webhook", reason=str(failed)) from failed


def _body(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
