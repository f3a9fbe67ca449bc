"""What was posted with the form of a task, its files kept; and how such a form is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import g, request, url_for

from engine import Refused, TaskView, choosable, houses_in, keep_file, names_for
from engine.forms import Form
from web.asking import act, person, runtime
from web.extensions import db
from web.field_views import Drawing
from web.house_words import estate_url
from web.intake import posted_texts
from web.refusals import sentence_of
from web.shell import lang

Posted = Mapping[str, Sequence[str]]
ABOUT_A_FILE = (413, 422)
OF_THE_PAGE = ("csrf_token", "_op", "_seen")


def typed() -> dict[str, list[str]]:
    posted = posted_texts()
    return {name: posted[name] for name in posted if name not in OF_THE_PAGE}


def posted_to(task_id: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The typed texts, with files sent along kept and named by id; and what was wrong
    with those files. Without JavaScript a file comes with the form itself, and is read
    once however often the form is drawn."""
    if "posted" not in g:
        g.posted = _keep_files(task_id)
    posted, errors = g.posted
    return posted, errors


def _keep_files(task_id: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    posted = typed()
    errors: dict[str, list[str]] = {}
    for name, sent in request.files.items(multi=True):
        field = name.removesuffix("__upload")
        if not sent.filename:
            continue
        content = sent.read(runtime().settings.max_upload + 1)
        try:
            file = act(keep_file, runtime(), person(), task_id, sent.filename, content)
            posted.setdefault(field, []).append(file.id)
        except Refused as refused:
            if refused.status not in ABOUT_A_FILE:
                raise
            errors.setdefault(field, []).append(sentence_of(refused))
    return posted, errors


def task_drawing(
    view: TaskView,
    form: Form,
    values: Mapping[str, Any],
    reveal: Callable[[str], str] | None = None,
) -> Drawing:
    """How a form of a task is drawn, with ``values`` in it."""
    case = view.task.case
    houses = {case.house_code, *houses_in(form, values)}
    return Drawing(
        lang=lang(),
        choices=choosable(db.session, case.site_id, form, houses=houses),
        named=names_for(db.session, case.site_id, (form, values)),
        upload_url=url_for("tasks.upload", task_id=view.task.id),
        file_url=lambda file_id: url_for("files.show", file_id=file_id),
        reveal_url=reveal,
        estate_url=estate_url(case.site_id),
        max_bytes=runtime().settings.max_upload,
    )
