"""Who is asking: one statement a request."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.people import Person
from engine.store.staff import Staff


@dataclass(frozen=True)
class SignedIn:
    person: Person
    session_no: int
    must_change_password: bool


def signed_in(session: Session, staff_id: int) -> SignedIn | None:
    """The active account of that id with its roles, or None."""
    staff = session.scalars(select(Staff).where(Staff.id == staff_id)).unique().first()
    if staff is None or not staff.active:
        return None
    return SignedIn(person_of(staff), staff.session_no, staff.must_change_password)


def person_of(staff: Staff) -> Person:
    sites = {role.site_id for role in staff.roles}
    return Person(
        id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=frozenset(role.role for role in staff.roles),
        sites=(
            frozenset()
            if None in sites
            else frozenset(s for s in sites if s is not None)
        ),
        administrator=staff.administrator,
    )
