"""When portals are open: hours per weekday, Swedish holidays and eves, by the clock on the wall."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from medarbetare.config import Strict
from medarbetare.schedule.days_off import day_off
from medarbetare.schedule.swedish import WEEKDAYS, in_swedish

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_MIDNIGHT = 24 * 60
_DAYS_AHEAD = 60
"""No weekday is a holiday for so many weeks on end, so hours that name one weekday open within these days."""

Span = tuple[int, int]
"""From and to, as minutes after midnight."""

Open = tuple[datetime, datetime]
"""From and to, UTC."""


class OpeningHours(Strict):
    """Hours per weekday, such as `mon-fri: "06:00-20:00"`, local time. A weekday that is not named is closed.

    `on_holidays` is what holds on holidays and closed eves instead; without it they are closed.
    """

    days: Annotated[dict[str, str], Field(min_length=1)]
    on_holidays: str | None = None

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        named = [day for text, hours in self.days.items() if spans(hours) for day in weekdays(text)]
        if twice := sorted({WEEKDAYS[day] for day in named if named.count(day) > 1}):
            raise ValueError(f"samma veckodag står flera gånger: {', '.join(twice)}")
        if self.on_holidays is not None:
            spans(self.on_holidays)
        return self

    def on(self, weekday: int, *, is_holiday: bool = False) -> list[Span]:
        """When it is open on a day, Monday 0; empty when it is closed."""
        if is_holiday:
            return spans(self.on_holidays) if self.on_holidays is not None else []
        return next((spans(hours) for text, hours in self.days.items() if weekday in weekdays(text)), [])

    def __str__(self) -> str:
        return ", ".join(f"{in_swedish(text)} {hours}" for text, hours in self.days.items())


def weekdays(text: str) -> list[int]:
    """`mon-fri`, `sat` or `mon, wed` as numbers, Monday 0. Raises ValueError."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = (name.strip() for name in part.partition("-"))
        if not {first, last or first} <= set(WEEKDAYS):
            raise ValueError(f"väntade veckodagar som mon-fri eller sat, inte «{text}»")
        found += range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
    if not found:
        raise ValueError(f"väntade veckodagar i ordning från måndag, som mon-fri, inte «{text}»")
    return found


def spans(text: str) -> list[Span]:
    """`06:00-20:00`, or several with commas between, in the order of the day. Raises ValueError."""
    found: list[Span] = []
    for part in text.split(","):
        match = _HOURS.fullmatch(part.strip())
        start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
        if match and end < start:
            raise ValueError(_over_midnight(part.strip(), end))
        if not start < end <= _MIDNIGHT:
            raise ValueError(f"väntade klockslag som 06:00-20:00, inte «{text}»")
        found.append((start, end))
    return sorted(found)


def _over_midnight(text: str, end: int) -> str:
    first, _, last = text.partition("-")
    if end == 0:
        return f"midnatt som slut skrivs 24:00: {first}-24:00, inte «{text}»"
    return (
        f"«{text}» går över midnatt och skrivs som två: «{first}-24:00» på dagen då det öppnar, «00:00-{last}» på "
        f'dagen efter. Varje dygn: mon-sun: "00:00-{last}, {first}-24:00"'
    )


def common(first: list[Span], second: list[Span]) -> list[Span]:
    """When both are open."""
    both = [(max(a, c), min(b, d)) for a, b in first for c, d in second]
    return sorted((start, end) for start, end in both if start < end)


@dataclass(frozen=True)
class Closed:
    """Why it is closed, in Swedish; since when, and when it opens. UTC."""

    why: str
    since: datetime
    opens: datetime


class PortalHours:
    """When each portal may be used. A portal without hours is always open.

    Hours are read off the clock on the wall. A time that summer time leaves out is one hour later by the clock, as for
    a run's cron; of a time that comes twice the first is meant.
    """

    def __init__(
        self, hours: Mapping[str, OpeningHours], closed_eves: frozenset[str] = frozenset(), *, zone: ZoneInfo
    ) -> None:
        self._hours = hours
        self._closed_eves = closed_eves
        self._zone = zone
        # Asked before each page of a portal is gone to; a process meets few days.
        self._known: dict[tuple[date, tuple[str, ...]], list[Open]] = {}

    def opens_at(self, portal: str, now: datetime) -> datetime | None:
        """When a portal opens next, UTC; None when it is open now."""
        closed = self.closed((portal,), now)
        return closed.opens if closed is not None else None

    def closes_at(self, portal: str, now: datetime) -> datetime | None:
        """When an open portal closes next, UTC; None when it is closed now, or does not close for two months."""
        if portal not in self._hours or self.opens_at(portal, now) is not None:
            return None
        edge = now
        for ahead in range(_DAYS_AHEAD):
            for start, end in self._open(self._day(now, ahead), (portal,)):
                if start > edge:
                    return edge
                edge = max(edge, end)
        return None

    def closed(self, portals: Collection[str], now: datetime) -> Closed | None:
        """Whether any of some portals is closed, and when all are open next; None when they are open now."""
        kept = [portal for portal in portals if portal in self._hours]
        if not kept or any(start <= now < end for start, end in self._open(self._day(now, 0), kept)):
            return None
        near = range(_DAYS_AHEAD)
        starts = (start for ahead in near for start, _ in self._open(self._day(now, ahead), kept))
        ends = (end for back in near for _, end in reversed(self._open(self._day(now, -back), kept)))
        opens = next(start for start in starts if start > now)
        return Closed(self._why(kept, now), since=next(end for end in ends if end <= now), opens=opens)

    def _why(self, portals: Collection[str], now: datetime) -> str:
        day = self._day(now, 0)
        shut = (p for p in portals if not any(start <= now < end for start, end in self._open(day, (p,))))
        portal = next(shut)
        hours, off = self._hours[portal], day_off(day, self._closed_eves)
        if off is None:
            return f"portalen {portal} har öppet {hours}"
        instead = f", öppet {hours.on_holidays}" if hours.on_holidays is not None else ""
        return f"portalen {portal} har stängt ({off}{instead})"

    def _open(self, day: date, portals: Collection[str]) -> list[Open]:
        """When all of some portals are open on a local day."""
        asked = (day, tuple(portals))
        if asked not in self._known:
            self._known[asked] = self._read(day, portals)
        return self._known[asked]

    def _read(self, day: date, portals: Collection[str]) -> list[Open]:
        is_holiday = day_off(day, self._closed_eves) is not None
        together: list[Span] = [(0, _MIDNIGHT)]
        for portal in portals:
            together = common(together, self._hours[portal].on(day.weekday(), is_holiday=is_holiday))
        moments = [(self._moment(day, start), self._moment(day, end)) for start, end in together]
        return [(start, end) for start, end in moments if start < end]

    def _moment(self, day: date, minute: int) -> datetime:
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        return wall.replace(tzinfo=self._zone).astimezone(UTC)

    def _day(self, now: datetime, ahead: int) -> date:
        return now.astimezone(self._zone).date() + timedelta(days=ahead)
