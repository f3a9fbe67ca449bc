"""Papers: how a record of some kind is laid out for the printer. Pure, no HTML.

A layout is data (``forms/prints/<kind>.json``) that an office may edit: page size, copies
and blocks, their values in the safe expression language. ``compose`` fills it with one
record; a kind without a layout is laid out from its form (``generic``).
"""

from engine.prints.compose import Block, Paper, Sheet, Signed, compose
from engine.prints.generic import form_blocks, generic
from engine.prints.layout import Layout, LayoutRefused, layout_findings, layout_of

__all__ = [
    "Block",
    "Layout",
    "LayoutRefused",
    "Paper",
    "Sheet",
    "Signed",
    "compose",
    "form_blocks",
    "generic",
    "layout_findings",
    "layout_of",
]
