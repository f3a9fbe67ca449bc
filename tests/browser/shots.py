"""Pictures of every page at 390 and 1280 px: ``python -m tests.browser.shots FOLDER``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy import select

import web
from engine.store.tables import Record, Task
from tests.actions.handover import begin, finish, open_task, upto
from tests.browser.chromium import PHONE, chromium, served
from tests.browser.desk import Desk
from tests.cast import Office, open_office
from tests.databases import sqlite_copy, sqlite_template

PATH = [
    "check_identity",
    "collect_papers",
    "fill_owner_file",
    "sign_safety_letter",
    "collect_fee",
    "inspect_house",
    "explain_keys",
    "hand_over_keys",
]


@contextmanager
def opened() -> Iterator[tuple[Office, str]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = open_office(folder, sqlite_copy(sqlite_template(folder), folder))
        app = web.create_app(office.runtime.settings)
        app.config["PROPAGATE_EXCEPTIONS"] = False

        @app.get("/broken")
        def broken() -> str:
            raise RuntimeError

        with served(app) as address:
            yield office, address


def side_tasks(office: Office) -> Iterator[Task]:
    """One open task of each form off the main path."""
    case_id = begin(office)
    finish(office, case_id, "check_identity", identity_ok=False, id_no=None, phone=None)
    yield open_task(office, case_id, "note_refusal")
    case_id = upto(office, "inspect_house")
    bad = [{"item": "卫生间防水", "ok": False, "remark": "渗水"}]
    answers = {"accepted": False, "has_defects": True, "items": bad}
    finish(office, case_id, "inspect_house", **answers)
    yield open_task(office, case_id, "note_not_accepted")
    finish(office, case_id, "note_not_accepted")
    yield open_task(office, case_id, "refund_prepayment")
    case_id = upto(office, "inspect_house")
    finish(office, case_id, "inspect_house", items=bad, has_defects=True)
    yield open_task(office, case_id, "list_defects")
    finish(office, case_id, "list_defects")
    yield open_task(office, case_id, "rectify_defect")
    finish(office, case_id, "rectify_defect", office.person("shicl"))
    yield open_task(office, case_id, "recheck_defect")
    finish(office, case_id, "recheck_defect")
    yield open_task(office, case_id, "return_key")


class Album:
    def __init__(self, folder: Path, browser: Browser, address: str) -> None:
        self.folder, self.browser, self.address = folder, browser, address
        folder.mkdir(parents=True, exist_ok=True)

    def sit(self, username: str, width: int) -> Desk:
        screen = (
            PHONE if width == 390 else {"viewport": {"width": width, "height": 900}}
        )
        desk = Desk(self.browser, self.address, screen)
        return desk.sign_in(username) if username else desk

    def take(self, desk: Desk, name: str, path: str | None = None) -> None:
        if path is not None:
            desk.open(path)
        desk.page.wait_for_load_state("networkidle")
        width = desk.page.viewport_size["width"] if desk.page.viewport_size else 0
        desk.page.screenshot(path=self.folder / f"{name}-{width}.png", full_page=True)
        for fault in desk.faults:
            print(name, width, fault)
        desk.faults.clear()


def take_all(album: Album, office: Office) -> None:
    running = upto(office, "inspect_house")
    ended = upto(office, "the end")
    finish(office, running, "inspect_house")
    tasks = {}
    for element in PATH:
        tasks[element] = open_task(office, upto(office, element), element)
    with office.sessions() as session:
        papers = dict(session.execute(select(Record.kind, Record.id)).all())  # type: ignore
    for width in (1280, 390):
        _signed_out(album, width)
        _lists(album, width)
        _tasks(album, office, width, tasks)
        _cases(album, width, {"running": running, "ended": ended}, papers)


def _signed_out(album: Album, width: int) -> None:
    desk = album.sit("", width)
    album.take(desk, "sign-in", "/sign-in")
    desk.write("用户名", "lusy")
    desk.write("密码", "wrong")
    desk.press("登录")
    album.take(desk, "sign-in-wrong")
    album.take(desk, "broken", "/broken")
    desk.page.locator("body").press("Escape")
    desk.open("/sign-in").page.get_by_role("button", name="English").click()
    album.take(desk, "sign-in-english")
    desk.context.close()


def _lists(album: Album, width: int) -> None:
    desk = album.sit("lusy", width)
    for name, path in {
        "inbox": "/inbox",
        "inbox-nothing-found": "/inbox?q=9-9-9999",
        "inbox-done": "/inbox?box=done",
        "start": "/start",
        "start-form": "/start/house_handover",
        "cases": "/cases",
        "cases-nothing-found": "/cases?q=nothing",
        "password": "/password",
        "not-found": "/nowhere",
    }.items():
        album.take(desk, name, path)
    desk.open("/start/house_handover")
    desk.write("房号", "1-1-0101")
    desk.label("房号").press("Tab")
    desk.sees("张依诺")
    album.take(desk, "start-form-facts")
    desk.write("房号", "9-9-9999")
    desk.press("发起")
    album.take(desk, "start-form-errors")
    desk.context.close()
    desk = album.sit("baiyf", width)
    album.take(desk, "inbox-empty", "/inbox")
    album.take(desk, "start-nothing", "/start")
    album.take(desk, "not-yours", "/tasks/x")
    desk.context.close()


ROLES = {
    "collect_fee": "jiahl",
    "refund_prepayment": "jiahl",
    "rectify_defect": "shicl",
    "return_key": "fancm",
}


def _tasks(album: Album, office: Office, width: int, tasks: dict[str, Task]) -> None:
    people = ("lusy", "jiahl", "shicl", "fancm")
    desks = {name: album.sit(name, width) for name in people}
    for element, task in tasks.items():
        album.take(
            desks[ROLES.get(element, "lusy")], f"task-{element}", f"/tasks/{task.id}"
        )
    for task in side_tasks(office):
        desk = desks[ROLES.get(task.element, "lusy")]
        album.take(desk, f"task-{task.element}", f"/tasks/{task.id}")
    clerk = desks["lusy"]
    for element in ("check_identity", "inspect_house"):
        clerk.open(f"/tasks/{tasks[element].id}")
        clerk.press("办结")
        album.take(clerk, f"task-{element}-errors")
    cashier = desks["jiahl"].open(f"/tasks/{tasks['collect_fee'].id}")
    cashier.choose("是否已收到款项", "已收到")
    cashier.sees("收款方式")
    album.take(cashier, "task-collect_fee-paid")
    letter = open_task(office, upto(office, "sign_safety_letter"), "sign_safety_letter")
    clerk.open(f"/tasks/{letter.id}")
    clerk.sign("业主签字", "张依诺")
    album.take(clerk, "task-signed")
    album.take(clerk, "task-not-mine", f"/tasks/{tasks['collect_fee'].id}")
    for desk in desks.values():
        desk.context.close()


def _cases(
    album: Album, width: int, cases: dict[str, int], papers: dict[str, int]
) -> None:
    desk = album.sit("suwq", width)
    for name, case_id in cases.items():
        desk.open(f"/cases/{case_id}")
        desk.page.locator(".diagram-legend").wait_for()
        album.take(desk, f"case-{name}")
    for kind in ("R09", "R06", "R04", "R02", "R08"):
        album.take(desk, f"record-{kind}", f"/records/{papers[kind]}")
    if width == 1280:
        _print(album, papers)
    desk.page.get_by_role("button", name="English").click()
    for name, path in {
        "case": f"/cases/{cases['ended']}",
        "inbox": "/inbox",
        "start-form": "/start/house_handover",
        "record": f"/records/{papers['R09']}",
    }.items():
        album.take(desk, f"english-{name}", path)
    desk.context.close()


def _print(album: Album, papers: dict[str, int]) -> None:
    """As on paper: A4 at 96 dots an inch."""
    paper = album.sit("suwq", 794)
    paper.page.emulate_media(media="print")
    for kind in ("R09", "R06"):
        album.take(paper, f"print-{kind}", f"/records/{papers[kind]}")
        paper.page.pdf(path=album.folder / f"print-{kind}.pdf", format="A4")
    paper.context.close()


def main() -> None:
    folder = Path(sys.argv[1])
    with opened() as (office, address), chromium() as browser:
        take_all(Album(folder, browser, address), office)


if __name__ == "__main__":
    main()
