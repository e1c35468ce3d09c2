"""The lease of a case: who may act on it, and until when.

Times are the database server's, so that machines need not agree about the time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from medarbetare.cases.models import Case
from medarbetare.cases.status import RUNNABLE, CaseStatus
from medarbetare.engine.holds import not_held
from medarbetare.errors import LeaseLost


@dataclass(frozen=True)
class Lease:
    """The right to act on one case. A later lease of the same case has a higher token (a fencing token)."""

    case: str
    token: int

    def require(self, remaining: timedelta = timedelta(0)) -> Case:
        """Lock the case's row for the transaction at hand and return it.

        Raises LeaseLost when the lease is another's, has ended, or ends within `remaining`.
        """
        case = (
            Case.objects.select_for_update()
            .filter(handle=self.case, lease_token=self.token, lease_until__gt=Now() + remaining)
            .first()
        )
        if case is None:
            raise LeaseLost(f"Arbetaren har inte längre rätt att arbeta med ärende {self.case}.")
        return case


def take(handle: str, owner: str, duration: timedelta) -> Lease | None:
    """Take the lease of a due case that nobody holds; None when it is held, paused, finished or not due.

    Counts an attempt, so that crashes count too.
    """
    with transaction.atomic():
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
        takable = Case.objects.filter(free, not_held(), handle=handle, status__in=RUNNABLE, due_at__lte=Now())
        taken = takable.update(
            lease_token=F("lease_token") + 1,
            lease_owner=owner,
            lease_until=Now() + duration,
            attempts=F("attempts") + 1,
            status=CaseStatus.RUNNING,
        )
        return Lease(handle, Case.objects.values_list("lease_token", flat=True).get(handle=handle)) if taken else None


def renew(lease: Lease, duration: timedelta) -> datetime | None:
    """Move the end of a live lease to `duration` from now; None when it is no longer live."""
    renewed = Case.objects.filter(handle=lease.case, lease_token=lease.token, lease_until__gt=Now()).update(
        lease_until=Now() + duration
    )
    return Case.objects.values_list("lease_until", flat=True).get(handle=lease.case) if renewed else None


def release_dead(lease: Lease) -> None:
    """End the lease of a worker known to be dead, so that its case can be taken again.

    At once the first time. A case whose workers die again and again is given longer and longer pauses, at most 16
    seconds, so that it neither takes every worker with it nor keeps the others waiting.
    """
    case = Case.objects.filter(handle=lease.case, lease_token=lease.token)
    attempts = case.values_list("attempts", flat=True).first() or 0
    pause = timedelta(seconds=min(2 ** (attempts - 1), 16)) if attempts > 1 else timedelta(0)
    case.update(lease_until=None, lease_owner="", due_at=Now() + pause)


def give_back(lease: Lease) -> None:
    """Return a lease after an orderly stop; the attempt does not count and the case is due at once."""
    Case.objects.filter(handle=lease.case, lease_token=lease.token).update(
        lease_until=None, lease_owner="", attempts=F("attempts") - 1
    )


def put_off(lease: Lease, delay: timedelta) -> None:
    """End a lease whose worker could not even settle its outcome, and make the case due after `delay`."""
    Case.objects.filter(handle=lease.case, lease_token=lease.token).update(
        lease_until=None, lease_owner="", due_at=Now() + delay
    )
