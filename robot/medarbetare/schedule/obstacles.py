"""What keeps an errand from being made although its portals are open: pauses, portals that do not answer, restores."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from medarbetare.engine.holds import EVERYTHING, of_portal, of_workflow
from medarbetare.engine.models import Hold, PortalStanding, Recovery
from medarbetare.schedule.plan import Errand
from medarbetare.schedule.swedish import told


@dataclass(frozen=True)
class Obstacle:
    """Why an errand is held back, in Swedish, and until when; without a time, until what `remedy` says is done."""

    why: str
    until: datetime | None = None
    remedy: str = ""


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

    def of(self, errand: Errand, at: datetime, zone: ZoneInfo) -> Obstacle | None:
        """What will keep an errand from being made at a time, as far as can be told now; None when nothing does."""
        for what, paused in _holds_of(errand):
            if hold := self.holds.get(what):
                since = told(hold.since.astimezone(zone), at.astimezone(zone))
                return Obstacle(f"{paused} sedan {since}, av {hold.by}", remedy="tills pausen hävs")
        for portal in errand.portals:
            standing = self.standings.get(portal)
            if standing is None:
                continue
            if standing.login_refused_at is not None:
                return Obstacle(
                    f"portalen {portal} nekade robotens inloggning", remedy="tills portalen har återställts"
                )
            if standing.open_until is not None and standing.open_until > at:
                return Obstacle(f"portalen {portal} svarar inte", until=standing.open_until)
        return None


def _holds_of(errand: Errand) -> list[tuple[str, str]]:
    """Every hold that concerns an errand, with the Swedish of it."""
    workflow = [(of_workflow(errand.workflow), f"arbetsflödet {errand.workflow} är pausat")] if errand.workflow else []
    portals = [(of_portal(portal), f"portalen {portal} är pausad") for portal in errand.portals]
    return [(EVERYTHING, "allt är pausat"), *workflow, *portals]
