"""Paper as a browser makes it: each size right, the dossier whole; the gate on a phone."""

from __future__ import annotations

import re
import zlib
from typing import Any

import pytest
from flask import Flask

from tests.actions.handover import upto
from tests.actions.releasing import issued
from tests.browser.chromium import DESK, PHONE
from tests.browser.conftest import Sits
from tests.cast import Office
from tests.web.browsing import Visitor
from tests.web.papers import FULL, file_record

POINT = 25.4 / 72  # mm
SIZES = {  # width and height in mm, and pages of the full sample
    "R04": (210, 297, 1),
    "R18": (297, 210, 1),
    "R20": (90, 54, 1),
    "R26": (210, 297, 3),
    "R31": (210, 148, 3),
    "R38": (210, 297, 1),
    "R67": (241, 140, 3),
}


@pytest.fixture
def clerk(browser: Any, app: Flask) -> Visitor:
    visitor = Visitor(app.test_client())
    visitor.sign_in("suwq")
    return visitor


def pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of every page in mm, read from the PDF's own objects."""
    assert pdf.startswith(b"%PDF-")
    content = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            content.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    whole = b"\n".join(content)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", whole)
    return [(float(w) * POINT, float(h) * POINT) for w, h in boxes]


def test_each_paper_has_its_size_and_its_pages(office: Office, clerk: Visitor) -> None:
    case_id = upto(office, "check_identity")
    for kind, (width, height, count) in SIZES.items():
        record_id = file_record(office, kind, FULL[kind], case_id)
        answer = clerk.send(f"/records/{record_id}/print", to="pdf")
        found, pdf = clerk.fetch(answer.headers["Location"])
        assert (found.status_code, found.mimetype) == (200, "application/pdf")
        sizes = pages(pdf)
        assert len(sizes) == count, (kind, sizes)
        for size in sizes:
            assert size == pytest.approx((width, height), abs=0.6), kind


def test_a_dossier_is_one_volume_with_its_drawing(
    office: Office, clerk: Visitor
) -> None:
    case_id = upto(office, "the end")
    found, pdf = clerk.fetch(f"/cases/{case_id}/dossier.pdf")
    assert (found.status_code, found.mimetype) == (200, "application/pdf")
    sizes = pages(pdf)
    assert len(sizes) >= 4
    assert sizes[0] == pytest.approx((210, 297), abs=0.6)
    assert sizes[-1] == pytest.approx((297, 210), abs=0.6)  # the drawing lies across


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["1280", "390"])
def test_every_paper_page_fits(
    sits: Sits, office: Office, screen: dict[str, Any]
) -> None:
    case_id = upto(office, "the end")
    desk = sits("suwq", screen)
    for kind in ("R38", "R67", "R20"):
        record_id = file_record(office, kind, FULL[kind], case_id)
        desk.open(f"/records/{record_id}/print").fit()
    desk.open(f"/cases/{case_id}/dossier").fit()


def test_a_guard_lets_goods_out_by_phone(sits: Sits, office: Office) -> None:
    _case_id, token = issued(office)
    desk = sits("baiyf", PHONE)
    desk.open(f"/gate/{token}").fit()
    desk.sees("请核对物品", "双开门冰箱")
    desk.press("全部相符，放行")
    desk.sees("还有 2 项物品没有勾选")
    desk.fit()
    for item in ("双开门冰箱", "纸箱"):
        desk.tap(desk.main.locator("label", has_text=item).get_by_role("checkbox"))
    desk.press("全部相符，放行")
    desk.sees("已放行", "白永福")
    desk.fit()
    desk.open("/gate/unknown").fit()
    desk.sees("不是有效的放行条")
