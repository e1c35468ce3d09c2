"""`medarbetare worker`, a machine of its own against the same PostgreSQL, told from another what to do."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from medarbetare.cases.models import Case
from medarbetare.testing import Bench

SAFETY = 90.0
PAUSE_TAKES_EFFECT = 1.5
"""Seconds within which a pause is seen at the next step, see `medarbetare.engine.holds.HoldWatch`."""

WORKFLOW = '''
import pathlib, time
from medarbetare.engine import decided
from medarbetare.engine.runner import Edition

HERE = pathlib.Path(__file__).parent

def wait(run):
    """Until the test lets it go on, in the middle of a step."""
    (HERE / f"{run.reference}-began").touch()
    until = time.monotonic() + 60
    while not (HERE / f"{run.reference}-go").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    return "ett"

def flow(run):
    run.step("ett", lambda: wait(run), str)
    run.step("två", lambda: "två", str)
    return decided("klart")

class Prov:
    version, edition = "1", Edition()
    flow = staticmethod(flow)
    def household(self, original): return None
    def ruleset(self): return {}

def build(settings):
    return Prov()
'''


def until(condition: Callable[[], object], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + SAFETY
    while not condition():
        assert process.poll() is None, "the worker has ended"
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.05)


@pytest.fixture
def there(installed: Any, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """The other machine, with a worker at work."""
    (tmp_path / "prov_arbetsflode.py").write_text(WORKFLOW, "utf-8")
    machine = installed("där")
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(machine.command("worker"), stdout=log, stderr=log, env=machine.environ, cwd="/")
    yield process
    process.kill()
    process.wait()


def test_a_worker_of_another_machine_obeys_pause_resume_and_the_end(
    installed: Any, there: "subprocess.Popen[str]", bench: Bench, tmp_path: Path
) -> None:
    here = installed("här")

    def medarbetare(*arguments: str) -> None:
        subprocess.run(here.command(*arguments), check=True, timeout=SAFETY, env=here.environ, cwd="/")

    def has(reference: str, status: str) -> bool:
        return Case.objects.filter(reference=reference, status=status, lease_until=None).exists()

    def steps(case: Case) -> list[str]:
        return [entry.name for entry in bench.entries(case, "step")]

    first = bench.receive("A", "tova")
    until((tmp_path / "A-began").exists, there)
    medarbetare("pause")
    paused_at = time.monotonic()
    second = bench.receive("B", "olle")
    until(lambda: time.monotonic() - paused_at > PAUSE_TAKES_EFFECT, there)
    (tmp_path / "A-go").touch()
    until(lambda: has("A", "väntar"), there)
    assert steps(first) == ["ett"]
    assert not (tmp_path / "B-began").exists()

    medarbetare("resume")
    until(lambda: has("A", "beslutad") and (tmp_path / "B-began").exists(), there)
    assert steps(first) == ["ett", "två"]

    there.send_signal(signal.SIGTERM)
    until(lambda: '"stop requested"' in (tmp_path / "log").read_text("utf-8"), there)
    (tmp_path / "B-go").touch()
    assert there.wait(SAFETY) == 0
    second.refresh_from_db()
    assert (steps(second), second.attempts, second.lease_until) == (["ett"], 0, None)
