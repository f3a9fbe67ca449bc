"""The circumstances of one act, and the operations a diagram may ask for by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import engine.operations
from engine.errors import Refused
from engine.people import Person
from engine.store.cases import Case
from engine.sealing import Seal
from engine.store.writes import Write
from engine.store.records import Columns, Paper, file_papers

SITE_ZONE = ZoneInfo("Asia/Shanghai")


class UnknownOperation(Refused):
    """流程图要求的操作“{name}”不存在。"""

    status = 422


class OperationFailed(Refused):
    """操作“{name}”缺少参数或参数不对：{reason}"""

    status = 422


def _no_parameters(_name: str) -> None:
    return None


@dataclass(frozen=True)
class Act:
    """Who does what to which case when; ``person`` is None where the clock acted.

    ``task_id`` is the task being completed, ``answered`` the call being answered,
    ``seal`` closes what only this installation may read, ``columns`` are what the
    registers show of each kind of paper, ``param`` gives a number of the site.
    ``filing`` are the kinds of papers that the form under way writes, ``told`` what goes
    into the case's history beside the act itself, ``first`` what is written before the
    case itself, in the same statement.
    """

    session: Session
    site_id: int
    case_id: int
    case_number: str
    house_code: str | None
    person: Person | None
    at: datetime
    element: str = ""
    task_id: str | None = None
    answered: str | None = None
    first: list[Write] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    seal: Seal | None = None
    columns: Columns = field(default_factory=dict)
    param: Callable[[str], Any] = _no_parameters
    filing: set[str] = field(default_factory=set)
    told: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def on(
        cls,
        session: Session,
        case: Case,
        person: Person | None,
        at: datetime,
        **more: Any,
    ) -> Act:
        """An act on this case."""
        place = (case.site_id, case.id, case.number, case.house_code)
        return cls(session, *place, person, at, **more)

    def facts(self) -> dict[str, Any]:
        """What every record says of the act that wrote it."""
        return {
            "task_id": self.task_id,
            "element": self.element,
            "form": None,
            "house_code": self.house_code,
            "created_by": self.person.id if self.person else None,
            "created_at": self.at,
        }

    def tell(self, kind: str, /, **detail: Any) -> None:
        """Add a line to the case's history, at the element that is at work."""
        self.told.append({"kind": kind, "element": self.element, "detail": detail})

    def file_papers(self) -> None:
        """Number and write what the act's forms and operations put down."""
        if self.papers:
            year = self.at.astimezone(SITE_ZONE).year
            file_papers(self.session, self.site_id, year, self.papers, self.columns)
            self.papers.clear()


class Operation(Protocol):
    def __call__(self, act: Act, **values: Any) -> Any: ...


@cache  # files are looked for once a process
def operation_names() -> frozenset[str]:
    """Every file of this package but this one is an operation of that name."""
    found = iter_modules(engine.operations.__path__)
    return frozenset({module.name for module in found if not module.ispkg} - {"act"})


def perform(act: Act, name: str, values: Mapping[str, Any]) -> Any:
    """Do one operation in the case's transaction; what it gives back. Raises ``UnknownOperation``,
    ``OperationFailed`` and what the operation itself refuses with."""
    if name not in operation_names():
        raise UnknownOperation(name=name)
    operation = cast(Operation, import_module(f"engine.operations.{name}").run)
    try:
        return operation(act, **values)
    except TypeError as wrong:
        raise OperationFailed(name=name, reason=str(wrong)) from wrong
