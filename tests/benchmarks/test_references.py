"""What we compare with still runs on today's models."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from engine.actions.publish_process import read_source
from engine.settings import ROOT
from engine.workflow.library import parse
from tests.benchmarks.references import Bare, Commit, Naive


def test_each_reference_takes_its_step(tmp_path: Path) -> None:
    source = read_source(ROOT / "processes", ROOT / "forms", "house_handover")
    model = parse(source)
    assert Bare(model).once() > 0
    naive = Naive(tmp_path, model, 2)
    (before,) = naive.connection.execute("SELECT state FROM one").fetchone()
    naive.once()
    (after,) = naive.connection.execute("SELECT state FROM one").fetchone()
    assert len(after) > len(before)
    naive.connection.close()
    with closing(Commit(f"sqlite:///{tmp_path / 'commit.sqlite3'}")) as commit:
        commit.once()
