from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Closing, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.outcome import Aside, Outcome, decided, handed_over
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError, PortalError
from medarbetare.testing import Bench

Flow = Callable[[Run], Outcome]
BenchWith = Callable[[Flow], Bench]

TOVA = Person("tova", "Tova Testsson")


def now() -> datetime:
    return datetime.now(UTC)


def asking(run: Run) -> Outcome:
    run.step("räkna", lambda: run.case.attempts, int)
    approval = run.approval("besluta", handed_over("Förslag: bifall.", ("Ett skäl.",)))
    return decided(f"Bifall, beslutat av {approval.by}.")


def test_a_run_waits_for_a_person_and_goes_on_at_the_same_step(bench_with: BenchWith) -> None:
    bench = bench_with(asking)
    case = bench.receive("REF-1", "tova")
    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    handoff = Handoff.objects.get()
    assert (handoff.waits_at, handoff.about, handoff.role) == ("besluta", "", "handläggare")

    Handoffs(bench.journal).approve(handoff.pk, TOVA, now(), note="Kontrollerat.")

    assert bench.status(case) is CaseStatus.WAITING
    assert bench.work_on(case) is CaseStatus.DECIDED
    assert bench.entries(case, "case.outcome")[-1].payload["summary"] == "Bifall, beslutat av Tova Testsson."
    assert len(bench.entries(case, "step")) == 1
    handoff.refresh_from_db()
    assert (handoff.closed_as, handoff.closed_by) == (Closing.APPROVED, "person:tova")
    (act,) = bench.entries(case, "handoff.")
    assert (act.kind, act.name, act.actor) == ("handoff.approved", "besluta", "person:tova")
    assert act.payload["note"] == "Kontrollerat."
    assert bench.journal.verify().ok


def test_an_approval_of_one_question_does_not_answer_another(bench_with: BenchWith) -> None:
    def flow(run: Run) -> Outcome:
        run.approval("första", handed_over("Ett."))
        run.approval("andra", handed_over("Två."))
        return decided("Klart.")

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    Handoffs(bench.journal).approve(Handoff.objects.get().pk, TOVA, now())
    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    assert Handoff.objects.get(closed_at=None).waits_at == "andra"


def test_a_hand_off_is_answered_once(bench_with: BenchWith) -> None:
    bench = bench_with(asking)
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    handoffs, number = Handoffs(bench.journal), Handoff.objects.get().pk
    handoffs.take_over(number, TOVA, now())
    assert bench.status(case) is CaseStatus.TAKEN_OVER
    for again in (handoffs.approve, handoffs.take_over):
        with pytest.raises(BusinessError, match="redan övertagen"):
            again(number, TOVA, now())
    assert len(bench.entries(case, "handoff.")) == 1


def test_what_cannot_be_approved_can_be_taken_over(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: handed_over("En handläggare tar över."))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    number = Handoff.objects.get().pk
    with pytest.raises(BusinessError, match="går inte att godkänna"):
        Handoffs(bench.journal).approve(number, TOVA, now())
    assert bench.status(case) is CaseStatus.HANDED_OVER
    Handoffs(bench.journal).finished_elsewhere(number, now(), {"beslut": "01"})
    assert bench.status(case) is CaseStatus.FINISHED_ELSEWHERE
    assert Handoff.objects.get().closed_by == "robot"


def test_a_part_is_handed_over_once_while_the_case_goes_on(bench_with: BenchWith) -> None:
    attempts = []

    def flow(run: Run) -> Outcome:
        run.hand_over_apart(Aside(about="Medicin", reasons=("Medicin 240 kr.",)))
        attempts.append(run.case.attempts)
        if len(attempts) == 1:
            raise PortalError("Nere.", portal="x")
        return decided("Bifall.")

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")
    assert bench.work_on(case) is CaseStatus.WAITING
    handoff = Handoff.objects.get()
    assert (handoff.about, handoff.waits_at) == ("Medicin", "")
    assert bench.work_on(case) is CaseStatus.DECIDED
    (entry,) = bench.entries(case, "handoff.opened")
    assert (entry.index, entry.payload["reasons"]) == (handoff.entry, ["Medicin 240 kr."])

    Handoffs(bench.journal).take_over(handoff.pk, TOVA, now())

    assert bench.status(case) is CaseStatus.DECIDED
    assert not Handoff.objects.filter(closed_at=None).exists()
    assert Case.objects.get().finished_at is not None
