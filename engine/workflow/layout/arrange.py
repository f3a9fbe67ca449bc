"""The steps from a graph to its picture; of a few placements the clearest is kept."""

from __future__ import annotations

from engine.workflow.layout.graph import Scope
from engine.workflow.layout.picture import PADDING, TITLE, Picture, show
from engine.workflow.layout.place import Measures
from engine.workflow.layout.placement import columns, rows, satellites
from engine.workflow.layout.room import Room
from engine.workflow.layout.routing import docks, effort, segments, tracks
from engine.workflow.layout.routing.grid import Grid
from engine.workflow.layout.routing.route import Router

HEIGHT = 0.06  # effort per px of height


def arrange(scope: Scope) -> Picture:
    """Lays out a scope and, first, everything inside its sub-processes."""
    inner = {name: arrange(inside) for name, inside in scope.inner.items()}
    for name, picture in inner.items():
        node = scope.nodes[name]
        node.width = picture.width + 2 * PADDING
        node.height = picture.height + PADDING + TITLE
        node.anchor = picture.anchor + TITLE
    drawn = [
        _draw(scope, plan, inner)
        for candidate in rows.candidates(scope, columns.assign(scope))
        for plan in satellites.variants(scope, candidate)
    ]
    return min(drawn, key=lambda both: both[0])[1]


def _draw(
    scope: Scope, plan: columns.Plan, inner: dict[str, Picture]
) -> tuple[float, Picture]:
    """The picture of one placement and what it costs to read."""
    grid = Grid(scope, plan)
    paths = Router(grid, scope.flows).run()
    wires = {name: segments.of(name, path) for name, path in paths.items()}
    docks.spread(wires, grid)
    counts = tracks.assign(wires, grid)
    if docks.part(wires):
        counts = tracks.assign(wires, grid)
    picture = show(Measures(Room(scope, plan, grid, wires), counts), inner)
    cost = effort.of({name: picture.lines[name] for name in paths})
    cost += HEIGHT * picture.height
    return cost + rows.ALIGN * rows.unevenness(scope, plan, plan.row), picture
