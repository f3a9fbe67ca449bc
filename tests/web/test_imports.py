"""Workbooks taken in through the page: looked at, confirmed, taken back, given out."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from engine import Background
from engine.actions.import_run import import_path
from engine.actions.load_demo import BOOKS, FOLDER
from engine.store.database import now
from engine.store.tables import (
    Balance,
    BalanceSheet,
    Case,
    House,
    HouseParty,
    ImportRun,
    RegisterEvent,
    Reveal,
)
from engine.store.tables import Site, Staff, StaffRole
from tests.actions.handover import begin
from tests.cast import Office
from tests.imports.workbooks import workbook
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]
TENANTS = ("房号", "业主名称", "租户姓名", "手机号", "租期起", "业主承诺书")
LI = ("1-1-0101", "张依诺", "李兆丰", "15400000594", "2026-06-15", "有")
WRONG = ("1-1-0199", "张依诺", "李兆丰", "1380", "2026-06-15", "有")


def tenants(*rows: tuple[Any, ...]) -> bytes:
    return workbook([("租户清册",), TENANTS, *rows]).getvalue()


def upload(
    visitor: Visitor, content: bytes, name: str = "租户.xlsx", **more: Any
) -> Page:
    visitor.open("/imports")
    form = visitor.page.form("/imports").fill(file=(name, content), **more)
    return visitor.press(form)


def count(office: Office, table: Any) -> int:
    with office.sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def states(office: Office) -> list[str]:
    with office.sessions() as session:
        return list(session.scalars(select(ImportRun.state).order_by(ImportRun.id)))


def waiting(office: Office) -> list[str]:
    folder = office.runtime.settings.var / "imports"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_a_look_a_confirmation_and_the_way_back(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    page = upload(visitor, tenants(LI))
    assert page.title == "导入：租户清册" and "待确认" in page.main
    assert "1-1-0101 新租户 李兆丰，自 2026-06-15 起" in page.main
    assert count(office, HouseParty) == 4 and waiting(office) == ["1.xlsx"]
    page = visitor.press(page.form("/confirm"))
    assert "已写入" in page.main and states(office) == ["done"]
    assert count(office, HouseParty) == 5 and waiting(office) == []
    page = visitor.press(page.form("/undo"))
    assert "已撤回" in page.main and count(office, HouseParty) == 4
    with office.sessions() as session:
        events = session.scalars(select(RegisterEvent).order_by(RegisterEvent.id))
        said = [(event.actor, event.kind) for event in events]
    assert said == [("苏婉清", "import_confirmed"), ("苏婉清", "import_undone")]
    assert "由 苏婉清 撤回" in visitor.open("/imports").main


def test_what_is_wrong_is_told_by_its_cell_and_marked_in_the_file(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("hanwc")
    page = upload(visitor, tenants(LI, WRONG))
    assert "有 2 处需要改正" in page.main
    assert "A4房号系统里没有房屋 1-1-0199" in page.main
    assert "D4手机号不是电话号码" in page.main
    assert not [form for form in page.html.xpath("//form[contains(@action,'confirm')]")]
    _, content = visitor.fetch("/imports/1/marked")
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet.cell(2, 7).value == "导入问题" and sheet.cell(3, 7).value is None
    assert "A4 房号：系统里没有房屋 1-1-0199" in sheet.cell(4, 7).value
    for column, value in enumerate(LI, start=1):  # put right in the marked file
        sheet.cell(4, column).value = value
    sheet.delete_rows(3)
    fixed = io.BytesIO()
    sheet.parent.save(fixed)
    page = upload(visitor, fixed.getvalue())
    assert "需要改正" not in page.main and "确认写入" in page.main
    assert visitor.send("/imports/1/confirm").status_code == 422
    assert count(office, HouseParty) == 4


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("", b"", "请选择一个 Excel 文件。"),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(99), "这不是 Excel 工作簿"),
        ("a.xlsx", workbook([("甲", "乙"), (1, 2)]).getvalue(), "看不出这是哪一种表"),
    ],
)
def test_what_is_no_register_is_said_beside_the_file(
    office: Office, arrives: Arrives, name: str, content: bytes, sentence: str
) -> None:
    page = upload(arrives("suwq"), content, name)
    assert page.status == 422
    assert sentence in page.said("//*[@id='f-file-err']")
    assert states(office) == [] and waiting(office) == []


def test_a_header_that_lacks_a_column_is_told(office: Office, arrives: Arrives) -> None:
    page = upload(arrives("suwq"), tenants(LI), kind="keys")
    assert "没有找到钥匙清册的表头" in page.main
    assert states(office) == ["refused"] and waiting(office) == []


@pytest.mark.parametrize("username", ["lusy", "jiahl", "baiyf", "fancm"])
def test_others_may_not(arrives: Arrives, office: Office, username: str) -> None:
    upload(arrives("suwq"), tenants(LI))
    visitor = arrives(username)
    assert visitor.open("/imports").status == 403
    assert visitor.open("/imports/1").status == 404
    assert visitor.open("/imports/1/marked").status == 404
    for path in ("confirm", "drop", "undo", "repeat"):
        assert visitor.send(f"/imports/1/{path}").status_code == 404
    sent = visitor.send("/imports", file=(io.BytesIO(tenants(LI)), "a.xlsx"))
    assert sent.status_code == 403
    assert visitor.send("/imports/exports", kind="tenants").status_code == 404
    assert states(office) == ["checked"]


def test_accounts_are_for_administrators(office: Office, arrives: Arrives) -> None:
    roster = (FOLDER / BOOKS["staff"]).read_bytes()
    visitor = arrives("suwq")
    upload(visitor, roster)
    assert visitor.page.status == 403
    with office.sessions.begin() as session:
        session.execute(
            update(Staff).where(Staff.username == "suwq").values(administrator=True)
        )
    page = upload(visitor, roster)
    assert page.title == "导入：员工花名册"


def second_site(office: Office, username: str) -> int:
    """Another site, where only this person works."""
    with office.sessions.begin() as session:
        site = Site(code="second", name="第二小区")
        session.add(site)
        session.flush()
        staff = session.scalars(
            select(Staff).where(Staff.username == username)
        ).unique()
        own = staff.one()
        own.roles[:] = [StaffRole(role="project_manager", site_id=site.id)]
        others = select(StaffRole.id).where(StaffRole.staff_id != own.id)
        session.execute(
            update(StaffRole)
            .where(StaffRole.id.in_(others))
            .values(site_id=office.site_id)
        )
        return site.id


def test_each_sees_only_their_sites(office: Office, arrives: Arrives) -> None:
    upload(arrives("suwq"), tenants(LI))
    second = second_site(office, "hanwc")
    visitor = arrives("hanwc")
    assert "还没有导入过" in visitor.open("/imports").main
    assert visitor.open(f"/imports?site={office.site_id}").status == 404
    assert visitor.open("/imports/1").status == 404
    asked = {"kind": "owners", "site": str(office.site_id)}
    assert visitor.send("/imports/exports", **asked).status_code == 404
    file = (io.BytesIO(tenants(LI)), "a.xlsx")
    sent = visitor.send("/imports", site=str(office.site_id), file=file)
    assert sent.status_code == 404
    page = upload(visitor, tenants(LI))
    assert "系统里没有房屋 1-1-0101" in page.main
    with office.sessions() as session:
        sites = session.scalars(select(ImportRun.site_id).order_by(ImportRun.id)).all()
    assert sites == [office.site_id, second]


def test_a_big_file_is_worked_on_in_the_background(
    office: Office, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.actions.import_run.AT_ONCE", 10)
    visitor = arrives("suwq")
    page = upload(visitor, tenants(LI))
    assert "等待检查" in page.main
    assert page.html.xpath("//meta[@http-equiv='refresh']")
    background = Background(office.runtime)
    assert background.import_() == 1
    page = visitor.open("/imports/1")
    page = visitor.press(page.form("/confirm"))
    assert "等待写入" in page.main and count(office, HouseParty) == 4
    assert background.import_() == 1
    assert "已写入" in visitor.open("/imports/1").main
    assert count(office, HouseParty) == 5
    background.stop()


def test_what_was_looked_at_is_what_is_written(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    upload(visitor, tenants(LI))
    with office.sessions.begin() as session:
        house = session.scalars(select(House).where(House.code == "1-1-0101")).one()
        (owner,) = house.parties
        other = HouseParty(house_id=house.id, party_id=owner.party_id, until=None)
        other.relation = "tenant"
        session.add(other)
    page = visitor.press(visitor.page.form("/confirm"))
    assert "请再看一遍再确认" in page.main and "原租户 张依诺" in page.main
    assert states(office) == ["checked"] and count(office, HouseParty) == 5
    page = visitor.press(page.form("/confirm"))
    assert states(office) == ["done"] and count(office, HouseParty) == 6


def test_one_that_was_interrupted_is_tried_again(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    upload(visitor, tenants(LI))
    with office.sessions.begin() as session:  # as a worker leaves it that is killed
        run = session.scalars(select(ImportRun)).one()
        run.state, run.leased_until = "writing", now() + timedelta(minutes=4)
    assert "正在写入" in visitor.open("/imports/1").main
    assert visitor.send("/imports/1/repeat").status_code == 409
    with office.sessions.begin() as session:
        run = session.scalars(select(ImportRun)).one()
        run.leased_until = now() - timedelta(seconds=1)
    page = visitor.open("/imports/1")
    assert "中断了" in page.main
    page = visitor.press(page.form("/repeat"))
    assert "已写入" in page.main and count(office, HouseParty) == 5


def test_one_that_is_given_up_leaves_nothing(office: Office, arrives: Arrives) -> None:
    visitor = arrives("suwq")
    page = upload(visitor, tenants(LI))
    page = visitor.press(page.form("/drop"))
    assert "什么都没有写入" in page.text and waiting(office) == []
    assert visitor.send("/imports/1/confirm").status_code == 409
    assert states(office) == ["dropped"]


def test_a_forgotten_upload_is_deleted_after_a_day(
    office: Office, arrives: Arrives
) -> None:
    upload(arrives("suwq"), tenants(LI))
    background = Background(office.runtime)
    background.import_()
    assert states(office) == ["checked"]
    with office.sessions.begin() as session:
        session.execute(update(ImportRun).values(at=now() - timedelta(days=1)))
    background.import_()
    background.stop()
    assert states(office) == ["dropped"] and waiting(office) == []


def test_only_the_last_is_taken_back_and_nothing_that_was_changed_since(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    for row in (LI, ("1-1-0102", "冯南乔", "王萱", "15400000504", "2026-07-01", "有")):
        page = upload(visitor, tenants(row))
        visitor.press(page.form("/confirm"))
    answer = visitor.send("/imports/1/undo")
    assert answer.status_code == 409 and "请先撤回那一次" in answer.get_data(True)
    with office.sessions.begin() as session:
        link = session.scalars(select(HouseParty).order_by(HouseParty.id.desc()))
        link.first().until = "2026-08-01"  # type: ignore[union-attr]
    answer = visitor.send("/imports/2/undo")
    assert answer.status_code == 409
    assert "“1-1-0102 王萱”在导入之后又有变动" in answer.get_data(True)
    assert states(office) == ["done", "done"] and count(office, HouseParty) == 6


def test_a_house_that_has_a_case_is_not_taken_away(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    head = ("楼号", "单元", "房间", "业主名称", "房屋状态")
    new = workbook([head, ("9", "1", "0101", "新业主", "未交房")]).getvalue()
    page = upload(visitor, new)
    visitor.press(page.form("/confirm"))
    with office.sessions.begin() as session:
        case = session.get_one(Case, begin(office))
        case.house_code = "9-1-0101"
    answer = visitor.send("/imports/1/undo")
    assert answer.status_code == 409
    assert "“房屋 9-1-0101”在导入之后已有别的资料用到" in answer.get_data(True)
    assert count(office, House) == 4


def test_a_house_with_balances_is_not_taken_away_and_it_is_said_why(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    head = ("楼号", "单元", "房间", "业主名称", "房屋状态")
    new = workbook([head, ("9", "1", "0101", "新业主", "未交房")]).getvalue()
    page = upload(visitor, new)
    visitor.press(page.form("/confirm"))
    with office.sessions.begin() as session:
        sheet = BalanceSheet(site_id=office.site_id, as_of="2026-03-09")
        session.add(sheet)
        session.flush()
        house = session.scalars(select(House.id).where(House.code == "9-1-0101"))
        owed = {"item": "物业服务费", "due": 100, "paid": 100}
        session.add(Balance(sheet_id=sheet.id, house_id=house.one(), **owed))
    answer = visitor.send("/imports/1/undo")
    assert answer.status_code == 409
    told = "“房屋 9-1-0101”在收费余额表（截至 2026-03-09）里有账目"
    assert told in answer.get_data(True)
    assert count(office, House) == 4


def test_a_register_is_given_out_and_it_is_written_down(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    visitor.open("/imports")
    form = visitor.page.form("/exports").fill(kind="owners")
    for numbers, shown in (("", None), ("on", "990101199606188725")):
        if numbers:
            form.fill(numbers=numbers)
            assert visitor.post(form.action, form.pairs).status_code == 422
            form.fill(reason="公安机关协查")
        answer = visitor.post(form.action, form.pairs)
        sheet = load_workbook(io.BytesIO(answer.get_data())).active
        titles = [cell.value for cell in sheet[1]]
        assert sheet.cell(2, titles.index("身份证号") + 1).value == shown
    with office.sessions() as session:
        details = session.scalars(
            select(RegisterEvent.detail).order_by(RegisterEvent.id)
        ).all()
    assert details == [
        {"rows": 4, "unmasked": False},
        {"rows": 4, "unmasked": True},
    ]
    with office.sessions() as session:
        look = session.scalars(select(Reveal)).one()
    assert (look.field, look.reason) == ("export owners", "公安机关协查")


def test_a_file_is_never_where_the_web_reaches(
    office: Office, arrives: Arrives
) -> None:
    upload(arrives("suwq"), tenants(LI), name="../../../etc/passwd.xlsx")
    path = import_path(office.runtime, 1)
    assert path.is_relative_to(office.runtime.settings.var) and path.exists()
    with office.sessions() as session:
        assert session.scalars(select(ImportRun.file_name)).one() == "passwd.xlsx"


def test_a_file_that_brings_nothing_new_is_over_at_once(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    page = upload(visitor, tenants(LI))
    visitor.press(page.form("/confirm"))
    page = upload(visitor, tenants(LI))
    assert "系统都已经有了" in page.main and "没有变化" in page.main
    assert states(office) == ["done", "same"] and waiting(office) == []
    assert "已撤回" in visitor.arrive(visitor.send("/imports/1/undo")).main
