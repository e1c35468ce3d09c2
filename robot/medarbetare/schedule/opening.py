"""Opening hours and Swedish holidays: whether something may be read now, and if not, why."""

import re
from datetime import date, datetime
from functools import cache
from typing import Self

from pydantic import model_validator

from medarbetare.config import Strict

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_MIDNIGHT = 24 * 60

EVES = frozenset(
    {
        *("trettondagsafton", "skärtorsdagen", "påskafton", "valborgsmässoafton", "klämdag"),
        *("pingstafton", "midsommarafton", "allahelgonsafton", "julafton", "nyårsafton"),
    }
)
"""Days that are no public holidays but that many keep closed."""

Span = tuple[int, int]
"""From and to, as minutes after midnight."""


class OpeningHours(Strict):
    """Hours per weekday, such as `mon-fri: "06:00-20:00"`, local time. A weekday that is not named is closed.

    `on_holidays` is what holds on holidays and closed eves instead; without it they are closed.
    """

    days: dict[str, str]
    on_holidays: str | None = None

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        named = [day for text, hours in self.days.items() if spans(hours) for day in weekdays(text)]
        if twice := sorted({WEEKDAYS[day] for day in named if named.count(day) > 1}):
            raise ValueError(f"samma veckodag står flera gånger: {', '.join(twice)}")
        if self.on_holidays is not None:
            spans(self.on_holidays)
        return self

    def on(self, day: date, *, is_holiday: bool) -> list[Span]:
        """When it is open on a day; empty when it is closed."""
        if is_holiday:
            return spans(self.on_holidays) if self.on_holidays is not None else []
        return next((spans(hours) for text, hours in self.days.items() if day.weekday() in weekdays(text)), [])


def weekdays(text: str) -> list[int]:
    """`mon-fri`, `sat` or `mon, wed` as numbers, Monday 0. Raises ValueError."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = (name.strip() for name in part.partition("-"))
        if not {first, last or first} <= set(WEEKDAYS):
            raise ValueError(f"väntade veckodagar som mon-fri eller sat, inte «{text}»")
        found += range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
    return found


def spans(text: str) -> list[Span]:
    """`06:00-20:00`, or several with commas between. Raises ValueError."""
    found: list[Span] = []
    for part in text.split(","):
        match = _HOURS.fullmatch(part.strip())
        start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
        if not start < end <= _MIDNIGHT:
            raise ValueError(f"väntade klockslag som 06:00-20:00, inte «{text}»")
        found.append((start, end))
    return found


def why_closed(hours: OpeningHours, closed_eves: frozenset[str], now: datetime) -> str | None:
    """Why it is closed at a local time, in Swedish; None when it is open."""
    day = now.date()
    holiday = _days(day.year, eve=False).get(day)
    if holiday is None and (eve := _days(day.year, eve=True).get(day)) and _eve(eve) in closed_eves:
        holiday = eve
    open_spans = hours.on(day, is_holiday=holiday is not None)
    minute = now.hour * 60 + now.minute
    if any(start <= minute < end for start, end in open_spans):
        return None
    return f"helgdag ({holiday})" if holiday else "utanför öppettiden"


@cache
def _days(year: int, *, eve: bool) -> dict[date, str]:
    # Here and not above: worker processes read the schedule's configuration too, and have no use for the calendar.
    from holidays.constants import DE_FACTO, OPTIONAL, PUBLIC
    from holidays.countries.sweden import Sweden

    # Sundays are weekdays of their own in the opening hours, so the calendar need not name them.
    categories = (DE_FACTO, OPTIONAL) if eve else (PUBLIC,)
    calendar = Sweden(years=year, categories=categories, language="sv")
    return {day: str(name) for day, name in calendar.items()}


def _eve(name: str) -> str:
    """`Skärtorsdagen (från kl. 14.00)` as `skärtorsdagen`: an eve is closed as a whole or not at all."""
    return name.partition(" (")[0].casefold()
