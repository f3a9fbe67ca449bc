"""The short list of methods: text, object and list; everything else is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.expressions.refusals import TooBig, Unfit
from engine.expressions.values import MAX_SEQUENCE, Spend, equal, kind, text_of

_TEXT = frozenset("lower upper strip split startswith endswith".split())


def bound(owner: Any, name: str, spend: Spend) -> Callable[..., Any]:
    """The method of the owner, ready to call; calling raises Unfit on a bad argument."""

    def refuse(*_: Any) -> Any:
        raise Unfit(f"{kind(owner)}不能用它")

    if isinstance(owner, str):
        return _of_text(owner, name) or refuse
    if isinstance(owner, Mapping):
        return _of_object(owner, name) or refuse
    if isinstance(owner, (list, tuple)):
        return _of_list(owner, name, spend) or refuse
    return refuse


def _of_text(owner: str, name: str) -> Callable[..., Any] | None:
    if name in _TEXT:
        return lambda *arguments: getattr(owner, name)(*map(_text, arguments))
    if name == "replace":
        return lambda old, new: _replace(owner, _text(old), _text(new))
    if name == "join":
        return lambda parts: _join(owner, parts)
    return None


def _of_object(owner: Mapping[Any, Any], name: str) -> Callable[..., Any] | None:
    if name == "get":
        return lambda key, other=None: owner.get(key, other)
    if name in ("keys", "values"):
        return lambda: list(getattr(owner, name)())
    if name == "items":
        return lambda: [[key, value] for key, value in owner.items()]
    return None


def _of_list(owner: Any, name: str, spend: Spend) -> Callable[..., Any] | None:
    if name == "count":
        return lambda item: sum(equal(item, each, spend) for each in owner)
    if name == "index":
        return lambda item: _index(owner, item, spend)
    return None


def _index(owner: Any, item: Any, spend: Spend) -> int:
    for position, each in enumerate(owner):
        if equal(item, each, spend):
            return position
    raise Unfit("列表里没有这个值")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(f"需要文字，得到的是{kind(value)}")
    return value


def _replace(owner: str, old: str, new: str) -> str:
    grown = len(owner) + owner.count(old) * (len(new) - len(old))
    if grown > MAX_SEQUENCE:
        raise TooBig("内容太长")
    return owner.replace(old, new)


def _join(owner: str, parts: Any) -> str:
    if not isinstance(parts, (list, tuple)):
        raise Unfit("需要一个列表")
    texts = [text_of(part) for part in parts]
    if sum(map(len, texts)) + len(owner) * len(texts) > MAX_SEQUENCE:
        raise TooBig("内容太长")
    return owner.join(texts)
