"""Steward's engine: what a person, a clock or a message can do to a case.

This is the front door: the names that web/ and tests may use (and engine.forms, the
vocabulary in which forms are drawn).
"""

from engine.actions.answer_call import answer_call
from engine.actions.answer_incident import answer_incident
from engine.actions.ask_export import AT_ONCE, ask_export
from engine.actions.ask_import import ask_import
from engine.actions.cancel_case import cancel_case
from engine.actions.change_password import change_password
from engine.actions.claim_task import claim_task
from engine.actions.complete_item import complete_item
from engine.actions.complete_task import complete_task
from engine.actions.confirm_calendar_year import confirm_calendar_year
from engine.actions.confirm_import import confirm_import, drop_import, repeat_import
from engine.actions.confirm_release import confirm_release
from engine.actions.export_money import export_money
from engine.actions.export_registry import export_registry
from engine.actions.files import keep_file
from engine.actions.mark_import import marked_workbook
from engine.actions.migrate_cases import (
    MigrationResult,
    migrate_cases,
    preview_migration,
)
from engine.actions.move_deadlines import change_calendar, preview_calendar
from engine.actions.pause_schedule import pause_schedule, resume_schedule
from engine.actions.print_record import print_record
from engine.actions.report_mismatch import report_mismatch
from engine.actions.retry_incident import retry_incident
from engine.actions.reveal_dossier import reveal_dossier, whole_dossier
from engine.actions.reveal_value import masked_value, reveal_value
from engine.actions.replace_record import replace_record
from engine.actions.save_draft import save_draft
from engine.actions.save_item_draft import save_item_draft
from engine.actions.set_calendar_day import set_calendar_day
from engine.actions.set_deposit_policy import set_deposit_policy
from engine.actions.set_parameters import set_parameters
from engine.actions.set_site_hours import set_site_hours
from engine.actions.sign_in import SignInRefused, sign_in
from engine.actions.start_case import start_case
from engine.actions.unclaim_task import unclaim_task
from engine.actions.undo_import import undo_import
from engine.actions.undo_migration import undo_migration, undo_migrations
from engine.actions.void_record import void_record
from engine.actions.work_imports import work_small
from engine.actions.write_export import export_path, write_export
from engine.background import Background
from engine.calendar import (
    NOTICE_HOLIDAYS,
    ZONE,
    NoticeRow,
    describe_left,
    notice_days,
    on_time,
)
from engine.chromium import make_pdf
from engine.errors import AlreadyDone, AnswersRefused, NotFound, NotYours, Refused
from engine.masking import masked_text
from engine.people import Person, imports, may_see_estate, operates, sees_money
from engine.reads.calendar_year import calendar_day, calendar_year
from engine.reads.case_list import case_list
from engine.reads.case_view import case_view, diagram
from engine.reads.choosable import choosable, houses_in
from engine.reads.deposit_list import deposit_list
from engine.reads.deposit_policy_view import deposit_policy
from engine.reads.dossier import case_picture, dossier
from engine.reads.export_view import ExportView, export_view, finished_export
from engine.reads.filled_in import FilledIn, filled_in
from engine.reads.gate_view import GateView, gate_view
from engine.reads.house_view import HouseView, house_view
from engine.reads.hits import Hit
from engine.reads.import_list import ImportPage, import_list
from engine.reads.import_view import ImportView, import_view
from engine.reads.incidents import (
    IncidentView,
    incident_count,
    incident_list,
    incident_view,
)
from engine.reads.item_list import ItemList, item_list
from engine.reads.item_view import ItemView, item_view
from engine.reads.migration_view import (
    VersionRow,
    process_rows,
    version_diagram,
    version_differences,
    version_rows,
)
from engine.reads.movable_cases import migrated_cases, movable_cases
from engine.reads.next_task import next_task, site_name
from engine.reads.override_list import override_list
from engine.reads.parameter_list import parameter_list
from engine.reads.papers_of import PaperList, papers_of_house, papers_of_party
from engine.reads.party_view import PartyView, party_view
from engine.reads.print_view import PrintView, print_view
from engine.reads.record_view import RecordView, record_view
from engine.reads.reveal_list import reveal_list
from engine.reads.register_list import RegisterLine, register_list
from engine.reads.register_page import RegisterPage, register_page
from engine.reads.register_totals import register_totals
from engine.reads.schedule_list import ScheduleRow, schedule_list
from engine.reads.search import GROUPS as SEARCH_GROUPS
from engine.reads.search import search
from engine.reads.signed_in import signed_in
from engine.reads.startable import house_fields, start_view, startable
from engine.reads.stored_file import (
    ShownFile,
    record_file,
    record_picture,
    small_picture,
    stored_file,
)
from engine.reads.task_view import TaskView, task_view
from engine.reads.waiting_calls import waiting_calls
from engine.reads.worklist import worklist
from engine.registers import cell_text, names_for
from engine.registers.money_held import money_held
from engine.runtime import Runtime
from engine.settings import Settings
from engine.store.database import engine_options, open_engine, transact
from engine.store.estate import HOUSE_STATES, RELATIONS
from engine.store.history import Event
from engine.store.release_passes import PassUnknown
from engine.store.upgrade import upgrade

__all__ = [
    "AT_ONCE",
    "AlreadyDone",
    "AnswersRefused",
    "Background",
    "Event",
    "ExportView",
    "FilledIn",
    "GateView",
    "HOUSE_STATES",
    "Hit",
    "HouseView",
    "ImportPage",
    "ImportView",
    "IncidentView",
    "ItemList",
    "ItemView",
    "MigrationResult",
    "NOTICE_HOLIDAYS",
    "NotFound",
    "NotYours",
    "NoticeRow",
    "PaperList",
    "PartyView",
    "PassUnknown",
    "Person",
    "PrintView",
    "RELATIONS",
    "RecordView",
    "Refused",
    "RegisterLine",
    "RegisterPage",
    "Runtime",
    "SEARCH_GROUPS",
    "ScheduleRow",
    "Settings",
    "ShownFile",
    "SignInRefused",
    "TaskView",
    "VersionRow",
    "ZONE",
    "answer_call",
    "answer_incident",
    "ask_export",
    "ask_import",
    "calendar_day",
    "calendar_year",
    "cancel_case",
    "case_list",
    "case_picture",
    "case_view",
    "cell_text",
    "change_calendar",
    "change_password",
    "choosable",
    "claim_task",
    "complete_item",
    "complete_task",
    "confirm_calendar_year",
    "confirm_import",
    "confirm_release",
    "deposit_list",
    "deposit_policy",
    "describe_left",
    "diagram",
    "dossier",
    "drop_import",
    "engine_options",
    "export_money",
    "export_path",
    "export_registry",
    "export_view",
    "file_path",
    "filled_in",
    "finished_export",
    "gate_view",
    "house_fields",
    "house_view",
    "houses_in",
    "import_list",
    "import_view",
    "imports",
    "incident_count",
    "incident_list",
    "incident_view",
    "item_list",
    "item_view",
    "keep_file",
    "make_pdf",
    "marked_workbook",
    "masked_text",
    "masked_value",
    "may_see_estate",
    "migrate_cases",
    "migrated_cases",
    "money_held",
    "movable_cases",
    "names_for",
    "next_task",
    "notice_days",
    "on_time",
    "open_engine",
    "operates",
    "pause_schedule",
    "override_list",
    "papers_of_house",
    "parameter_list",
    "papers_of_party",
    "party_view",
    "preview_calendar",
    "preview_migration",
    "print_record",
    "print_view",
    "process_rows",
    "record_file",
    "record_picture",
    "record_view",
    "register_list",
    "register_page",
    "register_totals",
    "repeat_import",
    "replace_record",
    "report_mismatch",
    "retry_incident",
    "resume_schedule",
    "reveal_dossier",
    "reveal_list",
    "reveal_value",
    "save_draft",
    "save_item_draft",
    "schedule_list",
    "search",
    "sees_money",
    "set_calendar_day",
    "set_deposit_policy",
    "set_parameters",
    "set_site_hours",
    "sign_in",
    "signed_in",
    "site_name",
    "small_picture",
    "start_case",
    "start_view",
    "startable",
    "stored_file",
    "task_view",
    "transact",
    "unclaim_task",
    "undo_import",
    "undo_migration",
    "undo_migrations",
    "upgrade",
    "version_diagram",
    "version_differences",
    "version_rows",
    "void_record",
    "waiting_calls",
    "whole_dossier",
    "work_small",
    "worklist",
    "write_export",
]
