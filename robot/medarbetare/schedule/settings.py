"""config/schedule.yaml."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger
from pydantic import Field, field_validator, model_validator

from medarbetare.config import Strict
from medarbetare.schedule.opening import EVES, OpeningHours

RECONCILIATION = "reconciliation"
"""The tick that is no inbox; no inbox may have its name."""


class ScheduleSettings(Strict):
    """A five-field cron expression per inbox and for the reconciliation, local time, with weekdays by their names.

    `opening_hours` are per inbox (and for `reconciliation`); what has none is always open. `closed_eves` are kept as
    holidays. `reconciliation_days` is how old a receipt may be to be compared.
    """

    timezone: str = "Europe/Stockholm"
    misfire_grace: timedelta = timedelta(minutes=10)
    inboxes: dict[str, str]
    reconciliation: str | None = None
    reconciliation_days: Annotated[int, Field(gt=0)] = 100
    opening_hours: dict[str, OpeningHours] = Field(default_factory=dict)
    closed_eves: frozenset[str] = frozenset()

    @property
    def crons(self) -> dict[str, str]:
        """Every tick by name."""
        return {**self.inboxes, **({RECONCILIATION: self.reconciliation} if self.reconciliation else {})}

    def trigger(self, cron: str) -> CronTrigger:
        """When a cron expression is due, by the clock on the wall.

        When summer time begins, a time in the hour that is left out is due one hour later by the clock. When it ends,
        a time in the hour that comes twice is due twice, which is harmless: a tick only reads what is new.
        """
        return CronTrigger.from_crontab(cron, timezone=ZoneInfo(self.timezone))

    def next_ticks(self, now: datetime) -> dict[str, datetime]:
        """When each is due next, local time, whether it is open then or not."""
        local = now.astimezone(ZoneInfo(self.timezone))
        due = {name: self.trigger(cron).get_next_fire_time(None, local) for name, cron in self.crons.items()}
        return {name: time for name, time in due.items() if time is not None}

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
    def _valid_crons(cls, inboxes: dict[str, str]) -> dict[str, str]:
        if RECONCILIATION in inboxes:
            raise ValueError(f"en inkorg får inte heta {RECONCILIATION}")
        for name, cron in inboxes.items():
            _check_cron(name, cron)
        return inboxes

    @field_validator("reconciliation")
    @classmethod
    def _valid_cron(cls, cron: str | None) -> str | None:
        if cron is not None:
            _check_cron(RECONCILIATION, cron)
        return cron

    @field_validator("closed_eves")
    @classmethod
    def _known_eves(cls, names: frozenset[str]) -> frozenset[str]:
        names = frozenset(name.casefold() for name in names)
        if unknown := sorted(names - EVES):
            raise ValueError(f"okänd afton: {', '.join(unknown)}. De som finns: {', '.join(sorted(EVES))}")
        return names

    @model_validator(mode="after")
    def _hours_of_something(self) -> Self:
        if unknown := sorted(set(self.opening_hours) - {*self.inboxes, RECONCILIATION}):
            raise ValueError(f"opening_hours: {', '.join(unknown)} är varken en inkorg eller {RECONCILIATION}")
        return self


def _check_cron(name: str, cron: str) -> None:
    expected = f"väntade fem cron-fält för {name}, som «*/10 7-17 * * mon-fri», inte «{cron}»"
    try:
        CronTrigger.from_crontab(cron)
    except ValueError:
        raise ValueError(expected) from None
    # To cron 1 is Monday, to APScheduler it is Tuesday.
    if any(character.isdigit() for character in cron.split()[-1]):
        raise ValueError(f"{expected}; veckodagar skrivs som namn: mon, tue, wed, thu, fri, sat, sun")
