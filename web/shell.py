"""What every page's frame needs: language, site name, the built front end, formats."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, session
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from engine import Settings, incident_count, site_name
from web.extensions import db

LANGUAGES = ("zh", "en")


def language() -> str:
    """The language this browser chose; Chinese where it chose none."""
    chosen = session.get("lang")
    return chosen if chosen in LANGUAGES else "zh"


def build_version(app: Flask) -> str:
    """The digest of the built front end, for addresses that may be cached for good;
    empty where nothing is built."""
    stamp = Path(app.static_folder or "") / "build" / ".stamp"
    return stamp.read_text().strip()[:12] if stamp.exists() else ""


def add_shell(app: Flask, settings: Settings) -> None:
    zone = ZoneInfo(settings.zone)
    built = build_version(app)

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {
            "lang": lang(),
            "built": built,
            "site_name": _site_name(),
            "open_incidents": _open_incidents,
        }

    @app.template_filter("moment")
    def moment(at: datetime | None) -> str:
        """A time as people read it, to the minute, in the site's zone."""
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""

    @app.template_filter("day")
    def day(at: datetime | None) -> str:
        return at.astimezone(zone).strftime("%Y-%m-%d") if at else ""

    @app.after_request
    def private(response: Any) -> Any:
        """Pages show personal data on shared counter PCs: no cache keeps them."""
        if not response.headers.get("Cache-Control") and response.status_code != 304:
            response.headers["Cache-Control"] = "no-store"
        return response


def lang() -> str:
    locale = get_locale()
    return locale.language if locale is not None else "zh"


def _site_name() -> str:
    if "site_name" not in g:
        try:
            g.site_name = site_name(db.session)
        except SQLAlchemyError:  # the frame of the page that says so
            g.site_name = ""
    return str(g.site_name)


def _open_incidents() -> int:
    """What waits for whoever runs the system: asked once a page."""
    if "open_incidents" not in g:
        g.open_incidents = incident_count(db.session, current_user.person)
    return int(g.open_incidents)
