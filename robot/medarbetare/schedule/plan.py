"""What the schedule does and when: its runs, their inboxes and the opening hours put together."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from medarbetare.errors import ConfigurationError
from medarbetare.inbox import InboxSettings, PortalInboxSettings
from medarbetare.schedule.cron import Cron
from medarbetare.schedule.opening import PortalHours
from medarbetare.schedule.settings import Overlap, RunSettings, ScheduleSettings


@dataclass(frozen=True)
class Errand:
    """One thing that a run does: reads an inbox, or (without one) reconciles. It waits until its portals are open."""

    run: str
    inbox: str | None
    workflow: str | None
    portals: tuple[str, ...]
    cron: Cron
    misfire_grace: timedelta
    overlap: Overlap

    @property
    def name(self) -> str:
        """Unique in the schedule."""
        return f"{self.run}: {self}"

    def __str__(self) -> str:
        return "jämför kvitton" if self.inbox is None else f"läser {self.inbox}"


@dataclass(frozen=True)
class Planned:
    """When an errand is due by its cron, when it is made, and what keeps it from being made when due. UTC.

    Several that are due while a portal is closed are made once, when it opens: `due` is the first of them.
    """

    errand: Errand
    due: datetime
    made: datetime
    held_back: str | None


class Plan:
    """The schedule of an installation. `unread` are the inboxes that no run reads."""

    def __init__(self, settings: ScheduleSettings, inboxes: Mapping[str, InboxSettings]) -> None:
        self.zone = settings.zone
        self.hours = PortalHours(settings.opening_hours, settings.closed_eves, zone=settings.zone)
        self.errands = tuple(
            Errand(
                run=name,
                inbox=inbox,
                workflow=None if inbox is None else inboxes[inbox].workflow,
                portals=run.portals if inbox is None else _portals(inboxes[inbox]),
                cron=Cron(run.cron, settings.zone),
                misfire_grace=settings.misfire_grace if run.misfire_grace is None else run.misfire_grace,
                overlap=run.overlap or settings.overlap,
            )
            for name, run in settings.runs.items()
            for inbox in inboxes_of(run, settings, inboxes)
        )
        self.unread = sorted(set(inboxes) - {errand.inbox for errand in self.errands})

    def upcoming(self, errand: Errand, since: datetime) -> Iterator[Planned]:
        """What an errand makes after a moment, in order: also what was due before it and is held back until later."""
        closed = self.hours.closed(errand.portals, since)
        due = errand.cron.after(closed.since - timedelta(microseconds=1) if closed is not None else since)
        while due is not None:
            closed = self.hours.closed(errand.portals, due)
            made = closed.opens if closed is not None else due
            yield Planned(errand, due, made, closed.why if closed is not None else None)
            due = errand.cron.after(made)


def check_names(
    settings: ScheduleSettings,
    *,
    file: Path,
    portals: Collection[str],
    inboxes: Mapping[str, InboxSettings],
    workflows: Collection[str],
) -> None:
    """Raises ConfigurationError when the schedule names what there is not, or has a run that would do nothing."""
    named = [("opening_hours", "portalen", portal, portals) for portal in settings.opening_hours]
    for name, run in settings.runs.items():
        place = f"runs.{name}"
        named += [(place, "portalen", portal, portals) for portal in run.portals]
        named += [(place, "inkorgen", inbox, inboxes) for inbox in run.inboxes or ()]
        named += [(place, "arbetsflödet", run.workflow, workflows)] if run.workflow is not None else []
    for place, what, wanted, known in named:
        if wanted not in known:
            raise ConfigurationError(
                f"{file}: {place}: {what} «{wanted}» finns inte. Det som finns: {', '.join(known) or 'inget'}."
            )
    for name, run in settings.runs.items():
        if not inboxes_of(run, settings, inboxes):
            raise ConfigurationError(
                f"{file}: runs.{name}: det finns ingen inkorg att läsa: arbetsflödet {run.workflow} har ingen, eller "
                "så läses de av andra körningar (inboxes). Ta bort körningen, eller inkorgen ur den andra."
            )


def inboxes_of(
    run: RunSettings, settings: ScheduleSettings, inboxes: Mapping[str, InboxSettings]
) -> tuple[str | None, ...]:
    """The inboxes that a run reads; one None when it reconciles."""
    if run.reconciliation:
        return (None,)
    if run.inboxes is not None:
        return run.inboxes
    elsewhere = {inbox for other in settings.runs.values() for inbox in other.inboxes or ()}
    return tuple(name for name, inbox in inboxes.items() if inbox.workflow == run.workflow and name not in elsewhere)


def _portals(inbox: InboxSettings) -> tuple[str, ...]:
    return (inbox.portal,) if isinstance(inbox, PortalInboxSettings) else ()
