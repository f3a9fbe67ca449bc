"""The demo site 示范里小区: invented houses, owners and staff to try everything with."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.import_workbook import import_workbook
from engine.actions.set_up import create_site
from engine.actions.sign_in import hasher
from engine.imports.result import ImportResult
from engine.imports.kinds.staff import read_staff
from engine.runtime import Runtime
from engine.store.staff import Site, Staff

FOLDER = Path(__file__).resolve().parent.parent / "demo"
# in the order in which one stands on another
BOOKS = {
    "owners": "业主清册.xlsx",
    "staff": "员工花名册.xlsx",
    "tenants": "租户清册.xlsx",
    "vehicles": "车辆车位.xlsx",
    "balances": "欠费余额.xlsx",
    "meters": "抄表记录.xlsx",
    "keys": "钥匙清册.xlsx",
}
OWNERS, STAFF = FOLDER / BOOKS["owners"], FOLDER / BOOKS["staff"]
CODE, NAME = "demo", "示范里小区（演示）"


@dataclass(frozen=True)
class DemoReport:
    """``password``: the one all demo accounts have now; None where none was given.
    ``imports`` is empty where the demo site was there already."""

    site_id: int
    password: str | None = None
    imports: tuple[ImportResult, ...] = ()


def load_demo(session: Session, runtime: Runtime) -> DemoReport:
    """Create the demo site once. Where it exists nothing is touched: what people changed
    in it while trying things out must survive the next start."""
    site_id = session.scalar(select(Site.id).where(Site.code == CODE))
    if site_id is not None:
        return DemoReport(site_id)
    site_id = create_site(session, CODE, NAME, demo=True).id
    imports = tuple(
        _load(session, runtime, site_id, kind, FOLDER / name)
        for kind, name in BOOKS.items()
    )
    locked = (account for account in _accounts(session, runtime) if _locked(account))
    return DemoReport(site_id, _give_password(locked), imports)


def _load(
    session: Session, runtime: Runtime, site_id: int, kind: str, path: Path
) -> ImportResult:
    with path.open("rb") as file:
        return import_workbook(session, runtime, kind, site_id, file, path.name)


def renew_demo_password(session: Session, runtime: Runtime) -> str | None:
    """A new common password for the accounts of the demo roster; None without any."""
    return _give_password(_accounts(session, runtime))


def _accounts(session: Session, runtime: Runtime) -> list[Staff]:
    """Only those of the demo roster: real people's accounts get no common password."""
    with STAFF.open("rb") as file:
        names = [row.username for row in read_staff(file, runtime.roles).rows]
    found = select(Staff).where(Staff.username.in_(names)).order_by(Staff.id)
    return list(session.scalars(found).unique())


def _locked(account: Staff) -> bool:
    return account.password_hash is None


def _give_password(accounts: Iterable[Staff]) -> str | None:
    """One password, one hash: sixteen would take the first start seconds and hide nothing,
    as everybody trying things out knows it."""
    password = secrets.token_urlsafe(9)
    kept = hasher().hash(password)
    given = 0
    for given, account in enumerate(accounts, start=1):
        account.password_hash = kept
        account.must_change_password = False
        account.session_no += 1
    return password if given else None
