"""The space of a decision table's inputs, cut into regions on which no cell changes.

A column's constants cut its values into points and open ranges; a cell made of literals
is true or false on a whole region, so one example of it decides. A rule is then a box of
regions, kept as one bit mask a column. Covering boxes is co-NP-hard in the number of
columns, so the search has a budget (Undecided when it is used up).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from engine.errors import Refused
from engine.expressions import evaluate
from engine.workflow.check.tables.regions import Region, is_number, regions_of
from engine.workflow.decisions import SUBJECT, condition_of

BUDGET = 20_000
_NODES = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Compare, ast.BoolOp),
    *(ast.And, ast.Or, ast.Not, ast.UnaryOp, ast.USub, ast.UAdd, ast.List, ast.Tuple),
    *(ast.Call, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn),
    *(ast.Is, ast.IsNot),
)

Box = tuple[int, ...]


class Undecided(Exception):
    """Why a table cannot be judged beforehand: a Chinese clause."""


@dataclass(frozen=True)
class Table:
    """``columns`` by input expression; ``boxes`` one a rule, in order."""

    columns: Mapping[str, Sequence[Region]]
    boxes: Sequence[Box]

    def never(self) -> list[int]:
        """Numbers (from 1) of the rules that no input can match."""
        return [n for n, box in enumerate(self.boxes, 1) if not all(box)]

    def gaps(self, most: int) -> Iterator[Mapping[str, str]]:
        """Examples that no rule matches, of inputs that surely may come."""
        yield from self._uncovered(self._sure(), most)

    def doubtful_gaps(self) -> Iterator[Mapping[str, str]]:
        """One more example, where gaps are left only at doubtful inputs."""
        if not list(self.gaps(1)):
            yield from self._uncovered(self._whole(), 1)

    def overlap(self, first: int, second: int) -> Mapping[str, str] | None:
        pairs = zip(self.boxes[first], self.boxes[second], strict=True)
        both = tuple(one & other for one, other in pairs)
        return self._example(both) if all(both) else None

    def shadowed(self) -> Iterator[int]:
        """Numbers of the rules that only match where an earlier one does."""
        for at, box in enumerate(self.boxes):
            if all(box) and _hole(box, self.boxes[:at]) is None:
                yield at + 1

    def _whole(self) -> Box:
        return tuple((1 << len(regions)) - 1 for regions in self.columns.values())

    def _sure(self) -> Box:
        return tuple(
            sum(1 << at for at, region in enumerate(regions) if not region.doubtful)
            for regions in self.columns.values()
        )

    def _uncovered(self, space: Box, most: int) -> Iterator[Mapping[str, str]]:
        covered = list(self.boxes)
        for _ in range(most):
            hole = _hole(space, covered) if all(space) else None
            if hole is None:
                return
            covered.append(hole)
            yield self._example(hole)

    def _example(self, box: Box) -> Mapping[str, str]:
        """Told by the first region of each column; columns that are free are left out."""
        found = {}
        for (text, regions), mask, whole in zip(
            self.columns.items(), box, self._whole(), strict=True
        ):
            if mask != whole or len(self.columns) == 1:
                at = min(
                    (at for at in range(len(regions)) if mask >> at & 1),
                    key=lambda at: regions[at].doubtful,
                )
                found[text] = regions[at].told
        return found or {next(iter(self.columns)): "任何值"}


def _hole(space: Box, boxes: Sequence[Box]) -> Box | None:
    """A box inside ``space`` that none of ``boxes`` touches, or None.

    Splits the space at the first box that touches it, column by column: what lies
    beside that box in one column is searched with the boxes after it.
    """
    stack = [(space, 0)]
    steps = 0
    while stack:
        box, at = stack.pop()
        steps += 1
        if steps > BUDGET:
            raise Undecided("规则太多、太复杂")
        while at < len(boxes) and not _touch(box, boxes[at]):
            at += 1
        if at == len(boxes):
            return box
        stack.extend((beside, at + 1) for beside in _beside(box, boxes[at]))
    return None


def _touch(one: Box, other: Box) -> bool:
    return all(a & b for a, b in zip(one, other, strict=True))


def _beside(box: Box, other: Box) -> Iterator[Box]:
    """The parts of a box outside another, disjoint."""
    rest = list(box)
    for column, mask in enumerate(other):
        outside = rest[column] & ~mask
        if outside:
            yield (*rest[:column], outside, *rest[column + 1 :])
        rest[column] &= mask


def grid(
    columns: Sequence[tuple[str, str, str]],
    rules: Sequence[Sequence[str]],
    parameters: Mapping[str, Any],
) -> Table:
    """The table of ``columns`` (expression, type, allowed values) and cells.

    Two columns of one expression are one: they cannot differ. Raises Undecided.
    """
    if not columns:
        raise Undecided("没有输入列")
    cutter = _Cutter(parameters)
    regions: dict[str, list[Region]] = {}
    masks: list[list[int]] = [[] for _ in rules]
    for text in dict.fromkeys(text for text, _, _ in columns):
        places = [at for at, column in enumerate(columns) if column[0] == text]
        conditions = [
            [condition_of(cells[at]) for at in places if at < len(cells)]
            for cells in rules
        ]
        _, kind, allowed = columns[places[0]]
        cut = cutter.regions(conditions, kind, allowed, columns[places[0]][0])
        regions[text] = cut
        for row, asked in zip(masks, conditions, strict=True):
            row.append(cutter.mask(asked, cut))
    return Table(regions, [tuple(row) for row in masks])


class _Cutter:
    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._functions = {"param": lambda name: parameters[name]}
        self._parameters = parameters

    def regions(
        self, conditions: list[list[str | None]], kind: str, allowed: str, text: str
    ) -> list[Region]:
        constants: list[Any] = []
        for row, asked in enumerate(conditions, 1):
            for condition in asked:
                if condition is not None:
                    constants += self._constants(
                        condition, f"第 {row} 条规则的“{text}”"
                    )
        listed = self._listed(allowed)
        return list(regions_of(constants, kind.lower(), listed))

    def _constants(self, condition: str, where: str) -> list[Any]:
        tree = ast.parse(condition, mode="eval")
        found = []
        for node in ast.walk(tree):
            if not isinstance(node, _NODES) or not self._plain(node):
                raise Undecided(f"{where}要到办理时才算得出")
            if isinstance(node, ast.Call):
                found.append(self._parameters[node.args[0].value])  # type: ignore[attr-defined]
            elif isinstance(node, ast.Constant) and not _is_argument(node, tree):
                found.append(node.value)
        negative = [-value for value in found if is_number(value)]
        return found + (negative if "-" in condition else [])

    def _plain(self, node: ast.AST) -> bool:
        """Literals, the input, and ``param("name")`` of a parameter there is."""
        if isinstance(node, ast.Name):
            return node.id in (SUBJECT, "param")
        if not isinstance(node, ast.Call):
            return True
        arguments = [a.value for a in node.args if isinstance(a, ast.Constant)]
        return (
            isinstance(node.func, ast.Name)
            and len(arguments) == len(node.args) == 1
            and not node.keywords
            and arguments[0] in self._parameters
        )

    def _listed(self, allowed: str) -> list[Any] | None:
        """The values that ``inputValues`` lists, or None where it lists none."""
        try:
            value = ast.literal_eval(f"[{allowed}]") if allowed else []
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
        plain = all(isinstance(v, (str, int, float, bool)) for v in value)
        return value if value and plain else None

    def mask(self, conditions: list[str | None], regions: list[Region]) -> int:
        return reduce(
            and_,
            (self._one(c, regions) for c in conditions if c is not None),
            (1 << len(regions)) - 1,
        )

    def _one(self, condition: str, regions: list[Region]) -> int:
        found = 0
        for at, region in enumerate(regions):
            try:
                if evaluate(condition, {SUBJECT: region.value}, self._functions):
                    found |= 1 << at
            except Refused:
                # Comparing text with a number: at run time the step would stop there.
                continue
        return found


def _is_argument(node: ast.Constant, tree: ast.AST) -> bool:
    return any(isinstance(c, ast.Call) and node in c.args for c in ast.walk(tree))
