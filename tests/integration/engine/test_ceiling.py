"""Room under a day's ceiling: once per case, together over all workers, and kept once it binds."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from medarbetare.cases.models import Case
from medarbetare.cases.retention import Retention, RetentionRule, RetentionSettings
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.ceiling import Ceiling
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Reservation
from medarbetare.engine.outcome import Outcome, decided, handed_over
from medarbetare.engine.reserving import reserve, total
from medarbetare.engine.run import Run
from medarbetare.testing import Bench, MemoryPortal, Sheet

DAY = date(2026, 12, 1)


class Crash(BaseException):
    """kill -9, as far as the code that runs can tell."""


class House:
    """A workflow that pays, and asks a person when there is no room left today."""

    def __init__(self, betala: Callable[..., Any]) -> None:
        self.betala = betala
        self.ceiling = Ceiling(Decimal(250), 3)
        self.rows: list[dict[str, str]] = []
        pages = {
            "lista": lambda: Sheet(tables={"betalningar": list(self.rows)}),
            "ny": lambda: Sheet(fields={"vem", "belopp"}, commits={"spara": self.rows.append}),
        }
        self.bench = Bench({"flode": self.flow}, [MemoryPortal("kassa", pages)])

    def flow(self, run: Run) -> Outcome:
        vem = run.reference
        room = run.within_ceiling("stopp", "beslut", Decimal(100), self.ceiling, bound_by="utbetalning")
        by = "roboten" if room else run.approval("beslut", handed_over("Betalningsstopp.")).by
        run.mode = Mode.AUTOMATISK
        run.write(self.betala(run.portal("kassa"), vem))
        return decided(f"Betalt, beslutat av {by}.")

    def case(self, vem: str) -> Case:
        return self.bench.receive(vem, vem)

    def worked(self, *people: str) -> list[CaseStatus]:
        return [self.bench.work_on(self.case(vem)) for vem in people]

    def die_at(self, point: str) -> None:
        def passed(boundary: Any) -> None:
            if boundary.point == point:
                raise Crash

        self.bench.passed = passed

    def so_far(self, day: date = DAY) -> tuple[Decimal, int, int]:
        found = total(self.bench.department, "flode", "beslut", day)
        return found.amount, found.count, found.refused


@pytest.fixture
def house(database: Dsn, betala: Callable[..., Any]) -> House:
    return House(betala)


def test_what_has_no_room_left_today_waits_for_a_person_and_reserves_nothing(house: House) -> None:
    assert house.worked("a", "b", "c") == [CaseStatus.DECIDED, CaseStatus.DECIDED, CaseStatus.HANDED_OVER]
    assert house.so_far() == (200, 2, 1)

    waiting = Case.objects.get(reference="c")
    house.bench.answer(waiting)

    assert house.bench.work_on(waiting) is CaseStatus.DECIDED
    assert house.bench.outcome(waiting).summary == "Betalt, beslutat av Pia Provsson."
    # Somebody has looked: it takes no room from what nobody has looked at.
    assert house.so_far() == (200, 2, 1)
    assert [row["vem"] for row in house.rows] == ["a", "b", "c"]


def test_the_number_of_cases_is_a_limit_of_its_own(house: House) -> None:
    house.ceiling = Ceiling(Decimal(1_000_000), 1)
    assert house.worked("a", "b") == [CaseStatus.DECIDED, CaseStatus.HANDED_OVER]


def test_exactly_the_limit_has_room_and_nothing_more(house: House) -> None:
    house.ceiling = Ceiling(Decimal(200), 9)
    assert house.worked("a", "b", "c")[1:] == [CaseStatus.DECIDED, CaseStatus.HANDED_OVER]


def test_a_new_day_has_all_its_room(house: House) -> None:
    house.worked("a", "b", "c")
    house.bench.let_pass(timedelta(days=1))

    assert house.worked("d") == [CaseStatus.DECIDED]
    assert (house.so_far(), house.so_far(DAY + timedelta(days=1))) == ((200, 2, 1), (100, 1, 0))


def test_a_crash_reserves_once_on_the_same_day(house: House) -> None:
    case = house.case("a")
    for point in ("step", "intended", "pre-read"):
        house.die_at(point)
        with pytest.raises(Crash):
            house.bench.work_on(case)
    assert house.so_far() == (100, 1, 0)


def test_what_has_not_been_sent_is_reserved_anew_on_another_day_and_may_find_no_room(house: House) -> None:
    case = house.case("a")
    house.die_at("intended")
    with pytest.raises(Crash):
        house.bench.work_on(case)
    house.bench.passed = lambda boundary: None
    house.bench.let_pass(timedelta(days=1))
    house.ceiling = Ceiling(Decimal(50), 3)

    assert house.bench.work_on(case) is CaseStatus.HANDED_OVER
    assert house.so_far() == (0, 0, 0)
    assert house.so_far(DAY + timedelta(days=1)) == (0, 0, 1)


def test_what_may_have_been_sent_is_finished_whatever_the_day_and_the_ceiling(house: House) -> None:
    case = house.case("a")
    house.die_at("submit answered")
    with pytest.raises(Crash):
        house.bench.work_on(case)
    house.bench.passed = lambda boundary: None
    house.bench.let_pass(timedelta(days=1))
    house.ceiling = Ceiling(Decimal(0), 0)

    assert house.bench.work_on(case) is CaseStatus.DECIDED
    assert (len(house.rows), house.so_far()) == (1, (100, 1, 0))


def test_workflows_and_departments_have_ceilings_of_their_own(house: House) -> None:
    house.worked("a", "b")
    other = house.bench.receive("x", "x", "annat")
    with transaction.atomic():
        assert reserve(other, "beslut", Decimal("99.50"), house.ceiling, DAY).within
    assert (house.so_far(), total(house.bench.department, "annat", "beslut", DAY).amount) == (
        (200, 2, 0),
        Decimal("99.50"),
    )


def test_of_many_workers_at_once_no_more_are_let_through_than_there_is_room_for(house: House) -> None:
    cases, everybody = [house.case(f"p{number}") for number in range(12)], threading.Barrier(4)
    answers: list[bool] = []

    def ask(own: Sequence[Case]) -> None:
        try:
            everybody.wait(30)
            for case in own:
                with transaction.atomic():
                    answers.append(reserve(case, "beslut", Decimal(50), Ceiling(Decimal(250), 99), DAY).within)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[cases[first::4]]) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (answers.count(True), answers.count(False)) == (5, 7)
    assert house.so_far() == (250, 5, 7)


@pytest.mark.parametrize("amount", ["-1", "0.001"])
def test_what_is_no_amount_of_money_is_a_fault(house: House, amount: str) -> None:
    with pytest.raises(ValueError, match="no amount"), transaction.atomic():
        reserve(house.case("a"), "beslut", Decimal(amount), house.ceiling, DAY)
    assert not Reservation.objects.exists()


def test_reservations_go_with_their_case_when_it_is_over_age(house: House) -> None:
    house.worked("a")
    rule = RetentionRule(days=1, approved_by="Nämnden", decision_reference="§ 1", valid_from=date(2026, 1, 1))
    settings = RetentionSettings(departments={house.bench.department: rule})
    assert Retention(house.bench.journal, settings, lambda: datetime.now(UTC) + timedelta(days=9)).run("robot") == 1
    assert not Reservation.objects.exists()
