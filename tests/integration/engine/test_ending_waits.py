"""A person who has been given the answer ends the wait for it; what was said stands sealed in the journal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from medarbetare.cases.handoffs import Person
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.ending_waits import EndingWaits, open_wait
from medarbetare.engine.outcome import Outcome, WaitEnded, handed_over
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError, PortalError
from medarbetare.testing import Bench

BenchWith = Callable[..., Bench]
PIA = Person("pia", "Pia Provsson")
DAY = timedelta(days=1)


class Waiting:
    """A workflow that looks for an answer, or waits for a time, as long as `answer` is None."""

    def __init__(self, *, may_end: bool = True, looks: bool = True) -> None:
        self.may_end, self.looks = may_end, looks
        self.answer: str | None = None
        self.is_down = False
        self.seen: list[tuple[str | None, WaitEnded | None]] = []

    def flow(self, run: Run) -> Outcome:
        found = self._looked(run) if self.looks else self._waited(run)
        self.seen.append((found, run.ended("svar")))
        return handed_over("Svaret har kommit.")

    def _looked(self, run: Run) -> str | None:
        return run.wait_for(
            "svar", self._look, str, every=DAY, longest=7 * DAY, why="Inväntar svar.", may_end=self.may_end
        )

    def _waited(self, run: Run) -> None:
        run.wait_until("svar", lambda: run.now() + 7 * DAY, "Inväntar svar.", may_end=self.may_end)

    def _look(self) -> str | None:
        if self.is_down:
            raise PortalError("Portalen svarar inte.", portal="etjanst")
        return self.answer


def started(bench_with: BenchWith, waiting: Waiting) -> tuple[Bench, Case]:
    bench = bench_with(waiting.flow)
    case = bench.receive("REF-1", "tova")
    assert bench.work_on(case) is CaseStatus.WAITING
    return bench, case


def end(bench: Bench, case: Case, note: str = " Hon kommer i morgon. ") -> Case:
    return EndingWaits(bench.journal).end(case.handle, PIA, datetime.now(UTC), note)


@pytest.mark.parametrize("looks", [True, False])
def test_the_run_goes_on_at_once_with_what_was_said(bench_with: BenchWith, looks: bool) -> None:
    waiting = Waiting(looks=looks)
    bench, case = started(bench_with, waiting)
    with pytest.raises(ValueError, match="not due"):
        bench.take(case)

    end(bench, case)

    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    ((found, told),) = waiting.seen
    assert found is None
    assert told is not None
    assert (told.by, told.note) == ("Pia Provsson", "Hon kommer i morgon.")
    (entry,) = bench.entries(case, "wait.ended")
    assert (entry.name, entry.actor) == ("svar", "person:pia")


def test_what_was_said_is_in_no_log(bench_with: BenchWith, capfd: pytest.CaptureFixture[str]) -> None:
    bench, case = started(bench_with, Waiting())
    end(bench, case)
    bench.work_on(case)
    assert "i morgon" not in "".join(capfd.readouterr())


def test_an_answer_that_the_robot_has_found_itself_is_no_persons_to_end(bench_with: BenchWith) -> None:
    waiting = Waiting()
    bench, case = started(bench_with, waiting)
    waiting.answer = "ja"
    bench.let_pass(DAY)
    bench.work_on(case)
    assert waiting.seen == [("ja", None)]
    with pytest.raises(BusinessError, match="väntar inte på något svar"):
        end(bench, case)


def test_a_wait_is_ended_once_and_only_where_its_workflow_lets_people(bench_with: BenchWith) -> None:
    bench, case = started(bench_with, Waiting())
    end(bench, case)
    with pytest.raises(BusinessError, match="väntar inte på något svar"):
        end(bench, case)
    assert len(bench.entries(case, "wait.ended")) == 1


@pytest.mark.parametrize("looks", [True, False])
def test_a_wait_that_nobody_may_end_goes_on(bench_with: BenchWith, looks: bool) -> None:
    waiting = Waiting(may_end=False, looks=looks)
    bench, case = started(bench_with, waiting)
    with pytest.raises(BusinessError, match="väntar inte på något svar"):
        end(bench, case)
    bench.let_pass(DAY)
    assert bench.status(case) is CaseStatus.WAITING
    assert waiting.seen == []


@pytest.mark.parametrize("note", ["", " \n"])
def test_nothing_said_ends_nothing(bench_with: BenchWith, note: str) -> None:
    bench, case = started(bench_with, Waiting())
    with pytest.raises(BusinessError, match="Skriv vad som har sagts"):
        end(bench, case, note)
    assert bench.entries(case, "wait.ended") == []


def test_a_look_that_failed_hinders_nobody_from_ending_the_wait(bench_with: BenchWith) -> None:
    waiting = Waiting()
    bench, case = started(bench_with, waiting)
    waiting.is_down = True
    bench.let_pass(DAY)
    assert bench.work_on(case) is CaseStatus.WAITING
    end(bench, case)
    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    assert [told.note for _, told in waiting.seen if told] == ["Hon kommer i morgon."]


def test_while_the_robot_is_at_work_on_the_case_nobody_ends_its_wait(bench_with: BenchWith) -> None:
    bench, case = started(bench_with, Waiting())
    bench.let_pass(DAY)
    bench.take(case)
    with pytest.raises(BusinessError, match="försök igen om en stund"):
        end(bench, case)


def test_a_case_that_does_not_exist_has_no_wait(bench_with: BenchWith) -> None:
    bench, _ = started(bench_with, Waiting())
    with pytest.raises(BusinessError, match="väntar inte på något svar"):
        EndingWaits(bench.journal).end("saknas", PIA, datetime.now(UTC), "Ja.")


def test_the_wait_tells_for_what_and_until_when(bench_with: BenchWith) -> None:
    bench, case = started(bench_with, Waiting())
    wait: Any = open_wait(Case.objects.get(handle=case.handle), bench.entries(case))
    assert (wait.step, wait.why) == ("svar", "Inväntar svar.")
