"""What people of the demo site do: start cases, do their tasks, check slips, change their
minds. Each is an action that a page calls too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from engine.actions.cancel_case import cancel_case
from engine.actions.claim_task import claim_task
from engine.actions.complete_task import complete_task
from engine.actions.confirm_release import confirm_release
from engine.actions.files import keep_file
from engine.actions.report_mismatch import report_mismatch
from engine.actions.set_deposit_policy import set_deposit_policy
from engine.actions.start_case import start_case
from engine.actions.void_record import void_record
from engine.demo.answers import filled, picture
from engine.demo.plots import Begin, Told, in_office, usual_of
from engine.demo.stage import Played, Stage
from engine.errors import NotFound, Refused
from engine.forms import Names, read_json
from engine.people import Person
from engine.store.cases import Case, Process, Task
from engine.store.database import transact
from engine.store.records import Record
from engine.store.release_passes import ReleasePass, items_of
from engine.store.staff import Site

SOON = (10, 150)  # minutes that a task waits where its plot says nothing
CLAIMED = 0.3  # of the tasks still open at the end


class NobodyThere(Refused):
    """演示小区没有人担任“{role}”。"""


@dataclass(frozen=True)
class Acts:
    stage: Stage

    def settle_policy(self, told: Told) -> None:
        """What the site allows itself with deposits."""
        stage, who = self.stage, self._worker("project_manager")
        args = (who, stage.site_id, told)
        transact(stage.session, set_deposit_policy, *args)

    def begin(self, begin: Begin) -> None:
        stage, plot = self.stage, begin.plot
        facts = stage.groups.get(begin.group or "")
        facts = facts or stage.cast.house(plot.houses or ("owner_occupied", "let"))
        if begin.group is not None:
            stage.groups[begin.group] = facts
        person = self._worker(self._first_role(plot.process), plot.own.get("as"))
        given = self._filled(plot.start, Names(facts))
        asked = (stage.runtime, person, plot.process, partial(read_json, answers=given))
        case = transact(stage.session, start_case, *asked)
        stage.played[case.id] = Played(plot, facts)
        for told in plot.own.get("then", ()):
            then = in_office(stage.now + timedelta(hours=told["after_hours"]))
            stage.at(then, partial(self.see_to, case.id, told))

    def do(self, task_id: str) -> None:
        stage = self.stage
        task = stage.session.get(Task, task_id, populate_existing=True)
        if task is None or task.state != "open":
            return
        played, element = stage.played[task.case_id], task.element
        person = self._worker(task.worked_by, played.plot.about(element, "as"))
        names = Names(task.item or {}, task.case.data, played.facts)
        upload = partial(self._upload, person, task_id)
        given = self._filled(played.plot.answers(element), names, upload)
        reading = partial(read_json, answers=given)
        transact(stage.session, complete_task, stage.runtime, person, task_id, reading)

    def show_slip(self, pass_id: int, differs: str | None) -> None:
        """At the gate: the goods match, or ``differs`` says in what they do not."""
        stage, guard = self.stage, self._worker("gate_guard")
        query = select(ReleasePass, Record)
        query = query.join(Record, Record.id == ReleasePass.record_id)
        release, record = stage.session.execute(
            query.where(ReleasePass.id == pass_id)
        ).one()
        token = stage.runtime.seal.open(release.sealed)
        shown = (stage.runtime, guard, token, range(len(items_of(record))))
        if differs is None:
            transact(stage.session, confirm_release, *shown)
        else:
            transact(stage.session, report_mismatch, *shown, differs)

    def see_to(self, case_id: int, told: Told) -> None:
        """What somebody does about a case by hand: cancel it, void a paper of it."""
        stage, who = self.stage, self._worker("customer_manager")
        if "cancel" in told:
            args = (stage.runtime, who, case_id, told["cancel"])
            transact(stage.session, cancel_case, *args)
        if "void" in told:
            query = select(Record.id).where(
                Record.case_id == case_id, Record.kind == told["void"]
            )
            record_id = stage.session.scalar(query.order_by(Record.id.desc()).limit(1))
            if record_id is not None:
                args = (stage.runtime, who, record_id, told["because"])
                transact(stage.session, void_record, *args)

    def look(self) -> None:
        """See what waits now, and say when somebody will see to it."""
        stage = self.stage
        query = select(Task.id, Task.case_id, Task.element).join(Case)
        query = query.where(Task.state == "open", Case.site_id == stage.site_id)
        for task_id, case_id, element in stage.session.execute(query).all():
            if task_id not in stage.seen:
                stage.seen.add(task_id)
                self._expect(task_id, self._played(case_id), element)
        issued = select(ReleasePass.id, ReleasePass.case_id).where(
            ReleasePass.site_id == stage.site_id, ReleasePass.state == "issued"
        )
        for pass_id, case_id in stage.session.execute(issued).all():
            if f"pass {pass_id}" not in stage.seen:
                stage.seen.add(f"pass {pass_id}")
                self._expect_slip(pass_id, self._played(case_id))
        stage.session.rollback()

    def claim_some(self) -> None:
        """Who has put which of the open tasks on their own list."""
        stage = self.stage
        query = select(Task.id).join(Case).where(Task.state == "open")
        query = query.where(Case.site_id == stage.site_id, Task.assignee_id.is_(None))
        query = query.order_by(Task.created_at, Task.id)
        for task_id in stage.session.scalars(query).all():
            if stage.cast.random.random() < CLAIMED:
                stage.attempt(partial(self._claim, task_id))

    def _claim(self, task_id: str) -> None:
        task = self.stage.session.get_one(Task, task_id)
        person = self._worker(task.worked_by)
        transact(self.stage.session, claim_task, person, task_id)

    # -- who, when, what ----------------------------------------------------------

    def _expect(self, task_id: str, played: Played, element: str) -> None:
        if {element, f"{element} {played.nth(element)}"} & {*played.plot.leaves}:
            return
        least, most = played.plot.about(element, "after", SOON)
        wait = timedelta(minutes=self.stage.cast.random.randint(least, most))
        self.stage.at(in_office(self.stage.now + wait), partial(self.do, task_id))

    def _expect_slip(self, pass_id: int, played: Played) -> None:
        told = played.plot.own.get("slip", ["match"])
        what = told[min(played.nth("slip"), len(told)) - 1]
        if what == "never":
            return
        wait = timedelta(minutes=self.stage.cast.random.randint(20, 200))
        show = partial(self.show_slip, pass_id, None if what == "match" else what)
        self.stage.at(self.stage.now + wait, show)

    def _played(self, case_id: int) -> Played:
        """The plot of a case; one that another case started goes as usual."""
        found = self.stage.played.get(case_id)
        if found is None:
            case = self.stage.session.get_one(Case, case_id)
            before = self.stage.played.get(case.parent_id or 0)
            usual = usual_of(case.process_id)
            if usual is None:
                raise NotFound()
            found = Played(usual, before.facts if before else {})
            self.stage.played[case_id] = found
        return found

    def _first_role(self, process_id: str) -> str:
        session, runtime = self.stage.session, self.stage.runtime
        process = session.get_one(Process, process_id)
        return runtime.published(session, process.current_id).first_role

    def _worker(self, role: str, username: str | None = None) -> Person:
        found = self.stage.cast.worker(role, username)
        if found is None:
            raise NobodyThere(role=role)
        return found

    def _upload(self, person: Person, task_id: str, name: str) -> list[str]:
        stage, content = self.stage, picture(f"{name} {task_id}")
        args = (stage.runtime, person, task_id, name, content)
        return [transact(stage.session, keep_file, *args).id]

    def _filled(
        self, told: Told, names: Names, upload: Callable[[str], Any] = str
    ) -> dict[str, Any]:
        stage = self.stage
        site = stage.session.get_one(Site, stage.site_id)
        functions = stage.runtime.functions(stage.session, site)
        found = filled(told, names, functions, stage.cast.random, upload)
        stage.session.rollback()
        return found
