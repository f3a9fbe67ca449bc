"""Several processes of one installation: ``python -m tests.proofs.servers FOLDER URL WEBS
WORKERS MINUTES``.

Prints the ports, one a line; starts the workers at the first line of its input, their
clocks ``MINUTES`` ahead; serves until its input is closed. The exit code is how many
processes had died by then.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from waitress import create_server

from engine.background import Background
from engine.runtime import Runtime
from engine.settings import Settings
from tests.cast import settings
from web import create_app


def web(given: Settings) -> None:
    server = create_server(create_app(given), host="127.0.0.1", port=0, threads=4)
    os.write(1, f"{server.effective_port}\n".encode())
    server.run()


def worker(given: Settings) -> None:
    background = Background(Runtime(given))
    background.nudge(datetime.now(UTC) - timedelta(minutes=1))
    background.run(2)


def child(serve: Callable[[Settings], None], given: Settings) -> int:
    """Fork after the imports: much quicker than so many fresh interpreters."""
    pid = os.fork()
    if pid:
        return pid
    try:
        serve(given)
    except BaseException:
        traceback.print_exc()
    finally:
        os.write(1, b"dead\n")  # instead of a port
        os._exit(1)


def main() -> None:
    folder, url, webs, workers, minutes = sys.argv[1:]
    given = settings(Path(folder), url)
    pids = [child(web, given) for _ in range(int(webs))]
    sys.stdin.readline()
    ahead = datetime.now(UTC) + timedelta(minutes=int(minutes))
    with time_machine.travel(ahead, tick=True):
        pids += [child(worker, given) for _ in range(int(workers))]
        sys.stdin.read()
    dead = [pid for pid in pids if os.waitpid(pid, os.WNOHANG)[0]]
    for pid in set(pids) - set(dead):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    sys.exit(len(dead))


if __name__ == "__main__":
    main()
