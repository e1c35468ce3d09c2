from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from holidays.constants import DE_FACTO, OPTIONAL
from holidays.countries.sweden import Sweden

from medarbetare.config import config_folder, load
from medarbetare.errors import ConfigurationError
from medarbetare.schedule import ScheduleSettings
from medarbetare.schedule.opening import EVES, OpeningHours, why_closed

OFFICE = OpeningHours(days={"mon-thu": "06:00-20:00", "fri": "06:00-12:00, 13:00-24:00"})
SOME_EVES = frozenset({"midsommarafton", "julafton", "nyårsafton"})
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def closed(text: str, hours: OpeningHours = OFFICE, eves: frozenset[str] = SOME_EVES) -> str | None:
    return why_closed(hours, eves, datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM))


@pytest.mark.parametrize("open_at", ["2026-12-01T06:00", "2026-12-01T19:59", "2026-12-04T13:00", "2026-12-04T23:59"])
def test_it_is_open_from_the_first_minute_up_to_the_last(open_at: str) -> None:
    assert closed(open_at) is None


@pytest.mark.parametrize("closed_at", ["2026-12-01T05:59", "2026-12-01T20:00", "2026-12-04T12:30", "2026-12-05T10:00"])
def test_it_is_closed_outside_its_hours_and_on_days_that_are_not_named(closed_at: str) -> None:
    assert closed(closed_at) == "utanför öppettiden"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-06", "Trettondedag jul"),
        ("2026-04-03", "Långfredagen"),
        ("2026-05-14", "Kristi himmelsfärdsdag"),
        ("2027-03-29", "Annandag påsk"),
        ("2026-06-19", "Midsommarafton"),
        ("2026-12-24", "Julafton"),
        ("2026-12-31", "Nyårsafton"),
    ],
)
def test_it_is_closed_on_holidays_and_named_eves(day: str, name: str) -> None:
    assert closed(f"{day}T10:00") == f"helgdag ({name})"


def test_an_eve_that_is_not_named_is_a_working_day() -> None:
    assert closed("2026-12-24T10:00", eves=frozenset()) is None
    assert closed("2026-04-02T10:00") is None
    assert closed("2026-04-02T10:00", eves=frozenset({"skärtorsdagen"})) == "helgdag (Skärtorsdagen (från kl. 14.00))"


def test_holidays_may_have_hours_of_their_own() -> None:
    always = OpeningHours(days={"mon-sun": "00:00-24:00"}, on_holidays="08:00-10:00")
    assert closed("2026-12-25T09:00", always) is None
    assert closed("2026-12-24T10:00", always) == "helgdag (Julafton)"
    assert closed("2026-12-23T23:30", always) is None


def test_every_eve_that_the_calendar_knows_may_be_named() -> None:
    days = [Sweden(years=year, categories=(DE_FACTO, OPTIONAL), language="sv") for year in (2026, 2027)]
    assert {name.partition(" (")[0].casefold() for one in days for name in one.values()} == set(EVES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('opening_hours: {e_tjanst: {days: {mon-fri: "20:00-06:00"}}}', "väntade klockslag som 06:00-20:00"),
        ('opening_hours: {e_tjanst: {days: {mon-fri: "6-20"}}}', "väntade klockslag som 06:00-20:00"),
        ('opening_hours: {e_tjanst: {days: {1-5: "06:00-20:00"}}}', "väntade veckodagar som mon-fri"),
        ('opening_hours: {e_tjanst: {days: {mon-fri: "06:00-20:00", fri: "06:00-12:00"}}}', "flera gånger: fri"),
        ('opening_hours: {viva: {days: {mon-fri: "06:00-20:00"}}}', "viva är varken en inkorg eller reconciliation"),
        ("closed_eves: [midsommardagen]", "okänd afton: midsommardagen"),
        ('reconciliation: "varje natt"', "väntade fem cron-fält för reconciliation"),
        ('reconciliation: "30 5 * * 1-5"', "veckodagar skrivs som namn"),
        ("reconciliation_days: 0", "reconciliation_days"),
    ],
)
def test_wrong_hours_are_refused_when_they_are_read(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "schedule.yaml"
    path.write_text(f'inboxes: {{e_tjanst: "0 8 * * *"}}\n{text}\n', "utf-8")

    with pytest.raises(ConfigurationError) as refused:
        load(path, ScheduleSettings)
    assert expected in refused.value.message


def test_no_inbox_is_called_what_the_reconciliation_is_called(tmp_path: Path) -> None:
    path = tmp_path / "schedule.yaml"
    path.write_text('inboxes: {reconciliation: "0 8 * * *"}', "utf-8")
    with pytest.raises(ConfigurationError, match="en inkorg får inte heta reconciliation"):
        load(path, ScheduleSettings)


def test_the_packaged_schedule_is_right_and_its_next_ticks_can_be_told() -> None:
    settings = load(config_folder() / "schedule.yaml", ScheduleSettings)
    ticks = settings.next_ticks(datetime(2026, 12, 4, 20, tzinfo=STOCKHOLM))
    assert {name: f"{time:%a %H:%M}" for name, time in ticks.items()} == {
        "e_tjanst": "Mon 07:00",
        "reconciliation": "Mon 05:30",
    }


def fire_times(cron: str, first: datetime, count: int) -> list[str]:
    trigger = ScheduleSettings(inboxes={}).trigger(cron)
    times: list[datetime] = []
    now = first
    while len(times) < count:
        due = trigger.get_next_fire_time(times[-1] if times else None, now)
        assert due is not None
        times.append(due)
        # A second later in real time, whatever the clock on the wall says.
        now = (due.astimezone(ZoneInfo("UTC")) + timedelta(seconds=1)).astimezone(STOCKHOLM)
    return [time.astimezone(ZoneInfo("UTC")).strftime("%m-%d %H:%M") for time in times]


@pytest.mark.parametrize(
    ("eve", "expected"),
    [
        # 01:30 UTC is 03:30 by the clock: the hour from 02 is left out.
        ((2026, 3, 28), ["03-29 01:30", "03-30 00:30", "03-31 00:30"]),
        ((2027, 3, 27), ["03-28 01:30", "03-29 00:30", "03-30 00:30"]),
    ],
)
def test_a_time_that_summer_time_leaves_out_is_due_once_an_hour_later(
    eve: tuple[int, int, int], expected: list[str]
) -> None:
    assert fire_times("30 2 * * *", datetime(*eve, 12, tzinfo=STOCKHOLM), 3) == expected


@pytest.mark.parametrize(
    ("eve", "expected"),
    [
        ((2026, 10, 24), ["10-25 00:30", "10-25 01:30", "10-26 01:30"]),
        ((2027, 10, 30), ["10-31 00:30", "10-31 01:30", "11-01 01:30"]),
    ],
)
def test_a_time_that_comes_twice_when_summer_time_ends_is_due_twice(
    eve: tuple[int, int, int], expected: list[str]
) -> None:
    assert fire_times("30 2 * * *", datetime(*eve, 12, tzinfo=STOCKHOLM), 3) == expected
