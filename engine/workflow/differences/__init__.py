"""What changed between two versions of a drawing, element by element, for people.

Everything an element says is compared, attribute by attribute, down to the timer of its
boundary event; only positions and sizes (BPMN 2.0, 12: diagram interchange) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.workflow import xml
from engine.workflow.differences.names import property_name
from engine.workflow.differences.reading import THERE, Described, described

_LONG = 60


@dataclass(frozen=True)
class Change:
    """One property; ``before`` or ``after`` is None where there was or is none."""

    property: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Difference:
    """An element ``added``, ``removed`` or ``changed``; ``label`` names it for people."""

    element: str
    kind: str
    name: str
    how: str
    label: str
    changes: tuple[Change, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        if self.how != "changed":
            word = {"added": "新增", "removed": "删去"}[self.how]
            return (f"{word}{self.label}。",)
        return tuple(_sentence(self.label, change) for change in self.changes)


def differences(old_bpmn: bytes, new_bpmn: bytes) -> tuple[Difference, ...]:
    """In the order of the new version's flow; what was removed stands where it was.

    Raises ``xml.DiagramRefused``.
    """
    old, new = (described(xml.parse(bpmn)) for bpmn in (old_bpmn, new_bpmn))
    found = (_difference(own, old.get(own), new.get(own)) for own in _order(old, new))
    return tuple(one for one in found if one is not None)


def _difference(
    own: str, old: Described | None, new: Described | None
) -> Difference | None:
    shown = new or old
    assert shown is not None
    about = (own, shown.kind, shown.name)
    if old is None or new is None:
        how = "added" if old is None else "removed"
        return Difference(*about, how, shown.label)
    names = dict.fromkeys([*new.values, *old.values])
    pairs = ((name, old.values.get(name), new.values.get(name)) for name in names)
    changes = tuple(
        _change(name, before, after)
        for name, before, after in pairs
        if _differ(before, after)
    )
    if not changes:
        return None
    return Difference(*about, "changed", old.label, changes)


def _differ(before: tuple[str, str] | None, after: tuple[str, str] | None) -> bool:
    if before is None or after is None:
        return before is not after
    return before[0] != after[0]


def _change(
    name: str, before: tuple[str, str] | None, after: tuple[str, str] | None
) -> Change:
    """As people read it: by names, or by ids where two have the same name."""
    shown = 1 if not (before and after and before[1] == after[1]) else 0
    return Change(name, before and before[shown], after and after[shown])


def _order(old: Mapping[str, Described], new: Mapping[str, Described]) -> list[str]:
    """The new version's order, each removed element after what stood before it."""
    order = list(new)
    before: str | None = None
    for own in old:
        if own not in new:
            order.insert(order.index(before) + 1 if before is not None else 0, own)
        before = own
    return order


def _sentence(label: str, change: Change) -> str:
    what = f"{label}的{property_name(change.property)}"
    before, after = change.before, change.after
    if max(len(before or ""), len(after or "")) > _LONG or "\n" in f"{before}{after}":
        return f"{what}改了。"
    if before is None:
        return f"{what}新设为“{after}”。" if after != THERE else f"{what}是新加的。"
    if after is None:
        return f"{what}“{before}”删去了。" if before != THERE else f"{what}删去了。"
    return f"{what}由“{before}”改为“{after}”。"
