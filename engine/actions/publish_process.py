"""Publish a process: parse, check, keep by content hash, make it the current version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.actions.move import START_CASE
from engine.actions.start_case import START_FORM
from engine.connectors import connector_names
from engine.deposit_policy import PARAMETER, DepositPolicy, PolicyRefused
from engine.errors import Refused
from engine.store.cases import Process, ProcessVersion
from engine.forms import Form, FormRefused, Items
from engine.operations.act import operation_names
from engine.runtime import FORM_FUNCTION_NAMES, FUNCTION_NAMES, Runtime
from engine.workflow.check import (
    Arguments,
    Catalogue,
    Finding,
    check_drawing,
    check_model,
    in_drawing_order,
    refusal_of,
)
from engine.workflow.library import (
    SPIFF_VERSION,
    ModelRefused,
    Source,
    called_by,
    parse,
)
from engine.workflow.xml import DiagramRefused

LONGEST_NOTE = 500


class FormFileRefused(Refused):
    """表单文件“{file}”不是有效的 JSON:{reason}"""

    status = 422


class VersionNoteTooLong(Refused):
    """版本说明最多 500 个字。"""

    status = 422


class CheckFailed(Refused):
    """流程“{process}”有 {count} 处错误，不能发布：{first}"""

    status = 422

    def __init__(self, process: str, findings: list[Finding]) -> None:
        super().__init__(
            process=process, count=len(findings), first=findings[0].sentence
        )
        self.findings = findings


def read_source(processes: Path, forms: Path, process_id: str) -> Source:
    """A process with its decisions, its forms, and the processes it calls."""
    bpmn = _read_drawing(processes, process_id)
    called = _read_called(processes, bpmn)
    folders = [processes / name for name in (process_id, *called)]
    found = {**_read_forms(forms / "shared"), **_read_forms(forms / process_id)}
    for name in called:
        for form, content in _read_forms(forms / name).items():
            found[f"{name}/{form}"] = content
    return Source(
        process_id=process_id,
        bpmn=bpmn,
        decisions={
            f.name: f.read_bytes() for d in folders for f in sorted(d.glob("*.dmn"))
        },
        forms=found,
        called=called,
    )


def _read_drawing(processes: Path, process_id: str) -> bytes:
    return (processes / process_id / f"{process_id}.bpmn").read_bytes()


def _read_called(processes: Path, bpmn: bytes) -> dict[str, bytes]:
    """The drawings of all processes that are called, also by those; one that is missing
    is found by the check."""
    found: dict[str, bytes] = {}
    todo = called_by(bpmn)
    while todo:
        name = todo.pop()
        path = processes / name / f"{name}.bpmn"
        if (
            name not in found
            and re.fullmatch(r"[a-z][a-z0-9_]*", name)
            and path.exists()
        ):
            found[name] = path.read_bytes()
            todo += called_by(found[name])
    return dict(sorted(found.items()))


def _read_forms(folder: Path) -> dict[str, Any]:
    found = {}
    for file in sorted(folder.glob("*.json")):
        try:
            found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as wrong:
            raise FormFileRefused(file=file.name, reason=wrong) from wrong
    return found


def findings_of(
    runtime: Runtime, source: Source, published: Iterable[str] = ()
) -> list[Finding]:
    """Everything wrong with a process, its decisions and its forms; never raises a
    refusal: what cannot be read at all is one finding. ``published`` are processes that
    are known beside those of the folder."""
    catalogue = catalogue_of(runtime, published)
    try:
        found = check_drawing(source, catalogue)
        if not any(finding.severity == "error" for finding in found):
            found += check_model(source, parse(source), catalogue)
            found = in_drawing_order(source, found)
    except DiagramRefused as refused:
        found = [Finding("error", source.process_id, str(refused), "file")]
    except ModelRefused as refused:
        found.append(refusal_of(refused, source.process_id))
    return found + list(_form_findings(source)) + list(_policy_findings(runtime))


def catalogue_of(runtime: Runtime, published: Iterable[str] = ()) -> Catalogue:
    """What a drawing of this installation may name."""
    operations = operation_names()
    return Catalogue(
        roles=frozenset(runtime.roles),
        operations=operations | connector_names() | {START_CASE},
        functions=FUNCTION_NAMES,
        processes={
            **dict.fromkeys(published, frozenset[str]()),
            **_processes(runtime.settings.processes),
        },
        arguments={
            START_CASE: Arguments(required=frozenset({"process"})),
            **{name: _arguments(name) for name in operations},
        },
        parameters={name: known["value"] for name, known in runtime.parameters.items()},
    )


def _processes(folder: Path) -> dict[str, frozenset[str]]:
    """Every process of the folder, and which processes it calls."""
    found = {}
    for file in folder.glob("*/*.bpmn"):
        try:
            found[file.parent.name] = frozenset(called_by(file.read_bytes()))
        except DiagramRefused:
            found[file.parent.name] = frozenset()
    return found


def _arguments(operation: str) -> Arguments:
    """What an operation's ``run`` takes beside the act."""
    run = import_module(f"engine.operations.{operation}").run
    takes = list(signature(run).parameters.values())[1:]
    named = [p for p in takes if p.kind is not p.VAR_KEYWORD]
    return Arguments(
        required=frozenset(p.name for p in named if p.default is p.empty),
        known=frozenset(p.name for p in named) if len(named) == len(takes) else None,
    )


def _form_findings(source: Source) -> Iterator[Finding]:
    for name, form in source.forms.items():
        try:
            found = list(
                _items_findings(name, Form.parse(form, FORM_FUNCTION_NAMES).items)
            )
        except FormRefused as refused:
            found = refused.findings
        for place, sentence in found:
            told = f"表单“{name}”{place}：{sentence}"
            yield Finding("error", name, told, "form")


def _policy_findings(runtime: Runtime) -> Iterator[Finding]:
    """No procedure is published beside a deposit policy without its legal basis."""
    try:
        DepositPolicy.of(runtime.parameters.get(PARAMETER, {}).get("value", {}))
    except PolicyRefused as refused:
        yield Finding("error", PARAMETER, str(refused), "parameters")


def _items_findings(name: str, items: Items | None) -> Iterator[tuple[str, str]]:
    """Where a form's items come from, held against what there is."""
    if items is None:
        return
    if name.rpartition("/")[2] == START_FORM:
        yield "/items", "发起时还没有任务，不能逐项填写。"
    if items.operation is None:
        return
    if items.operation not in operation_names():
        yield "/items/operation", f"没有名为“{items.operation}”的操作。"
        return
    takes = _arguments(items.operation)
    for missing in sorted(takes.required - items.values.keys()):
        yield "/items/values", f"操作“{items.operation}”缺少参数“{missing}”。"
    if takes.known is not None:
        for unknown in sorted(items.values.keys() - takes.known):
            yield f"/items/values/{unknown}", f"操作“{items.operation}”没有这个参数。"


def publish_process(
    session: Session,
    runtime: Runtime,
    source: Source,
    published_by: int | None = None,
    note: str = "",
) -> ProcessVersion:
    """Make ``source`` the version that new cases start on; the same content twice is
    one version. ``note`` says why. Raises ``CheckFailed``, ``VersionNoteTooLong``."""
    if len(note.strip()) > LONGEST_NOTE:
        raise VersionNoteTooLong()
    version = session.get(ProcessVersion, source.hash)
    if version is None:
        version = _new_version(session, runtime, source, published_by)
        version.note = note.strip()
        session.add(version)
        session.flush()
    process = session.get(Process, source.process_id)
    if process is None:
        session.add(Process(id=source.process_id, current_id=version.id))
    else:
        process.current_id = version.id
    return version


def _new_version(
    session: Session, runtime: Runtime, source: Source, by: int | None
) -> ProcessVersion:
    published = session.scalars(select(Process.id)).all()
    found = findings_of(runtime, source, published)
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise CheckFailed(source.process_id, errors)
    model = parse(source)
    last = session.scalar(
        select(func.max(ProcessVersion.number)).where(
            ProcessVersion.process_id == source.process_id
        )
    )
    return ProcessVersion(
        id=source.hash,
        process_id=source.process_id,
        number=(last or 0) + 1,
        name=model.name,
        bpmn=source.bpmn,
        decisions={name: text.decode() for name, text in source.decisions.items()},
        spec=model.saved_specs(),
        elements={name: asdict(element) for name, element in model.elements.items()},
        forms=dict(source.forms),
        spiff_version=SPIFF_VERSION,
        published_by=by,
    )
