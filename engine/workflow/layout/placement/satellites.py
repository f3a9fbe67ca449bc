"""Notes and data objects: near what they explain, where a cell is free."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.layout.graph import Node, Scope
from engine.workflow.layout.placement.columns import Plan


def variants(scope: Scope, plan: Plan) -> Iterator[Plan]:
    """A plan with notes and data in free cells, and two with them in rows of their own.

    The new row is right above (0) or below (1) what they explain.
    """
    yield _seated(scope, plan.copy(), None)
    if any(node.satellite for node in scope.nodes.values()):
        for below in (0, 1):
            yield _seated(scope, plan.copy(), below)


def _seated(scope: Scope, plan: Plan, new_row: int | None) -> Plan:
    for node in scope.nodes.values():
        if node.satellite:
            friend = _friend(scope, plan, node.id)
            where = 0, 0.0, 1
            if friend:
                high = plan.span[friend][1]
                where = plan.column[friend], plan.row[friend], high
            _seat(scope, plan, node, where, new_row)
        elif node.kind == "pool":
            plan.column[node.id], plan.row[node.id] = 0, 0.0
            plan.span[node.id] = 1, 1
    for node in scope.nodes.values():
        if node.kind == "pool":
            plan.span[node.id] = plan.count, 1
    return plan


def _friend(scope: Scope, plan: Plan, satellite: str) -> str | None:
    for flow in scope.flows:
        ends = (flow.source, flow.target)
        if flow.kind == "association" and satellite in ends:
            other = scope.host(ends[ends[0] == satellite])
            if other in plan.column:
                scope.nodes[satellite].band = scope.nodes[other].band
                return other
    return None


def _seat(
    scope: Scope,
    plan: Plan,
    node: Node,
    friend: tuple[int, float, int],
    new_row: int | None,
) -> None:
    """Right above or below the friend when free there, else in a new row beside it."""
    column, row, high = friend
    taken = {
        (plan.column[n] + wide, plan.row[n] + tall)
        for n in plan.column
        if scope.nodes[n].band == node.band
        for wide in range(plan.span[n][0])
        for tall in range(plan.span[n][1])
    }
    rows = {r for _, r in taken}
    plan.span[node.id] = 1, 1
    plan.column[node.id] = column
    for place in (row - 1, row + 1):
        if place in rows and (column, place) not in taken and new_row is None:
            plan.row[node.id] = place
            return
    place = row + (high if new_row else 0)
    for other in plan.row:
        if scope.nodes[other].band == node.band and plan.row[other] >= place:
            plan.row[other] += 1
    plan.row[node.id] = place
