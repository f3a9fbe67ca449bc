"""How a refusal is answered: a sentence, a status, and the way back."""

from __future__ import annotations

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine import Refused
from web.extensions import db

TITLES = {
    400: "请求不完整",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不能这样打开",
    409: "已经有变化",
    413: "文件太大",
    422: "需要修改",
    429: "操作太频繁",
    500: "系统出错",
}
SENTENCES = {
    400: "提交的内容不完整，无法处理。",
    404: "没有您要的页面。",
    405: "这个地址不能直接打开。",
    429: "操作太频繁，已暂停受理。",
}
ADVICE = {
    403: "如果这确实是您的工作，请联系管理员检查您的角色。",
    404: "可能已经删除，或地址抄写有误。",
    405: "请从页面上的按钮进入。",
    409: "什么都没有改动。请返回刷新，看看现在的情况。",
    413: "请压缩或拆分后再上传；已填写的内容按浏览器的“返回”即可看到。",
    429: "请稍等片刻再试。",
    500: "刚才的操作没有生效，请稍后再试；多次出现请联系管理员。",
}


def sentence_of(refused: Refused) -> str:
    """The refusal's sentence in the reader's language."""
    return _(refused.template()).format(**refused.values)


def add_handlers(app: Flask) -> None:
    app.register_error_handler(Refused, refused_page)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _broken)


def refused_page(refused: Refused) -> ResponseReturnValue:
    return answer(refused.status, sentence_of(refused))


def answer(status: int, sentence: str, bare: bool = False) -> ResponseReturnValue:
    if _wants_json():
        return jsonify(error=sentence), status
    page = render_template(
        "error.html",
        title=_(TITLES.get(status, "请求被拒绝")),
        sentence=sentence,
        advice=_(ADVICE[status]) if status in ADVICE else "",
        back=None if bare else _back(),
        bare=bare,
    )
    return page, status


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def _back() -> str | None:
    """The page before, when it is one of ours."""
    before = request.referrer or ""
    if before.startswith(request.host_url) and before != request.url:
        return before
    return None


def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    limit = (request.max_content_length or 0) // 1024 // 1024 - 1
    return answer(
        413, _("这次提交的内容太大：一次上传合计不能超过 %(limit)d MB。", limit=limit)
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    return answer(status, _(SENTENCES.get(status, "请求被拒绝。")), bare=status >= 500)


def _broken(_error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    return answer(500, _("系统出了点问题，已经记录下来。"), bare=True)
