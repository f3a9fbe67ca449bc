"""Play the last 120 days of the demo site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.calendar import ZONE
from engine.demo.acts import Acts
from engine.demo.cast import read_cast
from engine.demo.plots import DAYS, deposit_policy, plan
from engine.demo.stage import Stage
from engine.runtime import Runtime
from engine.store.cases import Case

SEED = 20260310  # the same cases, people and answers each time


@dataclass(frozen=True)
class DemoCases:
    cases: int
    refused: tuple[str, ...]


def play_demo(
    session: Session,
    runtime: Runtime,
    site_id: int,
    progress: Callable[[float], None] = lambda part: None,
    days: int = DAYS,
) -> DemoCases:
    """Start and drive the cases of the demo site's last days up to this minute. Each act
    is a transaction of its own, as when people do it."""
    today, random = datetime.now(ZONE).replace(second=0, microsecond=0), Random(SEED)
    cast = read_cast(session, runtime.seal, site_id, random)
    session.rollback()
    begun = today - timedelta(days=days)
    with time_machine.travel(begun, tick=False) as clock:
        move_to = partial(clock.move_to, tick=False)
        stage = Stage(session, runtime, site_id, cast, move_to, today, begun)
        acts = Acts(stage)
        stage.look = acts.look
        acts.settle_policy(deposit_policy())
        for each in plan(today, random):
            if each.at >= begun:
                stage.at(each.at, partial(acts.begin, each))
        stage.play(progress)
        acts.claim_some()
    count = select(func.count()).select_from(Case).where(Case.site_id == site_id)
    return DemoCases(session.scalar(count) or 0, tuple(stage.refused))
