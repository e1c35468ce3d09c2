from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.engine.outcome import Outcome, decided
from medarbetare.engine.run import Boundary
from medarbetare.errors import LeaseLost, PortalError, StopRequested
from medarbetare.testing import Bench


class Sort(StrEnum):
    LON = "lön"


class Rad(BaseModel):
    model_config = ConfigDict(frozen=True)

    sort: Sort
    belopp: Decimal
    dag: date
    spar: tuple[tuple[str, Decimal], ...] = ()
    beslut: date | None = None


RAD = Rad(sort=Sort.LON, belopp=Decimal("6865.10"), dag=date(2026, 12, 1), spar=(("norm", Decimal("-0.50")),))


def no_flow(run: object) -> Outcome:
    return decided("klart")


@pytest.fixture
def bench(database: Dsn) -> Bench:
    return Bench({"flode": no_flow})


@pytest.fixture
def case(bench: Bench) -> Case:
    return bench.receive("REF-1", "tova")


def same(made: object) -> object:
    return made


def never() -> Any:
    raise AssertionError("a finished step was done again")


def test_steps_answer_from_the_journal_with_exactly_what_they_gave_before_the_crash(bench: Bench, case: Case) -> None:
    results: list[tuple[object, Any]] = [
        (RAD, Rad),
        ((RAD, RAD), tuple[Rad, ...]),
        (Decimal("0.10"), Decimal),
        (date(2026, 2, 28), date),
        (Sort.LON, Sort),
        ({2026: ("a", "b")}, dict[int, tuple[str, str]]),
        (timedelta(minutes=90), timedelta),
        (None, Decimal | None),
    ]
    before = bench.begin(case)
    for number, (made, kind) in enumerate(results):
        assert before.step(f"läs {number}", partial(same, made), kind) == made

    after = bench.begin(case)
    for number, (made, kind) in enumerate(results):
        again = after.step(f"läs {number}", never, kind)
        assert (again, type(again), repr(again)) == (made, type(made), repr(made))
    assert len(bench.entries(case, "step")) == len(results)


def test_the_first_run_is_given_what_a_later_run_will_be_given(bench: Bench, case: Case) -> None:
    with pytest.warns(UserWarning, match="Expected `tuple"):
        first = bench.begin(case).step("läs", lambda: ["1", "2"], tuple[Decimal, ...])

    assert first == (Decimal(1), Decimal(2))
    assert bench.begin(case).step("läs", never, tuple[Decimal, ...]) == first


def test_a_result_of_the_wrong_type_is_not_recorded(bench: Bench, case: Case) -> None:
    with pytest.warns(UserWarning, match="Expected `date`"), pytest.raises(ValueError, match="date"):
        bench.begin(case).step("läs", lambda: "i går", date)

    assert bench.entries(case, "step") == []


def test_a_step_that_fails_is_not_recorded_and_done_again(bench: Bench, case: Case) -> None:
    with pytest.raises(ZeroDivisionError):
        bench.begin(case).step("räkna", lambda: 1 // 0, int)

    assert bench.entries(case, "step") == []
    assert bench.begin(case).step("räkna", lambda: 2, int) == 2


def failing(times: int) -> tuple[list[int], Callable[[], int]]:
    calls: list[int] = []

    def produce() -> int:
        calls.append(1)
        if len(calls) <= times:
            raise PortalError("långsam", portal="register")
        return len(calls)

    return calls, produce


def test_a_portals_trouble_is_tried_again_a_few_times(bench: Bench, case: Case) -> None:
    calls, produce = failing(times=2)

    assert bench.begin(case).step("fråga", produce, int) == len(calls) == 3
    assert len(bench.entries(case, "step")) == 1


def test_a_portal_that_stays_in_trouble_ends_the_attempt(bench: Bench, case: Case) -> None:
    calls, produce = failing(times=99)

    with pytest.raises(PortalError):
        bench.begin(case).step("fråga", produce, int)

    assert len(calls) == bench.patience.retry.attempts == 3
    assert bench.entries(case, "step") == []


def test_a_stop_is_heeded_between_steps_and_never_inside_one(bench: Bench, case: Case) -> None:
    run = bench.begin(case)

    def produce() -> str:
        bench.stop.request()
        return "hela steget"

    assert run.step("ett", produce, str) == "hela steget"
    assert run.step("ett", never, str) == "hela steget"
    with pytest.raises(StopRequested):
        run.step("två", never, str)
    assert [entry.name for entry in bench.entries(case, "step")] == ["ett"]


def test_a_step_done_under_a_lost_lease_is_not_recorded(bench: Bench, case: Case) -> None:
    run = bench.begin(case)
    bench.take(case)

    with pytest.raises(LeaseLost):
        run.step("läs", lambda: 1, int)

    assert bench.entries(case, "step") == []


def test_each_finished_step_is_told_to_whoever_watches(bench: Bench, case: Case) -> None:
    seen: list[Boundary] = []
    bench.passed = seen.append

    run = bench.begin(case)
    run.step("ett", lambda: 1, int)
    run.step("ett", never, int)

    assert seen == [Boundary(case.handle, "ett", "step")]


def test_what_a_step_read_stands_sealed_in_the_journal(bench: Bench, case: Case, database: Dsn) -> None:
    bench.begin(case).step("läs", lambda: "kanariefågel", str)

    with database.connect() as other:
        rows = other.execute("SELECT l::text, encode(p.sealed, 'escape') FROM journal_leaf l, journal_payload p")
        assert "kanarie" not in str(rows.fetchall())
    assert bench.entries(case, "step")[0].payload == {"result": "kanariefågel"}
