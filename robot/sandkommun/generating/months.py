"""Months, and the days on which things happen in them."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Self

from sandkommun.clock import MONTHS


@dataclass(frozen=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    def back(self, months: int) -> "Month":
        """So many months earlier; a negative number: later."""
        return _month(self.year * 12 + self.number - 1 - months)

    @cached_property
    def text(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def name(self) -> str:
        return MONTHS[self.number - 1]

    @cached_property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.number)[1]

    @cached_property
    def first(self) -> str:
        return f"{self.text}-01"

    @cached_property
    def last(self) -> str:
        return f"{self.text}-{self.days}"

    def day(self, number: int) -> date:
        """A day of the month; the last one when the month is shorter."""
        return date(self.year, self.number, min(number, self.days))

    def paid(self, number: int) -> str:
        """The day on which something due on a day is paid: the Friday before when that is at a weekend."""
        return _friday_at_latest(self, number)

    def office(self, number: int) -> date:
        """A day on which people work: the Monday after when it is at a weekend."""
        day = self.day(number)
        return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


# There are few months and a great many households: each month is made once.
@cache
def _month(since_year_nought: int) -> Month:
    year, number = divmod(since_year_nought, 12)
    return Month(year, number + 1)


@cache
def _friday_at_latest(month: Month, number: int) -> str:
    day = month.day(number)
    return (day - timedelta(days=max(0, day.weekday() - 4))).isoformat()


def moment(day: date, minute: int, second: int = 0) -> str:
    """A day and a minute of it: 2026-12-01T06:44:58."""
    return datetime.combine(day, time(minute // 60, minute % 60, second)).isoformat()
