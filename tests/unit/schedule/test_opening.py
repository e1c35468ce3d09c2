from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from holidays.constants import DE_FACTO, OPTIONAL
from holidays.countries.sweden import Sweden

from medarbetare.config import load
from medarbetare.errors import ConfigurationError
from medarbetare.schedule.days_off import EVES
from medarbetare.schedule.opening import OpeningHours, PortalHours
from medarbetare.schedule.settings import ScheduleSettings

OFFICE = OpeningHours(days={"mon-thu": "06:00-20:00", "fri": "13:00-24:00, 06:00-12:00"})
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def hours(
    portals: Mapping[str, OpeningHours] | OpeningHours = OFFICE,
    eves: frozenset[str] = frozenset({"midsommarafton", "julafton", "nyårsafton"}),
) -> PortalHours:
    return PortalHours(portals if isinstance(portals, Mapping) else {"viva": portals}, eves, zone=STOCKHOLM)


def shown(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    assert moment.tzinfo is UTC
    return moment.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")


def opens(text: str, portals: PortalHours | None = None) -> str | None:
    return shown((portals or hours()).opens_at("viva", local(text)))


@pytest.mark.parametrize("open_at", ["2026-12-01T06:00", "2026-12-01T19:59", "2026-12-04T13:00", "2026-12-04T23:59"])
def test_it_is_open_from_the_first_minute_up_to_the_last(open_at: str) -> None:
    assert opens(open_at) is None


@pytest.mark.parametrize(
    ("closed_at", "opening"),
    [
        ("2026-12-01T05:59", "2026-12-01 06:00"),
        ("2026-12-01T20:00", "2026-12-02 06:00"),
        ("2026-12-04T12:30", "2026-12-04 13:00"),
        ("2026-12-05T10:00", "2026-12-07 06:00"),
        # Julafton on a Thursday, juldagen, annandagen, Sunday.
        ("2026-12-23T20:00", "2026-12-28 06:00"),
        ("2026-12-24T10:00", "2026-12-28 06:00"),
        # From Thursday evening over långfredagen, the weekend and annandagen.
        ("2026-04-02T20:00", "2026-04-07 06:00"),
        ("2026-06-19T10:00", "2026-06-22 06:00"),
        ("2026-12-31T09:00", "2027-01-04 06:00"),
    ],
)
def test_it_opens_after_nights_weekends_holidays_and_eves(closed_at: str, opening: str) -> None:
    assert opens(closed_at) == opening


def test_a_portal_without_hours_is_always_open() -> None:
    assert hours().opens_at("folkbokforing", local("2026-12-25T03:00")) is None
    assert hours().closes_at("folkbokforing", local("2026-12-25T03:00")) is None


def test_it_is_told_why_it_is_closed() -> None:
    def why(text: str, portals: PortalHours) -> str:
        closed = portals.closed(("folkbokforing", "viva"), local(text))
        assert closed is not None
        return closed.why

    office = "portalen viva har öppet mån-tor 06:00-20:00, fre 13:00-24:00, 06:00-12:00"
    assert why("2026-12-05T10:00", hours()) == office
    assert why("2026-12-24T10:00", hours()) == "portalen viva har stängt (Julafton)"
    assert why("2026-04-03T10:00", hours()) == "portalen viva har stängt (Långfredagen)"
    short = hours(OpeningHours(days={"mon-sun": "00:00-24:00"}, on_holidays="08:00-10:00"))
    assert why("2026-12-25T11:00", short) == "portalen viva har stängt (Juldagen, öppet 08:00-10:00)"


def test_an_eve_that_is_not_named_is_a_working_day() -> None:
    assert opens("2026-12-24T10:00", hours(eves=frozenset())) is None
    assert opens("2026-04-02T10:00") is None
    assert opens("2026-04-02T10:00", hours(eves=frozenset({"skärtorsdagen"}))) == "2026-04-07 06:00"


def test_holidays_may_have_hours_of_their_own() -> None:
    always = hours(OpeningHours(days={"mon-sun": "00:00-24:00"}, on_holidays="08:00-10:00"))
    assert opens("2026-12-25T09:00", always) is None
    assert opens("2026-12-24T10:00", always) == "2026-12-25 08:00"
    assert opens("2026-12-23T23:30", always) is None


def test_it_closes_at_the_end_of_its_hours_and_midnight_between_two_open_days_is_no_end() -> None:
    assert shown(hours().closes_at("viva", local("2026-12-04T07:00"))) == "2026-12-04 12:00"
    assert hours().closes_at("viva", local("2026-12-05T07:00")) is None
    always = hours(OpeningHours(days={"mon-sun": "00:00-24:00"}))
    assert shown(always.closes_at("viva", local("2026-12-20T07:00"))) == "2026-12-24 00:00"
    summer = OpeningHours(days={"mon-sun": "00:00-24:00"}, on_holidays="00:00-24:00")
    assert hours(summer).closes_at("viva", local("2026-12-20T07:00")) is None


def test_several_portals_are_open_when_all_are() -> None:
    both = hours({"viva": OFFICE, "fk": OpeningHours(days={"tue, thu": "10:00-22:00"})})
    closed = both.closed(("viva", "fk"), local("2026-12-02T09:00"))
    assert closed is not None
    assert closed.why == "portalen fk har öppet tis, tor 10:00-22:00"
    assert (shown(closed.since), shown(closed.opens)) == ("2026-12-01 20:00", "2026-12-03 10:00")


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        # The day without 02: hours follow the wall on both sides of it.
        ("2026-03-28T20:00", "2026-03-29 03:30"),
        ("2026-03-29T01:30", "2026-03-29 03:30"),
        ("2026-03-29T03:30", None),
        # The day with two 02: open from the first 02:30.
        ("2026-10-24T20:00", "2026-10-25 02:30"),
        ("2026-10-25T03:30", None),
        ("2026-10-25T19:59", None),
        ("2026-10-25T20:00", "2026-10-26 02:30"),
    ],
)
def test_hours_follow_the_clock_on_the_wall_when_it_is_changed(now: str, opening: str | None) -> None:
    assert opens(now, hours(OpeningHours(days={"mon-sun": "02:30-20:00"}))) == opening


def test_an_open_portal_stays_open_in_the_hour_that_comes_twice() -> None:
    portals = hours(OpeningHours(days={"mon-sun": "02:30-20:00"}))
    first_opening = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert portals.opens_at("viva", datetime(2026, 10, 25, 0, 29, tzinfo=UTC)) == first_opening
    # 02:10 for the second time.
    assert portals.opens_at("viva", datetime(2026, 10, 25, 1, 10, tzinfo=UTC)) is None


def test_every_eve_that_the_calendar_knows_may_be_named() -> None:
    days = [Sweden(years=year, categories=(DE_FACTO, OPTIONAL), language="sv") for year in (2026, 2027)]
    assert {name.partition(" (")[0].casefold() for one in days for name in one.values()} == set(EVES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('opening_hours: {viva: {days: {mon-fri: "20:00-06:00"}}}', "skrivs som två: «20:00-24:00» på dagen då"),
        ('opening_hours: {viva: {days: {mon-fri: "20:00-00:00"}}}', "midnatt som slut skrivs 24:00: 20:00-24:00"),
        ('opening_hours: {viva: {days: {mon-fri: "20:00-20:00"}}}', "väntade klockslag som 06:00-20:00"),
        ('opening_hours: {viva: {days: {mon-fri: "6-20"}}}', "väntade klockslag som 06:00-20:00"),
        ('opening_hours: {viva: {days: {1-5: "06:00-20:00"}}}', "väntade veckodagar som mon-fri"),
        ('opening_hours: {viva: {days: {fri-mon: "06:00-20:00"}}}', "väntade veckodagar i ordning från måndag"),
        ('opening_hours: {viva: {days: {mon-fri: "06:00-20:00", fri: "06:00-12:00"}}}', "flera gånger: fri"),
        # Never open, or only on holidays.
        ("opening_hours: {viva: {days: {}}}", "schedule.yaml:2: opening_hours.viva.days: fann nycklar"),
        ('opening_hours: {viva: {days: {}, on_holidays: "08:00-10:00"}}', "minst 1"),
        ("closed_eves: [midsommardagen]", "okänd afton: midsommardagen"),
        ("reconciliation_days: 0", "reconciliation_days"),
    ],
)
def test_wrong_hours_are_refused_when_they_are_read(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "schedule.yaml"
    path.write_text(f"runs: {{}}\n{text}\n", "utf-8")

    with pytest.raises(ConfigurationError) as refused:
        load(path, ScheduleSettings)
    assert expected in refused.value.message
