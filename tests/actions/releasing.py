"""A small release procedure: a slip is written, its pass issued, the gate waited for."""

from __future__ import annotations

from sqlalchemy import select

from engine.store.tables import Record, ReleasePass
from tests.actions.running import press, start
from tests.cast import Office
from tests.models import drawing, operator, publish

MESSAGES = '<message id="m_yes" name="gate_confirmed"/><message id="m_no" name="gate_mismatch"/>'
ITEMS = (
    "[{'name': '双开门冰箱', 'qty': 1, 'kind': 'appliance'},"
    " {'name': '纸箱', 'qty': 12, 'kind': 'carton'}]"
)


def publish_releasing(office: Office, **window: str) -> None:
    """``window``: expressions for ``valid_hours`` and ``valid_from``."""
    slip = operator(
        "write_record",
        kind='"R38"',
        title='"物品放行条"',
        items=ITEMS.replace("'", '"'),
        carrier_name='"李师傅"',
        carrier_id_no='"990101198012258795"',
    )
    nodes = (
        '<startEvent id="begin"/><manualTask id="issue" name="开放行条"/>'
        f'<serviceTask id="write_slip">{slip}</serviceTask>'
        f'<serviceTask id="let_pass">{operator("issue_release_pass", **window)}</serviceTask>'
        '<eventBasedGateway id="at_gate"/>'
        + _catch("matched", "m_yes")
        + _catch("differed", "m_no")
        + '<manualTask id="file_copy" name="归档"/><manualTask id="come_and_see" name="到场"/>'
        '<endEvent id="released"/>'
    )
    flows = """begin > issue
        issue > write_slip
        write_slip > let_pass
        let_pass > at_gate
        at_gate > matched
        at_gate > differed
        matched > file_copy
        differed > come_and_see
        come_and_see > issue
        file_copy > released"""
    publish(office, "releasing", drawing("releasing", nodes, flows, MESSAGES))


def _catch(name: str, message: str) -> str:
    kept = f'<messageEventDefinition messageRef="{message}"><extensionElements>'
    kept += (
        "<spiffworkflow:messageVariable>gate</spiffworkflow:messageVariable>"
        "</extensionElements></messageEventDefinition>"
    )
    return f'<intermediateCatchEvent id="{name}" name="{name}">{kept}</intermediateCatchEvent>'


def issued(office: Office, **window: str) -> tuple[int, str]:
    """A case that waits for the gate, and the token on its slip."""
    publish_releasing(office, **window)
    case_id = start(office, "releasing")
    press(office, case_id, "issue")
    return case_id, token_of(office, case_id)


def passes(office: Office, case_id: int) -> list[ReleasePass]:
    with office.sessions() as session:
        query = select(ReleasePass).where(ReleasePass.case_id == case_id)
        return list(session.scalars(query.order_by(ReleasePass.id)))


def token_of(office: Office, case_id: int) -> str:
    return office.runtime.seal.open(passes(office, case_id)[-1].sealed)


def slip(office: Office, case_id: int) -> Record:
    with office.sessions() as session:
        query = select(Record).where(Record.case_id == case_id, Record.kind == "R38")
        return session.scalars(query.order_by(Record.id.desc())).first() or Record()
