"""A server at work until it is killed: ``python -m tests.proofs.crash_child FOLDER URL
HOST SEED MINUTES``, the clock ``MINUTES`` ahead.

Prints a line of JSON for each act that was acknowledged, only after its commit.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import time_machine

from engine.actions.claim_task import claim_task
from engine.background import Background
from engine.errors import Refused
from engine.store.database import transact
from engine.store.tables import Task
from tests.cast import Office
from tests.proofs.working import CLERKS, begin, complete, open_tasks, reopened

ENOUGH = 12  # open tasks, before another case is started


def tell(**act: Any) -> None:
    os.write(1, json.dumps(act).encode() + b"\n")  # one write: lines stay whole


class Clerk(Thread):
    def __init__(self, office: Office, username: str, seed: str) -> None:
        super().__init__(daemon=True)
        self.office, self.random = office, Random(f"{seed} {username}")
        self.person = office.person(username)

    def run(self) -> None:
        try:
            while True:
                try:
                    self.act()
                except Refused:
                    continue  # somebody else was faster
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(3)

    def act(self) -> None:
        with self.office.sessions() as session:
            mine = Task.assignee_id.is_(None) | (Task.assignee_id == self.person.id)
            tasks = open_tasks(session, mine)
            session.rollback()
            if len(tasks) < self.random.randint(1, ENOUGH):
                tell(act="start", case=begin(self.office, self.person).id)
                return
            task = self.random.choice(tasks)
            if task.assignee_id is None and self.random.random() < 0.4:
                transact(session, claim_task, self.person, task.id)
                tell(act="claim", task=task.id, person=self.person.id)
                return
            complete(session, self.office, self.person, task)
            tell(act="complete", task=task.id, person=self.person.id)


def main() -> None:
    folder, url, host, seed, minutes = sys.argv[1:]
    ahead = datetime.now(UTC) + timedelta(minutes=int(minutes))
    with time_machine.travel(ahead, tick=True):
        office = reopened(Path(folder), url, host)
        background = Background(office.runtime)
        office.sessions.configure(info={"on_due": background.nudge})
        background.start()
        for username in CLERKS[:3]:
            Clerk(office, username, seed).start()
        while True:  # beside the queue, which may be lost
            woken, made = background.sweep()
            if woken or made:
                tell(act="sweep", woken=woken, made=made)


if __name__ == "__main__":
    main()
