"""The queue and its jobs. They wake a supervisor; the lease, not the job, says who may act."""

import contextlib
from datetime import timedelta
from typing import Any

from procrastinate import App, JobContext
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import AsyncConnection
from psycopg.errors import RaiseException
from psycopg_pool import AsyncConnectionPool

from medarbetare.cases.register import RUN_CASE

PULL_INBOX = "pull_inbox"
"""Name of the job that reads one inbox."""

RECONCILE = "reconcile"
"""Name of the job that compares receipts and open hand-offs with what the portals hold."""

SUPERVISOR = "supervisor"
"""Key under which the running supervisor stands in a job's context."""


@queue.task(name=RUN_CASE, queue="cases", pass_context=True)
async def run_case(context: JobContext, case: str) -> None:
    """Take one case a stretch further."""
    await context.additional_context[SUPERVISOR].run_case(case)


@queue.task(name=PULL_INBOX, queue="inboxes", pass_context=True)
async def pull_inbox(context: JobContext, inbox: str) -> None:
    """Read one inbox and take in what is new."""
    await context.additional_context[SUPERVISOR].pull_inbox(inbox)


@queue.task(name=RECONCILE, queue="reconciliation", pass_context=True)
async def reconcile(context: JobContext) -> None:
    """Compare receipts and open hand-offs with what the portals hold."""
    await context.additional_context[SUPERVISOR].reconcile()


_OF_THE_QUEUE = "-c synchronous_commit=off -c enable_sort=off -c enable_bitmapscan=off"
"""Settings of the queue's own connections.

A job only wakes: what a crash of the database forgets of it is a job that is begun again, and the lease, which is
waited for on disk, tells it no. And the queue is empty one minute and long the next, so that the planner's statistics
mislead it: it shall walk the index of priorities and stop at the first, never sort the queue (11 ms of 4 000 jobs, not
0.5).
"""


def worker_connector() -> PsycopgConnector:
    """The queue's own connections to the models' database.

    They are not tried before each use, which would double what each job costs: one that went with its server shows at
    its first statement, and the supervisor begins anew with new ones.
    """

    def untried(**settings: Any) -> AsyncConnectionPool:
        return AsyncConnectionPool(**{**settings, "check": None})

    settings = connector_params()
    settings["options"] = f"{settings.get('options', '')} {_OF_THE_QUEUE}".strip()
    return PsycopgConnector(kwargs=settings, pool_factory=untried, configure=_each_by_itself)


async def _each_by_itself(connection: AsyncConnection) -> None:
    """Each of the queue's statements is whole by itself: a transaction around it would be two more round trips."""
    await connection.set_autocommit(True)


def defer_pull(inbox: str) -> None:
    """Queue a job that reads an inbox, unless one already waits."""
    with contextlib.suppress(AlreadyEnqueued):
        queue.configure_task(PULL_INBOX, queueing_lock=f"inbox:{inbox}", lock=f"inbox:{inbox}").defer(inbox=inbox)


def defer_reconciliation() -> None:
    """Queue a job that reconciles, unless one already waits."""
    with contextlib.suppress(AlreadyEnqueued):
        queue.configure_task(RECONCILE, queueing_lock=RECONCILE, lock=RECONCILE).defer()


async def end_stalled_jobs(worker_app: App, longest_silence: timedelta) -> bool:
    """End the jobs of supervisors not heard of or known to be gone, so that their locks are free; whether any."""
    stalled = await worker_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=longest_silence.total_seconds())
    found = False
    for job in stalled:
        found = True
        try:
            await worker_app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        except ConnectorException as error:
            # Another supervisor has ended it since it was listed.
            if not isinstance(error.__cause__, RaiseException):
                raise
    return found


async def clear_failed_jobs(worker_app: App, older_than: timedelta) -> None:
    """Remove what is left of jobs that failed long ago. Those that succeeded are gone already."""
    hours = int(older_than.total_seconds() // 3600)
    await worker_app.job_manager.delete_old_jobs(
        hours, include_failed=True, include_cancelled=True, include_aborted=True
    )
