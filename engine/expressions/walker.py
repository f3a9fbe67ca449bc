"""Walks a checked tree: simpleeval's evaluator, made exact and bounded.

simpleeval's own constructor copies its tables and silences warnings on every use; ours
keeps the table on the module, so that one evaluation costs a few microseconds.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from simpleeval import MAX_COMPREHENSION_LENGTH, EvalWithCompoundTypes

from engine.expressions import methods
from engine.expressions.functions import FUNCTIONS
from engine.expressions.lookup import element, member, mismatch, unfit, words
from engine.expressions.operators import BINARY, COMPARE, UNARY
from engine.expressions.refusals import (
    DividedByZero,
    FunctionFailed,
    LimitPassed,
    NameMissing,
    TooBig,
    Unfit,
)
from engine.expressions.values import MAX_SEQUENCE, kind, text_of

# A step takes up to half a microsecond; a sum over 1,500 households some 10,000 steps.
MAX_STEPS = 50_000
_FRACTION_STEPS = 8  # reducing a 256-bit fraction takes that much longer

Function = Callable[..., Any]
_NONE: Mapping[str, Function] = MappingProxyType({})
# What a function may raise over its arguments. Anything else, above all a refusal or a
# database error in a function of ours, is not the expression's fault: it passes.
_FAULTS = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


class Walker(EvalWithCompoundTypes):  # type: ignore[misc]  # simpleeval is untyped
    """One evaluation. ``scope`` holds what a script or a comprehension has bound."""

    def __init__(
        self, names: Mapping[str, Any], functions: Mapping[str, Function] | None
    ) -> None:
        # Not super().__init__: see the module's docstring.
        self.names = names
        self.functions = functions or _NONE
        self.scope: dict[str, Any] = {}
        self.left = MAX_STEPS
        self.rounds = MAX_COMPREHENSION_LENGTH

    def __del__(self) -> None:
        """simpleeval breaks a reference cycle here that we do not have."""

    def evaluate(self, tree: ast.Expression) -> Any:
        return self._eval(tree.body)

    def run(self, body: list[ast.stmt]) -> None:
        """A script's statements, in order; what they assign is in ``scope``."""
        for statement in body:
            self.spend(1)
            if isinstance(statement, ast.Assign):
                value = self._eval(statement.value)
                for target in statement.targets:
                    self._bind(target, value)
            elif isinstance(statement, ast.AugAssign):
                self._bind(statement.target, self._eval_augmented(statement))
            elif isinstance(statement, ast.If):
                chosen = self._eval(statement.test)
                self.run(statement.body if chosen else statement.orelse)

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooBig("步骤太多")

    def grown(self, value: Any) -> Any:
        """The value, its size charged: making a long list costs as much as a loop."""
        if isinstance(value, str):
            self.spend(len(value) // 100)
        elif isinstance(value, (list, tuple, dict)):
            self.spend(len(value))
        elif isinstance(value, Fraction):
            self.spend(_FRACTION_STEPS)
        return value

    def _eval(self, node: ast.AST) -> Any:
        self.left -= 1
        if self.left < 0:
            raise TooBig("步骤太多")
        return _HANDLERS[type(node)](self, node)

    def _eval_constant(self, node: ast.Constant) -> Any:
        return node.value

    def _eval_name(self, node: ast.Name) -> Any:
        if self.scope and node.id in self.scope:
            return self.scope[node.id]
        try:
            return self.names[node.id]
        except KeyError:
            raise NameMissing(name=node.id) from None

    def _eval_augmented(self, node: ast.AugAssign) -> Any:
        assert isinstance(node.target, ast.Name)
        current = self._eval_name(node.target)
        return self._binary(node, current, self._eval(node.value))

    def _eval_binop(self, node: ast.BinOp) -> Any:
        return self._binary(node, self._eval(node.left), self._eval(node.right))

    def _binary(self, node: ast.BinOp | ast.AugAssign, left: Any, right: Any) -> Any:
        sign, function = BINARY[type(node.op)]
        try:
            result = function(left, right)
        except ZeroDivisionError:
            raise DividedByZero(text=words(node)) from None
        except Unfit as error:
            raise unfit(node, sign, left, right, error) from None
        return self.grown(result)

    def _eval_unaryop(self, node: ast.UnaryOp) -> Any:
        sign, function = UNARY[type(node.op)]
        value = self._eval(node.operand)
        try:
            return function(value)
        except Unfit as error:
            raise unfit(node, sign, value, 0, error) from None

    def _eval_compare(self, node: ast.Compare) -> bool:
        left = self._eval(node.left)
        for operator, comparator in zip(node.ops, node.comparators):
            right = self._eval(comparator)
            sign, function = COMPARE[type(operator)]
            try:
                if not function(left, right, self.spend):
                    return False
            except Unfit as error:
                raise unfit(node, sign, left, right, error) from None
            left = right
        return True

    def _eval_call(self, node: ast.Call) -> Any:
        arguments = [self.grown(self._eval(argument)) for argument in node.args]
        named = {word.arg or "": self._eval(word.value) for word in node.keywords}
        name, function = self._function(node.func)
        try:
            return self.grown(function(*arguments, **named))
        except TooBig as error:
            raise LimitPassed(text=words(node), reason=error.args[0]) from None
        except Unfit as error:
            raise FunctionFailed(function=name, reason=error.args[0]) from None
        except _FAULTS as error:
            raise FunctionFailed(function=name, reason="参数不对") from error

    def _function(self, node: ast.expr) -> tuple[str, Function]:
        if isinstance(node, ast.Attribute):
            owner = self.grown(self._eval(node.value))
            return node.attr, methods.bound(owner, node.attr, self.spend)
        assert isinstance(node, ast.Name)
        found = self.functions.get(node.id) or FUNCTIONS.get(node.id)
        if found is None:
            raise FunctionFailed(function=node.id, reason="这里没有这个函数")
        return node.id, found

    def _eval_attribute(self, node: ast.Attribute) -> Any:
        return member(node, self._eval(node.value), node.attr)

    def _eval_subscript(self, node: ast.Subscript) -> Any:
        container = self._eval(node.value)
        return self.grown(element(node, container, self._eval(node.slice)))

    def _eval_joinedstr(self, node: ast.JoinedStr) -> str:
        text = "".join(self._part(part) for part in node.values)
        if len(text) > MAX_SEQUENCE:
            raise TooBig("内容太长")
        return str(self.grown(text))

    def _part(self, node: ast.expr) -> str:
        value = self._eval(node)
        self.grown(value)
        try:
            return text_of(value)
        except Unfit as error:
            raise unfit(node, "{ }", value, "", error) from None

    def _eval_list(self, node: ast.List | ast.Tuple) -> list[Any]:
        return [self._eval(item) for item in node.elts]

    def _eval_dict(self, node: ast.Dict) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values):
            if key is None:
                result.update(self._unpacked(value))
            else:
                result[self._key(key)] = self._eval(value)
        return result

    def _unpacked(self, node: ast.expr) -> Mapping[Any, Any]:
        """``**other`` inside braces: how a script changes one key of an object."""
        other = self.grown(self._eval(node))
        if not isinstance(other, Mapping):
            raise mismatch(node, "**", kind({}), kind(other))
        return other

    def _key(self, node: ast.expr) -> str | int:
        key = self._eval(node)
        if not isinstance(key, (str, int)):
            raise mismatch(node, "{ }", kind({}), kind(key))
        return key

    def _eval_comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        outer = self.scope
        self.scope = dict(outer)
        try:
            return [self._eval(node.elt) for _ in self._rounds(node.generators)]
        finally:
            self.scope = outer

    def _eval_dict_comprehension(self, node: ast.DictComp) -> dict[Any, Any]:
        outer = self.scope
        self.scope = dict(outer)
        try:
            return {
                self._key(node.key): self._eval(node.value)
                for _ in self._rounds(node.generators)
            }
        finally:
            self.scope = outer

    def _rounds(self, generators: list[ast.comprehension]) -> Iterator[None]:
        first, *rest = generators
        source = self._eval(first.iter)
        if not isinstance(source, (list, tuple, str, Mapping)):
            raise mismatch(first.iter, "for", kind(source), "循环")
        for item in source:
            self.rounds -= 1
            if self.rounds < 0:
                raise TooBig(f"循环最多 {MAX_COMPREHENSION_LENGTH} 次")
            self._bind(first.target, item)
            if all(self._eval(condition) for condition in first.ifs):
                if rest:
                    yield from self._rounds(rest)
                else:
                    yield

    def _bind(self, target: ast.expr, item: Any) -> None:
        if isinstance(target, ast.Name):
            self.scope[target.id] = item
            return
        assert isinstance(target, ast.Tuple)
        if not isinstance(item, (list, tuple)) or len(item) != len(target.elts):
            raise mismatch(target, "for", kind([]), kind(item))
        for part, value in zip(target.elts, item):
            self._bind(part, value)


_HANDLERS: Mapping[type[ast.AST], Callable[[Walker, Any], Any]] = {
    ast.Constant: Walker._eval_constant,
    ast.Name: Walker._eval_name,
    ast.BoolOp: Walker._eval_boolop,
    ast.UnaryOp: Walker._eval_unaryop,
    ast.BinOp: Walker._eval_binop,
    ast.Compare: Walker._eval_compare,
    ast.IfExp: Walker._eval_ifexp,
    ast.Call: Walker._eval_call,
    ast.Attribute: Walker._eval_attribute,
    ast.Subscript: Walker._eval_subscript,
    ast.Slice: Walker._eval_slice,
    ast.List: Walker._eval_list,
    ast.Tuple: Walker._eval_list,
    ast.Dict: Walker._eval_dict,
    ast.ListComp: Walker._eval_comprehension,
    ast.GeneratorExp: Walker._eval_comprehension,
    ast.DictComp: Walker._eval_dict_comprehension,
    ast.JoinedStr: Walker._eval_joinedstr,
    ast.FormattedValue: Walker._eval_formattedvalue,
}
