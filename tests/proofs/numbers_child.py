"""A process that writes papers: ``python -m tests.proofs.numbers_child FOLDER URL SEED``.

Says ``ready``, begins at the first line of its input, and prints a line of JSON for each
act that was kept: its numbers. Of three acts about one is given up after it was numbered.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.store.database import transact
from engine.store.tables import Record
from tests.cast import Office
from tests.papers import file_slips, slip
from tests.proofs.working import reopened

ACTS = 60
KINDS = ("R31", "R38", "R67")


class GivenUp(Refused):
    """这一次不算。"""


def tell(text: str) -> None:
    os.write(1, f"{text}\n".encode())  # one write: lines stay whole


def write(session: Session, office: Office, key: str, random: Random) -> list[str]:
    """One act: several papers in any order, read back before it is kept or given up."""
    kinds = random.choices(KINDS, k=random.randint(1, 3))
    file_slips(office, session, [slip({"by": key}, kind=k, key=key) for k in kinds])
    query = select(Record.number).where(Record.key == key)
    numbers = list(session.scalars(query))
    if random.random() < 1 / 3:
        raise GivenUp()
    return numbers


def main() -> None:
    folder, url, seed = sys.argv[1:]
    office, random = reopened(Path(folder), url, "127.0.0.1"), Random(seed)
    tell("ready")
    sys.stdin.readline()
    for act in range(ACTS):
        key = f"{seed}.{act}"
        try:
            with office.sessions() as session:
                tell(json.dumps(transact(session, write, office, key, random)))
        except GivenUp:
            tell("null")


if __name__ == "__main__":
    main()
