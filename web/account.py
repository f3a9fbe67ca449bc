"""Sign in and out, one's own password, the language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import HTTPException

from engine import Refused, SignInRefused, change_password, sign_in, signed_in
from web.asking import SignedInUser, act, person, signed_in_only
from web.extensions import csrf, db, limiter
from web.refusals import sentence_of
from web.start import redraw_start
from web.tasks import redraw_task

blueprint = Blueprint("account", __name__)
KEPT = "kept."
# where typed text that outlived its sign-in is drawn again
REDRAWN = {"tasks.post": redraw_task, "start.post": redraw_start}


def _account_key() -> str:
    return "account:" + request.form.get("username", "").strip().casefold()[:60]


@blueprint.get("/sign-in")
def show_sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("inbox.show"))
    return _sign_in_page()


@blueprint.post("/sign-in", endpoint="sign_in")
@limiter.limit("30 per minute")
@limiter.limit("5 per minute; 30 per hour", key_func=_account_key)
def do_sign_in() -> ResponseReturnValue:
    csrf.protect()
    username = request.form.get("username", "")
    staff = act(sign_in, username, request.form.get("password", ""))
    found = signed_in(db.session, staff.id)
    assert found is not None
    session.clear()  # a new session id: nothing set before the sign-in survives it
    session.permanent = True
    login_user(SignedInUser(found.person, found.session_no, found.must_change_password))
    if found.must_change_password:
        return redirect(url_for("account.change_password"))
    return _onward()


@blueprint.errorhandler(SignInRefused)
def sign_in_refused(refused: SignInRefused) -> ResponseReturnValue:
    sentence = sentence_of(refused)
    if request.endpoint != "account.sign_in":
        return render_template("account/change_password.html", error=sentence), 422
    return _sign_in_page(error=sentence), 401


def _sign_in_page(error: str | None = None) -> str:
    kept = [
        (name.removeprefix(KEPT), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(KEPT)
    ]
    return render_template(
        "account/sign_in.html",
        error=error,
        username=request.form.get("username", ""),
        next=request.values.get("next", ""),
        kept=kept or None,
    )


def _onward() -> ResponseReturnValue:
    """To where one was going, with what one had typed."""
    target = local_address(request.form.get("next", ""))
    kept: dict[str, list[str]] = {}
    for name, value in request.form.items(multi=True):
        if name.startswith(KEPT):
            kept.setdefault(name.removeprefix(KEPT), []).append(value)
    if not kept:
        return redirect(target)
    try:
        endpoint, values = current_app.url_map.bind("").match(
            urlsplit(target).path, "POST"
        )
    except HTTPException:
        return redirect(url_for("inbox.show"))
    redraw = REDRAWN.get(endpoint)
    return redraw(kept, **values) if redraw else redirect(target)


def local_address(target: str) -> str:
    """A path of ours; anything else (another host, a trick with backslashes): the inbox."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    if not plain or "\\" in target or any(ord(c) < 32 for c in target):
        return url_for("inbox.show")
    return target


@blueprint.post("/sign-out")
@signed_in_only
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("account.show_sign_in"))


@blueprint.get("/password")
@signed_in_only
def change_password_page() -> ResponseReturnValue:
    forced = current_user.must_change_password
    return render_template("account/change_password.html", error=None, forced=forced)


@blueprint.post("/password", endpoint="change_password")
@signed_in_only
@limiter.limit("10 per minute")
def do_change_password() -> ResponseReturnValue:
    form = request.form
    staff = act(
        change_password,
        person(),
        form.get("old", ""),
        form.get("new", ""),
        form.get("again", ""),
    )
    found = signed_in(db.session, staff.id)
    assert found is not None
    login_user(SignedInUser(found.person, found.session_no, found.must_change_password))
    return redirect(url_for("inbox.show"))


@blueprint.errorhandler(Refused)
def password_refused(refused: Refused) -> ResponseReturnValue:
    return (
        render_template(
            "account/change_password.html",
            error=sentence_of(refused),
            forced=current_user.must_change_password,
        ),
        refused.status,
    )


@blueprint.post("/language")
def set_language() -> ResponseReturnValue:
    csrf.protect()
    session["lang"] = "en" if request.form.get("lang") == "en" else "zh"
    return redirect(local_address(request.form.get("next", "")))


@blueprint.before_app_request
def change_first_password() -> ResponseReturnValue | None:
    """A one-time password opens one door only: to a password of one's own."""
    if request.blueprint in ("account", None) or request.endpoint == "static":
        return None
    if current_user.is_authenticated and current_user.must_change_password:
        return redirect(url_for("account.change_password"))
    return None
