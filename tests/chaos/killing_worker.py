"""A worker process like any other, but at the points that a plan names it does violence.

    MEDARBETARE_CHAOS/plan.json      {reference: [[step, boundary, deed], …]}: the deeds of a case, in this order
    MEDARBETARE_CHAOS/<reference>    one JSON line a deed that was done, on disk before it is done

The boundaries: those that the engine tells of, and just before each commit of a journal entry ("before …"). A run's
first entry and its outcome count as boundaries of the step "ärendet".

The deeds: kill -9 of this worker, its supervisor or its browser; SIGSTOP of this process alone, of all its processes,
or of its supervisor; SIGTERM of its supervisor. Each is done once.
"""

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now

from medarbetare.database.connection import load_models

load_models()

from medarbetare.cases.models import Case  # noqa: E402
from medarbetare.cli import worker_process  # noqa: E402
from medarbetare.engine.run import Boundary  # noqa: E402
from medarbetare.journal.writing import Entry, Journal  # noqa: E402

SAFETY = 60.0
COMMITS = {
    "step": "step",
    "write.intended": "intended",
    "write.submitting": "submitting",
    "write.receipt": "receipt",
    "run.started": "begun",
    "case.outcome": "outcome",
}
"""The boundary that lies after the commit of an entry of each kind."""
OF_THE_CASE = ("begun", "outcome")
"""Boundaries that the engine does not tell of."""
BEFORE_THE_CLICK = ("before submitting", "submitting")


class Violence:
    """Observes the boundaries of a worker's cases and does what the plan says, once each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._plan = json.loads((folder / "plan.json").read_text("utf-8"))
        self._references: dict[str, str] = {}
        self._unclicked: tuple[str, str] | None = None
        self._deeds: dict[str, Callable[[Boundary], None]] = {
            "worker": lambda boundary: os.kill(os.getpid(), signal.SIGKILL),
            "supervisor": self._kill_supervisor,
            "browser": self._kill_browser,
            "stop worker": lambda boundary: os.kill(os.getpid(), signal.SIGSTOP),
            "stop worker and browser": self._stop_everything,
            "stop supervisor": self._stop_supervisor,
            "ask to stop": self._ask_to_stop,
        }

    def __call__(self, boundary: Boundary) -> None:
        """Called when a boundary has been passed."""
        if self._was_not_clicked(boundary):
            return
        reference = self._reference(boundary.case)
        record = self._folder / reference
        done = len(record.read_text("utf-8").splitlines()) if record.exists() else 0
        left = self._plan.get(reference, [])[done:]
        if left and left[0][:2] == [boundary.step, boundary.point]:
            self._write_down(record, left[0])
            self._deeds[left[0][2]](boundary)

    def _was_not_clicked(self, boundary: Boundary) -> bool:
        """With the browser killed before the click there is no answer to it, though the boundary is passed.

        A run that ends there, since its lease has run out, passes it never: the next answer is to another click.
        """
        if boundary.point in BEFORE_THE_CLICK:
            return False
        unclicked, self._unclicked = self._unclicked, None
        return boundary.point == "submit answered" and unclicked == (boundary.case, boundary.step)

    def _reference(self, case: str) -> str:
        if case not in self._references:
            self._references[case] = Case.objects.values_list("reference", flat=True).get(handle=case)
        return self._references[case]

    def _write_down(self, record: Path, deed: list[str]) -> None:
        step, point, what = deed
        story = {
            "step": step,
            "boundary": point,
            "deed": what,
            "time": time.time(),
            "worker": os.getpid(),
            "supervisor": os.getppid(),
            "browsers": [process.pid for process in _browsers()],
            "below": [process.pid for process in psutil.Process().children(recursive=True)],
        }
        with open(record, "a", encoding="utf-8") as file:
            file.write(json.dumps(story, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _kill_supervisor(self, boundary: Boundary) -> None:
        os.kill(os.getppid(), signal.SIGKILL)
        self._outlive("the worker outlived its supervisor")

    def _kill_browser(self, boundary: Boundary) -> None:
        browsers = _browsers()
        _send(browsers, signal.SIGKILL)
        deadline = time.monotonic() + SAFETY
        while not all(_is_dead(process) for process in browsers):
            if time.monotonic() > deadline:
                self._complain("the browser outlived kill -9")
                break
            time.sleep(0.01)
        if boundary.point in BEFORE_THE_CLICK:
            self._unclicked = (boundary.case, boundary.step)

    def _stop_everything(self, boundary: Boundary) -> None:
        _send(psutil.Process().children(recursive=True), signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGSTOP)

    def _stop_supervisor(self, boundary: Boundary) -> None:
        """Stop the supervisor, and go on when the lease that nobody renews any more has ended."""
        os.kill(os.getppid(), signal.SIGSTOP)
        deadline = time.monotonic() + SAFETY
        while time.monotonic() < deadline:
            if not Case.objects.filter(handle=boundary.case, lease_until__gt=Now()).exists():
                return
            time.sleep(0.05)
        self._complain("the lease went on without a supervisor")

    def _ask_to_stop(self, boundary: Boundary) -> None:
        """SIGTERM to the supervisor; goes on when it has reached this process, so that it comes at this very point."""
        orderly = signal.getsignal(signal.SIGTERM)
        assert callable(orderly)
        arrived: list[int] = []

        def note(number: int, frame: FrameType | None) -> None:
            arrived.append(number)
            orderly(number, frame)

        signal.signal(signal.SIGTERM, note)
        os.kill(os.getppid(), signal.SIGTERM)
        deadline = time.monotonic() + SAFETY
        while not arrived:
            if time.monotonic() > deadline:
                self._complain("the supervisor did not ask its worker to stop")
                break
            time.sleep(0.01)

    def _outlive(self, complaint: str) -> None:
        time.sleep(SAFETY)
        self._complain(complaint)
        os._exit(1)

    def _complain(self, complaint: str) -> None:
        with open(self._folder / "complaints", "a", encoding="utf-8") as file:
            file.write(complaint + "\n")


class Commits:
    """Tells of the points just before a journal entry is committed, and of those after it that the engine does not."""

    def __init__(self, passed: Callable[[Boundary], None]) -> None:
        self._passed = passed
        self._to_commit: Boundary | None = None
        self._append, self._commit, self._rollback = (
            Journal.append,
            BaseDatabaseWrapper.commit,
            BaseDatabaseWrapper.rollback,
        )

    def watch(self) -> None:
        """Look at every transaction of this process from now on."""

        def append(journal: Journal, **entry: Any) -> Entry:
            made = self._append(journal, **entry)
            if made.case is not None and made.kind in COMMITS:
                self._to_commit = Boundary(made.case, made.name or "ärendet", COMMITS[made.kind])
            return made

        def commit(connection: BaseDatabaseWrapper) -> None:
            at, self._to_commit = self._to_commit, None
            if at is not None:
                self._passed(Boundary(at.case, at.step, f"before {at.point}"))
            self._commit(connection)
            if at is not None and at.point in OF_THE_CASE:
                self._passed(at)

        def rollback(connection: BaseDatabaseWrapper) -> None:
            self._to_commit = None
            self._rollback(connection)

        Journal.append = append  # type: ignore[method-assign, assignment]
        BaseDatabaseWrapper.commit = commit
        BaseDatabaseWrapper.rollback = rollback


def _browsers() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "chrom" in process.name().lower():
                found.append(process)
    return found


def _send(processes: list[psutil.Process], number: int) -> None:
    # In its sandbox all of a browser ends at once.
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _is_dead(process: psutil.Process) -> bool:
    """Whether a process has ended, also when nobody has collected it yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


if __name__ == "__main__":
    violence = Violence(Path(os.environ["MEDARBETARE_CHAOS"]))
    Commits(violence).watch()
    worker_process.main(observe=violence)
