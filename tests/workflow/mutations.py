"""Valid files, damaged: elements deleted, doubled, moved, renamed; attributes changed."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
TAGS = (
    "task userTask serviceTask scriptTask businessRuleTask callActivity subProcess"
    " startEvent endEvent boundaryEvent intermediateCatchEvent intermediateThrowEvent"
    " exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway"
    " sequenceFlow laneSet lane dataObject dataObjectReference dataStore transaction"
    " adHocSubProcess timerEventDefinition messageEventDefinition signalEventDefinition"
    " errorEventDefinition conditionalEventDefinition multiInstanceLoopCharacteristics"
    " standardLoopCharacteristics ioSpecification conditionExpression script process"
).split()
VALUES = (
    *("", " ", "true", "false", "a", "p", "Start", "End", "不存在", "x y", "1", "-1"),
    *("[", "{", "'", '"', "%s", "{0}", "P2D", "R3/PT1H", "//", "é\u200b", "9" * 50),
)


def mutated(content: bytes, seed: int, times: int) -> bytes:
    """``times`` random changes to a file, which stays well-formed XML."""
    rnd = random.Random(seed)
    root = etree.fromstring(content)
    for _ in range(times):
        nodes = [node for node in root.iter() if isinstance(node.tag, str)][1:]
        if nodes:
            rnd.choice(_CHANGES)(rnd.choice(nodes), nodes, rnd)
    return etree.tostring(root)


def _delete(node: Any, nodes: list[Any], rnd: random.Random) -> None:
    node.getparent().remove(node)


def _double(node: Any, nodes: list[Any], rnd: random.Random) -> None:
    node.getparent().insert(rnd.randint(0, 5), copy.deepcopy(node))


def _move(node: Any, nodes: list[Any], rnd: random.Random) -> None:
    target = rnd.choice(nodes)
    if node is not target and node not in target.iterancestors():
        target.append(node)


def _rename(node: Any, nodes: list[Any], rnd: random.Random) -> None:
    node.tag = BPMN + rnd.choice(TAGS)


def _retext(node: Any, nodes: list[Any], rnd: random.Random) -> None:
    node.text = rnd.choice(VALUES)


def _set(node: Any, nodes: list[Any], rnd: random.Random) -> None:
    name = rnd.choice([*node.keys(), "id", "isExecutable", "default", "calledElement"])
    values = [value for other in nodes for value in other.values()]
    node.set(name, rnd.choice([*VALUES, *rnd.sample(values, min(8, len(values)))]))


def _unset(node: Any, nodes: list[Any], rnd: random.Random) -> None:
    if node.keys():
        del node.attrib[rnd.choice(node.keys())]


_CHANGES: tuple[Callable[[Any, list[Any], random.Random], None], ...] = (
    _delete,
    _double,
    _move,
    _rename,
    _retext,
    _set,
    _set,
    _unset,
)
