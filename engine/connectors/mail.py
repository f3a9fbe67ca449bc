"""Send a mail through the office's own mail server."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from engine.connectors import ConnectorFailed, Request
from engine.settings import Settings

SECONDS = 20
SAMPLE_ANSWER: dict[str, Any] = {"refused": []}


def run(settings: Settings, request: Request) -> Any:
    """``to``, ``subject`` and ``text`` of the request, by ``STEWARD_MAIL``
    (``smtp://user:password@host:port?from=office@example``)."""
    if not settings.mail:
        raise ConnectorFailed(operation="mail", reason="还没有设置发信服务器")
    server = urlsplit(settings.mail)
    mail = EmailMessage()
    mail["From"] = server.query.partition("from=")[2] or "steward@localhost"
    mail["To"] = str(request.values.get("to", ""))
    mail["Subject"] = str(request.values.get("subject", ""))
    mail["Message-ID"] = f"<{request.id}@steward>"  # the same call is the same mail
    mail.set_content(str(request.values.get("text", "")))
    try:
        with smtplib.SMTP(
            server.hostname or "", server.port or 25, timeout=SECONDS
        ) as smtp:
            if server.username:
                smtp.starttls()
                smtp.login(unquote(server.username), unquote(server.password or ""))
            refused = smtp.send_message(mail)
    except (OSError, smtplib.SMTPException, ValueError) as failed:
        raise ConnectorFailed(operation="mail", reason=str(failed)) from failed
    return {"refused": sorted(refused)}
