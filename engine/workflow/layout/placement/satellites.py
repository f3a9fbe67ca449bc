"""Notes and data objects: near what they explain, where a cell is free."""

from __future__ import annotations

from engine.workflow.layout.placement.columns import Plan, span
from engine.workflow.layout.graph import Node, Scope


def assign(scope: Scope, plan: Plan) -> None:
    """Adds columns and rows for the satellites of a scope to its plan."""
    for node in scope.nodes.values():
        if node.satellite:
            friend = _friend(scope, plan, node.id)
            column = plan.column[friend] if friend else 0
            _seat(scope, plan, node, column, plan.row[friend] if friend else 0.0)
        elif node.kind == "pool":
            plan.column[node.id], plan.row[node.id] = 0, 0.0
            plan.span[node.id] = 1, 1
    for node in scope.nodes.values():
        if node.kind == "pool":
            plan.span[node.id] = plan.count, 1


def _friend(scope: Scope, plan: Plan, satellite: str) -> str | None:
    for flow in scope.flows:
        ends = (flow.source, flow.target)
        if flow.kind == "association" and satellite in ends:
            other = scope.host(ends[ends[0] == satellite])
            if other in plan.column:
                scope.nodes[satellite].band = scope.nodes[other].band
                return other
    return None


def _seat(scope: Scope, plan: Plan, node: Node, column: int, row: float) -> None:
    """Right above or below when free there, else in a new row right above."""
    taken = {
        (plan.column[n] + wide, plan.row[n] + high)
        for n in plan.column
        if scope.nodes[n].band == node.band
        for wide in range(plan.span[n][0])
        for high in range(plan.span[n][1])
    }
    rows = {r for _, r in taken}
    plan.span[node.id] = span(node)
    plan.column[node.id] = column
    for place in (row - 1, row + 1):
        if place in rows and (column, place) not in taken:
            plan.row[node.id] = place
            return
    for other in plan.row:
        if scope.nodes[other].band == node.band and plan.row[other] >= row:
            plan.row[other] += 1
    plan.row[node.id] = row
