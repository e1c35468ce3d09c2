"""Holds: what people have paused, and what a refused log-in or a restore holds back until a person has acted.

A case that meets a hold waits and is not taken up while the hold stands; when it ends the case is due at once.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from medarbetare.engine.models import Hold, PortalStanding, Recovery
from medarbetare.errors import BusinessError, Held
from medarbetare.journal.writing import Journal

EVERYTHING = "allt"
RESTORE = "återställning"
_PORTAL = "portal:"
_WORKFLOW = "arbetsflöde:"


def of_portal(name: str) -> str:
    """The hold of one portal."""
    return _PORTAL + name


def of_workflow(name: str) -> str:
    """The hold of one workflow."""
    return _WORKFLOW + name


def standing() -> frozenset[str]:
    """Every hold that stands now, whoever made it."""
    held = set(Hold.objects.values_list("what", flat=True))
    refused = PortalStanding.objects.exclude(login_refused_at=None).values_list("portal", flat=True)
    held.update(map(of_portal, refused))
    if Recovery.objects.filter(passed_at=None).exists():
        held.add(RESTORE)
    return frozenset(held)


def not_held() -> Q:
    """Cases that no hold keeps from being taken up now."""
    held = standing()
    if EVERYTHING in held:
        return Q(pk__in=[])
    workflows = [one.removeprefix(_WORKFLOW) for one in held if one.startswith(_WORKFLOW)]
    return ~Q(waits_for__in=held - {""}) & ~Q(workflow__in=workflows)


class Holds:
    """Pauses and resumes, each journalled with who did it. `department` is where such entries are filed."""

    def __init__(self, journal: Journal, department: str, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._department = department
        self._clock = clock

    def pause(self, what: str, by: str) -> bool:
        """Hold it from its next step on; False when it was held already."""
        with transaction.atomic():
            _, is_new = Hold.objects.get_or_create(what=what, defaults={"since": self._clock(), "by": by})
            if is_new:
                self._note("paused", what, by)
        return is_new

    def resume(self, what: str, by: str) -> None:
        """End the hold; a portal's refused log-in and failures are forgotten with it.

        Raises BusinessError when nothing was held.
        """
        with transaction.atomic():
            ended, _ = Hold.objects.filter(what=what).delete()
            if what.startswith(_PORTAL):
                more, _ = PortalStanding.objects.filter(portal=what.removeprefix(_PORTAL)).delete()
                ended += more
            if not ended:
                raise BusinessError(f"«{what}» är inte pausat. Se medarbetare status.")
            self._note("resumed", what, by)

    def _note(self, kind: str, what: str, by: str) -> None:
        self._journal.append(case=None, kind=kind, name=what, actor=by, department=self._department, payload={})


class HoldWatch:
    """What a worker asks before each step, without asking the database each time.

    What was read of the holds is trusted for `fresh`: a pause takes effect within it, at the next step.
    """

    def __init__(self, fresh: timedelta = timedelta(seconds=1)) -> None:
        self._fresh = fresh.total_seconds()
        self._read_at = float("-inf")
        self._held: frozenset[str] = frozenset()

    def check_workflow(self, workflow: str) -> None:
        """Raises Held when the workflow, or everything, is paused."""
        held = self._now()
        if EVERYTHING in held:
            raise Held("Roboten är pausad. Den går vidare efter medarbetare resume.")
        if of_workflow(workflow) in held:
            raise Held(f"Arbetsflödet {workflow} är pausat. Det går vidare efter medarbetare resume.")

    def check_portal(self, portal: str) -> None:
        """Raises Held when the portal is paused, or refuses the robot's log-in."""
        if of_portal(portal) in self._now():
            raise Held(
                f"Portalen {portal} används inte: den är pausad, eller så har den nekat robotens inloggning. Se "
                f"medarbetare status; när det är åtgärdat: medarbetare resume portal {portal}.",
                waits_for=of_portal(portal),
            )

    def forget(self) -> None:
        """Read anew the next time."""
        self._read_at = float("-inf")

    def _now(self) -> frozenset[str]:
        if time.monotonic() - self._read_at >= self._fresh:
            self._held, self._read_at = standing(), time.monotonic()
        return self._held
