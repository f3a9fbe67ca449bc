"""The ``steward`` command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from engine.actions.publish_process import findings_of, publish_process, read_source
from engine.actions.set_up import ADMINISTRATOR, create_administrator
from engine.actions.wake_cases import wake_all
from engine.errors import Refused
from engine.runtime import Runtime
from engine.settings import Settings
from engine.store.database import open_engine, transact
from engine.store.upgrade import upgrade


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
    settings = Settings.from_environment()
    engine = open_engine(settings.database_url)
    upgrade(engine)
    with sessionmaker(engine)() as session:
        yield session, Runtime(settings)
    engine.dispose()


def process_ids(settings: Settings) -> list[str]:
    return sorted(path.parent.name for path in settings.processes.glob("*/*.bpmn"))


def publish_all(session: Session, runtime: Runtime) -> None:
    """Publish every process of the folder; one whose content is current stays as it is."""
    settings = runtime.settings
    for process_id in process_ids(settings):
        publish_process(
            session,
            runtime,
            read_source(settings.processes, settings.forms, process_id),
        )


def prepare(session: Session, runtime: Runtime) -> None:
    """Processes published, an administrator there; its one-time password is printed once."""
    transact(session, publish_all, runtime)
    password = transact(session, create_administrator)
    if password is not None:
        click.echo(
            f"管理员已建立：用户名 {ADMINISTRATOR}，一次性密码 {password}（首次登录须修改）"
        )


@main.command()
def init() -> None:
    """Create or migrate the database, publish the processes."""
    with opened() as (session, runtime):
        prepare(session, runtime)


@main.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000, type=click.IntRange(0, 65535))
@click.option(
    "--prepare", "first", is_flag=True, help="init, and the demo site on the first run"
)
def run(host: str, port: int, first: bool) -> None:
    """Serve the pages."""
    from waitress.runner import run as serve  # type: ignore[import-untyped]

    if first:
        _prepare_first_run()
    click.echo(f"管家流程已就绪: http://{host}:{port}  (Ctrl+C 停止)")
    listen = f"--listen={host}:{port}"
    serve(["waitress-serve", listen, "--threads=8", "--call", "web:create_app"])


def _prepare_first_run() -> None:
    from engine.actions.load_demo import load_demo

    with opened() as (session, runtime):
        prepare(session, runtime)
        report = transact(session, load_demo, runtime)
        if report.password is not None:
            click.echo(describe_demo(report))
        else:
            click.echo(
                "登录名见员工花名册，如 lusy(客户助理)、jiahl(收银员);忘记演示密码请运行 steward demo --new-password"
            )


@main.command()
@click.argument("process_ids_", metavar="[PROCESS]...", nargs=-1)
def check(process_ids_: tuple[str, ...]) -> None:
    """Check processes as at publishing; any error ends with status 1."""
    runtime = Runtime(Settings.from_environment())
    settings, errors = runtime.settings, 0
    for process_id in process_ids_ or process_ids(settings):
        source = read_source(settings.processes, settings.forms, process_id)
        for finding in findings_of(runtime, source):
            errors += finding.severity == "error"
            click.echo(f"{process_id}: {finding.severity}: {finding.sentence}")
    if errors:
        sys.exit(1)


@main.command()
def wake() -> None:
    """Fire every timer that is due, once."""
    with opened() as (session, runtime):
        click.echo(f"已唤醒 {wake_all(session, runtime)} 个案件。")


@main.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
def layout(files: tuple[Path, ...]) -> None:
    """Draw BPMN files anew: same content, a clean picture."""
    from engine.workflow.layout import draw

    for file in files:
        file.write_bytes(draw(file.read_bytes()))


if __name__ == "__main__":
    main()
