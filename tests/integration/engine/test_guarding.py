"""The way into a portal: breaker, log-in breaker, opening hours and pauses, on a real database."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.breaker import Breaker, BreakerTerms
from medarbetare.engine.guarding import PortalGuard
from medarbetare.engine.holds import Holds, HoldWatch, of_portal
from medarbetare.engine.models import PortalStanding
from medarbetare.engine.outcome import Outcome, decided
from medarbetare.engine.run import Run
from medarbetare.errors import Held, LoginRefused, PortalError
from medarbetare.testing import Bench, MemoryPortal, Sheet

TERMS = BreakerTerms(failures=3, first_pause=timedelta(minutes=1), longest_pause=timedelta(minutes=3))
AT_ONCE = HoldWatch(timedelta(0))


class Kassa:
    """A portal that answers or not."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.asked = 0
        self.portal = MemoryPortal("kassa", {"lista": self._list})
        self.opens: datetime | None = None

    def _list(self) -> Sheet:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        return Sheet()

    def guard(self) -> PortalGuard:
        """As another worker has it: nothing remembered from before."""
        return PortalGuard(lambda name: self.portal, Breaker(TERMS), AT_ONCE, lambda name: self.opens)

    def go(self) -> None:
        self.guard().portal("kassa").page("lista")


@pytest.fixture
def kassa(database: Dsn) -> Kassa:
    return Kassa()


def fail(kassa: Kassa, times: int) -> None:
    kassa.trouble = PortalError("kassa svarar inte", portal="kassa")
    for _ in range(times):
        with pytest.raises(PortalError):
            kassa.go()


def rested(minutes: float) -> None:
    """Let so much time pass for the breaker."""
    standing = PortalStanding.objects.get()
    assert standing.open_until is not None
    PortalStanding.objects.update(open_until=standing.open_until - timedelta(minutes=minutes))


def test_a_portal_that_fails_a_few_times_in_a_row_is_left_alone_by_every_worker(kassa: Kassa) -> None:
    fail(kassa, TERMS.failures)

    with pytest.raises(Held, match="svarar inte") as held:
        kassa.go()
    assert held.value.until is not None
    assert timedelta(seconds=40) < held.value.until - datetime.now(UTC) <= timedelta(seconds=75)
    assert kassa.asked == TERMS.failures


def test_failures_with_an_answer_in_between_do_not_add_up(kassa: Kassa) -> None:
    fail(kassa, TERMS.failures - 1)
    kassa.trouble = None
    kassa.go()
    fail(kassa, TERMS.failures - 1)

    kassa.trouble = None
    kassa.go()
    assert not PortalStanding.objects.exists()


def test_after_the_pause_one_worker_tries_and_the_others_wait_for_what_it_finds(kassa: Kassa) -> None:
    fail(kassa, TERMS.failures)
    rested(1.25)
    first = kassa.guard()
    first.check("kassa")

    with pytest.raises(Held):
        kassa.go()
    kassa.trouble = None
    first.arrived("kassa")
    kassa.go()
    assert not PortalStanding.objects.exists()


def pause() -> timedelta:
    """How long the portal rests."""
    until = PortalStanding.objects.get().open_until
    assert until is not None
    return until - datetime.now(UTC)


def test_each_further_failure_doubles_the_pause_up_to_the_longest(
    kassa: Kassa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda low, high: 1.0)
    fail(kassa, TERMS.failures)
    pauses = []
    for minutes in (1, 2, 3):
        rested(minutes)
        fail(kassa, 1)
        pauses.append(round(pause().total_seconds() / 60))
    assert pauses == [2, 3, 3]


def test_the_pause_is_a_quarter_more_or_less(kassa: Kassa, monkeypatch: pytest.MonkeyPatch) -> None:
    for drawn in (0.75, 1.25):
        monkeypatch.setattr("random.uniform", lambda low, high, drawn=drawn: min(max(drawn, low), high))
        PortalStanding.objects.all().delete()
        before = datetime.now(UTC)
        fail(kassa, TERMS.failures)
        until = PortalStanding.objects.get().open_until
        assert until is not None
        assert before <= until - timedelta(minutes=drawn) <= datetime.now(UTC)


def test_a_closed_portal_is_waited_for_until_it_opens(kassa: Kassa) -> None:
    kassa.opens = datetime.now(UTC) + timedelta(hours=5)

    with pytest.raises(Held, match="öppnar") as held:
        kassa.go()
    assert (held.value.until, kassa.asked) == (kassa.opens, 0)


def test_a_paused_portal_is_not_used_until_it_is_resumed(kassa: Kassa) -> None:
    bench = Bench({})
    holds = Holds(bench.journal, bench.department, lambda: datetime.now(UTC))
    holds.pause(of_portal("kassa"), "test")

    with pytest.raises(Held, match="pausad") as held:
        kassa.go()
    assert (held.value.waits_for, kassa.asked) == ("portal:kassa", 0)
    holds.resume(of_portal("kassa"), "test")
    kassa.go()


def test_a_refused_log_in_is_tried_once_by_all_workers_together_until_a_person_has_looked(database: Dsn) -> None:
    tried: list[int] = []
    told: list[type[Exception]] = []
    together = threading.Barrier(6)

    def work(number: int) -> None:
        together.wait()
        try:
            with Breaker(TERMS).log_in_turn("kassa"):
                tried.append(number)
                raise LoginRefused("Portalen kassa: inloggningen avvisades.", portal="kassa")
        except (Held, LoginRefused) as error:
            told.append(type(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(tried) == 1
    assert sorted(one.__name__ for one in told) == ["Held"] * 5 + ["LoginRefused"]
    with pytest.raises(Held, match="nekat"):
        AT_ONCE.check_portal("kassa")
    bench = Bench({})
    Holds(bench.journal, bench.department, lambda: datetime.now(UTC)).resume(of_portal("kassa"), "test")
    AT_ONCE.check_portal("kassa")
    with Breaker(TERMS).log_in_turn("kassa"):
        tried.append(9)
    assert tried[-1] == 9


def test_log_ins_that_lead_nowhere_are_bounded_also_when_workers_are_killed_in_the_middle(database: Dsn) -> None:
    sent: list[int] = []

    def log_in() -> None:
        with Breaker(TERMS).log_in_turn("kassa") as before_password:
            before_password()
            sent.append(1)
            raise KeyboardInterrupt  # as kill -9: nobody remembers anything of it

    for _ in range(6):
        with suppress(KeyboardInterrupt, LoginRefused, Held):
            log_in()
    assert len(sent) == TERMS.log_ins
    with pytest.raises(Held, match="nekat"):
        AT_ONCE.check_portal("kassa")


def test_a_log_in_that_succeeds_is_the_first_of_a_new_row(database: Dsn) -> None:
    for _ in range(2 * TERMS.log_ins):
        with Breaker(TERMS).log_in_turn("kassa") as before_password:
            before_password()
    AT_ONCE.check_portal("kassa")
    assert PortalStanding.objects.get().log_ins == 0


def test_a_refusal_comes_out_also_when_the_database_goes_meanwhile(database: Dsn) -> None:
    def log_in() -> None:
        with Breaker(TERMS).log_in_turn("kassa"):
            connections["default"].connection.close()
            raise LoginRefused("Portalen kassa: avvisades.", portal="kassa")

    with pytest.raises(LoginRefused):
        log_in()


def test_a_case_whose_page_always_fails_is_handed_over_and_the_others_reach_the_portal(database: Dsn) -> None:
    kassa = Kassa()
    guard = PortalGuard(lambda name: kassa.portal, Breaker(TERMS), AT_ONCE, lambda name: None)

    def flow(run: Run) -> Outcome:
        def read() -> str:
            kassa.trouble = PortalError("500", portal="kassa") if run.reference == "GIFT" else None
            guard.portal("kassa").page("lista")
            return "svar"

        return decided(run.step("läs", read, str))

    bench = Bench({"flode": flow})
    poison, well = bench.receive("GIFT", "tova"), bench.receive("FRISK", "olle")
    for _ in range(4 * bench.patience.attempts_per_case):
        if bench.status(poison) is CaseStatus.HANDED_OVER:
            break
        Case.objects.filter(handle=poison.handle).update(due_at=datetime.now(UTC))
        bench.work_on(poison)
        PortalStanding.objects.exclude(open_until=None).update(open_until=datetime.now(UTC))

    assert bench.status(poison) is CaseStatus.HANDED_OVER
    assert bench.work_on(well) is CaseStatus.DECIDED


@pytest.mark.parametrize("ending", [None, PortalError("svarar inte", portal="kassa"), ZeroDivisionError()])
def test_the_turn_to_log_in_is_given_on_however_it_ends(database: Dsn, ending: Exception | None) -> None:
    def log_in(inside: Callable[[], None]) -> None:
        with Breaker(TERMS).log_in_turn("kassa"):
            inside()

    def end() -> None:
        if ending is not None:
            raise ending

    with suppress(PortalError, ZeroDivisionError):
        log_in(end)
    entered: list[bool] = []
    thread = threading.Thread(target=lambda: (log_in(lambda: entered.append(True)), connections.close_all()))
    thread.start()
    thread.join(timeout=20)

    assert entered == [True]
