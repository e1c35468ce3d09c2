"""The queue's jobs. They wake a supervisor; the lease, not the job, says who may act."""

from procrastinate import JobContext
from procrastinate.contrib.django import app as queue

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
