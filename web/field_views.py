"""What the templates of fields see: plain values, and what follows from them alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.forms import Field


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a form is drawn.

    ``file_url`` gives the address of a stored file by its id, ``reveal_url`` (if any) the
    one where a masked value is shown by the path of its field, ``estate_url`` (if any)
    the page of a house or person by widget and value; ``choices`` the people to
    choose from, by widget: {"person": {"7": "王五"}}, ``named`` those who stand in the form,
    by widget and id: {("person", "7"): "王五"}; ``max_bytes`` bounds one upload.
    """

    lang: str = "zh"
    upload_url: str = ""
    file_url: Callable[[str], str] = str
    reveal_url: Callable[[str], str] | None = None
    estate_url: Callable[[str, Any], str] | None = None
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    named: Mapping[tuple[str, str], str] = field(default_factory=dict)
    max_bytes: int = 0
    masked: bool = True


@dataclass(slots=True)
class FieldView:
    """One field, cell or column. ``value`` is what was typed, ``text`` what is read."""

    own: Field
    path: str
    label: str
    readonly: bool
    cell: bool = False
    errors: list[str] = field(default_factory=list)
    help: str = ""
    value: Any = ""
    text: str = ""
    reveal: str = ""  # where the whole of a masked text is shown
    link: str = ""  # the page of the house or person that it names
    live: bool = False
    was: str | None = None  # the prefilled text, sent back to tell if it was touched
    as_text: bool = False  # a date input would lose what was typed
    listed: bool = False  # somebody is chosen from a list, though it may be empty
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    files: list[dict[str, str]] = field(
        default_factory=list
    )  # id, name, url, size, small
    thumbs: bool = False  # its pictures are shown small
    image: str = ""  # the address of a signature's picture
    unit: str = ""
    placeholder: str = ""
    add_label: str = ""
    growing: bool = False  # rows can be added and removed
    columns: list[FieldView] = field(default_factory=list)
    rows: list[RowView] = field(default_factory=list)

    @property
    def id(self) -> str:
        return element_id(self.path)

    @property
    def template(self) -> str:
        shown = self.writable or self.own.widget == "gate"
        drawn = self.own.widget if shown else "value"
        return f"fields/{drawn}.html"

    @property
    def writable(self) -> bool:
        return not self.readonly or self.own.widget in ("table", "note")

    @property
    def required(self) -> bool:
        return self.own.required and not self.readonly

    @property
    def half(self) -> bool:
        return bool(self.own.ui.get("width") == "half")

    @property
    def numeric(self) -> bool:
        return self.own.widget in ("money", "number")

    @property
    def keyboard(self) -> str:
        """What a phone's keyboard offers for a text: digits for an account number."""
        email = self.own.schema.get("format") == "email"
        return "email" if email else "numeric" if self.own.ui.get("mask") else ""

    @property
    def accept(self) -> str:
        photo = self.own.widget == "photo"
        return self.own.ui.get("accept") or ("image/*" if photo else "")

    @property
    def described_by(self) -> str:
        parts = {"err": self.errors, "help": self.help}
        return " ".join(f"{self.id}-{part}" for part, text in parts.items() if text)


@dataclass(slots=True)
class RowView:
    key: int
    cells: list[FieldView | None]  # None where the cell is hidden


@dataclass(slots=True)
class FormView:
    """``summary`` lists what is wrong: (field id or "", label or "", sentence)."""

    title: str
    description: str
    sections: list[tuple[str, list[FieldView]]]
    summary: list[tuple[str, str, str]]
    drawing: Drawing


def element_id(path: str) -> str:
    return "f-" + path.replace(".", "-")


def size_text(size: int) -> str:
    """A file's size for reading: 640 B, 12 KB, 3.4 MB."""
    if size < 1024:
        return f"{size} B"
    kilobytes = size / 1024
    return f"{kilobytes:.0f} KB" if kilobytes < 1000 else f"{kilobytes / 1024:.1f} MB"
