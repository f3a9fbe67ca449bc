"""Registers (台账): what their columns are, what a page of them may ask, what a cell says.

A kind of record has a register by being in processes/records.json; where forms write it,
labels, types and choices of its columns are theirs.
"""

from engine.registers.cells import cell_text, excel_value
from engine.registers.columns import Register, read_register, register_of
from engine.registers.facts import Facts, facts_of, record_facts, record_form
from engine.registers.identity import identity_papers
from engine.registers.named import Named, names_for, with_names
from engine.registers.papers import all_papers, chosen_site, records_at, sites_of
from engine.registers.wanted import Wanted, search_for

__all__ = [
    "Facts",
    "Named",
    "Register",
    "Wanted",
    "all_papers",
    "cell_text",
    "chosen_site",
    "excel_value",
    "facts_of",
    "identity_papers",
    "names_for",
    "read_register",
    "records_at",
    "record_facts",
    "record_form",
    "register_of",
    "search_for",
    "sites_of",
    "with_names",
]
