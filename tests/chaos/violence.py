"""Random violence against robots at work: kill -9, and SIGSTOP until after the lease has ended."""

import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import psutil
from processes import below, is_browser, send

KILLS = {"kill worker": 42, "kill browser": 24, "kill supervisor": 12}
STOPS = {"stop worker": 9, "stop worker and browser": 9, "stop supervisor": 4}
"""What is done, and how often of a hundred."""
WORKER = "naming_worker.py"


@dataclass(frozen=True)
class Act:
    """One deed: when (epoch seconds), and the worker processes whose cases it may delay."""

    time: float
    deed: str
    workers: tuple[int, ...]


@dataclass
class Violence:
    """Does violence to some of the robots that it is shown. The same seed chooses alike; what it meets depends on time.

    `past_lease`: seconds for which a stopped process stays stopped.
    """

    seed: int
    past_lease: float
    acts: list[Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)  # noqa: S311 - a plan to be repeated, nothing secret
        self._asleep: list[tuple[float, list[psutil.Process]]] = []

    @property
    def kills(self) -> int:
        """How many of the acts were kills."""
        return sum(act.deed in KILLS for act in self.acts)

    def act(self, robots: Sequence["subprocess.Popen[bytes]"]) -> bool:
        """Do something to one of them; whether there was anything to do it to."""
        deeds = {**KILLS, **STOPS}
        [deed] = self._chance.choices(list(deeds), list(deeds.values()))
        robot = self._chance.choice(list(robots))
        with suppress(psutil.NoSuchProcess):
            supervisor = psutil.Process(robot.pid)
            workers = [one for one in supervisor.children() if WORKER in " ".join(one.cmdline())]
            if not workers:
                return False
            worker = self._chance.choice(workers)
            victims = self._victims(deed, supervisor, worker)
            if not victims:
                return False
            hit = workers if "supervisor" in deed else [worker]
            self.acts.append(Act(time.time(), deed, tuple(one.pid for one in hit)))
            number = signal.SIGKILL if deed in KILLS else signal.SIGSTOP
            send(victims, number)
            if deed in STOPS:
                self._asleep.append((time.monotonic() + self.past_lease, victims))
            return True
        return False

    def _victims(self, deed: str, supervisor: psutil.Process, worker: psutil.Process) -> list[psutil.Process]:
        if "supervisor" in deed:
            return [supervisor]
        if deed == "kill browser":
            browsers = below(worker, is_browser)
            # The whole browser, or one of the processes that it is made of.
            return browsers[:1] if self._chance.random() < 0.7 else browsers and [self._chance.choice(browsers)]
        # From the leaves up, so that none of them starts another meanwhile.
        return [*reversed(worker.children(recursive=True)), worker] if deed == "stop worker and browser" else [worker]

    def wake(self, *, all_of_them: bool = False) -> None:
        """Let those go on whose lease has ended since they were stopped, as far as they still live."""
        due = [one for one in self._asleep if all_of_them or one[0] <= time.monotonic()]
        self._asleep = [one for one in self._asleep if one not in due]
        for _, victims in due:
            send(victims, signal.SIGCONT)
