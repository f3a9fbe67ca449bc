"""One process a file, ids that name one thing, starts and ends where they belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from engine.workflow.check.drawing import (
    ACTIVITIES,
    FLOW_NODES,
    SUBPROCESSES,
    Drawing,
    error,
    tag,
    warning,
)
from engine.workflow.check.findings import Finding
from engine.workflow.elements import BPMN, SPIFF

# SpiffWorkflow's own steps have these ids.
RESERVED_IDS = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
OPERATOR = f"{{{SPIFF}}}serviceTaskOperator"
MANY_ACTIVITIES = 25
# Its parser goes down a drawing by recursion, and Python's stack ends near 450 steps.
MOST_NODES = 300


def too_large(drawing: Drawing) -> Iterator[Finding]:
    """A drawing that nothing else should be asked of."""
    if len(drawing.nodes) > MOST_NODES:
        yield _whole(
            drawing,
            "drawing.too_large",
            f"图里有 {len(drawing.nodes)} 个元素，超过上限 {MOST_NODES} 个，"
            "请拆成几个流程。",
        )


def structure(drawing: Drawing, process_id: str) -> Iterator[Finding]:
    yield from _processes(drawing, process_id)
    yield from _ids(drawing)
    for scope in _scopes(drawing):
        yield from _starts(drawing, scope)
    activities = sum(node.kind in ACTIVITIES for node in drawing.nodes.values())
    if activities > MANY_ACTIVITIES:
        yield Finding(
            "warning",
            process_id,
            f"图里有 {activities} 个步骤，超过 {MANY_ACTIVITIES} 个就不易看懂，"
            "请把一部分拆成单独的流程，再用调用活动接上。",
            "drawing.many",
        )


def _whole(drawing: Drawing, code: str, sentence: str) -> Finding:
    process = next(iter(drawing.processes), drawing.root)
    return error(process, code, sentence)


def _processes(drawing: Drawing, process_id: str) -> Iterator[Finding]:
    processes = drawing.processes
    if process_id not in [process.get("id") for process in processes]:
        yield _whole(
            drawing, "process.missing", f"里面没有 id 为“{process_id}”的流程。"
        )
    for process in processes[1:]:
        yield error(process, "process.several", "一个文件里只能画一个流程。")
    for process in processes:
        if process.get("isExecutable", "true") != "true":
            yield error(
                process, "process.not_executable", "流程没有标为“可执行”，请改过来。"
            )
    pools = list(drawing.root.iter(f"{{{BPMN}}}participant"))
    for pool in pools[1:]:
        yield warning(pool, "pool.several", "一张图里只应有一个泳池，这一个不会运行。")


def _ids(drawing: Drawing) -> Iterator[Finding]:
    counts = Counter(_all_ids(drawing))
    for xml in drawing.root.iter(f"{{{BPMN}}}*"):
        own = xml.get("id") or ""
        if counts[own] > 1:
            counts[own] = 0  # told once
            yield error(xml, "id.twice", f"编号“{own}”用了不止一次。")
        if tag(xml) in FLOW_NODES:
            if not own:
                yield error(xml, "id.missing", "这个元素没有编号（id）。")
            if own in RESERVED_IDS:
                yield error(xml, "id.reserved", f"编号“{own}”是保留字，请换一个。")


def _all_ids(drawing: Drawing) -> Iterator[str]:
    """An extension's id counts where it comes behind a step of that id: the library
    looks the target of a flow up among all ids, and the last one wins."""
    passed: set[str] = set()
    for xml in drawing.root.iter():
        own = xml.get("id")
        if not own:
            continue
        if tag(xml) or own in passed or xml.tag == OPERATOR and own in drawing.nodes:
            yield own
        if own in drawing.nodes:
            passed.add(own)


def _scopes(drawing: Drawing) -> Iterator[Any]:
    yield from drawing.processes
    for node in drawing.of_kind(*SUBPROCESSES - {"adHocSubProcess"}):
        yield node.xml


def _starts(drawing: Drawing, scope: Any) -> Iterator[Finding]:
    inside = list(drawing.inside(scope.get("id") or ""))
    starts = [node for node in inside if node.kind == "startEvent"]
    plain = [node for node in starts if not node.definitions]
    if not any(node.kind == "endEvent" for node in inside):
        yield error(scope, "end.missing", "里面没有结束事件。")
    if len(plain) > 1:
        for node in plain[1:]:
            yield error(node.xml, "start.several", "普通的开始事件只能有一个。")
    if tag(scope) in SUBPROCESSES:
        for node in starts:
            if node.definitions and scope.get("triggeredByEvent") != "true":
                yield error(node.xml, "start.event", "子流程里只能用普通的开始事件。")
    if not starts:
        yield error(scope, "start.missing", "里面没有开始事件。")
