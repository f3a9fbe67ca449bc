"""Files of a case, for who may see the case or a paper that names the file."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from engine import (
    ShownFile,
    record_file,
    record_picture,
    small_picture,
    stored_file,
)
from web.asking import person, runtime, signed_in_only
from web.extensions import db

blueprint = Blueprint("files", __name__)
SHOWN = ("image/jpeg", "image/png", "image/webp", "application/pdf")


@blueprint.get("/files/<file_id>")
@signed_in_only
def show(file_id: str) -> ResponseReturnValue:
    return _sent(stored_file(db.session, runtime(), person(), file_id))


@blueprint.get("/records/<row:record_id>/files/<file_id>")
@signed_in_only
def of_record(record_id: int, file_id: str) -> ResponseReturnValue:
    return _sent(record_file(db.session, runtime(), person(), record_id, file_id))


@blueprint.get("/files/<file_id>/small")
@signed_in_only
def small(file_id: str) -> ResponseReturnValue:
    return _small(small_picture(db.session, runtime(), person(), file_id))


@blueprint.get("/records/<row:record_id>/files/<file_id>/small")
@signed_in_only
def small_of_record(record_id: int, file_id: str) -> ResponseReturnValue:
    found = record_picture(db.session, runtime(), person(), record_id, file_id)
    return _small(found)


def _sent(file: ShownFile) -> ResponseReturnValue:
    response = send_file(
        file.path if file.content is None else BytesIO(file.content),
        mimetype=file.type,
        download_name=file.name,
        as_attachment=file.type not in SHOWN,
    )
    response.headers["Cache-Control"] = "no-store"  # counter PCs are shared
    return response


def _small(content: bytes) -> ResponseReturnValue:
    response = send_file(BytesIO(content), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    return response
