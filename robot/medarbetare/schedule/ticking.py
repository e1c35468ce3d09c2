"""Cron per inbox through APScheduler. A tick defers one job; a job that still waits makes a further tick harmless."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from django.db import close_old_connections
from pydantic import field_validator

from medarbetare.config import Strict


class ScheduleSettings(Strict):
    """config/schedule.yaml: a five-field cron expression per inbox, in local time, with weekdays by their names."""

    timezone: str = "Europe/Stockholm"
    misfire_grace: timedelta = timedelta(minutes=10)
    inboxes: dict[str, str]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("väntade en tidszon som Europe/Stockholm") from None
        return name

    @field_validator("inboxes")
    @classmethod
    def _valid_cron(cls, inboxes: dict[str, str]) -> dict[str, str]:
        for name, cron in inboxes.items():
            expected = f"väntade fem cron-fält för {name}, som «*/10 7-17 * * mon-fri», inte «{cron}»"
            try:
                CronTrigger.from_crontab(cron)
            except ValueError:
                raise ValueError(expected) from None
            # To cron 1 is Monday, to APScheduler it is Tuesday.
            if any(character.isdigit() for character in cron.split()[-1]):
                raise ValueError(f"{expected}; veckodagar skrivs som namn: mon, tue, wed, thu, fri, sat, sun")
        return inboxes


class Ticker:
    """Ticks in a thread of its own until it is stopped."""

    def __init__(self, settings: ScheduleSettings, defer: Callable[[str], None]) -> None:
        self._defer = defer
        self._scheduler = BackgroundScheduler(timezone=ZoneInfo(settings.timezone))
        for inbox, cron in settings.inboxes.items():
            self._scheduler.add_job(
                self._tick,
                CronTrigger.from_crontab(cron, timezone=ZoneInfo(settings.timezone)),
                args=[inbox],
                id=inbox,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=int(settings.misfire_grace.total_seconds()),
            )

    def start(self) -> None:
        """Begin ticking."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a tick at hand is finished first."""
        self._scheduler.shutdown(wait=True)

    def _tick(self, inbox: str) -> None:
        close_old_connections()
        self._defer(inbox)
