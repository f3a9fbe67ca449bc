"""工作日历: a site's year, its days and hours, and what a change of them moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date as Date
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import (
    NOTICE_HOLIDAYS,
    ZONE,
    NoticeRow,
    Refused,
    calendar_day,
    calendar_year,
    change_calendar,
    confirm_calendar_year,
    notice_days,
    preview_calendar,
    set_calendar_day,
    set_site_hours,
)
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db
from web.refusals import refused_page, sentence_of

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")
YEAR = "<int(min=2004,max=2100):year>"
Typed = Mapping[str, str]


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    return redirect(url_for("calendar.show", year=datetime.now(ZONE).year))


@blueprint.get(f"/{YEAR}")
@signed_in_only
def show(year: int) -> ResponseReturnValue:
    view = calendar_year(db.session, runtime(), person(), year)
    return render_template("calendar/show.html", view=view, today=_today())


@blueprint.get("/<day:date>")
@signed_in_only
def day(date: Date) -> ResponseReturnValue:
    return _draw_day({}, "", date)


@blueprint.post("/<day:date>")
@signed_in_only
def set_day(date: Date) -> ResponseReturnValue:
    said = (request.form.get("kind", ""), request.form.get("note", ""))
    return _edit(date.year, set_calendar_day, date, *said)


@blueprint.get(f"/{YEAR}/notice")
@signed_in_only
def notice(year: int) -> ResponseReturnValue:
    return _draw_notice({}, "", year)


@blueprint.post(f"/{YEAR}/notice")
@signed_in_only
def confirm(year: int) -> ResponseReturnValue:
    days = notice_days(year, _rows(request.form))
    return _edit(year, confirm_calendar_year, year, days)


@blueprint.get("/hours")
@signed_in_only
def hours() -> ResponseReturnValue:
    return _draw_hours({}, "")


@blueprint.post("/hours")
@signed_in_only
def set_hours() -> ResponseReturnValue:
    return _edit(datetime.now(ZONE).year, set_site_hours, request.form.to_dict())


@blueprint.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """What is wrong with what was typed stands on its form; the rest has its own page."""
    draw = FORMS.get(request.endpoint or "")
    if refusal.status != 422 or draw is None:
        return refused_page(refusal)
    typed = request.form.to_dict()
    return draw(typed, sentence_of(refusal), **(request.view_args or {})), 422


def _edit(year: int, edit: Callable[..., Any], *args: Any) -> ResponseReturnValue:
    """Tell what an edit would move, or make it and tell what it moved."""
    op = request.form.get("_op", "save")
    if op == "edit":  # back from the preview
        draw = FORMS[request.endpoint or ""]
        return draw(request.form.to_dict(), "", **(request.view_args or {}))
    view = calendar_year(db.session, runtime(), person(), year)
    way = preview_calendar if op == "preview" else change_calendar
    result = act(way, runtime(), person(), view.site_id, edit, *args)
    asked = {"year": year, "typed": _typed(), "saved": op != "preview"}
    return render_template("calendar/result.html", result=result, **asked)


def _typed() -> list[tuple[str, str]]:
    """What the form said, to be said again by the button that saves it."""
    own = ("csrf_token", "_op")
    return [pair for pair in request.form.items(multi=True) if pair[0] not in own]


def _rows(typed: Typed) -> list[NoticeRow]:
    return [
        NoticeRow(
            typed.get(f"name.{n}", name),
            typed.get(f"first.{n}", ""),
            typed.get(f"last.{n}", ""),
            typed.get(f"workdays.{n}", ""),
        )
        for n, name in enumerate((*NOTICE_HOLIDAYS, ""))
    ]


def _draw_day(typed: Typed, error: str, date: Date) -> str:
    view = calendar_day(db.session, runtime(), person(), date)
    return render_template("calendar/day.html", view=view, typed=typed, error=error)


def _draw_notice(typed: Typed, error: str, year: int) -> str:
    view = calendar_year(db.session, runtime(), person(), year)
    return render_template(
        "calendar/notice.html", view=view, rows=_rows(typed), error=error
    )


def _draw_hours(typed: Typed, error: str) -> str:
    view = calendar_year(db.session, runtime(), person(), _today().year)
    return render_template(
        "calendar/hours.html", view=view, typed=typed or view.hours, error=error
    )


def _today() -> Date:
    return datetime.now(ZONE).date()


FORMS: dict[str, Callable[..., str]] = {
    "calendar.set_day": _draw_day,
    "calendar.confirm": _draw_notice,
    "calendar.set_hours": _draw_hours,
}


def _again(draw: Callable[..., str]) -> Callable[..., ResponseReturnValue]:
    """The form with what outlived its sign-in."""

    def redraw(posted: Mapping[str, Sequence[str]], **place: Any) -> str:
        typed = {name: "".join(texts) for name, texts in posted.items()}
        return draw(typed, "", **place)

    return redraw


REDRAWN = {endpoint: _again(draw) for endpoint, draw in FORMS.items()}
