"""The one safe language of conditions, scripts, timers, decision cells and forms.

Python's expression syntax over JSON data, walked by simpleeval: nothing is compiled,
eval'd or exec'd. Exact decimals, dates as ISO text, a short list of functions, and a
budget on everything. Owners write expressions and assignments, nothing else.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from engine.expressions import syntax, variables
from engine.expressions.functions import FUNCTIONS
from engine.expressions.refusals import (
    ArgumentsRefused,
    ExpressionFailed,
    ExpressionRefused,
    FunctionUnknown,
    LimitPassed,
    ResultRefused,
    TooBig,
    Unfit,
)
from engine.expressions.values import Outlet
from engine.expressions.walker import Walker

__all__ = [
    "FUNCTIONS",
    "ExpressionFailed",
    "ExpressionRefused",
    "check_expression",
    "check_script",
    "evaluate",
    "names_assigned",
    "names_in",
    "run_script",
    "texts_given",
]

Functions = Mapping[str, Callable[..., Any]]
_SCALARS = frozenset({bool, type(None)})


def evaluate(
    source: str, names: Mapping[str, Any], functions: Functions | None = None
) -> Any:
    """The expression's value in fresh JSON types; ``names`` are never changed.

    ``functions`` come on top of FUNCTIONS. Integral numbers leave as int, others as
    float. Raises ExpressionRefused (not allowed) or ExpressionFailed (no result).
    """
    found = syntax.expression(source)
    assert isinstance(found.tree, ast.Expression)
    walker = Walker(names, functions)
    try:
        value = walker.evaluate(found.tree)
    except (TooBig, RecursionError, MemoryError) as error:
        raise _too_big(found, error) from None
    if type(value) in _SCALARS:
        return value
    return _out(found, value)


def run_script(
    source: str, names: Mapping[str, Any], functions: Functions | None = None
) -> dict[str, Any]:
    """The names a script (assignments and ``if``) assigns, with their last values.

    Nothing is written into ``names``. Raises as evaluate does.
    """
    found = syntax.script(source)
    assert isinstance(found.tree, ast.Module)
    _refuse_hiding(found, functions or {})
    walker = Walker(names, functions)
    try:
        walker.run(found.tree.body)
    except (TooBig, RecursionError, MemoryError) as error:
        raise _too_big(found, error) from None
    outlet = Outlet()
    return {name: _out(found, value, outlet) for name, value in walker.scope.items()}


def check_expression(source: str, functions: Collection[str] = ()) -> None:
    """Raises ExpressionRefused, naming the place. ``functions``: names beyond ours."""
    _check_calls(syntax.expression(source), functions)


def check_script(source: str, functions: Collection[str] = ()) -> None:
    """Raises ExpressionRefused, naming the place."""
    found = syntax.script(source)
    _refuse_hiding(found, functions)
    _check_calls(found, functions)


def names_in(source: str) -> frozenset[str]:
    """Variables an expression or script reads from the data, not those it assigns."""
    try:
        return variables.read(syntax.expression(source).tree)
    except ExpressionRefused:
        return variables.read_by_script(_body(source))


def texts_given(source: str) -> list[tuple[str, tuple[str | None, ...]]]:
    """The functions an expression calls, each with the texts written in its brackets;
    None for an argument that is no plain text."""
    return [
        (place.word, tuple(map(_text, [*call.args, *(k.value for k in call.keywords)])))
        for place, call in syntax.expression(source).calls
    ]


def _text(node: ast.expr) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def names_assigned(source: str) -> frozenset[str]:
    """Variables a script may assign, in either branch of an ``if``."""
    return variables.assigned(_body(source))


def _body(source: str) -> list[ast.stmt]:
    tree = syntax.script(source).tree
    assert isinstance(tree, ast.Module)
    return tree.body


def _check_calls(found: syntax.Source, functions: Collection[str]) -> None:
    for place, call in found.calls:
        at = {"word": place.word, "line": place.line, "column": place.column}
        if place.word in functions:
            continue
        if place.word not in FUNCTIONS:
            raise FunctionUnknown(**at)
        named = {word.arg: None for word in call.keywords if word.arg}
        try:
            _signature(place.word).bind(*call.args, **named)
        except TypeError:
            raise ArgumentsRefused(**at) from None


@lru_cache(maxsize=128)
def _signature(name: str) -> inspect.Signature:
    return inspect.signature(FUNCTIONS[name])


def _refuse_hiding(found: syntax.Source, functions: Collection[str]) -> None:
    """A variable named like a function would make the function uncallable."""
    for node in ast.walk(found.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            if node.id in FUNCTIONS or node.id in functions:
                raise syntax.refused(found.text, node, "它是函数的名称，请换一个名称")


def _out(found: syntax.Source, value: Any, outlet: Outlet | None = None) -> Any:
    try:
        return (outlet or Outlet()).json(value)
    except Unfit as error:
        raise ResultRefused(text=found.text[:80], reason=error.args[0]) from None


def _too_big(found: syntax.Source, error: BaseException) -> LimitPassed:
    reason = error.args[0] if isinstance(error, TooBig) else "层次太深"
    return LimitPassed(text=found.text[:80], reason=reason)
