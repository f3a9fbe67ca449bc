"""Background work: huey wakes and spreads it, our due rows are the truth.

With the queue's tables deleted nothing is lost: the sweep of every minute finds what is
due in our own tables. A nudge after a commit only makes it sooner.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property, partial

from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine.actions.destroy_expired import destroy_expired
from engine.actions.forget_exports import forget_exports
from engine.actions.forget_imports import forget_imports
from engine.actions.make_calls import due_calls, make_call
from engine.actions.start_scheduled import start_all
from engine.actions.wake_cases import wake_all
from engine.actions.work_imports import note_progress, work_imports
from engine.actions.write_export import note_written, take_export, write_export
from engine.runtime import Runtime
from engine.settings import Settings
from engine.store.database import now, open_engine, transact

QUEUE = "steward"
MINUTE = timedelta(minutes=1)
LOCK = 7_413_002  # any number: the advisory lock of the queue's tables


def open_queue(settings: Settings) -> Huey:
    """The queue beside the database: a file of its own, or PostgreSQL's tables."""
    if settings.database_url.startswith("postgresql"):
        dsn = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        # polled: a LISTEN connection a thread is more than a wake-up is worth
        queue = PostgresHuey(
            QUEUE, dsn=dsn, results=False, blocking=False, create_tables=False
        )
        _make_tables(queue)
        return queue
    path = settings.var / "queue.sqlite3"
    return SqliteHuey(QUEUE, filename=str(path), fsync=False, results=False)


def _make_tables(queue: Huey) -> None:
    """The queue's tables in PostgreSQL: processes that start at once make them one after
    another, else all but one of them fail ("if not exists" is no lock)."""
    queue.storage.conn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    queue.storage.initialize_schema()  # closes the connection: the lock is given back


class _Embedded(Consumer):  # type: ignore[misc]
    """A consumer inside another program, whose signal handlers stay its own."""

    def _set_signal_handlers(self) -> None:
        pass


class Background:
    """The background work of one installation."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.queue = open_queue(runtime.settings)
        self._consumer: Consumer | None = None
        self._sweep = self.queue.task(name="sweep")(self.sweep)
        self._export = self.queue.task(name="export")(self.export)
        self._import = self.queue.task(name="import")(self.import_)
        self.queue.periodic_task(crontab(), name="import_every_minute")(self.import_)
        self.queue.periodic_task(crontab(), name="sweep_every_minute")(self.sweep)
        self.queue.periodic_task(crontab(), name="export_every_minute")(self.export)
        nightly = crontab(minute="10", hour="19")  # UTC: ten past three in the morning
        self.queue.periodic_task(nightly, name="destroy_nightly")(self.destroy)

    @cached_property
    def _engine(self) -> Engine:
        """Of its own: a sweep must not wait for the web's connections."""
        return open_engine(self.runtime.settings.database_url)

    def sweep(self) -> tuple[int, int]:
        """Do everything that is due now: how many cases woke or were started by the
        clock, how many calls were made."""
        with Session(self._engine) as session:
            woken = wake_all(session, self.runtime)
            woken += start_all(session, self.runtime)
            made = 0
            while calls := due_calls(session):
                session.rollback()
                made += sum(make_call(session, self.runtime, call) for call in calls)
        return woken, made

    def export(self) -> int:
        """Write every workbook that is waited for, beside the sweep and not in its way."""
        written = 0
        with Session(self._engine) as session:
            transact(session, forget_exports, self.runtime)
            while (export_id := transact(session, take_export)) is not None:
                note = partial(self._note_written, export_id)
                transact(session, write_export, self.runtime, export_id, note)
                written += 1
        return written

    def destroy(self) -> int:
        """Destroy what may not be kept any longer; how many pictures and papers."""
        with Session(self._engine) as session:
            return destroy_expired(session, self.runtime)

    def _note_written(self, export_id: str, rows: int) -> None:
        with Session(self._engine) as session:
            transact(session, note_written, export_id, rows)

    def import_(self) -> int:
        """Check and write every uploaded workbook that waits."""
        with Session(self._engine) as session:
            transact(session, forget_imports, self.runtime)
            return work_imports(session, self.runtime, tell=self._note_progress)

    def _note_progress(self, run_id: int, percent: int) -> None:
        with Session(self._engine) as session:
            transact(session, note_progress, run_id, percent)

    def nudge(self, due: datetime) -> None:
        """Something will be due at ``due``: sweep in the minute after, or now for what is
        due already. A lost nudge loses nothing."""
        soon = due <= now()
        self._sweep.schedule(eta=now() if soon else due + MINUTE)
        if soon:
            self._export.schedule(eta=now())
            self._import.schedule(eta=now())

    def start(self) -> None:
        """Work in threads of this process, beside the web server."""
        self._consumer = _Embedded(self.queue, workers=2, max_delay=1.0)
        self._consumer.start()

    def stop(self) -> None:
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
            self._consumer = None
        self.queue.storage.close()
        self._engine.dispose()

    def run(self, workers: int) -> None:
        """Work in the foreground until a signal stops it: ``steward worker``."""
        self.queue.create_consumer(workers=workers, max_delay=1.0).run()
