"""Who is asking, and how a request reaches the engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_required
from sqlalchemy.orm import Session

from engine import (
    Person,
    Runtime,
    imports,
    operates,
    sees_money,
    signed_in,
    transact,
)
from web.extensions import csrf, db

P = ParamSpec("P")
T = TypeVar("T")
KEPT = "kept."  # prefix of what the sign-in form carries along
NEVER_KEPT = ("csrf_token", "password", "old", "new", "again")


class SignedInUser(UserMixin):
    """Flask-Login's view of a person; the id ends every session when it changes."""

    def __init__(self, person: Person, session_no: int, must_change: bool) -> None:
        self.person = person
        self.name = person.name
        self.username = person.username
        self.operates = operates(person)
        self.sees_money = sees_money(person)
        self.imports = imports(person)
        self.must_change_password = must_change
        self.id = f"{person.id}:{session_no}"


def load_signed_in(user_id: str) -> SignedInUser | None:
    staff_id, _, session_no = user_id.partition(":")
    found = signed_in(db.session, int(staff_id)) if staff_id.isdecimal() else None
    if found is None or str(found.session_no) != session_no:
        return None
    return SignedInUser(found.person, found.session_no, found.must_change_password)


def person() -> Person:
    return cast(SignedInUser, current_user).person


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions["steward"])


def page_asked() -> int:
    """The page of a list that the address names, within reason."""
    return min(max(request.args.get("page", 1, type=int), 1), 2000)


def rows_asked(name: str, most: int = 200) -> list[int]:
    """The ids that were ticked; what no column can hold is none."""
    ids = request.form.getlist(name, type=int)
    return [own for own in ids if 0 < own < 2**31][:most]


def acts(action: Callable[Concatenate[Session, P], T], /, *args: P.args) -> T:
    """Many acts of the engine, each in a transaction that the action makes for it."""
    session = cast(Session, db.session())
    session.info.setdefault(
        "on_due", current_app.extensions["steward_background"].nudge
    )
    return action(session, *args)


def act(
    action: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """One act of the engine in one transaction; the background hears of what is due."""
    session = cast(Session, db.session())
    session.info.setdefault(
        "on_due", current_app.extensions["steward_background"].nudge
    )
    return transact(session, action, *args, **kwargs)


def signed_in_only(
    view: Callable[..., ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """A page for people with an account. The CSRF token is asked for only then: to
    somebody whose sign-in ran out the sign-in page is the useful answer."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            csrf.protect()
        return view(*args, **kwargs)

    return cast(Callable[..., ResponseReturnValue], login_required(guarded))


def show_sign_in() -> ResponseReturnValue:
    """The sign-in page in place of any other; what was typed there is carried along."""
    pairs = request.form.items(multi=True)
    page = render_template(
        "account/sign_in.html",
        next=request.full_path.rstrip("?") if request.method == "GET" else request.path,
        kept=[(name, text) for name, text in pairs if name not in NEVER_KEPT],
        prefix=KEPT,
        expired=request.method == "POST",
        files=any(sent.filename for sent in request.files.values()),
    )
    return page, 401
