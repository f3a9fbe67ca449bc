"""Sign in and out, one's own password, the language."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine import Refused, SignInRefused, change_password, sign_in, signed_in
from web.asking import KEPT, SignedInUser, act, person, signed_in_only
from web.extensions import csrf, db, limiter
from web.kept import carried, local_address, onward
from web.refusals import refused_page, sentence_of
from web.shell import LANGUAGES

blueprint = Blueprint("account", __name__)


def _account_key() -> str:
    return "account:" + request.form.get("username", "").strip().casefold()[:60]


def _failed(response: object) -> bool:
    """Only wrong tries count: a shared counter PC signs in all day."""
    return getattr(response, "status_code", 0) >= 400


@blueprint.get("/sign-in")
def show_sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(local_address(request.args.get("next", "")))
    return _sign_in_page()


@blueprint.post("/sign-in", endpoint="sign_in")
@limiter.limit("30 per minute", deduct_when=_failed)
@limiter.limit("5 per minute; 30 per hour", key_func=_account_key, deduct_when=_failed)
def do_sign_in() -> ResponseReturnValue:
    csrf.protect()
    username = request.form.get("username", "")
    staff = act(sign_in, username, request.form.get("password", ""))
    language = session.get("lang")
    session.clear()  # a new session: nothing set before the sign-in survives it
    session["lang"] = language
    session.permanent = True
    if _let_in(staff.id).must_change_password:
        return redirect(url_for("account.change_password"))
    return onward(request.form.get("next", ""), carried())


def _let_in(staff_id: int) -> SignedInUser:
    found = signed_in(db.session, staff_id)
    assert found is not None
    user = SignedInUser(found.person, found.session_no, found.must_change_password)
    login_user(user)
    return user


def _sign_in_page(error: str = "") -> str:
    kept = carried()
    return render_template(
        "account/sign_in.html",
        error=error,
        username=request.form.get("username", ""),
        next=request.values.get("next", ""),
        kept=kept,
        prefix=KEPT,
        expired=bool(kept),
    )


@blueprint.errorhandler(CSRFError)
def token_missing(_error: CSRFError) -> ResponseReturnValue:
    sentence = _("页面已过期，请再操作一次。")
    if request.endpoint == "account.sign_in":
        return _sign_in_page(sentence), 400
    if request.endpoint == "account.change_password":
        return _password_page(sentence), 400
    return redirect(local_address(request.form.get("next", "")))


@blueprint.errorhandler(429)
def too_often(_error: HTTPException) -> ResponseReturnValue:
    sentence = _("密码输错的次数太多，请过一会儿再试；忘记密码请联系管理员。")
    if request.endpoint == "account.change_password":
        return _password_page(sentence), 429
    return _sign_in_page(sentence), 429


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """Wrong passwords stand over their form; what else is refused has its own page."""
    sentence = sentence_of(refusal)
    if request.endpoint == "account.change_password":
        return _password_page(sentence), 422
    if isinstance(refusal, SignInRefused):
        return _sign_in_page(sentence), refusal.status
    return refused_page(refusal)


@blueprint.post("/sign-out")
@signed_in_only
def sign_out() -> ResponseReturnValue:
    language = session.get("lang")
    logout_user()
    session.clear()
    session["lang"] = language
    return redirect(url_for("account.show_sign_in"))


@blueprint.get("/password")
@signed_in_only
def change_password_page() -> ResponseReturnValue:
    return _password_page()


@blueprint.post("/password", endpoint="change_password")
@signed_in_only
@limiter.limit("10 per minute", deduct_when=_failed)
def do_change_password() -> ResponseReturnValue:
    form = request.form
    given = (form.get("old", ""), form.get("new", ""), form.get("again", ""))
    _let_in(act(change_password, person(), *given).id)
    return redirect(url_for("inbox.show"))


def _password_page(error: str = "") -> str:
    forced = current_user.must_change_password
    return render_template("account/change_password.html", error=error, forced=forced)


@blueprint.post("/language")
def set_language() -> ResponseReturnValue:
    csrf.protect()
    chosen = request.form.get("lang", "")
    session["lang"] = chosen if chosen in LANGUAGES else "zh"
    return redirect(local_address(request.form.get("next", "")))


@blueprint.before_app_request
def change_first_password() -> ResponseReturnValue | None:
    """A one-time password opens one door only: to a password of one's own."""
    if request.blueprint in ("account", None) or request.endpoint == "static":
        return None
    if current_user.is_authenticated and current_user.must_change_password:
        return redirect(url_for("account.change_password"))
    return None
