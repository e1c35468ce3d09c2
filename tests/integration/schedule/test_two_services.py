"""Two `medarbetare run` on one embedded database: one ticks, the other takes over when the first is killed."""

import json
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from medarbetare.bootstrap import open_database, read_configuration
from medarbetare.config import config_folder
from medarbetare.journal.keys import generate_keys
from medarbetare.schedule.standby import active_scheduler

DEPARTMENT = "ekonomiskt_bistand"
SAFETY = 60


@pytest.fixture
def config() -> Iterator[Path]:
    """A configuration with an embedded database, and a schedule that is never due."""
    folder = Path(tempfile.mkdtemp(prefix="medarbetare-test-"))
    folder.chmod(0o711)
    config = folder / "config"
    shutil.copytree(config_folder(), config)
    keys = generate_keys(folder / "keys", [DEPARTMENT])
    installation = {
        "municipality": "Exempelby",
        "database": {"embedded": str(folder / "database")},
        "journal": {
            "origin": "medarbetare.example/journal",
            "signing_key": {"file": str(keys.signing.file)},
            "department_keys": {DEPARTMENT: {"file": str(keys.departments[DEPARTMENT].file)}},
        },
        "practice_date": "2026-12-01",
    }
    (config / "medarbetare.yaml").write_text(yaml.safe_dump(installation), "utf-8")
    (config / "schedule.yaml").write_text('runs: {nyar: {workflow: ekonomiskt_bistand, cron: "0 0 1 1 *"}}\n', "utf-8")
    yield config
    shutil.rmtree(folder, ignore_errors=True)


class Service:
    """One `medarbetare run`, and what it logs."""

    def __init__(self, config: Path, stack: ExitStack) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "medarbetare", "--config", str(config), "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )
        stack.callback(self._end)
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def until(self, event: str) -> None:
        """Wait until the service logs an event."""
        deadline = time.monotonic() + SAFETY
        seen = []
        while True:
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0.01))
            except queue.Empty:
                raise AssertionError(f"not logged: {event}; but {seen}") from None
            seen.append(line)
            if line.startswith("{") and json.loads(line).get("event") == event:
                return

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()


def active_according_to(config: Path) -> str | None:
    with open_database(read_configuration(config)):
        return active_scheduler()


def test_a_standby_takes_over_from_a_killed_service_and_ends_in_order(config: Path) -> None:
    with ExitStack() as stack:
        first = Service(config, stack)
        first.until("scheduler active")
        second = Service(config, stack)
        second.until("scheduler standing by")
        assert str(active_according_to(config)).endswith(f":{first.process.pid}")

        killed = time.monotonic()
        first.process.kill()
        second.until("scheduler active")
        assert time.monotonic() - killed < 30
        assert str(active_according_to(config)).endswith(f":{second.process.pid}")

        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(SAFETY) == 0
        assert active_according_to(config) is None


def test_a_service_that_is_stopped_does_not_keep_the_schedule_and_stands_by_when_it_goes_on(config: Path) -> None:
    with ExitStack() as stack:
        first = Service(config, stack)
        first.until("scheduler active")
        second = Service(config, stack)
        second.until("scheduler standing by")

        stopped = time.monotonic()
        first.process.send_signal(signal.SIGSTOP)
        second.until("scheduler active")
        assert time.monotonic() - stopped < 30

        first.process.send_signal(signal.SIGCONT)
        first.until("scheduler standing by")
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(SAFETY) == 0
