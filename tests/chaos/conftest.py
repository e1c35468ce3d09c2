"""Robots with workers that do violence, and the judgement of what they left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest
from judging import KINDS, NOTICE, STATUS, WRITES, made_by, notices
from reporting import tell
from tree import Tree

from medarbetare.bootstrap import build_journal, read_configuration, read_keys
from medarbetare.cases.models import Case
from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.cases.status import CaseStatus
from medarbetare.clock import utc_now
from sandkommun.worlds import World

SAFETY = 600.0


@dataclass
class Chaos:
    """A practice municipality whose robots come to harm as planned."""

    practice: Any
    world: World
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    is_over: bool = False

    def plan(self, deeds: Mapping[str, list[tuple[str, str, str]]]) -> None:
        """What shall be done to each case, by its reference: (step, boundary, deed), in this order."""
        (self.folder / "plan.json").write_text(json.dumps(deeds, ensure_ascii=False), "utf-8")

    def deeds(self, reference: str) -> list[dict[str, Any]]:
        """What was done to a case."""
        record = self.folder / reference
        return [json.loads(line) for line in record.read_text("utf-8").splitlines()] if record.exists() else []

    def complaints(self) -> str:
        """What went against the order of things, by the killers' account."""
        complaints = self.folder / "complaints"
        return complaints.read_text("utf-8") if complaints.exists() else ""

    def configure(self, *, duration: int, margin: int, silence: int, workers: int = 1) -> None:
        """Short leases, and as many attempts as it takes, soon after each other: what harm costs is to be seen."""

        def change(content: dict[str, Any]) -> None:
            content["lease"] = {"duration": duration, "margin": margin, "silence": silence}
            content["patience"] = {"attempts_per_case": 1000, "wait_between_attempts": 1, "longest_wait": 8}
            content["workers"] = workers

        self.practice.configure("medarbetare.yaml", change)

    def take_in(self) -> None:
        """Make the cases of all applications, so that no worker need read the inbox. The database must be open."""
        configuration = read_configuration(self.practice.config)
        [(inbox, settings)] = configuration.inboxes.items()
        keys = read_keys(configuration)
        people = {ref: self.world.personer[one.sokande].personnummer for ref, one in self.world.inkorg.items()}
        CaseRegister(build_journal(configuration, keys)).take_in(
            [Arrival(ref, keys.pseudonym(settings.department, person)) for ref, person in people.items()],
            inbox=inbox,
            department=settings.department,
            workflow=settings.workflow,
            now=utc_now(),
        )

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A robot with violent workers, or another command. Its log goes to the practice folder."""
        with open(self.folder / "robots.log", "ab") as log:
            process = subprocess.Popen(
                command or self._robot("killing_worker.py", "--once"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self._environment(),
            )
        self.processes.append(process)
        return process

    def start_service(self) -> subprocess.Popen[bytes]:
        """A robot that works until it is told to end, with usual workers whose log says which of them wrote it."""
        return self.start(*self._robot("naming_worker.py"))

    def _robot(self, worker: str, *how: str) -> list[str]:
        script = str(Path(__file__).with_name("killing_robot.py"))
        return [sys.executable, "-P", script, str(os.getpid()), worker, *how]

    def use_database(self, conninfo: str) -> None:
        """Let the robots work on a server that is not theirs."""
        secret = self.folder / "database"
        secret.write_text(conninfo, "utf-8")
        self.practice.configure(
            "medarbetare.yaml", lambda content: content.update(database={"url": {"file": str(secret)}})
        )

    def work_off(self, robots: int = 1, seconds: float = SAFETY) -> None:
        """Let so many robots at once work until nothing is left to do, starting each that is killed again."""
        ends: list[object] = []
        deadline = time.monotonic() + seconds

        def keep_alive() -> None:
            code: object = -signal.SIGKILL
            while code == -signal.SIGKILL and not self.is_over:
                try:
                    code = self.start().wait(max(deadline - time.monotonic(), 0.1))
                except subprocess.TimeoutExpired:
                    code = "not in time"
            ends.append(code)

        threads = [threading.Thread(target=keep_alive) for _ in range(robots)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ends == [0] * robots, self.log()

    def work_until_none_waits(self, robots: int = 1, seconds: float = SAFETY) -> None:
        """`work_off`, and again when what had failed, and was to be tried later, is due. The database must be open."""
        deadline = time.monotonic() + seconds
        self.work_off(robots, seconds)
        while CaseStatus.WAITING in self.statuses().values():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.5)
            self.work_off(seconds=deadline - time.monotonic())

    def log(self) -> str:
        """The end of what the robots logged."""
        return (self.folder / "robots.log").read_text("utf-8", "replace")[-6000:]

    def has_logged(self, event: str) -> bool:
        """Whether a robot has logged an event."""
        return f'"event": "{event}"' in (self.folder / "robots.log").read_text("utf-8", "replace")

    def statuses(self) -> dict[str, str]:
        """The status of each case. The database must be open."""
        return dict(Case.objects.values_list("reference", "status"))

    def records(self, reference: str) -> dict[str, list[dict[str, Any]]]:
        """What the systems registered for an application, by the name of the write, by their own account."""
        person = self.world.personer[self.world.inkorg[reference].sokande].personnummer
        held = self.practice.facit()
        of_case = {write: [record for record in made_by(write, held) if record["sokande"] == person] for write in KINDS}
        inbox = self.practice.facit("etjanst")
        in_inbox = {STATUS: inbox["registered"]["statusandringar"], NOTICE: notices(inbox)}
        return of_case | {write: [one for one in made if one["ref"] == reference] for write, made in in_inbox.items()}

    def assert_decided_once(self, reference: str) -> dict[str, list[dict[str, Any]]]:
        """One of each record, of the right amount, and the status in the e-service; returns them."""
        records = self.records(reference)
        assert {write: len(found) for write, found in records.items()} == dict.fromkeys(WRITES, 1)
        assert Decimal(records["beslut"][0]["belopp"]) == Decimal(records["utbetalning"][0]["belopp"]) == 6865
        assert records[STATUS][0]["status"] == "Beslutad"
        return records

    def assert_journal_verifies(self) -> None:
        """By the robot's own command, as an auditor runs it."""
        verified = self.practice.medarbetare("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr

    def sweep_up(self) -> list[str]:
        """End what still runs with this configuration; the names of what did not end by itself in time."""
        self.is_over = True
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        left = self._left()
        psutil.wait_procs(left, 15)
        stubborn = self._left()
        names = []
        for one in stubborn:
            with suppress(psutil.NoSuchProcess):
                names.append(f"{one.pid} {one.name()} {one.status()}")
                one.kill()
        return names

    def _left(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("MEDARBETARE_CHAOS") == str(self.folder):
                    found.append(process)
        return found

    def _environment(self) -> dict[str, str]:
        own = {"MEDARBETARE_CONFIG": str(self.practice.config), "MEDARBETARE_CHAOS": str(self.folder)}
        return {**os.environ, **own}


@pytest.fixture
def chaos(practise: Callable[..., Any]) -> Iterator[Callable[[World], Chaos]]:
    """Starts a practice municipality for violence. Nothing is left running after the test, and it says what was."""
    started: list[Chaos] = []

    def start(world: World) -> Chaos:
        practice = practise(world)
        folder = practice.folder / "chaos"
        folder.mkdir()
        one = Chaos(practice, world, folder)
        one.plan({})
        started.append(one)
        return one

    yield start
    assert [name for one in started for name in one.sweep_up()] == []


_TREE = pytest.StashKey[Tree]()


def pytest_configure(config: pytest.Config) -> None:
    """The tree that is tested is the one that lies here at the beginning: whole proofs take hours."""
    if config.getoption("--whole-matrix"):
        config.stash[_TREE] = Tree.now()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was done, and what came of it."""
    file = config.rootpath / "build" / "chaos.json" if config.getoption("--whole-matrix") else None
    tell(terminalreporter, file, config.stash.get(_TREE, Tree()))
