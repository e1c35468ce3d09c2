"""Errands as jobs in the queue, where a supervisor takes them."""

from enum import Enum, auto

from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from medarbetare.engine.tasks import PULL_INBOX, RECONCILE, defer_pull, defer_reconciliation
from medarbetare.schedule.plan import Errand
from medarbetare.schedule.settings import Overlap


class Queued(Enum):
    """What became of an errand that was to be queued."""

    #: a job waits to be taken
    NOW = auto()
    #: a job waits behind the one at work
    BEHIND = auto()
    #: one waited already; there is no use in two
    WAITED = auto()
    #: one is at work, and the errand's overlap is `skip`
    SKIPPED = auto()


def queue_errand(errand: Errand, overlap: Overlap) -> Queued:
    """Queue an errand. Raises Django's database errors and ConnectorException."""
    statuses = set(_jobs(errand).values_list("status", flat=True))
    if Status.TODO.value in statuses:
        return Queued.WAITED
    if Status.DOING.value in statuses and overlap is Overlap.SKIP:
        return Queued.SKIPPED
    if errand.inbox is None:
        defer_reconciliation()
    else:
        defer_pull(errand.inbox)
    return Queued.BEHIND if Status.DOING.value in statuses else Queued.NOW


def _jobs(errand: Errand) -> "QuerySet[ProcrastinateJob, ProcrastinateJob]":
    if errand.inbox is None:
        return ProcrastinateJob.objects.filter(task_name=RECONCILE)
    return ProcrastinateJob.objects.filter(task_name=PULL_INBOX, args__inbox=errand.inbox)
