"""Taking new applications in, and moving a case from status to status."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, Now, TruncDate
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job, Status

from medarbetare.cases.models import Case
from medarbetare.cases.reference import first_seen, unknown
from medarbetare.cases.status import RUNNABLE, CaseStatus, may_follow
from medarbetare.journal.writing import Journal

RUN_CASE = "run_case"
"""Name of the job that takes one case a stretch further."""

MOST_AT_ONCE = 200
"""How many jobs one sweep queues at most; the next one goes on."""

_SWEEP = (0x6D656461, 2)
"""Key of the advisory lock: one sweep at a time, however many machines."""


@dataclass(frozen=True)
class Arrival:
    """One application seen in an inbox. `household` is a pseudonym, never an identity number."""

    reference: str
    household: str


class CaseRegister:
    """Every case of the robot. Shared by inbox, engine and command line."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def never_seen(self, inbox: str, references: Sequence[str]) -> list[str]:
        """Those of the references that have never had a case and were never imported, in the same order."""
        return unknown(inbox, references)

    def take_in(
        self,
        arrivals: Iterable[Arrival],
        *,
        inbox: str,
        department: str,
        workflow: str,
        now: datetime,
        deadline: date | None = None,
    ) -> list[Case]:
        """Make a case and its job, in one transaction each, for every reference never seen before.

        A reference is unique forever: one that is known is passed over, whatever became of its case, also when the case
        has been removed since.
        """
        return [
            case
            for arrival in arrivals
            if (case := self._take_in_one(arrival, inbox, department, workflow, now, deadline)) is not None
        ]

    def _take_in_one(
        self, arrival: Arrival, inbox: str, department: str, workflow: str, now: datetime, deadline: date | None
    ) -> Case | None:
        with transaction.atomic():
            if not first_seen(inbox, arrival.reference, now):
                return None
            case, is_new = Case.objects.get_or_create(
                inbox=inbox,
                reference=arrival.reference,
                defaults={
                    "department": department,
                    "workflow": workflow,
                    "household": arrival.household,
                    "created_at": now,
                    "due_at": Now(),
                    "deadline": deadline,
                },
            )
            if not is_new:
                return None
            self._journal.append(
                case=case.handle,
                kind="case.created",
                actor="robot",
                department=department,
                payload={"inbox": inbox, "reference": arrival.reference, "workflow": workflow},
            )
            defer(case)
        return case

    def due(self, not_held: Q | None = None) -> QuerySet[Case]:
        """Cases that should be worked on now, whoever holds their lease, but those that something holds back.

        By the database's clock, as leases are: a machine whose own is wrong must neither wait nor hurry.
        """
        return Case.objects.filter(not_held or Q(), status__in=RUNNABLE, due_at__lte=Now())

    def is_idle(self, not_held: Q) -> bool:
        """Whether nothing is left to do now. What has been begun counts also while it pauses after a crash, and whoever
        holds its lease: the holder may be dead.
        """
        begun = Case.objects.filter(not_held, status=CaseStatus.RUNNING)
        return not begun.exists() and not self.due(not_held).exists()

    def defer_due(self, not_held: Q, *, most: int = MOST_AT_ONCE) -> int:
        """Queue jobs for due cases that nobody works on and that have none, the most urgent ones first; how many.

        Does nothing while another machine does the same.
        """
        todo = ProcrastinateJob.objects.filter(status=Status.TODO.value)
        doing = ProcrastinateJob.objects.filter(status=Status.DOING.value)
        alone = (
            self.due(not_held)
            .exclude(lease_until__gt=Now())
            .exclude(Exists(todo.filter(queueing_lock=Concat(Value(_CASE), OuterRef("handle")))))
            .exclude(Exists(doing.filter(lock=Concat(Value(_HOUSEHOLD), OuterRef("household")))))
            .order_by(
                ExpressionWrapper(~Q(status=CaseStatus.RUNNING), BooleanField()),
                Coalesce("deadline", TruncDate("created_at")),
                ExpressionWrapper(Q(status=CaseStatus.NEW), BooleanField()),
                "created_at",
                "handle",
            )
        )
        with transaction.atomic():
            if not _is_only_sweep():
                return 0
            cases = list(alone[:most])
            try:
                with transaction.atomic():
                    if cases:
                        queue.job_manager.batch_defer_jobs([_job(case) for case in cases])
                return len(cases)
            except AlreadyEnqueued:
                # One of them was approved or taken in just now; the others need their jobs all the same.
                return sum(map(defer, cases))

    def unfinished(self) -> int:
        """How many cases still have something to do for the robot, now or later."""
        return Case.objects.filter(status__in=RUNNABLE).count()


def change_status(case: Case, after: CaseStatus) -> None:
    """Set the status of a case in memory; the caller saves it. Raises ValueError for a transition not in the table."""
    before = CaseStatus(case.status)
    if not may_follow(before, after):
        raise ValueError(f"case {case.handle} may not go from {before} to {after}")
    case.status = after


def defer(case: Case) -> bool:
    """Queue one job for the case, unless one already waits. Joins the transaction at hand."""
    try:
        with transaction.atomic():
            queue.job_manager.defer_job(_job(case))
    except AlreadyEnqueued:
        return False
    return True


_CASE = "case:"
_HOUSEHOLD = "household:"


def _job(case: Case) -> Job:
    """The job of a case. Only one may wait, and cases of one household are worked on one at a time."""
    return Job(
        queue="cases",
        task_name=RUN_CASE,
        priority=priority(case),
        lock=_HOUSEHOLD + case.household,
        queueing_lock=_CASE + case.handle,
        task_kwargs={"case": case.handle},
    )


_HALF_DONE = -1


def priority(case: Case) -> int:
    """How urgent a case is: -1 when a crash or a stop has left it half done, else -2 × the day by which it shall be
    decided, + 1 when it has been begun.

    So what stands half done in somebody's system goes before everything; then the nearest deadline; of one day, what a
    person has answered before what is new; and of the same priority, what was queued first. Days that pass change no
    order, so nothing need be queued anew for its age, and nothing is overtaken for ever: what comes later has a later
    deadline. A case without a deadline counts as if it were due on the day it came. All are negative: other jobs
    (reading an inbox, the reconciliation) go before cases.
    """
    if case.status == CaseStatus.RUNNING:
        return _HALF_DONE
    return -2 * (case.deadline or case.created_at.date()).toordinal() + (case.status != CaseStatus.NEW)


def _is_only_sweep() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", _SWEEP)
        row = cursor.fetchone()
    return bool(row and row[0])
