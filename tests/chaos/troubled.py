"""Robots that meet trouble in the machine room: started as people start them, held at a gate when it comes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

SAFETY = 120.0
ROBOT = Path(__file__).with_name("gated_robot.py")
REFERENCE = "500001"


def wait_for(condition: Callable[[], Any], what: str, seconds: float = SAFETY) -> Any:
    """Waits for something that comes by itself; what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"did not come in time: {what}")


@dataclass
class Trouble:
    """One practice municipality and a robot in it that is held at a gate."""

    ruin: Any

    @property
    def practice(self) -> Any:
        return self.ruin.practice

    @property
    def _gates(self) -> Path:
        folder: Path = self.ruin.folder / "gates"
        folder.mkdir(exist_ok=True)
        return folder

    def gate(self, write: str, boundary: str, reference: str = REFERENCE) -> None:
        """The worker shall stop when it has passed this boundary."""
        (self._gates / reference).write_text(f"{write} {boundary}", "utf-8")

    def run(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """`medarbetare run`, with workers that stop at gates."""
        return self.start(sys.executable, "-P", str(ROBOT), str(os.getpid()), "run", *arguments, **environment)

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """A command whose log is the robots'."""
        assert self._gates.is_dir()
        with pytest.MonkeyPatch.context() as variables:
            for name, value in environment.items():
                variables.setenv(name, value)
            robot: subprocess.Popen[bytes] = self.ruin.start(*command)
            return robot

    def until_at_gate(self, reference: str = REFERENCE) -> psutil.Process:
        """Wait until the worker stands at its gate; the worker."""
        here = self._gates / f"{reference}.here"
        wait_for(here.exists, f"the gate of {reference}; {self.ruin.log()}")
        return psutil.Process(int(here.read_text("utf-8")))

    def let_go(self, reference: str = REFERENCE) -> None:
        """Let the worker go on."""
        (self._gates / f"{reference}.go").touch()

    def lines(self) -> list[dict[str, Any]]:
        """What the robots have logged, line by line; what is no JSON stands under `raw`."""
        found = []
        for line in (self.ruin.folder / "robots.log").read_text("utf-8", "replace").splitlines():
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError:
                found.append({"event": "", "raw": line})
        return found

    def events(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.lines() if line.get("event") == event]

    def until_logged(self, event: str, seconds: float = SAFETY) -> dict[str, Any]:
        """Wait until a robot has logged an event; its first line."""
        wait_for(lambda: self.events(event), f"{event}; {self.ruin.log()}", seconds)
        return self.events(event)[0]

    def until_decided(self, reference: str = REFERENCE, seconds: float = SAFETY) -> None:
        """Wait until the whole way of an application is registered, by the systems' own account."""

        def is_registered() -> bool:
            with suppress(OSError):
                return all(self.ruin.records(reference).values())
            return False

        wait_for(is_registered, f"the decision of {reference}; {self.ruin.log()}", seconds)

    def decisions_posted(self) -> int:
        """How often a decision was sent to be saved in the case system, by its own record."""
        requests = self.practice.facit()["requests"]
        return sum(one["method"] == "POST" and "/nytt_beslut.do" in one["path"] for one in requests)

    def assert_told_without_tracebacks(self, *besides: str) -> None:
        """Every line that the robots wrote is one of their log, or contains one of the words given; no tracebacks."""
        raw = [line["raw"] for line in self.lines() if line.get("raw")]
        assert [line for line in raw if not any(word in line for word in besides)] == []

    def stop(self, robot: "subprocess.Popen[bytes]") -> None:
        """SIGTERM, and an end in good order."""
        robot.terminate()
        assert robot.wait(SAFETY) == 0, self.ruin.log()
