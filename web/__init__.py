"""Thin Flask over the engine: read the request, call one engine name, show a page."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from whitenoise import WhiteNoise

from engine import Background, Runtime, Settings, engine_options, open_engine, upgrade
from web import (
    account,
    calendar,
    cases,
    dossiers,
    files,
    gate,
    gates,
    health,
    houses,
    imports,
    inbox,
    incidents,
    items,
    money,
    people,
    parameters,
    prints,
    privacy,
    records,
    refusals,
    registers,
    search,
    start,
    tasks,
    schedules,
    versions,
)
from web.asking import load_signed_in, show_sign_in
from web.catalogue_file import compile_catalogue
from web.estate_words import add_estate_words
from web.house_words import add_house_words
from web.extensions import babel, csrf, db, limiter, login_manager, talisman
from web.intake import add_intake
from web.kept import add_kept
from web.shell import add_shell, build_version, language
from web.words import add_words

# No unsafe-eval and no inline scripts; bpmn-js and Tabler set inline styles.
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "style-src": "'self' 'unsafe-inline'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The application of one installation; its database is brought up to date."""
    settings = settings or Settings.from_environment()
    engine = open_engine(settings.database_url)
    upgrade(engine)
    engine.dispose()
    compile_catalogue()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=settings.max_upload + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_NAME="steward",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # asked after the sign-in, see asking.py
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.extensions["steward"] = Runtime(settings)
    app.extensions["steward_background"] = Background(app.extensions["steward"])
    _bind(app, settings)
    add_shell(app, settings)
    add_words(app)
    add_estate_words(app)
    add_house_words(app)
    refusals.add_handlers(app)
    add_kept(app)
    add_intake(app)
    for family in (
        account,
        inbox,
        start,
        tasks,
        items,
        money,
        parameters,
        cases,
        files,
        records,
        registers,
        imports,
        incidents,
        calendar,
        prints,
        dossiers,
        gate,
        schedules,
        gates,
        houses,
        people,
        search,
        versions,
        privacy,
        health,
    ):
        app.register_blueprint(family.blueprint)
    if build_version(app):
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=app.static_folder,
            prefix="static/",
            max_age=31_536_000,
            allow_all_origins=False,
        )
    return app


def _bind(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    babel.init_app(app, locale_selector=language)
    login_manager.init_app(app)
    login_manager.user_loader(load_signed_in)
    login_manager.unauthorized_handler(show_sign_in)
    talisman.init_app(
        app,
        content_security_policy=CONTENT_SECURITY_POLICY,
        force_https=False,
        strict_transport_security=settings.secure_cookies,
        session_cookie_secure=settings.secure_cookies,
        referrer_policy="same-origin",
        frame_options="DENY",
    )
