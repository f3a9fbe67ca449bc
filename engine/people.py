"""People, roles, and what a person may do and see: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

# who sees every case of the site (context.md, rights; refined by issue 8's table)
MANAGERS = frozenset({"customer_manager", "project_manager", "company_leader"})

# who keeps the registers of a site
IMPORTERS = frozenset({"customer_manager", "project_manager", "archivist"})


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


def may_override_gate(person: Person, site_id: int) -> bool:
    """Whether a person may let a case pass a gate that said no."""
    deciding = person.roles & {"project_manager", "customer_manager"}
    return person.on_site(site_id) and bool(deciding)


def may_see_money(person: Person, site_id: int) -> bool:
    """Whether a person may see what the site holds for others."""
    counting = person.roles & {"cashier", "finance"}
    return manages(person, site_id) or person.on_site(site_id) and bool(counting)


def sees_money(person: Person) -> bool:
    """The same, on any site: for the navigation."""
    return operates(person) or bool(person.roles & {"cashier", "finance"})


def may_see_estate(person: Person, site_id: int) -> bool:
    """Whether a person may look up houses and their people: whoever works on the site."""
    works = person.administrator or bool(person.roles)
    return person.on_site(site_id) and works


def may_see_identity(person: Person, site_id: int) -> bool:
    """Whether a person may ask for somebody's whole identity number: managers, and those
    who keep the registers it stands in."""
    return manages(person, site_id) or may_import(person, site_id, "owners")


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


def may_import(person: Person, site_id: int, kind: str) -> bool:
    """Whether a person may take a workbook of a kind in, and give it out again. Who gives
    out accounts gives out rights: the roster is for administrators."""
    if not person.on_site(site_id):
        return False
    allowed = kind != "staff" and person.roles & IMPORTERS
    return person.administrator or bool(allowed)


def imports(person: Person) -> bool:
    """Whether a person takes workbooks in at all."""
    return person.administrator or bool(person.roles & IMPORTERS)


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
