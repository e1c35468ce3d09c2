"""The lease of a case: who may act on it, and until when.

Times are the database server's, so that machines need not agree about the time.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from medarbetare.cases.models import Case
from medarbetare.cases.status import RUNNABLE, CaseStatus
from medarbetare.engine.holds import EVERYTHING, RESTORE, of_portal, of_workflow
from medarbetare.engine.patience import jittered
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


_TAKE = """
UPDATE cases_case
SET lease_token = lease_token + 1, lease_owner = %(owner)s, lease_until = statement_timestamp() + %(duration)s,
    attempts = attempts + 1, status = %(running)s
WHERE handle = %(handle)s AND status = ANY(%(runnable)s) AND due_at <= statement_timestamp()
  AND (lease_until IS NULL OR lease_until <= statement_timestamp())
  AND NOT EXISTS (
    SELECT FROM cases_case AS other
    WHERE other.department = cases_case.department AND other.household = cases_case.household
      AND other.handle <> cases_case.handle AND other.lease_until > statement_timestamp())
  AND NOT EXISTS (
    SELECT FROM engine_hold WHERE what IN (%(everything)s, %(of_workflow)s || workflow, waits_for))
  AND NOT EXISTS (
    SELECT FROM engine_portalstanding WHERE login_refused_at IS NOT NULL AND waits_for = %(of_portal)s || portal)
  AND (waits_for <> %(restore)s OR NOT EXISTS (SELECT FROM engine_recovery WHERE passed_at IS NULL))
RETURNING lease_token
"""
"""Says the same as `medarbetare.engine.holds.not_held`, in the one statement that also takes.

The queue's lock keeps two cases of one household apart too, but it does not outlive a lost connection; leases do.
"""


def take(handle: str, owner: str, duration: timedelta) -> Lease | None:
    """Take the lease of a due case that nobody holds; None when it is held, paused, finished or not due, or when
    another case of its household is held.

    Counts an attempt, so that crashes count too.
    """
    terms: dict[str, Any] = {
        "owner": owner,
        "duration": duration,
        "running": CaseStatus.RUNNING.value,
        "runnable": [status.value for status in RUNNABLE],
        "handle": handle,
        "everything": EVERYTHING,
        "of_workflow": of_workflow(""),
        "of_portal": of_portal(""),
        "restore": RESTORE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, terms)
        taken = cursor.fetchone()
    return Lease(handle, taken[0]) if taken else None


def renew(lease: Lease, duration: timedelta) -> bool:
    """Move the end of a live lease to `duration` from now; False when it has run out or is another's.

    True too of a lease that its own worker has ended by settling the case: it is about to say so, and holds nothing.
    """
    mine = Case.objects.filter(handle=lease.case, lease_token=lease.token)
    return (
        bool(mine.filter(lease_until__gt=Now()).update(lease_until=Now() + duration))
        or mine.filter(lease_until=None).exists()
    )


def release_dead(lease: Lease, longest_pause: timedelta = timedelta(seconds=16)) -> None:
    """End the lease of a worker known to be dead, so that its case can be taken again.

    At once the first time. A case whose workers die again and again is given longer and longer pauses, at most so long,
    a quarter more or less, so that it neither takes every worker with it nor keeps the others waiting.
    """
    # Not one that the worker has settled before it died: it has ended its lease, and waits for what it waits for.
    case = Case.objects.filter(handle=lease.case, lease_token=lease.token, lease_until__isnull=False)
    attempts = case.values_list("attempts", flat=True).first() or 0
    pause = jittered(min(timedelta(seconds=2 ** min(attempts - 1, 8)), longest_pause)) if attempts > 1 else timedelta(0)
    case.update(lease_until=None, lease_owner="", due_at=Now() + pause)


def give_back(lease: Lease) -> None:
    """Return a lease after an orderly stop; the attempt does not count and the case is due at once."""
    Case.objects.filter(handle=lease.case, lease_token=lease.token, lease_until__isnull=False).update(
        lease_until=None, lease_owner="", attempts=F("attempts") - 1
    )


def put_off(lease: Lease, delay: timedelta) -> None:
    """End a lease whose worker could not even settle its outcome, and make the case due after `delay`."""
    Case.objects.filter(handle=lease.case, lease_token=lease.token, lease_until__isnull=False).update(
        lease_until=None, lease_owner="", due_at=Now() + delay
    )
