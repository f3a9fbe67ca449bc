"""Forms: reads a form definition, reads posted answers, computes, hides, checks.

    form = Form.parse(json.loads(text), function_names)      # when it is published
    answers = read(form, request.form.to_dict(flat=False))   # or read_json(form, {...})
    filled = fill(form, apply_op(form, answers, op), case_data, functions, files)
    errors = check(form, filled, lang)                       # {} when all is right
    case_data |= values(form, filled)

Pure: no clock but today's date for a birth date, no database, no files.
"""

from engine.forms.check import answers_of, check, values
from engine.forms.definition import Form, FormRefused, Record, Refusal, depends
from engine.forms.fields import Field, Typed, cell_path, cells_of, wording
from engine.forms.fill import Filled, fill
from engine.forms.items import ITEM_FUNCTIONS, Items, ItemsRefused
from engine.forms.read import Answers, apply_op, read, read_json
from engine.forms.scope import Functions, Names
from engine.forms.secret import hidden_answers, hidden_draft, opened_draft, with_kept
from engine.forms.sentences import Mistake
from engine.forms.widgets import WIDGETS, display, is_empty, masks
from engine.forms.widgets.attachments import Files
from engine.forms.widgets.texts import hide_middle

__all__ = [
    "WIDGETS",
    "Answers",
    "Field",
    "Files",
    "Filled",
    "Form",
    "FormRefused",
    "Functions",
    "ITEM_FUNCTIONS",
    "Items",
    "ItemsRefused",
    "Mistake",
    "Names",
    "Record",
    "Refusal",
    "Typed",
    "answers_of",
    "apply_op",
    "cell_path",
    "cells_of",
    "check",
    "depends",
    "display",
    "fill",
    "hidden_answers",
    "hidden_draft",
    "hide_middle",
    "is_empty",
    "masks",
    "opened_draft",
    "read",
    "read_json",
    "values",
    "with_kept",
    "wording",
]
