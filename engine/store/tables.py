"""Every table, so that one import knows them all (migrations, tests)."""

from __future__ import annotations

from engine.store.calendar_days import CalendarDay
from engine.store.cases import Case, Process, ProcessVersion, Task, Wait
from engine.store.database import Base
from engine.store.deposits import Deposit, DepositEntry
from engine.store.estate import (
    Balance,
    BalanceSheet,
    House,
    HouseKey,
    HouseParty,
    ImportChange,
    ImportRun,
    KeyMove,
    Meter,
    MeterReading,
    ParkingSpace,
    Party,
    SpaceLease,
    Tenancy,
    Vehicle,
)
from engine.store.exports import Export, RegisterEvent
from engine.store.files import StoredFile
from engine.store.gate_overrides import GateOverride
from engine.store.history import Event
from engine.store.items import TaskItem
from engine.store.migrated import MigratedCase
from engine.store.outbox import Incident, Message, OutboxCall
from engine.store.record_parties import RecordParty
from engine.store.records import NumberSeries, Record, RecordPrint
from engine.store.release_passes import ReleasePass
from engine.store.reveals import Reveal
from engine.store.schedules import Schedule
from engine.store.search_terms import SearchTerm
from engine.store.staff import Parameter, Site, Staff, StaffRole
from engine.store.terms import RecordTerm

__all__ = [
    "Balance",
    "BalanceSheet",
    "Base",
    "CalendarDay",
    "Case",
    "Deposit",
    "DepositEntry",
    "Event",
    "Export",
    "GateOverride",
    "House",
    "HouseKey",
    "HouseParty",
    "ImportChange",
    "ImportRun",
    "Incident",
    "KeyMove",
    "Message",
    "Meter",
    "MeterReading",
    "MigratedCase",
    "NumberSeries",
    "OutboxCall",
    "Parameter",
    "ParkingSpace",
    "Party",
    "Process",
    "ProcessVersion",
    "Record",
    "RecordParty",
    "RecordPrint",
    "RecordTerm",
    "RegisterEvent",
    "ReleasePass",
    "Reveal",
    "Schedule",
    "SearchTerm",
    "Site",
    "SpaceLease",
    "Staff",
    "StaffRole",
    "StoredFile",
    "Task",
    "TaskItem",
    "Tenancy",
    "Vehicle",
    "Wait",
]
