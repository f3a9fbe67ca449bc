"""Cases that got stuck in the background."""

from __future__ import annotations

from sqlalchemy import select

from engine import transact
from engine.actions.make_calls import note_failure, take_call
from engine.actions.wake_cases import note_incident
from engine.store.tables import Incident, OutboxCall
from tests.actions.running import start
from tests.cast import Office
from tests.models import drawing, operator, publish

PAY = '<manualTask id="pay" name="交费"/>'
REASON = "外部服务“webhook”没有成功：联系 13812340001 未果"


def publish_billing(office: Office) -> None:
    """A process that asks the outside before somebody pays."""
    asks = operator(
        "webhook",
        "answer",
        url='"https://outside.example/bill?key=abcdef"',
        body='{"unit_no": "1-1-0101", "phone": "13812340001",'
        ' "id_no": "990101199606188725", "token": "abcdef"}',
    )
    nodes = (
        f'<startEvent id="begin"/><serviceTask id="ask" name="开票">{asks}</serviceTask>'
        f'{PAY}<endEvent id="paid"/>'
    )
    publish(
        office,
        "billing",
        drawing("billing", nodes, "begin > ask\n ask > pay\n pay > paid"),
    )


def waiting_call(office: Office) -> tuple[int, str]:
    """A case that waits for the outside, and its call."""
    case_id = start(office, "billing")
    with office.sessions() as session:
        query = select(OutboxCall.id).where(OutboxCall.case_id == case_id)
        return case_id, session.scalars(query).one()


def failed_call(office: Office) -> tuple[int, int]:
    """A case whose call failed for good, and the incident."""
    case_id, call_id = waiting_call(office)
    with office.sessions() as session:
        transact(session, take_call, call_id)
        transact(session, note_failure, call_id, REASON, True)
    return case_id, incident_of(office, case_id)


def failed_timer(office: Office) -> tuple[int, int]:
    case_id, _call = waiting_call(office)
    with office.sessions() as session:
        transact(session, note_incident, case_id, "“到时”的时间算不出来：没有日期")
    return case_id, incident_of(office, case_id)


def incident_of(office: Office, case_id: int) -> int:
    with office.sessions() as session:
        query = select(Incident.id).where(Incident.case_id == case_id)
        return session.scalars(query.order_by(Incident.id.desc())).first() or 0


def incident(office: Office, incident_id: int) -> Incident:
    with office.sessions() as session:
        return session.get_one(Incident, incident_id)


def call_of(office: Office, case_id: int) -> OutboxCall:
    with office.sessions() as session:
        query = select(OutboxCall).where(OutboxCall.case_id == case_id)
        return session.scalars(query).one()
