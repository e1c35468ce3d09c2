"""Waiting on purpose: for a time, an answer, a person's structured answer, a hold; and what it costs in attempts."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import Field

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.holds import EVERYTHING, Holds, of_workflow
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Recovery, Write
from medarbetare.engine.outcome import Approval, Outcome, decided, handed_over
from medarbetare.engine.run import Run
from medarbetare.engine.runner import Edition
from medarbetare.errors import BusinessError, Held
from medarbetare.testing import Bench

BenchWith = Callable[..., Bench]
PIA = Person("pia", "Pia Provsson")


class Hands:
    """A clock that a test moves."""

    def __init__(self, bench: Bench) -> None:
        self.time = datetime.now(UTC)
        bench.clock = lambda: self.time

    def wait(self, case: Case, longer: timedelta) -> None:
        self.time += longer
        Case.objects.filter(handle=case.handle).update(due_at=datetime.now(UTC))


def test_a_case_waits_for_a_time_and_keeps_all_its_attempts(bench_with: BenchWith) -> None:
    until: list[datetime] = []

    def flow(run: Run) -> Outcome:
        run.wait_until("betänketid", lambda: run.now() + timedelta(days=3), "Betänketiden går ut om tre dagar.")
        until.append(run.now())
        return decided("Klart.")

    bench = bench_with(flow)
    hands = Hands(bench)
    case = bench.receive("REF-1", "tova")

    assert bench.work_on(case) is CaseStatus.WAITING
    case.refresh_from_db()
    assert (case.attempts, until) == (0, [])
    assert case.due_at == hands.time + timedelta(days=3)

    hands.wait(case, timedelta(days=3))
    assert bench.work_on(case) is CaseStatus.DECIDED
    assert until == [hands.time]


def test_a_case_looks_for_an_answer_now_and_then_until_there_is_one(bench_with: BenchWith) -> None:
    answers: list[str | None] = [None, None, "kvitto.pdf"]
    found: list[str | None] = []

    def flow(run: Run) -> Outcome:
        hour = timedelta(hours=1)
        answer = run.wait_for(
            "komplettering", lambda: answers.pop(0), str, every=hour, longest=timedelta(days=7), why="Inväntar kvittot."
        )
        found.append(answer)
        return decided("Klart.")

    bench = bench_with(flow)
    hands = Hands(bench)
    case = bench.receive("REF-1", "tova")

    assert bench.work_on(case) is CaseStatus.WAITING
    hands.wait(case, timedelta(hours=1))
    assert bench.work_on(case) is CaseStatus.WAITING
    hands.wait(case, timedelta(hours=1))
    assert bench.work_on(case) is CaseStatus.DECIDED
    assert (found, answers) == (["kvitto.pdf"], [])


def test_an_answer_that_never_comes_is_none_when_time_is_up(bench_with: BenchWith) -> None:
    looked: list[datetime] = []

    def flow(run: Run) -> Outcome:
        def look() -> str | None:
            looked.append(run.now())
            return None

        day = timedelta(days=1)
        answer = run.wait_for("svar", look, str, every=day, longest=day * 1.5, why="Inväntar svar.")
        return handed_over("Inget svar kom." if answer is None else answer)

    bench = bench_with(flow)
    hands = Hands(bench)
    case = bench.receive("REF-1", "tova")
    for longer in (timedelta(0), timedelta(days=1), timedelta(days=0.5)):
        hands.wait(case, longer)
        bench.work_on(case)

    assert bench.status(case) is CaseStatus.HANDED_OVER
    assert len(looked) == 3
    assert Handoff.objects.get(case=case).closed_at is None


class Besked(Approval):
    """What a person is asked."""

    belopp: Decimal = Field(title="Godkänd hyra, kronor")
    galler_fran: date = Field(title="Gäller från")
    vem: Literal["sökanden", "hyresvärden"] = Field(title="Betalas till")
    akut: bool = Field(title="Akut?")
    kommentar: str | None = Field(default=None, title="Kommentar")


TYPED = {"belopp": "7 250,50 kr", "galler_fran": "2026-12-01", "vem": "hyresvärden", "akut": "ja"}


def test_a_hand_off_asks_and_the_run_goes_on_with_the_typed_answers(bench_with: BenchWith) -> None:
    given: list[Besked] = []

    def flow(run: Run) -> Outcome:
        given.append(run.handoff("hyra", handed_over("Hyran är ny."), Besked))
        return decided("Klart.")

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")
    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    handoffs, handoff = Handoffs(bench.journal), Handoff.objects.get()
    assert [question.label for question in handoffs.questions(handoff)] == [
        "Godkänd hyra, kronor",
        "Gäller från",
        "Betalas till",
        "Akut?",
        "Kommentar",
    ]

    handoffs.approve(handoff.pk, PIA, datetime.now(UTC), answers=TYPED)

    assert bench.work_on(case) is CaseStatus.DECIDED
    (one,) = given
    assert (one.belopp, one.galler_fran, one.vem) == (Decimal("7250.50"), date(2026, 12, 1), "hyresvärden")
    assert (one.akut, one.kommentar, one.by) == (True, None, "Pia Provsson")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"belopp": "sju tusen"}, "Godkänd hyra, kronor"),
        ({"belopp": "-1"}, "Godkänd hyra, kronor"),
        ({"galler_fran": "1/12"}, "Gäller från"),
        ({"vem": "grannen"}, "Betalas till"),
        ({"akut": "kanske"}, "Akut?"),
        ({"belopp": ""}, "måste besvaras"),
    ],
)
def test_a_wrong_answer_is_refused_by_its_question_and_nothing_moves(
    bench_with: BenchWith, typed: dict[str, str], told: str
) -> None:
    bench = bench_with(lambda run: decided(run.handoff("hyra", handed_over("Ny."), Besked).by))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)

    with pytest.raises(BusinessError, match=told.replace("?", r"\?")):
        Handoffs(bench.journal).approve(Handoff.objects.get().pk, PIA, datetime.now(UTC), answers={**TYPED, **typed})

    assert bench.status(case) is CaseStatus.HANDED_OVER
    assert Handoff.objects.get().closed_at is None


def test_what_nobody_can_be_asked_for_is_told_to_the_author() -> None:
    class Omojligt(Approval):
        allt: dict[str, int]

    with pytest.raises(TypeError, match="allt"):
        Omojligt.questions()


@pytest.mark.parametrize("what", [EVERYTHING, of_workflow("flode")])
def test_a_pause_takes_effect_at_the_next_step_and_ends_where_it_began(bench_with: BenchWith, what: str) -> None:
    done: list[str] = []

    def flow(run: Run) -> Outcome:
        run.step("ett", lambda: [done.append("ett"), holds.pause(what, "test")][1], bool)
        run.step("två", lambda: done.append("två"), type(None))
        return decided("Klart.")

    bench = bench_with(flow)
    holds = Holds(bench.journal, bench.department, lambda: datetime.now(UTC))
    case = bench.receive("REF-1", "tova")

    assert (bench.work_on(case), done) == (CaseStatus.WAITING, ["ett"])
    case.refresh_from_db()
    assert case.attempts == 0
    with pytest.raises(ValueError, match="not due"):
        bench.take(case)

    holds.resume(what, "test")
    assert bench.work_on(case) is CaseStatus.DECIDED
    assert done == ["ett", "två"]
    with pytest.raises(BusinessError, match="inte pausat"):
        holds.resume(what, "test")


def test_a_case_held_until_a_time_waits_till_then_and_no_attempt_is_counted(bench_with: BenchWith) -> None:
    opens = datetime.now(UTC) + timedelta(hours=9)

    def flow(run: Run) -> Outcome:
        raise Held("Portalen kassa är stängd.", until=opens)

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")
    for _ in range(bench.patience.attempts_per_case + 1):
        assert bench.work_on(case) is CaseStatus.WAITING
        case.refresh_from_db()
        assert (case.due_at, case.attempts) == (opens, 0)
        Case.objects.filter(handle=case.handle).update(due_at=datetime.now(UTC))


def test_after_trouble_each_pause_is_longer_than_the_one_before(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: 1 / 0)
    bench.on_fault = lambda fault: None
    bench.patience = type(bench.patience)(wait_between_attempts=timedelta(minutes=10))
    case = bench.receive("REF-1", "tova")
    pauses = []
    for _ in range(3):
        bench.work_on(case)
        case.refresh_from_db()
        pauses.append((case.due_at - datetime.now(UTC)) / timedelta(minutes=10))
        Case.objects.filter(handle=case.handle).update(due_at=datetime.now(UTC))

    assert all(0.7 * 2**n < pause < 1.3 * 2**n for n, pause in enumerate(pauses))


def test_a_run_begun_on_another_version_goes_on_only_where_that_is_declared(bench_with: BenchWith) -> None:
    begun: list[str] = []

    def flow(run: Run) -> Outcome:
        run.step("läs", lambda: begun.append(run.reference), type(None))
        run.approval("besluta", handed_over("Förslag."))
        return decided("Klart.")

    bench = bench_with(flow)
    bench.editions = {"flode": Edition("1")}
    fits, does_not = bench.receive("REF-1", "tova"), bench.receive("REF-2", "olle")
    for case in (fits, does_not):
        bench.work_on(case)
        Handoffs(bench.journal).approve(Handoff.objects.get(case=case).pk, PIA, datetime.now(UTC))

    bench.editions = {"flode": Edition("2", frozenset({"1"}))}
    assert bench.work_on(fits) is CaseStatus.DECIDED
    fits.refresh_from_db()
    assert fits.flow_version == "2"

    bench.editions = {"flode": Edition("3", frozenset({"2"}))}
    assert bench.work_on(does_not) is CaseStatus.HANDED_OVER
    assert "påbörjades av version 1" in bench.entries(does_not, "case.outcome")[-1].payload["summary"]
    assert begun == ["REF-1", "REF-2"]


def test_a_case_whose_workflow_is_gone_waits_and_says_which(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: decided("Klart."))
    case = bench.receive("REF-1", "tova", workflow="borttaget")

    assert bench.work_on(case) is CaseStatus.WAITING
    assert "«borttaget»" in bench.entries(case, "case.outcome")[-1].payload["summary"]


def test_facts_that_are_too_old_are_read_again_with_all_that_rests_on_them(bench_with: BenchWith) -> None:
    incomes = [4000, 5200]
    proposed: list[tuple[int, tuple[str, ...]]] = []

    def flow(run: Run) -> Outcome:
        day = timedelta(days=1)
        facts = run.step("läs", lambda: {"inkomst": incomes.pop(0), "hyra": 7000}, dict[str, int], max_age=day)
        amount = run.step("föreslå", lambda: 12000 - facts["inkomst"], int)
        proposed.append((amount, run.changed("läs")))
        run.wait_until("frist", lambda: run.now() + timedelta(days=3), "Fristen löper.")
        return decided("Klart.")

    bench = bench_with(flow)
    hands = Hands(bench)
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    hands.wait(case, timedelta(days=3, hours=1))
    # Facts that are read again do not begin the wait anew.
    assert bench.work_on(case) is CaseStatus.DECIDED
    assert proposed == [(8000, ()), (6800, ("inkomst",))]
    assert [entry.name for entry in bench.entries(case, "facts.reread")] == ["läs"]


def test_an_answer_to_old_facts_is_asked_for_again_when_they_are_read_again(bench_with: BenchWith) -> None:
    incomes, told = [100, 900], []

    def flow(run: Run) -> Outcome:
        income = run.step("läs", lambda: incomes.pop(0), int, max_age=timedelta(days=3))
        by = run.approval("godkänn", handed_over(f"Betala {income} kr?")).by
        told.append((income, by))
        return decided(f"Betalt {income} kr.")

    bench = bench_with(flow)
    hands = Hands(bench)
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    Handoffs(bench.journal).approve(Handoff.objects.get().pk, PIA, datetime.now(UTC))
    hands.wait(case, timedelta(days=4))
    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    assert bench.entries(case, "case.outcome")[-1].payload["summary"] == "Betala 900 kr?"

    Handoffs(bench.journal).approve(Handoff.objects.get(closed_at=None).pk, PIA, datetime.now(UTC))
    assert bench.work_on(case) is CaseStatus.DECIDED
    assert told == [(900, "Pia Provsson")]


def test_facts_that_something_written_rests_on_are_not_read_again_whatever_the_clocks_say(kassa: Any) -> None:
    read: list[int] = []

    def flow(run: Run) -> Outcome:
        run.step("läs", lambda: read.append(1), type(None), max_age=timedelta(days=1))
        run.mode = Mode.AUTOMATISK
        run.write(kassa.betala(run.portal("kassa"), "tova"))
        run.wait_until("frist", lambda: run.now() + timedelta(days=2), "Fristen löper.")
        return decided("Klart.")

    kassa.bench._workflows["flode"] = flow
    hands = Hands(kassa.bench)
    case = kassa.bench.receive("tova-1", "tova")
    kassa.bench.work_on(case)
    hands.wait(case, timedelta(days=9))
    assert kassa.bench.work_on(case) is CaseStatus.DECIDED
    assert (len(read), len(kassa.rows)) == (1, 1)


def test_a_receipt_of_something_else_than_would_be_written_now_is_a_persons_to_judge(kassa: Any) -> None:
    amounts = ["100.00", "900.00"]

    def flow(run: Run) -> Outcome:
        run.mode = Mode.AUTOMATISK
        effect = kassa.betala(run.portal("kassa"), "tova", belopp=amounts.pop(0))
        run.write(effect)
        run.wait_until("frist", lambda: run.now() + timedelta(days=2), "Fristen löper.")
        return decided("Klart.")

    kassa.bench._workflows["flode"] = flow
    case = kassa.bench.receive("tova-1", "tova")
    kassa.bench.work_on(case)
    Case.objects.update(due_at=datetime.now(UTC))
    assert kassa.bench.work_on(case) is CaseStatus.HANDED_OVER
    assert "redan registrerat" in kassa.bench.entries(case, "case.outcome")[-1].payload["summary"]
    assert [row["belopp"] for row in kassa.rows] == ["100.00"]


def test_while_a_restore_has_not_passed_nothing_is_decided(kassa: Any) -> None:
    bench = kassa.bench
    bench.highest_mode = Mode.FORBERED
    noticed = Recovery.objects.create(noticed_at=datetime.now(UTC), why="prov")
    case = bench.receive("tova-1", "tova")
    noticed_case = Case.objects.get(handle=case.handle)
    Recovery.objects.update(passed_at=datetime.now(UTC))  # let the worker take it, as one that has not noticed yet

    assert bench.work_on(noticed_case) is CaseStatus.WAITING
    assert kassa.rows == []
    case.refresh_from_db()
    assert (case.waits_for, case.attempts) == ("återställning", 0)
    Recovery.objects.update(passed_at=None)
    with pytest.raises(ValueError, match="not due"):
        bench.take(case)

    Recovery.objects.filter(pk=noticed.pk).update(passed_at=datetime.now(UTC))
    bench.highest_mode = Mode.AUTOMATISK
    assert bench.work_on(case) is CaseStatus.DECIDED
    assert Write.objects.get().state == "receipt"
