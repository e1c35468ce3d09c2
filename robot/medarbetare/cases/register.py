"""Taking new applications in, and moving a case from status to status."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from medarbetare.cases.models import Case
from medarbetare.cases.status import RUNNABLE, CaseStatus, may_follow
from medarbetare.journal.writing import Journal

RUN_CASE = "run_case"
"""Name of the job that takes one case a stretch further."""


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
        """Those of the references that have no case yet, in the same order."""
        known = set(Case.objects.filter(inbox=inbox, reference__in=references).values_list("reference", flat=True))
        return [reference for reference in references if reference not in known]

    def take_in(
        self, arrivals: Iterable[Arrival], *, inbox: str, department: str, workflow: str, now: datetime
    ) -> list[Case]:
        """Make a case and its job, in one transaction each, for every reference never seen before.

        A reference is unique forever: one that is known is passed over, whatever became of its case.
        """
        return [
            case
            for arrival in arrivals
            if (case := self._take_in_one(arrival, inbox, department, workflow, now)) is not None
        ]

    def _take_in_one(self, arrival: Arrival, inbox: str, department: str, workflow: str, now: datetime) -> Case | None:
        with transaction.atomic():
            case, is_new = Case.objects.get_or_create(
                inbox=inbox,
                reference=arrival.reference,
                defaults={
                    "department": department,
                    "workflow": workflow,
                    "household": arrival.household,
                    "created_at": now,
                    "due_at": now,
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

    def due(self, now: datetime) -> list[Case]:
        """Cases that should be worked on now and that no live worker holds."""
        return list(
            Case.objects.filter(status__in=RUNNABLE, due_at__lte=now)
            .exclude(lease_until__gt=now)
            .order_by("created_at", "handle")
        )

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
            queue.configure_task(
                RUN_CASE, lock=f"household:{case.household}", queueing_lock=f"case:{case.handle}", queue="cases"
            ).defer(case=case.handle)
    except AlreadyEnqueued:
        return False
    return True
