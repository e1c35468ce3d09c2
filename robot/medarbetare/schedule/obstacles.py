"""What keeps an errand from being made although its portals are open: pauses, portals that do not answer, restores."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Self

from medarbetare.engine.holds import EVERYTHING, of_portal, of_workflow
from medarbetare.engine.models import Hold, PortalStanding, Recovery
from medarbetare.schedule.plan import Errand
from medarbetare.schedule.swedish import told


@dataclass(frozen=True)
class Obstacle:
    """Why something is held back, in Swedish, and until when; without a time, until what `remedy` says is done.

    `detail` is for whoever asks about just this.
    """

    why: str
    until: datetime | None = None
    remedy: str = ""
    detail: str = ""

    def told(self, now: datetime, zone: tzinfo) -> str:
        """The whole in one sentence, without a full stop: the same wherever people read it."""
        if self.until is None:
            return f"{self.why}. {self.remedy}"
        return f"{self.why}, till {told(self.until.astimezone(zone), now.astimezone(zone))}"


@dataclass(frozen=True)
class Obstacles:
    """All that stands in the way at one moment, read from the database."""

    holds: dict[str, Hold]
    standings: dict[str, PortalStanding]
    restore: Recovery | None

    @classmethod
    def read(cls) -> Self:
        """Raises Django's database errors."""
        return cls(
            holds={hold.what: hold for hold in Hold.objects.all()},
            standings={standing.portal: standing for standing in PortalStanding.objects.all()},
            restore=Recovery.objects.filter(passed_at=None).order_by("noticed_at").first(),
        )

    def of(self, errand: Errand, at: datetime, zone: tzinfo) -> Obstacle | None:
        """What will keep an errand from being made at a time, as far as can be told now; None when nothing does."""
        for what in _holds_of(errand):
            if hold := self.holds.get(what):
                return _of_hold(hold, at, zone)
        for portal in errand.portals:
            standing = self.standings.get(portal)
            if standing is not None and (obstacle := _of_standing(standing, at, zone)):
                return obstacle
        return None

    def everything(self, at: datetime, zone: tzinfo) -> list[Obstacle]:
        """All that stands in the way of anything, whether or not the schedule has an errand that meets it."""
        holds = [_of_hold(hold, at, zone) for hold in sorted(self.holds.values(), key=lambda one: one.since)]
        standings = [_of_standing(self.standings[portal], at, zone) for portal in sorted(self.standings)]
        restore = [_of_restore(self.restore, at, zone)] if self.restore is not None else []
        return [*holds, *(one for one in standings if one is not None), *restore]


def named(held: str) -> str:
    """What a hold holds, in Swedish: `portalen verksamhet`."""
    kind, _, name = held.partition(":")
    return f"{'portalen' if kind == 'portal' else 'arbetsflödet'} {name}" if name else held


def paused(held: str) -> str:
    """That it is held: `portalen verksamhet är pausad`."""
    return f"{named(held)} är {'pausad' if held.startswith(of_portal('')) else 'pausat'}"


def command_that_ends(held: str) -> str:
    """What a person types to end a hold."""
    kind, _, name = held.partition(":")
    if not name:
        return "medarbetare resume"
    return f"medarbetare resume {'portal' if kind == 'portal' else 'workflow'} {name}"


def _holds_of(errand: Errand) -> list[str]:
    """Every hold that concerns an errand."""
    workflow = [of_workflow(errand.workflow)] if errand.workflow else []
    return [EVERYTHING, *workflow, *map(of_portal, errand.portals)]


def _of_hold(hold: Hold, at: datetime, zone: tzinfo) -> Obstacle:
    since = told(hold.since.astimezone(zone), at.astimezone(zone))
    return Obstacle(
        f"{paused(hold.what)} sedan {since}, av {hold.by}", remedy=f"Upphäv: {command_that_ends(hold.what)}"
    )


def _of_standing(standing: PortalStanding, at: datetime, zone: tzinfo) -> Obstacle | None:
    portal = standing.portal
    if standing.login_refused_at is not None:
        since = told(standing.login_refused_at.astimezone(zone), at.astimezone(zone))
        back = command_that_ends(of_portal(portal))
        return Obstacle(
            f"portalen {portal} nekade robotens inloggning {since}",
            remedy=f"Rätta användare och lösenord, sedan: {back}",
        )
    if standing.open_until is not None and standing.open_until > at:
        last = f"Senast: {standing.last_failure}" if standing.last_failure else ""
        failed = f"portalen {portal} svarar inte ({standing.failures} sidor i rad)"
        return Obstacle(failed, until=standing.open_until, detail=last)
    return None


def _of_restore(restore: Recovery, at: datetime, zone: tzinfo) -> Obstacle:
    since = told(restore.noticed_at.astimezone(zone), at.astimezone(zone))
    return Obstacle(
        f"databasen är återställd från en säkerhetskopia (märkt {since}): inkorgar läses, men inget beslutas eller "
        "betalas förrän en avstämning har gått igenom",
        remedy="Vad som saknas: medarbetare recovery status",
    )
