"""Masked numbers: seen whole with a reason only, and every look is on the record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import inspect, select, text

from engine import keep_file, transact
from engine.store.tables import Event, Record, Reveal, StaffRole, StoredFile, Task
from tests.actions.handover import open_task, upto
from tests.cast import Office
from tests.pictures import PNG
from tests.survey import COLLECT, answer, close, items, open_survey
from tests.web.browsing import Visitor
from tests.web.papers import signed

Arrives = Callable[[str], Visitor]

NUMBER = "990101199606188725"


def place(office: Office, case_id: int) -> str:
    """Where the case shows the number that was typed in check_identity."""
    with office.sessions() as session:
        query = select(Event.id).where(Event.case_id == case_id)
        query = query.where(
            Event.kind == "completed", Event.element == "check_identity"
        )
        return f"/reveals/event/{session.scalars(query).one()}/id_no"


def test_nothing_that_is_stored_holds_a_number(office: Office) -> None:
    upto(office, "inspect_house")
    with office.engine.connect() as connection:
        tables = inspect(office.engine).get_table_names()
        for table in tables:
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                assert NUMBER not in repr(tuple(row)), table
        kept = connection.execute(select(Record.data).where(Record.kind == "R02"))
        assert "990‹" in kept.scalars().one()["id_no"]


def test_a_case_shows_the_ends_and_where_to_look(
    arrives: Arrives, office: Office
) -> None:
    case_id = upto(office, "collect_papers")
    page = arrives("lusy").open(f"/cases/{case_id}").response.text
    assert "990***********8725" in page and NUMBER not in page
    assert place(office, case_id) in page


def test_looking_takes_a_reason_and_is_written_down(
    arrives: Arrives, office: Office
) -> None:
    case_id = upto(office, "collect_papers")
    lusy, address = arrives("lusy"), place(office, case_id)
    asked = lusy.open(address)
    assert NUMBER not in asked.text and "990***********8725" in asked.text
    for reason in ("", " x "):
        refused = lusy.send(address, reason=reason)
        assert refused.status_code == 422 and NUMBER not in refused.text
        assert "请写明查看的原因" in refused.text
    shown = lusy.send(address, reason="核对 本人身份")
    assert shown.status_code == 200 and NUMBER in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    with office.sessions() as session:
        (one,) = session.scalars(select(Reveal)).all()
        assert (one.case_id, one.field, one.reason) == (
            case_id,
            "id_no",
            "核对 本人身份",
        )
        told = session.scalars(select(Event).where(Event.kind == "revealed")).one()
        assert told.actor == "陆思远" and NUMBER not in repr(told.detail)
    assert "查看个人信息" in lusy.open(f"/cases/{case_id}").text


@pytest.mark.parametrize("username, status", [("jiahl", 403), ("hanwc", 200)])
def test_only_who_may_see_the_case(
    arrives: Arrives, office: Office, username: str, status: int
) -> None:
    address = place(office, upto(office, "collect_papers"))
    someone = arrives(username)
    assert someone.open(address).status == status
    assert someone.send(address, reason="看看").status_code == status


def test_a_task_and_a_record_too(arrives: Arrives, office: Office) -> None:
    case_id = upto(office, "inspect_house")
    with office.sessions() as session:
        query = select(Task.id).where(Task.element == "fill_owner_file")
        task_id = session.scalars(query.where(Task.case_id == case_id)).one()
        query = select(Record.id).where(Record.case_id == case_id)
        record_id = session.scalars(query.where(Record.kind == "R02")).one()
    lusy = arrives("lusy")
    for place in (f"task/{task_id}", f"record/{record_id}"):
        kind, _, row_id = place.partition("/")
        page = lusy.open(f"/{kind}s/{row_id}")
        assert f"/reveals/{place}/id_no" in page.links()
        shown = lusy.send(f"/reveals/{place}/id_no", reason="核对")
        assert NUMBER in shown.text
    phone = f"/reveals/record/{record_id}/emergency_mobile"
    assert "15400000073" in lusy.send(phone, reason="电话联系").text


@pytest.mark.parametrize(
    "path",
    [
        "event/1/nothing",
        "event/99999999999999999999/id_no",
        "event/x/id_no",
        "event/1/owner_name",
        "task/none/id_no",
        "record/0/id_no",
        "case/1/id_no",
        "event/1/household_members.0.mobile",
        "event/1/household_members.99999999.mobile",
    ],
)
def test_what_is_not_there_or_not_masked_is_not_found(
    arrives: Arrives, office: Office, path: str
) -> None:
    upto(office, "collect_papers")
    lusy = arrives("lusy")
    assert lusy.open(f"/reveals/{path}").status == 404
    assert lusy.send(f"/reveals/{path}", reason="看看").status_code == 404


def test_managers_read_who_looked(arrives: Arrives, office: Office) -> None:
    address = place(office, upto(office, "collect_papers"))
    lusy, manager = arrives("lusy"), arrives("hanwc")
    assert "还没有人查看过" in manager.open("/reveals").text
    lusy.send(address, reason="办理退款")
    page = manager.open("/reveals?q=退款").text
    assert "陆思远 · 身份证号" in page and NUMBER not in page
    assert "没有找到" in manager.open("/reveals?q=%25").text
    assert lusy.open("/reveals").status == 403


def test_a_draft_is_kept_encrypted_and_comes_back(
    arrives: Arrives, office: Office
) -> None:
    case_id = upto(office, "check_identity")
    with office.sessions() as session:
        query = select(Task.id).where(Task.case_id == case_id, Task.state == "open")
        task_id = session.scalars(query).one()
    lusy = arrives("lusy")
    lusy.send(f"/tasks/{task_id}", _op="draft", id_no=NUMBER)
    with office.engine.connect() as connection:
        (draft,) = connection.execute(
            select(Task.draft).where(Task.id == task_id)
        ).one()
    assert NUMBER not in repr(draft)
    assert f'value="{NUMBER}"' in lusy.open(f"/tasks/{task_id}").response.text


def test_neither_page_nor_print_shows_the_cipher(
    arrives: Arrives, office: Office
) -> None:
    upto(office, "the end")
    with office.sessions() as session:
        records = session.scalars(select(Record.id)).all()
    lusy = arrives("suwq")
    for record_id in records:
        for place in (f"/records/{record_id}", f"/records/{record_id}/print"):
            page = lusy.open(place)
            assert page.status == 200, place
            assert "‹" not in page.text and NUMBER not in page.response.text, place


def test_an_identity_paper_is_shown_under_its_stamp(
    arrives: Arrives, office: Office
) -> None:
    """At once, while the form is still open, and when it is done; nothing else is."""
    case_id = upto(office, "collect_papers")
    lusy = arrives("lusy")
    file_id = kept_picture(office, case_id, "collect_papers")
    original = office.runtime.file_path(file_id).read_bytes()
    answer, content = lusy.fetch(f"/files/{file_id}")
    assert answer.mimetype == "image/jpeg" and content[:3] == b"\xff\xd8\xff"
    assert answer.headers["Cache-Control"] == "no-store" and content != original
    done = upto(office, "the end")
    with office.sessions() as session:
        files = session.scalars(
            select(StoredFile).where(StoredFile.case_id == done)
        ).all()
        for file in files:
            answer, content = lusy.fetch(f"/files/{file.id}")
            stamped = content != office.runtime.file_path(file.id).read_bytes()
            assert stamped == (file.name == "身份证.png"), file.name
            assert answer.mimetype == ("image/jpeg" if stamped else file.type)


def test_a_photo_of_an_item_is_stamped_where_its_form_says_so(
    arrives: Arrives, office: Office
) -> None:
    """At once, while nobody knows where it will stand, and when the item is done."""
    photo = {"type": "array", "title": "照片"}
    form = {
        "title": "入户",
        "schema": {"type": "object", "properties": {"card": photo, "door": photo}},
        "ui": {"card": {"widget": "photo", "stamp": True}, "door": {"widget": "photo"}},
    }
    asked = {**COLLECT["items"], "form": form}
    whole = {"type": "object", "properties": {"remark": {"type": "string"}}}
    _, task_id = open_survey(office, 2, items=asked, schema=whole, ui={})
    clerk, boss = office.person("jiahl"), arrives("jiahl")
    ids = {}
    for name in ("card", "door"):
        with office.sessions() as session:
            given = (clerk, task_id, f"{name}.png", PNG)
            ids[name] = transact(session, keep_file, office.runtime, *given).id

    def stamped(name: str) -> bool:
        return bool(boss.fetch(f"/files/{ids[name]}")[1] != PNG)

    assert stamped("card") and stamped("door")
    for item in items(office, task_id):
        answer(office, item, {name: [own] for name, own in ids.items()})
        assert stamped("card") and not stamped("door")
        assert boss.open(f"/files/{ids['card']}/small").status == 404


def test_a_damaged_picture_is_told(arrives: Arrives, office: Office) -> None:
    file_id = kept_picture(office, upto(office, "collect_papers"), "collect_papers")
    path = office.runtime.file_path(file_id)
    path.write_bytes(path.read_bytes()[:40])
    page = arrives("lusy").open(f"/files/{file_id}")
    assert page.status == 422 and "打不开" in page.text


def kept_picture(office: Office, case_id: int, element: str) -> str:
    task = open_task(office, case_id, element)
    with office.sessions() as session:
        file = transact(
            session,
            keep_file,
            office.runtime,
            office.person("lusy"),
            task.id,
            "身份证.png",
            PNG,
        )
        return file.id


def hire_an_archivist(office: Office) -> None:
    with office.sessions.begin() as session:
        keeper = office.person("fancm").id
        session.add(StaffRole(staff_id=keeper, role="archivist"))


def record_of(office: Office, case_id: int, kind: str) -> int:
    with office.sessions() as session:
        query = select(Record.id).where(Record.case_id == case_id, Record.kind == kind)
        return session.scalars(query).one()


def test_who_reads_a_register_looks_there_for_a_reason_too(
    arrives: Arrives, office: Office
) -> None:
    """The archivist has no part in the case, but the register of owners is theirs."""
    hire_an_archivist(office)
    case_id = upto(office, "inspect_house")
    record_id = record_of(office, case_id, "R02")
    clerk, address = arrives("fancm"), f"/reveals/record/{record_id}/id_no"
    assert clerk.open(f"/cases/{case_id}").status == 403
    assert address in clerk.open(f"/records/{record_id}").links()
    assert clerk.send(address, reason="x").status_code == 422
    page = clerk.open(address)
    assert f"/records/{record_id}" in page.links() and NUMBER not in page.text
    assert f"/cases/{case_id}" not in page.links()
    assert NUMBER in clerk.send(address, reason="核对档案").text
    with office.sessions() as session:
        (one,) = session.scalars(select(Reveal)).all()
        assert (one.case_id, one.record_id, one.reason) == (
            case_id,
            record_id,
            "核对档案",
        )
    assert arrives("baiyf").send(address, reason="核对").status_code == 403


def test_who_reads_a_register_opens_the_pictures_of_its_papers(
    arrives: Arrives, office: Office
) -> None:
    case_id = upto(office, "inspect_house")
    record_id = record_of(office, case_id, "R02")
    with office.sessions() as session:
        data = session.get_one(Record, record_id).data
        files = {f.name: f.id for f in session.scalars(select(StoredFile))}
    paper, other = data["id_copy"][0]["id"], upto(office, "check_identity")
    foreign = kept_picture(office, other, "check_identity")
    hire_an_archivist(office)
    clerk = arrives("fancm")
    address = f"/records/{record_id}/files/"
    assert address + paper in clerk.open(f"/records/{record_id}").links()
    answer, content = clerk.fetch(address + paper)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert content != office.runtime.file_path(paper).read_bytes()
    assert clerk.open(f"/files/{paper}").status == 403  # the case is not theirs
    unnamed = set(files.values()) - {paper, data["sig_owner"]["image"]}
    assert clerk.open(f"{address}{paper}/small").status == 404
    for file_id in (foreign, "none", *unnamed):
        assert clerk.open(f"{address}{file_id}/small").status == 404
        assert clerk.open(address + file_id).status == 404
    assert arrives("baiyf").open(address + paper).status == 403


def test_a_signature_of_a_register_is_seen_as_it_was_drawn(
    arrives: Arrives, office: Office
) -> None:
    case_id = upto(office, "inspect_house")
    record_id = record_of(office, case_id, "R02")
    drawn = kept_picture(office, case_id, "inspect_house")
    with office.sessions.begin() as session:
        record = session.get_one(Record, record_id)
        record.data = {**record.data, "sig_owner": signed("张依诺", drawn)}
    hire_an_archivist(office)
    clerk = arrives("fancm")
    page = clerk.open(f"/records/{record_id}")
    address = f"/records/{record_id}/files/{drawn}"
    assert page.html.xpath("//main//img/@src") == [address]
    answer, content = clerk.fetch(address)
    assert answer.status_code == 200
    assert content == office.runtime.file_path(drawn).read_bytes()
    small, content = clerk.fetch(f"{address}/small")
    assert (small.status_code, small.mimetype) == (200, "image/jpeg")
    assert arrives("baiyf").open(f"{address}/small").status == 403


def test_a_number_in_an_item_is_looked_at_too(arrives: Arrives, office: Office) -> None:
    one = COLLECT["items"]["form"]
    fields = {**one["schema"]["properties"], "id_no": {"type": "string"}}
    form = {**one, "schema": {**one["schema"], "properties": fields}}
    form["ui"] = {**one["ui"], "id_no": {"widget": "id_number"}}
    _, task_id = open_survey(office, 2, items={**COLLECT["items"], "form": form})
    first, second = items(office, task_id)
    answer(office, first, {"score": 5, "id_no": NUMBER})
    close(office, task_id)
    manager, address = arrives("hanwc"), f"/reveals/item/{first.id}/id_no"
    page = manager.open(f"/tasks/{task_id}/items/{first.id}")
    assert "990***********8725" in page.main and address in page.links()
    assert NUMBER in manager.send(address, reason="核对身份").text
    for wrong in (
        f"/reveals/item/{second.id}/id_no",
        f"/reveals/item/{first.id}/score",
        "/reveals/item/0/id_no",
        "/reveals/item/x/id_no",
    ):
        assert manager.open(wrong).status == 404, wrong
    guard = arrives("baiyf")
    for asked in (guard.open(address).status, guard.send(address).status_code):
        assert asked == 403
