"""The English catalogue's file, and the machine's form of it."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PO = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def compile_catalogue() -> None:
    """Make the machine's form of the catalogue, where it is older than the text."""
    target = PO.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= PO.stat().st_mtime:
        return
    with target.open("wb") as file:
        write_mo(file, catalogue())
