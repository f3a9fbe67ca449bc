"""Every sentence has its English."""

from __future__ import annotations

import re

import pytest

from web.catalogue import CHINESE, sentences
from web.catalogue_file import catalogue

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def texts() -> list[str]:
    found = (m[0] if isinstance(m, tuple) else m for m in sentences())
    return sorted(
        {text for text in found if any(ord(sign) in CHINESE for sign in text)}
    )


def test_every_sentence_is_translated() -> None:
    known = catalogue()
    missing = [text for text in texts() if not (known.get(text) and known[text].string)]
    assert missing == [], "run python -m web.catalogue and translate these"


def test_nothing_is_translated_that_nobody_says() -> None:
    said = set(texts())
    kept = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue() if m.id}
    assert kept - said == set()


@pytest.mark.parametrize(
    "entry", [m for m in catalogue() if m.id], ids=lambda m: str(m.id)[:30]
)
def test_a_translation_has_the_same_places(entry: object) -> None:
    source, target = entry.id, entry.string  # type: ignore[attr-defined]
    sources = source if isinstance(source, tuple) else (source,)
    targets = target if isinstance(target, tuple) else (target,)
    for text in targets:
        assert set(PLACES.findall(text)) == set(PLACES.findall(sources[0]))
