"""Void the case's newest paper of a kind: it keeps its number, another takes its place."""

from __future__ import annotations

from sqlalchemy import select

from engine.operations.act import Act, OperationFailed
from engine.store.records import Record
from engine.store.voiding import void_paper

LONGEST = 500


def run(act: Act, kind: str, reason: str) -> str:
    """The number of the paper that is void from now on, with the ``reason`` (cut at 500
    signs). Refuses where the case has none of that ``kind`` that holds."""
    told = " ".join(str(reason or "").replace("\0", "").split())[:LONGEST]
    if not told:
        raise OperationFailed(name="void_record", reason="没有写明原因")
    act.file_papers()  # it may be a paper of this very act
    holding = select(Record).where(
        Record.case_id == act.case_id, Record.kind == kind, Record.voided_at.is_(None)
    )
    record = act.session.scalar(holding.order_by(Record.id.desc()).limit(1))
    if record is None:
        raise OperationFailed(name="void_record", reason=f"没有 {kind}")
    by = act.person.id if act.person else None
    columns = act.columns.get(kind, ())
    void_paper(act.session, record, columns, by, act.at, told)
    act.tell("record_voided", number=record.number, reason=told)
    return record.number
