"""What is to be drawn, without the XML around it.

A scope is what shares one grid: all pools of a collaboration, or the inside of one
expanded sub-process. A band is a horizontal strip of a scope: a lane, a pool without
lanes, or the whole of a scope that has neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Node:
    """One shape; sizes in px. ``anchor`` is how far below its top its flows dock."""

    id: str
    kind: str  # event, gateway, task, sub, note, data or pool
    name: str
    width: int
    height: int
    host: str | None = None
    band: int = 0
    anchor: int = 0

    @property
    def satellite(self) -> bool:
        """Beside the flow: a note or a data object."""
        return self.kind in ("note", "data")


@dataclass(frozen=True)
class Flow:
    id: str
    source: str
    target: str
    name: str
    kind: str = "sequence"  # or message, association


@dataclass(frozen=True)
class Band:
    """A lane (``id``), or a pool without lanes (``id`` None); ``pool`` is its participant.

    ``outer`` is the lane around a nested lane, if any.
    """

    id: str | None
    name: str
    pool: str | None
    outer: str | None = None
    black_box: bool = False


@dataclass
class Scope:
    bands: list[Band]
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    inner: dict[str, Scope] = field(default_factory=dict)

    def host(self, node: str) -> str:
        """The activity a boundary event sits on, or the node itself."""
        return self.nodes[node].host or node

    def attached(self, host: str) -> list[str]:
        """The boundary events on an activity."""
        return [n.id for n in self.nodes.values() if n.host == host]

    def siblings(self, one: str, other: str) -> bool:
        """Two boundary events of the same activity?"""
        host = self.nodes[one].host
        return one != other and host is not None and host == self.nodes[other].host
