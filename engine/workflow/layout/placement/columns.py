"""Which column a node stands in: the longest way from a start, loops left aside.

Layer assignment of Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of
Hierarchical System Structures", IEEE SMC 11 (1981), by longest path.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from engine.workflow.layout.graph import Flow, Node, Scope

PITCH = 150  # what one column of tasks takes, in px
ROW_PITCH = 110
LONG = 0.7  # part of the longest way
WIDEST = 160  # a node wider than this spans several columns


@dataclass
class Plan:
    """Where each node stands: column, row in its band (0 on top), columns and rows it spans.

    ``back`` are the flows that run against the reading direction, ``main`` is the longest
    way through, ``listed`` the way that takes the first listed flow of each gateway.
    """

    column: dict[str, int]
    span: dict[str, tuple[int, int]]
    back: set[str]
    row: dict[str, float] = field(default_factory=dict)
    main: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)

    def copy(self) -> Plan:
        """A plan that may be changed without changing this one."""
        column, span, row = dict(self.column), dict(self.span), dict(self.row)
        return replace(self, column=column, span=span, row=row)

    @property
    def count(self) -> int:
        return max((self.column[n] + self.span[n][0] for n in self.column), default=1)


def span(node: Node) -> tuple[int, int]:
    """How many columns and rows of the grid a node takes."""
    wide = 1 if node.width <= WIDEST else math.ceil((node.width + 40) / PITCH)
    below = node.height - node.anchor
    return wide, 1 + max(0, round((below - 80) / ROW_PITCH))


def _outgoing(scope: Scope) -> dict[str, list[Flow]]:
    found: dict[str, list[Flow]] = {n: [] for n in scope.nodes}
    for flow in scope.flows:
        if flow.kind != "association":
            found[scope.host(flow.source)].append(flow)
    return found


def _roots(scope: Scope) -> list[str]:
    """Nodes nothing leads to first (start events before others), then all, in file order."""
    real = [
        n
        for n in scope.nodes.values()
        if not (n.host or n.satellite or n.kind == "pool")
    ]
    entered = {f.target for f in scope.flows if f.source != f.target}
    first = [n for n in real if n.id not in entered]
    first.sort(key=lambda node: node.kind != "event")
    return [n.id for n in first + real]


def _search(
    scope: Scope, outgoing: dict[str, list[Flow]]
) -> tuple[list[str], set[str]]:
    """Depth-first: the nodes in topological order, and the flows that close a loop."""
    state: dict[str, int] = {}
    done: list[str] = []
    back: set[str] = set()
    for root in _roots(scope):
        stack = [] if root in state else [(root, iter(outgoing[root]))]
        state.setdefault(root, 1)
        while stack:
            node, flows = stack[-1]
            flow = next(flows, None)
            if flow is None:
                state[node] = 2
                done.append(node)
                stack.pop()
            elif state.get(flow.target) == 1:
                back.add(flow.id)
            elif flow.target not in state and scope.nodes[flow.target].kind != "pool":
                state[flow.target] = 1
                stack.append((flow.target, iter(outgoing[flow.target])))
    return done[::-1], back


def _best_search(
    scope: Scope, outgoing: dict[str, list[Flow]]
) -> tuple[list[str], set[str]]:
    """Of several orders of searching, the one that turns the fewest flows back.

    Where a loop can be entered at two points it depends on the order which flow closes
    it; an answer of a gateway ("not yet: again") is the likelier one.
    """
    flows = {f.id: f for found in outgoing.values() for f in found}

    def fault(found: tuple[list[str], set[str]]) -> tuple[int, int]:
        steps = [f for f in found[1] if scope.nodes[flows[f].source].kind != "gateway"]
        return len(found[1]), len(steps)

    best = _search(scope, outgoing)
    for node in [n for n in outgoing if len(outgoing[n]) > 1] if best[1] else []:
        turned = {**outgoing, node: outgoing[node][1:] + outgoing[node][:1]}
        other = _search(scope, turned)
        if fault(other) < fault(best):
            best, outgoing = other, turned
    return best


def assign(scope: Scope) -> Plan:
    """Columns, spans, loops and the main path of a scope (rows are still to come)."""
    outgoing = _outgoing(scope)
    order, back = _best_search(scope, outgoing)
    spans = {n: span(scope.nodes[n]) for n in order}
    column = dict.fromkeys(order, 0)
    for node in order:
        for flow in outgoing[node]:
            if flow.id not in back and flow.target in column:
                ahead = 0 if flow.kind == "message" else spans[node][0]
                column[flow.target] = max(column[flow.target], column[node] + ahead)
    plan = Plan(column, spans, back)
    _pull(scope, plan, order, outgoing)
    plan.main = _main_path(scope, plan, order, outgoing)
    listed = _listed_path(plan, outgoing)
    # A first answer that leads straight to an end is no main path.
    plan.listed = listed if len(listed) >= LONG * len(plan.main) else plan.main
    return plan


def _pull(
    scope: Scope, plan: Plan, order: list[str], outgoing: dict[str, list[Flow]]
) -> None:
    """What nothing leads to stands right before what it leads to, not at the far left."""
    entered = {f.target for f in scope.flows if f.kind != "association"}
    for node in order:
        ahead = [
            plan.column[f.target]
            for f in outgoing[node]
            if f.id not in plan.back and f.target in plan.column
        ]
        if node not in entered and ahead:
            room = min(ahead) - plan.span[node][0]
            plan.column[node] = max(plan.column[node], room)


def _main_path(
    scope: Scope, plan: Plan, order: list[str], outgoing: dict[str, list[Flow]]
) -> list[str]:
    """The longest way through by count of activities; exits by a deadline do not count."""
    best = {n: (0, n) for n in order}
    for node in reversed(order):
        weight = 2 if scope.nodes[node].kind in ("task", "sub") else 1
        best[node] = (weight, node)
        for flow in outgoing[node]:
            own = flow.source == node and flow.kind == "sequence"
            if own and flow.id not in plan.back and flow.target in best:
                length = best[flow.target][0] + weight
                if length > best[node][0]:
                    best[node] = (length, flow.target)
    starts = [n for n in order if plan.column[n] == min(plan.column.values())]
    if not starts:
        return []
    path = [max(starts, key=lambda n: best[n][0])]
    while best[path[-1]][1] != path[-1]:
        path.append(best[path[-1]][1])
    return path


def _listed_path(plan: Plan, outgoing: dict[str, list[Flow]]) -> list[str]:
    path = plan.main[:1]
    while path:
        ahead = [
            f.target
            for f in outgoing[path[-1]]
            if f.source == path[-1] and f.kind == "sequence" and f.id not in plan.back
        ]
        if not ahead:
            break
        path.append(ahead[0])
    return path
