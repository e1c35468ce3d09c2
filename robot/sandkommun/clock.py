"""The world's time: a date that only moves when told to, with the machine's time of day."""

import calendar
from datetime import date, datetime, timedelta


class Clock:
    """One clock for all systems of a running world."""

    def __init__(self, today: date) -> None:
        self.today = today

    def now(self) -> datetime:
        """The world's date with the machine's time of day, whole seconds."""
        return datetime.combine(self.today, datetime.now().time().replace(microsecond=0))  # noqa: DTZ005 - local by intent

    def forward(self, *, days: int = 0, months: int = 0) -> date:
        """Move the date; a month ends where the target month ends (31 January becomes 28 February)."""
        month = self.today.month - 1 + months
        year, month = self.today.year + month // 12, month % 12 + 1
        day = min(self.today.day, calendar.monthrange(year, month)[1])
        self.today = date(year, month, day) + timedelta(days=days)
        return self.today
