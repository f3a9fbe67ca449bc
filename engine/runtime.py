"""What every act and question of one installation shares: settings and parsed processes."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine.asking import CASE_FUNCTIONS, PAPER_FUNCTIONS, Papers, about_case
from engine.calendar import CALENDAR_FUNCTIONS, calendar_functions
from engine.connectors import connector_names
from engine.errors import NotFound, Refused
from engine.forms import Form
from engine.gates import Question, ask
from engine.progress import Element
from engine.sealing import Seal
from engine.settings import Settings
from engine.store.calendar_days import Calendars
from engine.store.cases import Case, ProcessVersion
from engine.store.database import now
from engine.store.estate import house_facts, party_facts
from engine.store.staff import Site, colleagues
from engine.workflow.library import properties_of
from engine.workflow.run import World
from engine.workflow.state import Specs, load_specs

Functions = Mapping[str, Callable[..., Any]]
Named = Mapping[str, dict[str, Any]]


def retention_of(kind: str) -> str:
    """The parameter that says how long personal data of a kind of record is kept."""
    return f"retention_months_{kind}"


class UnknownParameter(Refused):
    """没有名为“{name}”的参数。"""

    status = 422


@dataclass(frozen=True)
class Published:
    """A published version as running and showing it needs it; never changes."""

    id: str
    process_id: str
    number: int
    name: str
    specs: Specs
    elements: Mapping[str, Element]
    forms: Mapping[str, Form]
    properties: Mapping[str, str]

    @property
    def start_messages(self) -> frozenset[str]:
        """The messages that start a case of it."""
        starts = (e for e in self.elements.values() if e.kind == "startEvent")
        return frozenset(
            e.properties["message"] for e in starts if "message" in e.properties
        )

    @property
    def start_rule(self) -> str | None:
        """When the clock starts a case of it: asked for each ``day``."""
        starts = (e for e in self.elements.values() if e.kind == "startEvent")
        rules = (e.properties.get("starts") for e in starts)
        return next(filter(None, rules), None)

    @property
    def first_role(self) -> str:
        """The role that starts it: the one working the lane of the start event."""
        starts = (
            e.worked_by
            for e in self.elements.values()
            if e.kind == "startEvent" and "message" not in e.properties
        )
        return next(starts, "")


class Runtime:
    """One installation. Threads share it; published versions are kept (at most 256)."""

    KEPT_VERSIONS = 256

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._versions: OrderedDict[str, Published] = OrderedDict()
        self._lock = Lock()
        self.calendars = Calendars()

    @cached_property
    def seal(self) -> Seal:
        return Seal(self.settings.secret)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.zone)

    def today(self) -> date:
        """The day it is at the sites."""
        return now().astimezone(self.zone).date()

    @cached_property
    def roles(self) -> Named:
        """The roles of the written procedures (procedures.md A) with their names."""
        return self._catalogue("roles")

    @cached_property
    def record_kinds(self) -> Named:
        """The kinds of records (procedures.md B): names, fields beyond their forms."""
        return self._catalogue("records")

    @cached_property
    def record_columns(self) -> Mapping[str, Mapping[str, str]]:
        """The columns that the register of a kind always has, with their types."""
        return {
            kind: {n: (*of, "text")[2] for n, of in about.get("fields", {}).items()}
            for kind, about in self.record_kinds.items()
        }

    @cached_property
    def parameters(self) -> Named:
        """The numbers of the written procedures (D.9) with defaults and sources; and how
        many months the personal data of a kind of record is kept."""
        kept = {
            retention_of(kind): {
                "title": f"{about['name']}：个人信息保存（月）",
                "value": about["retention_months"],
                "source": about.get("clause", ""),
            }
            for kind, about in self.record_kinds.items()
            if "retention_months" in about
        }
        return {**self._catalogue("parameters"), **kept}

    def parameter(self, site: Site, name: str) -> Any:
        """The site's own number, else the default. Raises ``UnknownParameter``."""
        if name not in self.parameters:
            raise UnknownParameter(name=name)
        return site.parameters.get(name, self.parameters[name]["value"])

    def _catalogue(self, name: str) -> Named:
        path = self.settings.processes / f"{name}.json"
        loaded: Named = json.loads(path.read_text(encoding="utf-8"))
        return loaded

    def file_path(self, file_id: str) -> Path:
        """Where a stored file's content is."""
        folder = hashlib.sha256(file_id.encode()).hexdigest()[:2]
        return self.settings.files / folder / file_id

    def published(self, session: Session, version_id: str) -> Published:
        """A version, read and restored once a process. Raises ``NotFound``."""
        with self._lock:
            found = self._versions.get(version_id)
            if found is not None:
                self._versions.move_to_end(version_id)
                return found
        row = session.scalar(
            select(ProcessVersion)
            .where(ProcessVersion.id == version_id)
            .options(undefer(ProcessVersion.spec), undefer(ProcessVersion.elements))
            .options(undefer(ProcessVersion.forms), undefer(ProcessVersion.bpmn))
        )
        if row is None:
            raise NotFound()
        version = _restore(row)
        with self._lock:
            self._versions[version_id] = version
            while len(self._versions) > self.KEPT_VERSIONS:
                self._versions.popitem(last=False)
        return version

    def world(self, session: Session, site: Site, case: Case | None = None) -> World:
        """What a case of this site may ask when it runs."""
        rules: dict[datetime, Any] = {}
        functions = self.functions(session, site, rules, case)
        return World(functions, connector_names(), rules)

    def functions(
        self,
        session: Session,
        site: Site,
        rules: dict[datetime, Any] | None = None,
        case: Case | None = None,
    ) -> Functions:
        """What expressions may ask of our own tables, the site's calendar and the case
        they belong to, beside the default list. ``rules`` takes note of how limits in
        working days are made."""

        def param(name: str) -> Any:
            return self.parameter(site, name)

        def house(code: str) -> dict[str, Any] | None:
            return house_facts(session, site.id, str(code)) if code else None

        def person(own: str) -> str | None:
            return colleagues(session, site.id).get(own)

        def party(own: str) -> dict[str, Any] | None:
            return party_facts(session, site.id, own)

        def gate(name: str, **values: Any) -> dict[str, Any]:
            case_id = None if case is None else case.id
            return ask(Question(session, site.id, now(), param, case_id), name, values)

        calendar = self.calendars.of(session, site)
        return {
            "param": param,
            "house": house,
            "person": person,
            "party": party,
            "gate": gate,
            **Papers(session, site.id).functions,
            **calendar_functions(calendar, now, rules),
            **({} if case is None else about_case(session, case)),
        }


FUNCTION_NAMES = (
    frozenset({"param", "house"})
    | CALENDAR_FUNCTIONS
    | PAPER_FUNCTIONS
    | CASE_FUNCTIONS
)
# a diagram asks a gate by the operation ask_gate, which keeps the answer in the history
FORM_FUNCTION_NAMES = FUNCTION_NAMES | {"gate"}


def _restore(row: ProcessVersion) -> Published:
    elements = {name: Element(**saved) for name, saved in row.elements.items()}
    return Published(
        id=row.id,
        process_id=row.process_id,
        number=row.number,
        name=row.name,
        specs=load_specs(row.spec),
        elements=elements,
        forms={
            name: Form.parse(form, FORM_FUNCTION_NAMES)
            for name, form in row.forms.items()
        },
        properties=properties_of(row.bpmn, row.process_id),
    )
