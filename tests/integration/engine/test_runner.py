from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.outcome import Outcome, decided, handed_over, shadowed, stopped, waiting
from medarbetare.engine.run import Run
from medarbetare.errors import (
    AnswerMissing,
    BrowserMissing,
    BusinessError,
    ConfigurationError,
    DatabaseUnavailable,
    JournalError,
    LeaseLost,
    PortalError,
    SelectorError,
    SessionLost,
    StopRequested,
    UnknownOutcome,
)
from medarbetare.journal.models import Checkpoint, Leaf
from medarbetare.testing import Bench

Flow = Callable[[Run], Outcome]
BenchWith = Callable[[Flow], Bench]


def raising(error: BaseException) -> Flow:
    def flow(run: Run) -> Outcome:
        raise error

    return flow


def outcome(bench: Bench, case: Case) -> dict[str, object]:
    return bench.entries(case, "case.outcome")[-1].payload


@pytest.mark.parametrize(
    ("given", "handoffs"),
    [
        (decided("Bifall."), 0),
        (shadowed("Förslag."), 0),
        (handed_over("Två skäl.", ("ett", "två")), 1),
        (stopped("Lämnas över.", "särskild"), 1),
        (waiting("Svar saknas."), 0),
    ],
    ids=lambda value: value.status.name if isinstance(value, Outcome) else "",
)
def test_what_a_workflow_returns_becomes_the_case_status(bench_with: BenchWith, given: Outcome, handoffs: int) -> None:
    bench = bench_with(lambda run: given)
    case = bench.receive("REF-1", "tova")

    assert bench.work_on(case) is given.status

    case.refresh_from_db()
    ended = given.status is not CaseStatus.WAITING
    assert (case.finished_at is not None, case.lease_until) == (ended, None)
    assert outcome(bench, case)["summary"] == given.summary
    assert [(one.role, one.entry) for one in Handoff.objects.all()] == [
        (given.role, bench.entries(case, "case.outcome")[-1].index)
    ] * handoffs
    assert Checkpoint.objects.get().size == Leaf.objects.count()
    assert bench.journal.verify().ok


def test_each_error_of_the_tree_becomes_a_status_and_its_text_is_kept(database: Dsn) -> None:
    expected = {
        BusinessError("En person behövs."): CaseStatus.HANDED_OVER,
        UnknownOutcome("Ingen vet."): CaseStatus.UNKNOWN_OUTCOME,
        PortalError("Nere.", portal="x"): CaseStatus.WAITING,
        SessionLost("Utloggad.", portal="x"): CaseStatus.WAITING,
        AnswerMissing("Inget svar."): CaseStatus.WAITING,
        SelectorError("Fältet saknas."): CaseStatus.WAITING,
        BrowserMissing("Ingen webbläsare."): CaseStatus.WAITING,
        DatabaseUnavailable("Ingen databas."): CaseStatus.WAITING,
        ConfigurationError("Hemligheten saknas."): CaseStatus.WAITING,
    }
    bench = Bench({type(error).__name__: raising(error) for error in expected})

    for error, status in expected.items():
        name = type(error).__name__
        case = bench.receive(name, "tova", workflow=name)
        assert (name, bench.work_on(case)) == (name, status)
        assert outcome(bench, case)["summary"] == error.message


def test_a_fault_in_a_workflow_waits_and_its_text_is_kept_out(bench_with: BenchWith) -> None:
    bench = bench_with(raising(KeyError("Tova Testsson")))
    case = bench.receive("REF-1", "tova")

    with pytest.raises(KeyError):
        bench.work_on(case)
    assert bench.status(case) is CaseStatus.WAITING
    assert outcome(bench, case)["summary"] == "oväntat fel (KeyError)"


def test_a_stop_a_lost_lease_and_a_broken_journal_settle_nothing(database: Dsn) -> None:
    errors = [StopRequested(), LeaseLost("Annans."), JournalError("Trasig.")]
    bench = Bench({type(error).__name__: raising(error) for error in errors})

    for error in errors:
        name = type(error).__name__
        case = bench.receive(name, "tova", workflow=name)
        with pytest.raises(type(error)):
            bench.work_on(case)
        assert (name, bench.status(case)) == (name, CaseStatus.RUNNING)
        assert bench.entries(case, "case.outcome") == []
    assert not Handoff.objects.exists()


def test_a_journal_that_cannot_be_written_stops_the_case_where_it_is(bench_with: BenchWith) -> None:
    went_on: list[str] = []

    def flow(run: Run) -> Outcome:
        run.step("ett", lambda: 1, int)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM journal_head")
        run.step("två", lambda: 2, int)
        went_on.append("efter två")
        return decided("klart")

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")

    with pytest.raises(JournalError):
        bench.work_on(case)

    assert went_on == []
    assert bench.status(case) is CaseStatus.RUNNING
    assert [entry.name for entry in bench.entries(case, "step")] == ["ett"]


def test_an_attempt_that_fails_is_followed_by_others_until_a_person_takes_over(bench_with: BenchWith) -> None:
    bench = bench_with(raising(PortalError("Registret är nere.", portal="register")))
    case = bench.receive("REF-1", "tova")

    statuses = [bench.work_on(case) for _ in range(bench.patience.attempts_per_case)]

    assert statuses == [CaseStatus.WAITING] * 4 + [CaseStatus.HANDED_OVER]
    assert Handoff.objects.get().role == "it"
    assert outcome(bench, case)["summary"] == "Roboten kom inte vidare efter 5 försök: Registret är nere."


def test_the_last_attempt_knows_that_it_is_the_last(bench_with: BenchWith) -> None:
    def flow(run: Run) -> Outcome:
        return decided("utan svaret") if run.is_last_attempt else waiting("svaret saknas")

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")

    assert [bench.work_on(case) for _ in range(5)] == [CaseStatus.WAITING] * 4 + [CaseStatus.DECIDED]


def test_a_case_that_crashed_too_often_is_handed_over_without_being_begun(bench_with: BenchWith) -> None:
    begun: list[str] = []

    def flow(run: Run) -> Outcome:
        begun.append("en gång till")
        return decided("klart")

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")
    for _ in range(bench.patience.attempts_per_case):
        bench.take(case)

    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    assert begun == []
    assert "avbrutits för många gånger" in str(outcome(bench, case)["summary"])


@pytest.mark.parametrize(
    "error", [PortalError("Nere.", portal="kassa"), RuntimeError("fel"), BusinessError("Oläsligt.")]
)
def test_giving_up_with_a_submit_that_nobody_has_read_back_is_an_unknown_outcome(
    bench_with: BenchWith, error: Exception
) -> None:
    bench = bench_with(raising(error))
    bench.on_fault = lambda fault: None
    case = bench.receive("REF-1", "tova")
    Write.objects.create(
        case=case,
        name="beslut",
        portal="kassa",
        department="avdelning",
        natural_key="x",
        state=WriteState.SUBMITTING,
        intended_at=Now(),
        submitting_at=Now(),
    )
    Case.objects.update(attempts=bench.patience.attempts_per_case - 1)

    assert bench.work_on(case) is CaseStatus.UNKNOWN_OUTCOME
    assert "«beslut» i kassa" in str(outcome(bench, case)["summary"])
    assert Handoff.objects.count() == 1


def test_a_waiting_case_is_not_due_until_its_time(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: waiting("svaret saknas"))
    bench.patience = type(bench.patience)(wait_between_attempts=timedelta(minutes=10))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)

    with pytest.raises(ValueError, match="not due"):
        bench.take(case)
    case.refresh_from_db()
    assert not bench.register.due().exists()
    Case.objects.update(due_at=Now())
    assert list(bench.register.due()) == [case]
    assert bench.register.unfinished() == 1


def test_a_finished_case_is_never_taken_again(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: decided("klart"))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)

    with pytest.raises(ValueError, match="beslutad"):
        bench.take(case)
    assert bench.register.unfinished() == 0


def test_each_attempt_tells_the_journal_what_versions_it_ran(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: waiting("svaret saknas"))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    bench.work_on(case)

    assert [entry.payload for entry in bench.entries(case, "run.started")] == [
        {"attempt": 1, "flow": "1", "versions": {"bench": "1"}},
        {"attempt": 2, "flow": "1", "versions": {"bench": "1"}},
    ]


def test_an_attempt_tells_the_journal_what_code_ran_where_that_is_known(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: decided("klart"))
    bench.codes = {"flode": "0123456789ab", "ett annat": "ba9876543210"}
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    (started,) = bench.entries(case, "run.started")
    assert started.payload["versions"] == {"bench": "1", "kod": "0123456789ab"}
