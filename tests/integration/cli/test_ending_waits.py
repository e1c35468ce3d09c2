"""`cases answered`: the answer that the robot waits for was given by word of mouth."""

import getpass
import io
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.outcome import Outcome, handed_over
from medarbetare.engine.run import Run
from medarbetare.testing import Bench

Medarbetare = Callable[..., Any]
SAID = "Hon ringde i dag: beloppet stämmer."


def flow(run: Run) -> Outcome:
    day = timedelta(days=1)
    run.wait_for("svar", lambda: None, str, every=day, longest=7 * day, why="Inväntar svar.", may_end=True)
    told = run.ended("svar")
    return handed_over("Hörd.", (f"{told.by}: {told.note}" if told else "Inget svar.",))


@pytest.fixture
def bench(bench: Bench) -> Bench:
    return Bench({"flode": flow}, department="ekonomiskt_bistand")


@pytest.fixture
def case(bench: Bench) -> Case:
    made = bench.receive("REF-1", "tova")
    assert bench.work_on(made) is CaseStatus.WAITING
    return made


def test_what_was_said_is_asked_for_and_the_case_goes_on_with_it(
    bench: Bench, case: Case, medarbetare: Medarbetare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SAID}\n"))
    told = medarbetare("cases", "answered", case.handle, "--namn", "Tova Testsson")
    assert told.exit_code == 0, told.err
    assert "Inväntar svar." in told.out
    assert "Roboten går vidare med svaret." in told.out
    (entry,) = bench.entries(case, "wait.ended")
    assert entry.actor == f"kommandorad:{getpass.getuser()}"
    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    assert bench.outcome(case).reasons == (f"Tova Testsson: {SAID}",)

    refused = medarbetare("cases", "answered", case.handle)
    assert refused.exit_code == 1
    assert "väntar inte på något svar" in refused.err


def test_nothing_said_lets_the_robot_wait(
    bench: Bench, case: Case, medarbetare: Medarbetare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert "Ingenting gjordes." in medarbetare("cases", "answered", case.handle).out
    assert bench.status(case) is CaseStatus.WAITING
    assert bench.entries(case, "wait.ended") == []
