"""Run every benchmark, print the table, keep it as bench.json."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from engine.settings import ROOT
from tests.benchmarks import complete_task
from tests.benchmarks.measure import table


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = complete_task.lines(Path(folder))
    print(table(lines))
    found = [line.as_json() for line in lines]
    (ROOT / "bench.json").write_text(
        json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
