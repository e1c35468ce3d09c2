"""When a cron expression is due, by the clock on the wall, also on the two days a year that are not 24 hours long."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from medarbetare.clock import utc_now

_HOUR = 1


class Cron:
    """Five fields (minute hour day month weekday), local time, with weekdays by their names.

    When summer time begins, a time in the hour that is left out is due one hour later by the clock. When it ends, a
    time in the hour that comes twice is due the first time only, unless the hours are `*`: what is due every hour, or
    every ten minutes of every hour, goes on through both. Raises ValueError, for people.
    """

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        expected = f"väntade fem cron-fält som «*/10 7-17 * * mon-fri», inte «{text}»"
        try:
            self._trigger = CronTrigger.from_crontab(text, timezone=zone)
        except ValueError:
            raise ValueError(expected) from None
        fields = text.split()
        # To cron 1 is Monday, to APScheduler it is Tuesday.
        if any(character.isdigit() for character in fields[-1]):
            raise ValueError(f"{expected}; veckodagar skrivs som namn: mon, tue, wed, thu, fri, sat, sun")
        self._zone = zone
        self._also_the_second_time = fields[_HOUR] == "*"
        if self._trigger.get_next_fire_time(None, utc_now()) is None:
            raise ValueError(f"den dagen finns inte i någon månad: «{text}»")

    def after(self, moment: datetime) -> datetime | None:
        """When it is due next after a moment, UTC; None when never more."""
        due: datetime | None = moment
        while due is not None:
            due = self._trigger.get_next_fire_time(None, due.astimezone(UTC) + timedelta(microseconds=1))
            if due is None:
                return None
            # Through UTC: a time that is left out keeps its face otherwise.
            due = due.astimezone(UTC)
            if self._also_the_second_time or not due.astimezone(self._zone).fold:
                return due
        return None
