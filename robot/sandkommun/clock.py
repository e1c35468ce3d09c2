"""The world's time: a date that only moves when told to, with the machine's time of day."""

import calendar
from datetime import MAXYEAR, date, datetime, timedelta

MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)


class Clock:
    """One clock for all systems of a running world."""

    def __init__(self, today: date) -> None:
        self.today = today

    def now(self) -> datetime:
        """The world's date with the machine's time of day, whole seconds."""
        return datetime.combine(self.today, datetime.now().time().replace(microsecond=0))  # noqa: DTZ005 - local by intent

    def forward(self, *, days: int = 0, months: int = 0) -> date:
        """Move the date; a month ends where the target month ends (31 January becomes 28 February).

        Raises OverflowError past the year 9999; the date stays then.
        """
        month = self.today.month - 1 + months
        year, month = self.today.year + month // 12, month % 12 + 1
        if year > MAXYEAR:
            raise OverflowError(f"there is no year {year}")
        day = min(self.today.day, calendar.monthrange(year, month)[1])
        self.today = date(year, month, day) + timedelta(days=days)
        return self.today


def in_words(day: date) -> str:
    """A date as people write it: 25 november 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
