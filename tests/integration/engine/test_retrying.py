"""A case that the robot gave up for technical reasons goes on when a person lets it try again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Closing, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.mode import Mode
from medarbetare.engine.outcome import Outcome, decided, handed_over
from medarbetare.engine.run import Run
from medarbetare.errors import BrowserMissing, BusinessError, PortalError, SelectorError, TechnicalError, UnknownOutcome
from medarbetare.testing import Bench, MemoryPortal, Sheet

IVAR = Person("ivar", "Ivar IT")


class Kassa:
    """A payment, and a page after it that has been changed until somebody mends it."""

    def __init__(self, betala: type) -> None:
        self.rows: list[dict[str, str]] = []
        self.read: list[str] = []
        self.trouble: Exception | None = SelectorError("Knappen «Spara» saknas.")
        self.pays_first = False
        self._betala = betala
        pages = {
            "lista": lambda: Sheet(tables={"betalningar": list(self.rows)}),
            "ny": lambda: Sheet(fields={"vem", "belopp"}, commits={"spara": self.rows.append}),
        }
        self.bench = Bench({"flode": self._flow}, [MemoryPortal("kassa", pages)])
        self.handoffs = Handoffs(self.bench.journal)

    def _flow(self, run: Run) -> Outcome:
        vem = run.step("läs", self._read, str)
        run.mode = Mode.AUTOMATISK
        if self.pays_first:
            run.write(self._betala(run.portal("kassa"), vem))
        if self.trouble:
            raise self.trouble
        run.write(self._betala(run.portal("kassa"), vem))
        return decided("Betalt.")

    def _read(self) -> str:
        self.read.append("läs")
        return "tova"

    def given_up(self) -> tuple[Case, Handoff]:
        case = self.bench.receive("REF-1", "tova")
        self.use_up(case)
        return case, Handoff.objects.get(closed_at=None)

    def use_up(self, case: Case) -> None:
        statuses = [self.bench.work_on(case) for _ in range(self.bench.patience.attempts_per_case)]
        assert statuses == [CaseStatus.WAITING] * 4 + [CaseStatus.HANDED_OVER]

    def retry(self, handoff: Handoff, note: str = "") -> Case:
        return self.handoffs.retry(handoff.pk, IVAR, datetime.now(UTC), note)


@pytest.fixture
def kassa(database: Dsn, betala: type) -> Kassa:
    return Kassa(betala)


@pytest.mark.parametrize(
    "trouble",
    [
        SelectorError("Knappen saknas."),
        BrowserMissing("Ingen webbläsare."),
        PortalError("Nere.", portal="kassa"),
        TechnicalError("Fel."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_when_what_hindered_it_is_mended_the_case_goes_on_where_it_stopped(kassa: Kassa, trouble: Exception) -> None:
    kassa.trouble = trouble
    case, handoff = kassa.given_up()
    assert (handoff.role, handoff.gave_up, handoff.waits_at) == ("it", True, "")
    ProcrastinateJob.objects.all().delete()

    kassa.trouble = None
    kassa.retry(handoff, "Selektorn är rättad.")

    case.refresh_from_db()
    assert (case.status, case.attempts, case.finished_at, case.waits_for) == (CaseStatus.WAITING, 0, None, "")
    assert list(kassa.bench.register.due()) == [case]
    job = ProcrastinateJob.objects.get()
    assert (job.queueing_lock, job.lock) == (f"case:{case.handle}", f"household:{case.household}")
    handoff.refresh_from_db()
    assert (handoff.closed_as, handoff.closed_by) == (Closing.RETRIED, "person:ivar")
    (entry,) = kassa.bench.entries(case, "handoff.retried")
    assert (entry.actor, entry.payload["by"], entry.payload["note"], entry.payload["handoff"]) == (
        "person:ivar",
        "Ivar IT",
        "Selektorn är rättad.",
        handoff.entry,
    )
    assert kassa.bench.work_on(case) is CaseStatus.DECIDED
    assert (kassa.read, len(kassa.rows)) == (["läs"], 1)
    assert kassa.bench.journal.verify().ok


def test_one_that_is_not_mended_is_given_up_again_after_all_its_attempts(kassa: Kassa) -> None:
    case, first = kassa.given_up()
    kassa.retry(first)
    kassa.use_up(case)
    second = Handoff.objects.get(closed_at=None)
    assert (second.gave_up, second.pk != first.pk) == (True, True)

    kassa.trouble = None
    kassa.retry(second)
    assert kassa.bench.work_on(case) is CaseStatus.DECIDED


def test_what_a_half_done_case_has_registered_stands_and_is_not_written_again(kassa: Kassa) -> None:
    kassa.pays_first = True
    case, handoff = kassa.given_up()
    # It binds the municipality: a case worker must know.
    assert (handoff.role, handoff.gave_up) == ("handläggare", True)
    assert "Roboten har registrerat: utbetalning." in kassa.bench.outcome(case).reasons[-1]

    kassa.trouble = None
    kassa.retry(handoff)
    assert kassa.bench.work_on(case) is CaseStatus.DECIDED
    assert kassa.rows == [{"vem": "tova", "belopp": "100.00"}]


def test_a_case_that_killed_its_workers_too_often_may_be_tried_again(kassa: Kassa) -> None:
    kassa.trouble = None
    case = kassa.bench.receive("REF-1", "tova")
    for _ in range(kassa.bench.patience.attempts_per_case):
        kassa.bench.take(case)
    assert kassa.bench.work_on(case) is CaseStatus.HANDED_OVER

    kassa.retry(Handoff.objects.get())
    assert kassa.bench.work_on(case) is CaseStatus.DECIDED


@pytest.mark.parametrize("trouble", [BusinessError("Oläsligt."), UnknownOutcome("Ingen vet.")])
def test_what_a_person_must_judge_is_not_tried_again(kassa: Kassa, trouble: Exception) -> None:
    kassa.trouble = trouble
    case = kassa.bench.receive("REF-1", "tova")
    status = kassa.bench.work_on(case)

    with pytest.raises(BusinessError, match="ska en människa ta ställning"):
        kassa.retry(Handoff.objects.get())
    assert kassa.bench.status(case) is status
    assert kassa.bench.entries(case, "handoff.") == []


def test_a_proposal_is_approved_not_tried_again(bench_with: Callable[..., Bench]) -> None:
    def flow(run: Run) -> Outcome:
        run.approval("besluta", handed_over("Förslag."))
        return decided("Klart.")

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    with pytest.raises(BusinessError, match="ta ställning"):
        Handoffs(bench.journal).retry(Handoff.objects.get().pk, IVAR, datetime.now(UTC))
    assert bench.status(case) is CaseStatus.HANDED_OVER


def test_what_a_person_has_taken_over_or_finished_stays_with_them(kassa: Kassa) -> None:
    case, handoff = kassa.given_up()
    kassa.handoffs.take_over(handoff.pk, IVAR, datetime.now(UTC))
    with pytest.raises(BusinessError, match="redan övertagen"):
        kassa.retry(handoff)
    assert kassa.bench.status(case) is CaseStatus.TAKEN_OVER

    other = kassa.bench.receive("REF-2", "olle")
    kassa.use_up(other)
    handoff = Handoff.objects.get(case=other)
    kassa.handoffs.finished_elsewhere(handoff.pk, datetime.now(UTC), {"beslut": "01"})
    with pytest.raises(BusinessError, match="redan avslutad av handläggare"):
        kassa.retry(handoff)


def test_two_who_let_it_try_again_at_once_do_so_once(kassa: Kassa) -> None:
    case, handoff = kassa.given_up()

    def try_again(_: int) -> str:
        try:
            kassa.retry(handoff)
            return "försöker"
        except BusinessError as error:
            return error.message
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        told = set(both.map(try_again, range(2)))
    assert told == {"försöker", "Överlämningen är redan återlämnad till roboten."}
    assert len(kassa.bench.entries(case, "handoff.retried")) == 1


def test_a_retry_that_is_cut_off_leaves_the_hand_off_open(kassa: Kassa, monkeypatch: pytest.MonkeyPatch) -> None:
    case, handoff = kassa.given_up()

    class CutOff(Exception):
        pass

    def cut_off(case: Case) -> bool:
        raise CutOff

    monkeypatch.setattr("medarbetare.cases.handoffs.defer", cut_off)
    with pytest.raises(CutOff):
        kassa.retry(handoff)
    handoff.refresh_from_db()
    assert (kassa.bench.status(case), handoff.closed_at) == (CaseStatus.HANDED_OVER, None)
    assert kassa.bench.entries(case, "handoff.") == []
