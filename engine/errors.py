"""What the engine refuses, and the sentence a person then reads.

A refusal is a class: its docstring is the sentence in Chinese (the catalogue in
web/translations holds the English), ``status`` the HTTP status (RFC 9110) that the web
answers with. Values named in braces are filled from the keyword arguments.
"""

from __future__ import annotations

import inspect


class Refused(Exception):
    """请求被拒绝。"""

    status = 400

    def __init__(self, **values: object) -> None:
        super().__init__(values)
        self.values = values

    @classmethod
    def template(cls) -> str:
        """The sentence with its places still in braces: the key of the translation."""
        return inspect.getdoc(cls) or ""

    def __str__(self) -> str:
        return self.template().format(**self.values)


class NotFound(Refused):
    """没有找到您要的内容。"""

    status = 404


class NotYours(Refused):
    """您没有权限做这件事。"""

    status = 403


class AlreadyDone(Refused):
    """这项任务已经办结或已被收回，无需再办。"""

    status = 409


class AnswersRefused(Refused):
    """有 {count} 处需要修改。"""

    status = 422

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(count=len(fields))
        self.fields = fields
