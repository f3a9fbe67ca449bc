"""The first run: one site, one administrator with a one-time password."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.change_password import set_password
from engine.store.staff import Site, Staff

ADMINISTRATOR = "admin"


def create_administrator(session: Session) -> str | None:
    """Create the administrator once; the one-time password, or None where there is one.

    The door closes for good: an administrator that was deactivated does not reopen it.
    """
    if session.scalar(select(Staff.id).where(Staff.administrator)) is not None:
        return None
    admin = Staff(username=ADMINISTRATOR, name="系统管理员", administrator=True)
    session.add(admin)
    session.flush()
    password = secrets.token_urlsafe(9)
    set_password(session, admin.id, password, must_change=True)
    return password


def create_site(session: Session, code: str, name: str, demo: bool = False) -> Site:
    """The site of that code, made where it is missing."""
    site = session.scalar(select(Site).where(Site.code == code))
    if site is None:
        site = Site(code=code, name=name, demo=demo)
        session.add(site)
        session.flush()
    return site
