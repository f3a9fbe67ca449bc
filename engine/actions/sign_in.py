"""Sign in with a password (argon2id, OWASP's parameters as argon2-cffi ships them)."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.store.staff import Staff


class SignInRefused(Refused):
    """用户名或密码不对。"""

    status = 401


@cache
def hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to check against where there is no such user: same time, same answer."""
    return hasher().hash("nobody has this password")


def sign_in(session: Session, username: str, password: str) -> Staff:
    """The staff row of who signs in. Raises ``SignInRefused``, whatever was wrong."""
    staff = session.scalar(select(Staff).where(Staff.username == username.strip()[:60]))
    known = staff is not None and staff.active and staff.password_hash is not None
    kept = staff.password_hash if staff is not None and known else None
    try:
        hasher().verify(kept or _nobody(), password[:200])
    except (VerificationError, InvalidHashError) as wrong:
        raise SignInRefused() from wrong
    if staff is None or not known:
        raise SignInRefused()
    return staff
