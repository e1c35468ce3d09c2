"""config/schedule.yaml."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from medarbetare.config import Strict
from medarbetare.schedule.cron import Cron
from medarbetare.schedule.days_off import EVES
from medarbetare.schedule.opening import OpeningHours, common

RunName = Annotated[str, StringConstraints(pattern=r"^[a-zåäö0-9_-]+$", max_length=40)]


def _long_enough(grace: timedelta) -> timedelta:
    # The schedule is looked at every few seconds: with less than that, what is in time could be missed.
    if grace < timedelta(minutes=1):
        raise ValueError("väntade minst 60 (sekunder)")
    return grace


Grace = Annotated[timedelta, AfterValidator(_long_enough)]


class Overlap(StrEnum):
    """What happens when a run is due while its like is at work: nothing, or one more waits behind it."""

    SKIP = "skip"
    QUEUE = "queue"


class RunSettings(Strict):
    """One entry of `runs`: what is done (one of the first three) and when.

    `workflow` reads all its inboxes but those that some other entry names under `inboxes`. `portals` are those without
    which a reconciliation is not begun.
    """

    workflow: str | None = None
    inboxes: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    reconciliation: bool = False
    portals: tuple[str, ...] = ()
    cron: str
    misfire_grace: Grace | None = None
    overlap: Overlap | None = None

    @field_validator("cron")
    @classmethod
    def _valid_cron(cls, cron: str) -> str:
        Cron(cron, ZoneInfo("UTC"))
        return cron

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if [self.workflow is not None, self.inboxes is not None, self.reconciliation].count(True) != 1:
            raise ValueError("väntade ett av workflow: namn, inboxes: [namn, …] och reconciliation: true")
        if self.portals and not self.reconciliation:
            raise ValueError("portals hör till reconciliation; en inkorg följer sin egen portals öppettider")
        return self


class ScheduleSettings(Strict):
    """Runs by name, opening hours by portal. `misfire_grace` and `overlap` hold for every run that says nothing else.

    What has no hours is always open; `closed_eves` are kept as holidays. `reconciliation_days` is how old a receipt may
    be to be compared.
    """

    timezone: str = "Europe/Stockholm"
    misfire_grace: Grace = timedelta(minutes=10)
    overlap: Overlap = Overlap.SKIP
    runs: dict[RunName, RunSettings]
    reconciliation_days: Annotated[int, Field(gt=0)] = 100
    opening_hours: dict[str, OpeningHours] = Field(default_factory=dict)
    closed_eves: frozenset[str] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        """Where the clock on the wall hangs."""
        return ZoneInfo(self.timezone)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("väntade en tidszon som Europe/Stockholm") from None
        return name

    @field_validator("closed_eves")
    @classmethod
    def _known_eves(cls, names: frozenset[str]) -> frozenset[str]:
        names = frozenset(name.casefold() for name in names)
        if unknown := sorted(names - EVES):
            raise ValueError(f"okänd afton: {', '.join(unknown)}. De som finns: {', '.join(sorted(EVES))}")
        return names

    @model_validator(mode="after")
    def _portals_are_open_together(self) -> Self:
        for name, run in self.runs.items():
            hours = [self.opening_hours[portal] for portal in run.portals if portal in self.opening_hours]
            if hours and not any(_together(hours, weekday) for weekday in range(7)):
                raise ValueError(f"runs.{name}: {' och '.join(run.portals)} är aldrig öppna samtidigt")
        return self


def _together(hours: list[OpeningHours], weekday: int) -> bool:
    first, *others = (one.on(weekday) for one in hours)
    for other in others:
        first = common(first, other)
    return bool(first)
