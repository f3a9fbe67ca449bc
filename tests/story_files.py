"""Stories as they are written in YAML files (what a step may say: ``tests.scenario``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class PlainLoader(yaml.SafeLoader):
    """YAML without surprises: ``NO``, ``12:30``, ``0123`` and dates stay texts."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null", "n"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


@dataclass(frozen=True)
class Story:
    process: str
    name: str
    at: str
    steps: list[dict[str, Any]]
    usual: dict[str, Any]
    beside: tuple[str, ...] = ()

    @property
    def processes(self) -> tuple[str, ...]:
        """What is published where it is told: its own process, and those beside it."""
        return (self.process, *self.beside)


def stories(path: Path) -> list[Story]:
    """A file ``like`` another one shares what is usual there."""
    told = yaml.load(path.read_text(encoding="utf-8"), PlainLoader)
    if "like" in told:
        other = path.with_name(f"{told['like']}.yaml").read_text(encoding="utf-8")
        whole = yaml.load(other, PlainLoader)
        told = {**whole, **told, "usual": {**whole["usual"], **told.get("usual", {})}}
    return [
        Story(
            told["process"],
            one["name"],
            one["at"],
            one["steps"],
            told.get("usual", {}),
            tuple(told.get("beside", ())),
        )
        for one in told["stories"]
    ]


def all_stories(folder: Path) -> Iterator[Story]:
    for path in sorted(folder.glob("*.yaml")):
        yield from stories(path)
