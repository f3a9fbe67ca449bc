"""People, roles, and what a person may do and see: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

# who sees every case of the site (context.md, rights; refined by issue 8's table)
MANAGERS = frozenset({"customer_manager", "project_manager", "company_leader"})


@dataclass(frozen=True)
class Person:
    """Somebody signed in. ``roles`` are role ids (procedures.md A), ``sites`` site ids;
    an empty ``sites`` means all of them."""

    id: int
    username: str
    name: str
    roles: frozenset[str] = frozenset()
    sites: frozenset[int] = field(default_factory=frozenset)
    administrator: bool = False

    def on_site(self, site_id: int) -> bool:
        return not self.sites or site_id in self.sites


class TaskLike(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def worked_by(self) -> str: ...
    @property
    def assignee_id(self) -> int | None: ...
    @property
    def ended_by(self) -> int | None: ...


class CaseLike(Protocol):
    @property
    def site_id(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def started_by(self) -> int | None: ...


def may_start(person: Person, first_role: str) -> bool:
    """A case is started by whoever may do its first step."""
    return first_role in person.roles


def may_do(person: Person, task: TaskLike, case: CaseLike) -> bool:
    """Whether the task is this person's: assigned to them, or open to their role."""
    if not person.on_site(case.site_id):
        return False
    if task.assignee_id is not None:
        return task.assignee_id == person.id
    return task.worked_by in person.roles


def may_see(person: Person, case: CaseLike, tasks: Collection[TaskLike]) -> bool:
    """Managers, who started it, and whoever has or had a task in it."""
    if not person.on_site(case.site_id):
        return False
    if manages(person, case.site_id) or case.started_by == person.id:
        return True
    return any(
        person.id in (task.ended_by, task.assignee_id)
        or (task.state == "open" and task.worked_by in person.roles)
        for task in tasks
    )


def manages(person: Person, site_id: int) -> bool:
    """Whether a person answers for a whole site."""
    manager = person.administrator or person.roles & MANAGERS
    return person.on_site(site_id) and bool(manager)


def operates(person: Person) -> bool:
    """Whether a person runs the system anywhere: incidents, versions, calendars."""
    return bool(person.administrator or person.roles & MANAGERS)


def may_check_gate(person: Person, site_id: int) -> bool:
    """Goods are let out by who stands at the gate of that site, nobody else."""
    return person.on_site(site_id) and "gate_guard" in person.roles


def may_read_register(person: Person, about: Mapping[str, Any], site_id: int) -> bool:
    """Whether a person may read all papers of a kind: managers, and the roles that the
    kind names (``about``: its entry in records.json)."""
    if manages(person, site_id):
        return True
    return person.on_site(site_id) and bool(person.roles & {*about.get("readers", ())})


def may_void(person: Person, site_id: int) -> bool:
    """Whether a person may declare a paper void, and replace it."""
    return manages(person, site_id)


def may_reveal(person: Person, site_id: int) -> bool:
    """Whether a person may take whole phone and ID numbers out of a register."""
    return manages(person, site_id)


def may_operate(person: Person, case: CaseLike) -> bool:
    """Administrators and managers of the case's site see to what got stuck."""
    return manages(person, case.site_id)


def may_cancel(person: Person, case: CaseLike) -> bool:
    return case.status == "running" and manages(person, case.site_id)


def may_migrate(person: Person, case: CaseLike) -> bool:
    """Whether a person may carry a case over to another version, and back."""
    return case.status == "running" and manages(person, case.site_id)


def allowed_actions(person: Person, task: TaskLike, case: CaseLike) -> tuple[str, ...]:
    """The verbs this person has on this task now, in the order they are offered."""
    if task.state != "open" or case.status != "running":
        return ()
    if not person.on_site(case.site_id):
        return ()
    if task.assignee_id == person.id:
        return ("complete", "draft", "unclaim")
    if task.assignee_id is None and task.worked_by in person.roles:
        return ("claim", "complete")
    return ()
