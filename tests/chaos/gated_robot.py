"""`medarbetare run` as people start it, but its workers stop at the points that a test has named until it lets them go.

MEDARBETARE_CHAOS/gates/<reference>        one line: the write and the boundary, as `beslut submitting`
MEDARBETARE_CHAOS/gates/<reference>.here   made by the worker when it stands there; holds its process id
MEDARBETARE_CHAOS/gates/<reference>.go     made by the test; the worker goes on

python gated_robot.py STARTER run [--once]     the robot; ends with the process that started it
python gated_robot.py worker                   one of its workers
"""

import ctypes
import os
import signal
import sys
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from medarbetare import clock
from medarbetare.database.connection import load_models

PR_SET_PDEATHSIG = 1
SAFETY = 180.0


class Gates:
    """Observes the boundaries of a worker's cases and waits at the gates."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, boundary: object) -> None:
        """Called when a boundary has been passed."""
        from medarbetare.cases.models import Case

        point = f"{boundary.step} {boundary.point}"  # type: ignore[attr-defined]
        waiting = [gate for gate in self._folder.iterdir() if not gate.suffix and gate.read_text("utf-8") == point]
        for gate in waiting:
            reference = Case.objects.values_list("reference", flat=True).get(handle=boundary.case)  # type: ignore[attr-defined]
            here = gate.with_suffix(".here")
            if reference == gate.name and not here.exists():
                draft = gate.with_suffix(".draft")
                draft.write_text(str(os.getpid()), "utf-8")
                draft.rename(here)
                self._wait_for(gate.with_suffix(".go"))

    def _wait_for(self, permission: Path) -> None:
        deadline = time.monotonic() + SAFETY
        while not permission.exists() and time.monotonic() < deadline:
            time.sleep(0.005)


def shift_clock() -> None:
    """The wall clock of this process is wrong by so many seconds, wherever the robot reads it."""
    wrong_by = timedelta(seconds=float(os.environ.get("MEDARBETARE_CLOCK_WRONG_BY", "0")))
    if not wrong_by:
        return
    right = clock.utc_now

    def wrong() -> datetime:
        return right() + wrong_by

    # Before anything that reads the time is imported: each takes the name as it is then.
    clock.utc_now = wrong


def work() -> None:
    """Be a worker."""
    shift_clock()
    load_models()
    from medarbetare.cli import worker_process

    worker_process.main(observe=Gates(Path(os.environ["MEDARBETARE_CHAOS"]) / "gates"))


def run(starter: int, *arguments: str) -> None:
    """Be the robot, as `medarbetare` with these arguments."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != starter:
        return
    load_models("medarbetare.web.settings")
    shift_clock()
    from medarbetare.cli import service
    from medarbetare.cli.app import run_app

    worker = (sys.executable, "-P", __file__, "worker")
    service.build_supervisor = partial(service.build_supervisor, command=worker)  # type: ignore[assignment]
    sys.argv = ["medarbetare", *arguments]
    run_app()


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        work()
    else:
        run(int(sys.argv[1]), *sys.argv[2:])
