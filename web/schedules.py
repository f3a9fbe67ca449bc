"""定时发起: what the clock starts when, and stopping it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import pause_schedule, resume_schedule, schedule_list
from web.asking import act, person, runtime, signed_in_only
from web.extensions import db

blueprint = Blueprint("schedules", __name__, url_prefix="/schedules")


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    rows = schedule_list(db.session, person())
    return render_template("schedules/index.html", rows=rows)


@blueprint.post("/<row:schedule_id>/pause")
@signed_in_only
def pause(schedule_id: int) -> ResponseReturnValue:
    act(pause_schedule, person(), schedule_id)
    flash(_("已暂停，恢复以前不再自动发起。"))
    return redirect(url_for("schedules.index"))


@blueprint.post("/<row:schedule_id>/resume")
@signed_in_only
def resume(schedule_id: int) -> ResponseReturnValue:
    act(resume_schedule, runtime(), person(), schedule_id)
    flash(_("已恢复，到下一个时间自动发起；暂停期间的不补。"))
    return redirect(url_for("schedules.index"))
