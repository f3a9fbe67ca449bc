"""Steward's engine: what a person, a clock or a message can do to a case.

This is the front door: the names that web/ and tests may use.
"""

from engine.actions.cancel_case import cancel_case
from engine.actions.change_password import change_password
from engine.actions.claim_task import claim_task
from engine.actions.complete_task import complete_task
from engine.actions.files import file_path, keep_file
from engine.actions.save_draft import save_draft
from engine.actions.sign_in import SignInRefused, sign_in
from engine.actions.start_case import START_FORM, start_case
from engine.actions.unclaim_task import unclaim_task
from engine.errors import (
    AlreadyDone,
    AnswersRefused,
    NotFound,
    NotYours,
    Refused,
)
from engine.people import Person
from engine.runtime import Runtime
from engine.settings import Settings
from engine.store.database import engine_options, open_engine, transact

__all__ = [name for name in dir() if not name.startswith("_")]
