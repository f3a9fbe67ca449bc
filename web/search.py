"""查找: one box on every page; what is found by groups, one hit opened at once."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import SEARCH_GROUPS, Hit, search
from web.asking import person, runtime, signed_in_only
from web.extensions import db
from web.words import kind_name

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@signed_in_only
def show() -> ResponseReturnValue:
    q = request.args.get("q", "")[:100].strip()
    only = request.args.get("only", "")
    only = only if only in SEARCH_GROUPS else ""
    found = search(db.session, runtime(), person(), q, only)
    if found.only is not None and not only:
        return redirect(hit_url(*found.only))
    return render_template(
        "search/show.html",
        found=found,
        q=q,
        only=only,
        hit_url=hit_url,
        hit_title=hit_title,
    )


def hit_url(group: str, hit: Hit) -> str:
    """Where a hit leads; a vehicle to its house, or to whose it is."""
    if group == "cases":
        return url_for("cases.show", case_id=hit.id)
    if group == "records":
        return url_for("records.show", record_id=hit.id)
    if group == "people":
        return url_for("people.show", party_id=hit.id)
    if hit.house is not None:
        return url_for("houses.show", code=hit.house, site=hit.site_id)
    if hit.party is not None:
        return url_for("people.show", party_id=hit.party)
    return url_for("search.show", q=hit.title, only=group)


def hit_title(group: str, hit: Hit) -> str:
    """A paper is called by its kind in English."""
    about = runtime().record_kinds.get(hit.state or "", {})
    return kind_name({"name": hit.title, **about}) if group == "records" else hit.title
