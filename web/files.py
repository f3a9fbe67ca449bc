"""Files of a case, for who may see the case."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from engine import small_picture, stored_file
from web.asking import person, runtime, signed_in_only
from web.extensions import db

blueprint = Blueprint("files", __name__)
SHOWN = ("image/jpeg", "image/png", "image/webp", "application/pdf")


@blueprint.get("/files/<file_id>")
@signed_in_only
def show(file_id: str) -> ResponseReturnValue:
    file = stored_file(db.session, runtime(), person(), file_id)
    response = send_file(
        file.path if file.content is None else BytesIO(file.content),
        mimetype=file.type,
        download_name=file.name,
        as_attachment=file.type not in SHOWN,
    )
    response.headers["Cache-Control"] = "no-store"  # counter PCs are shared
    return response


@blueprint.get("/files/<file_id>/small")
@signed_in_only
def small(file_id: str) -> ResponseReturnValue:
    content = small_picture(db.session, runtime(), person(), file_id)
    response = send_file(BytesIO(content), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    return response
