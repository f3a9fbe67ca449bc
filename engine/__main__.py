"""The ``steward`` command: what an administrator does at the terminal."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from engine.actions.change_password import UnknownAccount, set_password
from engine.actions.import_workbook import import_workbook, preview_workbook
from engine.actions.load_demo import CODE, renew_demo_password
from engine.actions.publish_process import findings_of, read_source
from engine.actions.set_up import create_site
from engine.actions.wipe_demo import demo_site
from engine.background import Background
from engine.errors import Refused
from engine.first_run import (
    list_all,
    prepare,
    prepare_demo,
    process_ids,
    remove_demo,
    tell_demo_password,
)
from engine.imports.report import describe
from engine.imports.result import ImportResult
from engine.prints import layout_findings
from engine.runtime import Runtime
from engine.settings import BUNDLE, Settings
from engine.store.database import open_engine, transact
from engine.store.staff import NoSite, Site, Staff
from engine.store.upgrade import upgrade
from engine.workflow.layout import draw
from engine.workflow.render import render_png

existing = click.Path(exists=True, dir_okay=False, path_type=Path)


class Sentences(click.Group):
    """A refusal ends a command with its sentence, not with a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            raise click.ClickException(str(refused)) from refused


@click.group(cls=Sentences)
def main() -> None:
    """管家流程 Steward: the procedures of a property-service company."""


@contextmanager
def opened() -> Iterator[tuple[Session, Runtime]]:
    """A session on the installation's database, brought up to date."""
    settings = Settings.from_environment()
    engine = open_engine(settings.database_url)
    upgrade(engine)
    with sessionmaker(engine)() as session:
        yield session, Runtime(settings)
    engine.dispose()


@main.command()
def init() -> None:
    """Create or migrate the database, publish the processes."""
    with opened() as (session, runtime):
        prepare(session, runtime)


@main.command()
def registers() -> None:
    """List all records anew in their registers, after records.json has changed."""
    with opened() as (session, runtime):
        list_all(session, runtime)
        click.echo("台账已重新整理。")


@main.command()
@click.option(
    "--new-password", is_flag=True, help="a new common password for the demo staff"
)
@click.option("--wipe", is_flag=True, help="remove the demo site and all that is its")
@click.option("--yes", is_flag=True, help="with --wipe: do not ask")
@click.option("--site", "code", default=CODE, help="with --wipe: the code of the site")
def demo(new_password: bool, wipe: bool, yes: bool, code: str) -> None:
    """Load the demo site with its cases, once; print how to sign in."""
    with opened() as (session, runtime):
        if wipe:
            name = demo_site(session, code).name
            session.rollback()  # the question may be thought over
            if not yes:
                click.confirm(f"清除“{name}”的全部资料、案件和历史？", abort=True)
            remove_demo(session, runtime, code)
            return
        prepare(session, runtime)
        prepare_demo(session, runtime)
        if new_password:
            password = transact(session, renew_demo_password, runtime)
            if password is not None:
                tell_demo_password(password)


@main.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000, type=click.IntRange(0, 65535))
@click.option(
    "--prepare", "first", is_flag=True, help="init, and the demo site on a first run"
)
def run(host: str, port: int, first: bool) -> None:
    """Serve the pages with waitress."""
    from waitress.runner import run as serve  # type: ignore[import-untyped]

    if first:
        with opened() as (session, runtime):
            prepare(session, runtime)
            if session.scalar(select(Site.id).limit(1)) is None:
                prepare_demo(session, runtime)
    background = Background(Runtime(Settings.from_environment()))
    background.start()
    click.echo(f"管家流程已就绪： http://{host}:{port} （按 Ctrl+C 停止）")
    listen = f"--listen={host}:{port}"
    try:
        serve(["waitress-serve", listen, "--threads=8", "--call", "web:create_app"])
    finally:
        background.stop()


@main.command()
@click.option("--workers", default=2, type=click.IntRange(1, 64))
def worker(workers: int) -> None:
    """Do background work: timers, calls. Any number of these may run on PostgreSQL."""
    with opened() as (_session, runtime):
        Background(runtime).run(workers)


@main.command()
@click.argument("code")
@click.argument("name")
def site(code: str, name: str) -> None:
    """Create a site (an estate) by its code and name."""
    with opened() as (session, _runtime):
        click.echo(f"项目 {transact(session, create_site, code, name).name} 已建立。")


@main.command()
@click.argument("username")
def password(username: str) -> None:
    """Give an account a one-time password, to be changed at the first sign-in."""
    with opened() as (session, _runtime):
        staff_id = session.scalar(select(Staff.id).where(Staff.username == username))
        if staff_id is None:
            raise UnknownAccount(username=username)
        given = secrets.token_urlsafe(9)
        transact(session, set_password, staff_id, given, True)
        click.echo(f"{username} 的一次性密码：{given}（首次登录须修改）")


@main.group("import")
def import_() -> None:
    """Read an office's Excel file; a dry run unless --confirm is given."""


def import_command(kind: str, help_: str) -> None:
    """One sub-command a kind of workbook."""

    @import_.command(kind, help=help_)
    @click.argument("file", type=existing)
    @click.option("--site", "code", help="the site's code, where there are several")
    @click.option("--confirm", is_flag=True, help="write it")
    def command(file: Path, code: str | None, confirm: bool) -> None:
        def act(session: Session, runtime: Runtime, content: BinaryIO) -> ImportResult:
            site_id = site_for(session, kind, code)
            if confirm:
                return import_workbook(
                    session, runtime, kind, site_id, content, file.name
                )
            return preview_workbook(session, runtime, kind, site_id, content)

        run_import(file, act)


for _kind, _help in {
    "owners": "业主清册: houses, owners, shares.",
    "tenants": "租户清册: tenants and their leases.",
    "vehicles": "车辆车位: vehicles, parking spaces and who uses them.",
    "balances": "欠费余额: what is owed on one day.",
    "meters": "抄表记录: meters and readings.",
    "keys": "钥匙清册: keys in the office's keeping.",
    "staff": "员工花名册: accounts and roles; without --site on all sites.",
}.items():
    import_command(_kind, _help)


def site_for(session: Session, kind: str, code: str | None) -> int | None:
    """Accounts may have their roles on all sites (None); registers are of one."""
    return None if kind == "staff" and code is None else chosen_site(session, code)


def chosen_site(session: Session, code: str | None) -> int:
    """The site of that code, or the only one there is. Raises ``NoSite``."""
    query = (
        select(Site.id) if code is None else select(Site.id).where(Site.code == code)
    )
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise NoSite()
    return found[0]


def run_import(
    file: Path, act: Callable[[Session, Runtime, BinaryIO], ImportResult]
) -> None:
    """Run an import, print what it says; findings end with status 1."""
    with opened() as (session, runtime), file.open("rb") as content:
        result = transact(session, act, runtime, content)
    click.echo(describe(result))
    if result.findings:
        sys.exit(1)


@main.command()
@click.argument("processes", metavar="[PROCESS]...", nargs=-1)
def check(processes: tuple[str, ...]) -> None:
    """Check processes as at publishing, and print layouts; an error ends with status 1."""
    runtime = Runtime(Settings.from_environment())
    settings, errors = runtime.settings, 0
    for process_id in processes or process_ids(settings):
        source = read_source(settings.processes, settings.forms, process_id)
        for finding in findings_of(runtime, source):
            errors += finding.severity == "error"
            click.echo(f"{process_id}: {finding.severity}: {finding.sentence}")
    for kind, place, sentence in layout_findings(settings.forms / "prints"):
        errors += 1
        click.echo(f"prints/{kind}.json: error: {place} {sentence}")
    if errors:
        sys.exit(1)


@main.command()
def wake() -> None:
    """Do everything that is due, once: timers, calls to the outside, destruction of
    personal data whose time is over."""
    with opened() as (_session, runtime):
        background = Background(runtime)
        woken, made = background.sweep()
        click.echo(f"已唤醒 {woken} 个案件，办了 {made} 个外部调用。")
        click.echo(f"已销毁 {background.destroy()} 份到期的个人信息。")


@main.command()
@click.argument("files", nargs=-1, required=True, type=existing)
def layout(files: tuple[Path, ...]) -> None:
    """Draw BPMN files anew: same content, a clean picture."""
    for file in files:
        file.write_bytes(draw(file.read_bytes()))


@main.command()
@click.argument("file", type=existing)
@click.argument("picture", type=click.Path(dir_okay=False, path_type=Path))
def render(file: Path, picture: Path) -> None:
    """Draw a BPMN file into a PNG by a headless Chromium."""
    settings = Settings.from_environment()
    content = file.read_bytes()
    render_png(content, picture, bundle=BUNDLE, chromium=settings.chromium)


if __name__ == "__main__":
    main()
