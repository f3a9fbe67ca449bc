"""A case under way in one transaction: read with its state, stepped, written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, undefer

from engine.actions.item_rows import counting
from engine.actions.settle import Line, perform_effect, settle
from engine.operations.act import Act
from engine.people import Person
from engine.progress import Progress
from engine.runtime import Published, Runtime
from engine.store.cases import Case
from engine.store.database import now
from engine.workflow.run import World
from engine.workflow.state import Specs

# one act on a live case: its specs, its state, what it may ask
Step = Callable[[Specs, bytes, World], Progress]


@dataclass(frozen=True)
class Moving:
    """A case about to move. ``depth`` counts the acts of other cases that led here."""

    runtime: Runtime
    version: Published
    case: Case
    world: World
    act: Act
    depth: int = 0

    def step(
        self,
        line: Line,
        step: Step,
        status: str | None,
        then: Callable[[Progress], None],
    ) -> Progress:
        """Run ``step`` and save it; what follows in other cases is for ``move.go``."""
        progress = step(self.version.specs, self.case.state, self.world)
        then(progress)
        settle(self.act, self.version, self.case, progress, line, self.world, status)
        return progress


def moving(
    session: Session,
    runtime: Runtime,
    case: Case,
    person: Person | None,
    at: datetime | None = None,
    depth: int = 0,
    **act: Any,
) -> Moving:
    """A case, read with its state and site, about to move."""
    version = runtime.published(session, case.version_id)
    world = runtime.world(session, case.site, case)
    known = {
        "seal": runtime.seal,
        "columns": runtime.record_columns,
        "param": world.functions["param"],
    }
    whole = Act.on(session, case, person, at or now(), **known, **act)
    world = replace(
        world,
        known=case.data,
        counted=counting(session, version, world.functions),
        perform=partial(perform_effect, whole),
    )
    return Moving(runtime, version, case, world, whole, depth)


_RUNNING = (
    select(Case)
    .where(Case.id == bindparam("of_case"), Case.status == "running")
    .options(undefer(Case.state), joinedload(Case.site))
    .execution_options(populate_existing=True)
)


def running_case(session: Session, case_id: int) -> Case | None:
    """A running case with its state, as it is now; None where it runs no more."""
    return session.scalar(_RUNNING, {"of_case": case_id})
