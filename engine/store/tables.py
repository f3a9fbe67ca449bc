"""Every table, so that one import knows them all (migrations, tests)."""

from __future__ import annotations

from engine.store.calendar_days import CalendarDay
from engine.store.cases import Case, Process, ProcessVersion, Task, Wait
from engine.store.database import Base
from engine.store.estate import House, HouseParty, Party
from engine.store.exports import Export, RegisterEvent
from engine.store.files import StoredFile
from engine.store.history import Event
from engine.store.items import TaskItem
from engine.store.migrated import MigratedCase
from engine.store.outbox import Incident, Message, OutboxCall
from engine.store.record_parties import RecordParty
from engine.store.records import NumberSeries, Record, RecordPrint
from engine.store.release_passes import ReleasePass
from engine.store.reveals import Reveal
from engine.store.staff import Parameter, Site, Staff, StaffRole
from engine.store.terms import RecordTerm

__all__ = [
    "Base",
    "CalendarDay",
    "Case",
    "Event",
    "Export",
    "House",
    "HouseParty",
    "Incident",
    "Message",
    "MigratedCase",
    "NumberSeries",
    "OutboxCall",
    "Parameter",
    "Party",
    "Process",
    "ProcessVersion",
    "Record",
    "RecordParty",
    "RecordPrint",
    "ReleasePass",
    "Reveal",
    "RecordTerm",
    "RegisterEvent",
    "Site",
    "Staff",
    "StaffRole",
    "StoredFile",
    "Task",
    "TaskItem",
    "Wait",
]
