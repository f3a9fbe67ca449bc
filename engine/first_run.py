"""What the ``steward`` command does before people come: processes published, registers in
order, an administrator and the demo site there."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from engine.actions.list_records import list_records, unlisted
from engine.actions.load_demo import load_demo
from engine.actions.publish_process import publish_process, read_source
from engine.actions.set_up import ADMINISTRATOR, create_administrator
from engine.actions.wipe_demo import wipe_demo
from engine.demo.load import DemoCases, play_demo
from engine.imports.report import describe
from engine.runtime import Runtime
from engine.settings import Settings
from engine.store.database import transact


def process_ids(settings: Settings) -> list[str]:
    return sorted(path.parent.name for path in settings.processes.glob("*/*.bpmn"))


def publish_all(session: Session, runtime: Runtime) -> None:
    """Publish every process of the folder; one whose content is current stays as it is."""
    settings = runtime.settings
    for process_id in process_ids(settings):
        source = read_source(settings.processes, settings.forms, process_id)
        publish_process(session, runtime, source)


def list_all(session: Session, runtime: Runtime) -> None:
    """List every record in its register, some hundred a transaction."""
    last = 0
    while last := transact(session, list_records, runtime, last):
        pass


def prepare(session: Session, runtime: Runtime) -> None:
    """Processes published, an administrator there; the one-time password shows once."""
    transact(session, publish_all, runtime)
    if unlisted(session):
        list_all(session, runtime)
    password = transact(session, create_administrator)
    if password is not None:
        click.echo(
            f"管理员：用户名 {ADMINISTRATOR}，一次性密码 {password}（首次登录须修改，只显示这一次）"
        )


def prepare_demo(session: Session, runtime: Runtime) -> None:
    """The demo site, loaded and lived in; one that is there already stays as it is."""
    report = transact(session, load_demo, runtime)
    if not report.imports:
        click.echo("演示小区已经在了；要重新来过，先运行 .venv/bin/steward demo --wipe")
        return
    for result in report.imports:
        click.echo(describe(result).splitlines()[0] + "：已载入")
    lived = _live(session, runtime, report.site_id)
    click.echo(f"演示案件：{lived.cases} 件，都按流程办到今天为止")
    for sentence in lived.refused:
        click.echo(f"演示中有一步没有办成：{sentence}", err=True)
    if report.password is not None:
        tell_demo_password(report.password)


def _live(session: Session, runtime: Runtime, site_id: int) -> DemoCases:
    done = 0
    label = "正在演练最近 120 天的案件"
    with click.progressbar(length=100, label=label) as bar:

        def progress(part: float) -> None:
            nonlocal done
            bar.update(int(part * 100) - done)
            done = int(part * 100)

        return play_demo(session, runtime, site_id, progress)


def remove_demo(session: Session, runtime: Runtime, code: str) -> None:
    wiped = transact(session, wipe_demo, runtime, code)
    for path in wiped.files:
        path.unlink(missing_ok=True)
    click.echo(f"“{wiped.name}”已清除：{wiped.rows} 行、{len(wiped.files)} 个文件。")


def tell_demo_password(password: str) -> None:
    click.echo(f"演示账号：lusy（客户助理）、jiahl（收银员）等，密码都是 {password}")
    click.echo("忘记时运行 .venv/bin/steward demo --new-password")
