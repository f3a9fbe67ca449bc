"""Files: sent with a form or on their own, checked, and shown to who may see the case."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from engine.pictures import thumbnail
from engine.store.tables import StoredFile
from tests.actions.handover import begin, finish, open_task, upto
from tests.cast import Office
from tests.pictures import PDF, PNG, png
from tests.web.browsing import Visitor
from tests.web.patrol import CLERK, filled, open_patrol
from web.field_views import size_text

JPEG = b"\xff\xd8\xff"
Arrives = Callable[[str], Visitor]
BIG = b"\x89PNG\r\n\x1a\n" + b"0" * (50 * 1024 * 1024)


def stored(office: Office) -> int:
    with office.sessions() as session:
        return session.scalar(select(func.count()).select_from(StoredFile)) or 0


@pytest.fixture
def address(office: Office) -> str:
    return f"/tasks/{open_task(office, upto(office, 'collect_papers'), 'collect_papers').id}"


def upload(visitor: Visitor, address: str, name: str, content: bytes) -> Any:
    pairs = [("csrf_token", visitor.token()), ("file", (name, content))]
    json = {"Accept": "application/json"}
    return visitor.post(f"{address}/files", pairs, multipart=True, headers=json)


def test_a_file_goes_up_at_once_and_can_be_opened(
    address: str, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    answer = upload(visitor, address, "身份证 正面.png", PNG)
    assert answer.status_code == 200
    assert answer.json["name"] == "身份证 正面.png"
    assert answer.json["size"] == len(PNG)
    got, content = visitor.fetch(answer.json["url"])
    # an identity paper: under its stamp (test_privacy.py)
    assert (got.status_code, got.mimetype) == (200, "image/jpeg")
    assert content.startswith(JPEG)
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert not got.headers["Content-Disposition"].startswith("attachment")


def test_a_file_can_come_with_the_form(address: str, arrives: Arrives) -> None:
    visitor = arrives("lusy")
    form = visitor.open(address).form().fill(id_copy=("身份证.png", PNG))
    page = visitor.press(form, "submit")
    assert page.status == 200
    assert page.title == "填写业主档案"


def test_a_file_sent_with_a_form_that_will_not_do_stays_with_it(
    office: Office, address: str, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(address).form().fill(id_copy=("身份证.png", PNG))
    form.fill(materials_remark="长" * 201)
    page = visitor.press(form, "submit")
    assert page.status == 422
    assert page.error("materials_remark") and not page.error("id_copy")
    assert "身份证.png" in page.main
    assert stored(office) == 1
    form = page.form().fill(materials_remark="短")
    assert visitor.press(form, "submit").title == "填写业主档案"
    assert stored(office) == 1


REFUSED = [
    ("a.exe", b"MZ\x90\x00" + b"0" * 200, "不是图片"),
    ("身份证.png", PDF, "内容与扩展名不符"),
    ("身份证.pdf", PNG, "内容与扩展名不符"),
    ("身份证.png", b"<html><script>alert(1)</script>", "不是图片"),
    ("身份证.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是图片"),
    ("身份证.png", b"", "是空的"),
    ("长" * 300 + ".png", PNG, "文件名太长"),
    ("", PNG, "文件名太长"),
]


def test_what_is_not_what_it_should_be_is_refused(
    office: Office, address: str, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    for name, content, sentence in REFUSED:
        answer = upload(visitor, address, name, content)
        assert answer.status_code == 422
        assert sentence in answer.json["error"]
        if name:  # a browser names every file
            form = visitor.open(address).form().fill(id_copy=(name, content))
            page = visitor.press(form, "submit")
            assert page.status == 422
            assert sentence in page.error("id_copy")
            assert page.title == "复印证件、收取资料"
    assert stored(office) == 0


def test_a_file_larger_than_allowed_is_refused(
    office: Office, address: str, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    answer = upload(visitor, address, "大图.png", BIG[: 20 * 1024 * 1024 + 1])
    assert answer.status_code == 413
    assert answer.json["error"] == "文件“大图.png”太大：单个文件不能超过 20 MB。"
    assert stored(office) == 0


def test_50_megabytes_by_themselves_are_refused_before_they_are_read(
    office: Office, address: str, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    pairs = [("csrf_token", visitor.token()), ("file", ("大图.png", BIG))]
    answer = visitor.post(f"{address}/files", pairs, multipart=True)
    assert answer.status_code == 413
    assert "太大" in answer.text
    assert stored(office) == 0


def test_50_megabytes_sent_with_the_form_are_told_beside_the_field(
    office: Office, address: str, arrives: Arrives
) -> None:
    """Without JavaScript they come with all that was typed: it is still there."""
    visitor = arrives("lusy")
    form = visitor.open(address).form().fill(id_copy=("大图.png", BIG))
    page = visitor.press(form, "submit")
    assert page.status == 422 and page.title == "复印证件、收取资料"
    assert page.error("id_copy") == "文件“大图.png”太大：单个文件不能超过 20 MB。"
    assert stored(office) == 0


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_a_form_may_bring_ten_files_of_the_largest_size(
    address: str, arrives: Arrives, more: int, refused: bool
) -> None:
    visitor = arrives("lusy")
    length = 10 * 20 * 1024 * 1024 + more
    answer = visitor.client.post(
        address,
        data=b"",
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": visitor.token()},
        environ_overrides={"CONTENT_LENGTH": str(length)},
    )
    assert (answer.status_code == 413) == refused


def test_50_megabytes_of_a_stranger_too(address: str, visitor: Visitor) -> None:
    answer = visitor.post(address, [("id_copy", ("大图.png", BIG))], multipart=True)
    assert answer.status_code == 413


def test_a_file_of_another_case_is_no_answer(
    office: Office, address: str, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    other = f"/tasks/{open_task(office, upto(office, 'collect_papers'), 'collect_papers').id}"
    foreign = upload(visitor, other, "别人.png", PNG).json["id"]
    form = visitor.open(address).form()
    pairs = [*form.pairs, ("id_copy", foreign), ("_op", "submit")]
    answer = visitor.post(address, pairs, multipart=True)
    assert answer.status_code == 422
    assert "别人.png" not in answer.text


@pytest.mark.parametrize(
    "file_id", ["nothing", "../../etc/passwd", "%2e%2e%2fsecret", "%00"]
)
def test_unknown_files_are_not_found(arrives: Arrives, file_id: str) -> None:
    assert arrives("lusy").open(f"/files/{file_id}").status in (400, 404)


def test_a_file_of_a_case_one_may_not_see_is_refused(
    address: str, arrives: Arrives
) -> None:
    url = upload(arrives("lusy"), address, "身份证.png", PNG).json["url"]
    page = arrives("baiyf").open(url)
    assert (page.status, page.sentence) == (403, "您没有权限做这件事。")
    assert arrives("hanwc").fetch(url)[1].startswith(JPEG)


def test_a_drawn_signature_is_a_file_of_its_case(
    office: Office, arrives: Arrives
) -> None:
    case_id = upto(office, "sign_safety_letter")
    visitor = arrives("lusy")
    visitor.open(f"/tasks/{open_task(office, case_id, 'sign_safety_letter').id}")
    form = visitor.page.form().fill({"explained": "true", "sig_owner.name": "张依诺"})
    drawn = "data:image/png;base64," + b64encode(PNG).decode()
    form.pairs = [(n, drawn if n == "sig_owner.image" else v) for n, v in form.pairs]
    page = visitor.press(form, "submit")
    assert page.status == 200, page.alert
    page = visitor.open(f"/cases/{case_id}")
    [source] = page.html.xpath("//img/@src")
    assert visitor.fetch(source)[1] == PNG


@pytest.mark.parametrize(
    "drawn",
    [
        "data:image/png;base64,####",
        "data:text/html;base64,PGI+",
        "http://evil.test/a.png",
        "x" * 5_000,
    ],
)
def test_a_signature_that_is_no_picture_is_refused(
    office: Office, arrives: Arrives, drawn: str
) -> None:
    case_id = upto(office, "sign_safety_letter")
    visitor = arrives("lusy")
    visitor.open(f"/tasks/{open_task(office, case_id, 'sign_safety_letter').id}")
    form = visitor.page.form().fill({"explained": "true", "sig_owner.name": "张依诺"})
    form.pairs = [(n, drawn if n == "sig_owner.image" else v) for n, v in form.pairs]
    page = visitor.press(form, "submit")
    assert page.status == 422
    assert stored(office) == 1  # the copy of the ID


def test_a_case_with_every_file_still_shows_them(
    office: Office, arrives: Arrives
) -> None:
    case_id = begin(office)
    finish(office, case_id, "check_identity")
    finish(office, case_id, "collect_papers")
    page = arrives("lusy").open(f"/cases/{case_id}")
    [link] = [link for link in page.links() if link.startswith("/files/")]
    assert "身份证.png" in page.main
    assert arrives("lusy").fetch(link)[1].startswith(JPEG)


# -- pictures shown small -----------------------------------------------------------------


@pytest.fixture
def patrol(office: Office) -> str:
    return open_patrol(office)


def test_a_photo_is_shown_small_beside_its_name(patrol: str, arrives: Arrives) -> None:
    visitor = arrives(CLERK)
    photo = png(2_000, 1_000)
    form = filled(visitor, patrol, photos=("厨房.png", photo), owner_phone="1")
    page = visitor.press(form, "办结")
    assert page.status == 422
    [image] = page.html.xpath("//*[@data-chips]//img")
    assert (image.get("width"), image.get("height")) == ("56", "56")
    assert image.get("loading") == "lazy" and image.get("alt") == ""
    assert size_text(len(photo)) in page.said("//*[@data-chips]")
    got, content = visitor.fetch(image.get("src"))
    assert (got.status_code, got.mimetype) == (200, "image/jpeg")
    assert got.headers["Cache-Control"] == "no-store"
    with Image.open(BytesIO(content)) as small:
        assert small.size == (192, 96)
    page = visitor.press(page.form().fill(owner_phone="15400000073"), "办结")
    shown = page.html.xpath("//main//img[@class='thumb']/@src")
    assert shown == [image.get("src")]
    assert arrives("baiyf").open(image.get("src")).status == 403


def test_of_an_identity_paper_and_of_what_is_no_picture_there_is_no_thumbnail(
    office: Office, address: str, patrol: str, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(address).form().fill(id_copy=("身份证.png", PNG))
    page = visitor.press(form.fill(materials_remark="长" * 201), "submit")
    assert "身份证.png" in page.main
    assert not page.html.xpath("//img[@class='thumb']")
    copy = upload(visitor, address, "身份证.png", PNG).json["url"]
    assert visitor.open(f"{copy}/small").status == 404
    paper = upload(arrives(CLERK), patrol, "图纸.pdf", PDF).json["url"]
    assert arrives(CLERK).open(f"{paper}/small").status == 404
    assert visitor.open("/files/nothing/small").status == 404


def test_a_photo_taken_lying_down_stands_up_and_a_transparent_one_is_white() -> None:
    turned = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (400, 200), "red").save(turned, "JPEG", exif=exif)
    with Image.open(BytesIO(thumbnail(turned.getvalue()) or b"")) as small:
        assert small.size == (96, 192)
    clear = BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(clear, "PNG")
    with Image.open(BytesIO(thumbnail(clear.getvalue()) or b"")) as small:
        assert small.getpixel((4, 4)) == (255, 255, 255)
    assert thumbnail(turned.getvalue()[:300]) is None and thumbnail(b"GIF89a") is None


@pytest.mark.parametrize(
    "size, text",
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KB"),
        (1023999, "1000 KB"),
        (1024000, "1.0 MB"),
    ],
)
def test_sizes_are_rounded_for_reading(size: int, text: str) -> None:
    assert size_text(size) == text
