"""The bench of `medarbetare.testing`, where it differs from a worker: time that is let pass, and answers."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from medarbetare.cases.status import CaseStatus
from medarbetare.engine.outcome import Outcome, decided
from medarbetare.engine.run import Run
from medarbetare.testing import Bench

BenchWith = Callable[[Callable[[Run], Outcome]], Bench]


def patient(run: Run) -> Outcome:
    for wait in ("första", "andra"):
        run.wait_until(wait, lambda: run.now() + timedelta(hours=36), "En och en halv dag.")
    return decided(f"klart {run.today}")


def test_time_that_is_let_pass_makes_due_what_it_comes_to_and_moves_the_day(bench_with: BenchWith) -> None:
    bench = bench_with(patient)
    case = bench.receive("REF-1", "tova")
    assert bench.work_on(case) is CaseStatus.WAITING
    bench.let_pass(timedelta(hours=35))
    with pytest.raises(ValueError, match="not due"):
        bench.work_on(case)

    bench.let_pass(timedelta(hours=2))
    assert bench.work_on(case) is CaseStatus.WAITING
    assert bench.today == date(2026, 12, 2)
    bench.let_pass(timedelta(hours=36))
    assert bench.work_on(case) is CaseStatus.DECIDED
    assert bench.outcome(case).summary == "klart 2026-12-04"


def test_an_answer_and_an_outcome_that_nobody_waits_for_are_faults_in_the_test(bench_with: BenchWith) -> None:
    bench = bench_with(patient)
    case = bench.receive("REF-1", "tova")
    with pytest.raises(ValueError, match="has not been worked on"):
        bench.outcome(case)
    with pytest.raises(ValueError, match="waits for nobody"):
        bench.answer(case)
