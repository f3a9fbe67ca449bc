"""Identity and bank numbers under encryption."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sealing import Seal, SealBroken, ends, is_hidden

SEAL = Seal("a secret")
NUMBER = "990101199606188725"
TEXTS = st.text(st.characters(exclude_characters="‹›", codec="utf-8"), min_size=1)


@given(TEXTS)
def test_what_is_hidden_comes_back(text: str) -> None:
    hidden = SEAL.hide(text)
    assert is_hidden(hidden) and SEAL.reveal(hidden) == text
    assert SEAL.hide(hidden) == hidden


def test_the_ends_stay_readable_and_comparable() -> None:
    hidden = SEAL.hide(NUMBER)
    assert hidden[:3] == "990" and hidden[-4:] == "8725"
    assert NUMBER not in hidden and NUMBER[3:14] not in hidden
    assert hidden == Seal("a secret").hide(NUMBER) != SEAL.hide("990101199606188717")


@pytest.mark.parametrize(
    "text, shown", [("1234567", ("", "")), ("12345678", ("123", "5678"))]
)
def test_a_short_number_shows_nothing(text: str, shown: tuple[str, str]) -> None:
    assert ends(text) == ends(SEAL.hide(text)) == shown


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        Seal("another").reveal(SEAL.hide(NUMBER))


@pytest.mark.parametrize(
    "typed", ["‹›", "990‹AAAAAAAAAAAAAAAAAAAAAAAA›8725", "990‹A›8725"]
)
def test_what_only_looks_hidden(typed: str) -> None:
    if is_hidden(typed):
        with pytest.raises(SealBroken):
            SEAL.reveal(typed)
    else:
        assert SEAL.reveal(typed) == typed
