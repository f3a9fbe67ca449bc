"""What random models are made of: nodes, open ends, places, timers and messages."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import NamedTuple

LIMITS = ("PT25M", "PT5H", "P2D", "P4D")
DURATIONS = ("PT10M", "PT45M", "PT2H", "P1D", "P3D")


class End(NamedTuple):
    """Where the next step is to be hung: a node, and the condition of the flow."""

    node: str
    condition: str = ""


@dataclass
class Node:
    tag: str
    inside: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    def xml(self, own: str) -> str:
        more = "".join(f' {key}="{text}"' for key, text in self.attributes.items())
        return f'<{self.tag} id="{own}"{more}>{self.inside}</{self.tag}>'


@dataclass(frozen=True)
class Place:
    """Where in the model a block stands: ``known`` are the numbers surely there."""

    known: frozenset[str]
    depth: int = 0
    in_loop: bool = False
    alone: bool = True  # one token at most: a message has one receiver

    def knowing(self, *names: str) -> Place:
        return Place(self.known | set(names), self.depth, self.in_loop, self.alone)


Grown = tuple[list[End], frozenset[str]]


class Model:
    """What all (sub)processes of one model share."""

    def __init__(self, seed: int, most: int) -> None:
        self.random = random.Random(seed)
        self.left = self.random.randint(4, most)
        self.number = 0
        self.messages: list[str] = []
        self.errors: list[str] = []

    def fresh(self, stem: str) -> str:
        self.number += 1
        return f"{stem}{self.number}"

    def message(self) -> str:
        name = self.fresh("msg")
        self.messages.append(name)
        return (
            f'<messageEventDefinition messageRef="{name}"><extensionElements>'
            f"<spiffworkflow:messageVariable>got_{name}</spiffworkflow:messageVariable>"
            "</extensionElements></messageEventDefinition>"
        )


def timer(rnd: random.Random, durations: tuple[str, ...] = DURATIONS) -> str:
    return (
        '<timerEventDefinition><timeDuration xsi:type="tFormalExpression">'
        f'"{rnd.choice(durations)}"</timeDuration></timerEventDefinition>'
    )


def limit(rnd: random.Random) -> str:
    """An interrupting timer, never at the same moment as another inside its activity."""
    return timer(rnd, LIMITS)


def cycle(rnd: random.Random) -> str:
    return (
        '<timerEventDefinition><timeCycle xsi:type="tFormalExpression">'
        f'"R{rnd.randint(1, 3)}/{rnd.choice(DURATIONS[1:4])}"</timeCycle>'
        "</timerEventDefinition>"
    )
