"""The English catalogue: what the pages and the engine's refusals say in Chinese.

``python -m web.catalogue`` brings web/translations/en up to date with the sources: new
sentences come in untranslated (a test then names them), gone ones go.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

import engine
from engine import Refused
from web.catalogue_file import PO, catalogue

WEB = Path(__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
CHINESE = range(0x4E00, 0xA000)


def sentences() -> Iterator[str | tuple[str, ...]]:
    """Every sentence to be translated: pages, view words, refusals."""
    found = extract_from_dir(
        WEB,
        METHODS,
        options_map={"templates/**.html": {"extensions": "jinja2.ext.do"}},
        directory_filter=lambda folder: "node_modules" not in folder,
    )
    for _file, _line, message, _comments, _context in found:
        yield message
    yield from WORDS
    for refusal in refusals(Refused):
        yield refusal.template()


def refusals(base: type[Refused]) -> Iterator[type[Refused]]:
    """The class and all that are made from it, wherever in the engine."""
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    todo = [base]
    while todo:
        one = todo.pop()
        if one.__module__.startswith(("engine.", "web.")):
            yield one
        todo += one.__subclasses__()


def _words() -> tuple[str, ...]:
    """Words that views look up in a table before they are translated."""
    from web import estate_words, house_words, words
    from web.refusals import ADVICE, SENTENCES, TITLES

    tables = (ADVICE, SENTENCES, TITLES, *words.TABLES, *estate_words.TABLES)
    tables += house_words.TABLES
    known = [word for table in tables for word in table.values()]
    return tuple(dict.fromkeys([*known, *words.MONTHS, *words.WEEKDAYS]))


WORDS = _words()


def update() -> None:
    """Bring the catalogue up to date with the sources; translations are kept."""
    known = catalogue() if PO.exists() else Catalog(locale="en")
    fresh = Catalog(locale="en", project="Steward", charset="utf-8")
    for message in sentences():
        text = message[0] if isinstance(message, tuple) else message
        if not any(ord(sign) in CHINESE for sign in text):
            continue
        entry = known.get(text)
        fresh.add(message, string=entry.string if entry else None)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(
            file, fresh, width=100, sort_output=True, omit_header=True, no_location=True
        )


if __name__ == "__main__":
    update()
