"""A case's dossier: index, forms, signatures, history; nobody's number in full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update

import web
from engine.store.database import now
from engine.store.tables import Event, Record, Reveal
from tests.actions.handover import begin, finish, upto
from tests.cast import Office
from tests.statements import counted
from tests.web.browsing import Page, Visitor
from tests.web.papers import file_record

Arrives = Callable[[str], Visitor]


def index(page: Page) -> dict[str, str]:
    """What the index says of each kind."""
    rows = page.html.xpath("//section[1]/table//tbody/tr")
    cells = [[" ".join(td.text_content().split()) for td in row] for row in rows]
    return {each[0]: each[-1] for each in cells}


def test_a_closed_case_with_everything_in_it(office: Office, arrives: Arrives) -> None:
    case_id = upto(office, "the end")
    page = arrives("suwq").open(f"/cases/{case_id}/dossier")
    assert (page.status, page.title) == (200, "案件卷宗")
    listed = index(page)
    assert {kind: listed[kind] for kind in ("R02", "R03", "R04", "R09", "R01")} == (
        dict.fromkeys(("R02", "R03", "R04", "R09", "R01"), "有")
    )
    assert listed["R07"] == listed["R76"] == "不适用"
    assert "缺" not in page.said("//section[1]")
    for words in ("R04-2026-", "发放钥匙和资料", "1,418.40", "贾惠玲", "P01.08"):
        assert words.replace("2026-", f"{now().year}-") in page.text
    signed = page.said("//section[2]/table[last() - 1]")
    assert "张依诺" in signed and "陆思远" in signed and "共同验房" in signed
    assert f"/cases/{case_id}/diagram.png" in page.html.xpath("//img/@src")


def test_the_forms_stand_in_the_order_they_were_filled(
    office: Office, arrives: Arrives
) -> None:
    case_id = upto(office, "the end")
    page = arrives("suwq").open(f"/cases/{case_id}/dossier")
    titles = [h.text for h in page.html.xpath("//h3[@class='step']")]
    assert titles == [
        "发起房屋交接",
        "查主清册、核验身份",
        "复印证件、收取资料",
        "填写业主档案",
        "签署安全责任制书",
        "收取物业费",
        "共同验房",
        "发放钥匙和资料",
    ]


def test_a_missing_and_a_voided_paper_are_named(
    office: Office, arrives: Arrives
) -> None:
    case_id = upto(office, "the end")
    with office.sessions.begin() as session:
        of_case = Record.case_id == case_id
        gone = update(Record).where(of_case, Record.kind == "R03")
        session.execute(gone.values(kind="R99"))
        void = update(Record).where(of_case, Record.kind == "R04")
        session.execute(void.values(voided_at=now()))
    page = arrives("suwq").open(f"/cases/{case_id}/dossier")
    listed = index(page)
    assert (listed["R03"], listed["R04"], listed["R09"]) == ("缺", "已作废", "有")
    lack = page.said("//p[@class='lack']")
    assert (
        lack.startswith("缺 2 种") and "安全责任制书" in lack and "房屋交接表" in lack
    )


def test_a_running_case_does_not_lack_what_is_to_come(
    office: Office, arrives: Arrives
) -> None:
    case_id = begin(office)
    visitor = arrives("suwq")
    listed = index(visitor.open(f"/cases/{case_id}/dossier"))
    assert listed["R02"] == listed["R09"] == "未办到"
    finish(office, case_id, "check_identity", identity_ok=False)
    finish(office, case_id, "note_refusal")
    listed = index(visitor.open(f"/cases/{case_id}/dossier"))
    assert listed["R05"] == "有" and listed["R02"] == listed["R09"] == "不适用"


def test_a_paper_beyond_the_forms_is_listed_too(
    office: Office, arrives: Arrives
) -> None:
    case_id = upto(office, "check_identity")
    for _ in range(2):
        file_record(office, "R67", {"amount": 100}, case_id, title="收据")
    page = arrives("suwq").open(f"/cases/{case_id}/dossier")
    assert index(page)["R67"] == "有（2 份）"


def test_no_number_of_a_person_stands_there_in_full(
    office: Office, arrives: Arrives
) -> None:
    case_id = upto(office, "the end")
    page = arrives("suwq").open(f"/cases/{case_id}/dossier")
    source = page.response.get_data(as_text=True)
    assert "990101199606188725" not in source and "15400000073" not in source
    assert "990***********8725" in source and "154****0073" in source


def test_a_dossier_is_for_who_may_see_the_case(
    office: Office, arrives: Arrives, visitor: Visitor
) -> None:
    case_id = upto(office, "the end")
    guard = arrives("baiyf")
    for page in ("dossier", "dossier.pdf", "diagram.png"):
        assert guard.open(f"/cases/{case_id}/{page}").status == 403
        assert guard.open(f"/cases/2147483647/{page}").status == 404
        assert visitor.open(f"/cases/{case_id}/{page}").status == 401


def test_it_asks_the_database_the_same_however_long_the_case(
    office: Office, arrives: Arrives, app: Any
) -> None:
    short, long = begin(office), upto(office, "the end")
    visitor = arrives("suwq")
    visitor.open(f"/cases/{short}/dossier")
    with app.app_context():
        engine = web.db.engine
    asked = []
    for case_id in (short, long):
        with counted(engine) as found:
            visitor.open(f"/cases/{case_id}/dossier")
        asked.append(len(found.statements))
    # its pictures, and whether they are identity papers, once for all of them
    assert asked[1] <= asked[0] + 3, asked


WHOLE = "990101199606188725"


def test_whole_numbers_take_a_reason_and_are_written_down(
    office: Office, arrives: Arrives
) -> None:
    case_id = upto(office, "collect_papers")
    place = f"/cases/{case_id}/dossier"
    boss = arrives("hanwc")
    masked = boss.open(place)
    assert WHOLE not in masked.text and f"{place}/whole" in masked.links("//body")
    assert WHOLE not in boss.open(f"{place}/whole").text
    for reason in ("", " x "):
        refused = boss.send(f"{place}/whole", reason=reason)
        assert refused.status_code == 422 and WHOLE not in refused.text
        assert "请写明查看的原因" in refused.text
    with office.sessions() as session:
        assert session.scalars(select(Reveal)).all() == []
    shown = boss.send(f"{place}/whole", reason="移送仲裁")
    assert shown.status_code == 200 and WHOLE in shown.text
    assert "15400000073" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    with office.sessions() as session:
        look = session.scalars(select(Reveal)).one()
        assert (look.case_id, look.reason) == (case_id, "移送仲裁")
        told = session.scalars(select(Event).where(Event.kind == "revealed")).one()
        assert told.actor == "韩文川" and WHOLE not in repr(told.detail)
    assert WHOLE not in boss.open(place).text


def test_whole_numbers_are_for_managers(office: Office, arrives: Arrives) -> None:
    case_id = upto(office, "collect_papers")
    place = f"/cases/{case_id}/dossier/whole"
    clerk = arrives("lusy")
    assert clerk.open(f"/cases/{case_id}/dossier").status == 200
    assert place not in clerk.page.links("//body")
    assert clerk.open(place).status == 403
    assert clerk.send(place, reason="看看").status_code == 403
