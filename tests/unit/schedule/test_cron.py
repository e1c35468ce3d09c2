from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from medarbetare.schedule.cron import Cron

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def due(text: str, first: tuple[int, ...], count: int) -> list[str]:
    """When a cron is due from a local noon on, UTC."""
    cron, moment, found = Cron(text, STOCKHOLM), datetime(*first, 12, tzinfo=STOCKHOLM), []
    for _ in range(count):
        after = cron.after(moment)
        assert after is not None
        assert after.tzinfo is UTC
        moment = after
        found.append(f"{moment:%m-%d %H:%M}")
    return found


def test_a_cron_follows_the_clock_on_the_wall_and_the_working_week() -> None:
    # Summer time ends on Sunday the 25th.
    assert due("0 8 * * mon-fri", (2026, 10, 22), 3) == ["10-23 06:00", "10-26 07:00", "10-27 07:00"]


@pytest.mark.parametrize(
    ("eve", "expected"),
    [
        # 01:30 UTC is 03:30 by the clock: the hour from 02 is left out.
        ((2026, 3, 28), ["03-29 01:30", "03-30 00:30", "03-31 00:30"]),
        ((2027, 3, 27), ["03-28 01:30", "03-29 00:30", "03-30 00:30"]),
        # Two 02:30, the first of them in summer time.
        ((2026, 10, 24), ["10-25 00:30", "10-26 01:30", "10-27 01:30"]),
        ((2027, 10, 30), ["10-31 00:30", "11-01 01:30", "11-02 01:30"]),
    ],
)
def test_a_run_at_half_past_two_is_due_once_a_day_also_when_the_clock_is_changed(
    eve: tuple[int, ...], expected: list[str]
) -> None:
    assert due("30 2 * * *", eve, 3) == expected


@pytest.mark.parametrize("eve", [(2026, 3, 28), (2026, 10, 24)])
def test_what_is_due_every_ten_minutes_goes_on_evenly_when_the_clock_is_changed(eve: tuple[int, ...]) -> None:
    found = due("*/10 * * * *", eve, 150)
    assert len(set(found)) == 150
    times = [datetime.strptime(f"2026-{one}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for one in found]
    assert {(later - sooner).total_seconds() for sooner, later in pairwise(times)} == {600}


def test_named_hours_are_those_of_the_first_time_when_they_come_twice() -> None:
    assert due("*/30 2-3 * * *", (2026, 10, 24), 5) == [
        *("10-25 00:00", "10-25 00:30"),
        *("10-25 02:00", "10-25 02:30"),
        "10-26 01:00",
    ]


def test_two_times_that_fall_together_when_summer_time_begins_are_one() -> None:
    assert due("0 2,3 * * *", (2026, 3, 28), 3) == ["03-29 01:00", "03-30 00:00", "03-30 01:00"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("varje timme", "väntade fem cron-fält"),
        ("61 * * * *", "väntade fem cron-fält"),
        ("0 8 * * 1-5", "veckodagar skrivs som namn"),
        ("0 8 30 feb *", "den dagen finns inte"),
    ],
)
def test_what_can_never_be_due_is_refused(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Cron(text, STOCKHOLM)
