"""The workbooks that can be taken in, by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, Protocol

from sqlalchemy.orm import Session

from engine.actions.import_balances import plan_balances
from engine.actions.import_keys import plan_keys
from engine.actions.import_meters import plan_meters
from engine.actions.import_owners import plan_owners
from engine.actions.import_staff import plan_staff
from engine.actions.import_tenants import plan_tenants
from engine.actions.import_vehicles import plan_vehicles
from engine.actions.register_plan import Plan
from engine.imports.result import ImportResult
from engine.runtime import Runtime


class Compare(Protocol):
    """What a file says against what is stored: the result of a dry run and, without
    findings, the plan that writes it. ``site_id``: only the roster does without one."""

    def __call__(
        self,
        session: Session,
        runtime: Runtime,
        site_id: Any,
        file: BinaryIO,
        source: str,
        /,
    ) -> tuple[ImportResult, Plan | None]: ...


PLANS: Mapping[str, Compare] = {
    "owners": plan_owners,
    "tenants": plan_tenants,
    "vehicles": plan_vehicles,
    "balances": plan_balances,
    "meters": plan_meters,
    "keys": plan_keys,
    "staff": plan_staff,
}
