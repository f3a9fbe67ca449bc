"""Change one's own password."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actions.sign_in import hasher, sign_in
from engine.errors import NotFound, Refused
from engine.people import Person
from engine.store.staff import Staff

SHORTEST = 8


class UnknownAccount(NotFound):
    """没有用户名为“{username}”的账号。"""


class PasswordTooShort(Refused):
    """新密码至少要 {shortest} 个字符。"""

    status = 422


class PasswordTooLong(Refused):
    """新密码最多 200 个字符。"""

    status = 422


class PasswordIsName(Refused):
    """新密码不能与用户名相同。"""

    status = 422


class PasswordsDiffer(Refused):
    """两次输入的新密码不一样。"""

    status = 422


def change_password(
    session: Session, person: Person, old: str, new: str, again: str
) -> Staff:
    """Sets a new password; every other session of this person ends.

    Raises ``SignInRefused`` where the old one is wrong, and the refusals above.
    """
    sign_in(session, person.username, old)
    if new != again:
        raise PasswordsDiffer()
    return set_password(session, person.id, new, must_change=False)


def set_password(session: Session, staff_id: int, new: str, must_change: bool) -> Staff:
    staff = session.get(Staff, staff_id)
    if staff is None:
        raise NotFound()
    if len(new) < SHORTEST:
        raise PasswordTooShort(shortest=SHORTEST)
    if len(new) > 200:
        raise PasswordTooLong()
    if new.casefold() == staff.username.casefold():
        raise PasswordIsName()
    staff.password_hash = hasher().hash(new)
    staff.must_change_password = must_change
    staff.session_no += 1
    return staff
