"""Decisions by delegation, listed for the board that they are reported to (6 kap. 40 § kommunallagen)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any, Protocol

from django.db import transaction

from medarbetare.cases.models import Case
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.presentation import REREAD, STEP, finished_steps
from medarbetare.errors import BusinessError, JournalError, JournalUnavailable
from medarbetare.journal.writing import Journal

LISTED = "decisions.listed"
"""Kind of journal entry: that decisions were listed, by whom, for which days and how many."""

_LARGEST = 1_000_000
"""Bytes of a step's sealed result; what is larger is an application's file, which is not needed here."""


@dataclass(frozen=True)
class DelegatedDecision:
    """One decision, without anything about the applicant.

    `decided_by` is the person, or what stands for the robot; `point` the place in the delegation order, empty where the
    workflow knows none.
    """

    day: date
    what: str
    decided_by: str
    point: str = ""


class Delegates(Protocol):
    """What is needed of a workflow; see `medarbetare.engine.registry.Workflow`."""

    def delegated(self, steps: Mapping[str, Any], written: Collection[str]) -> DelegatedDecision | None:
        """The decision that was registered in a case."""


@dataclass(frozen=True)
class Listed:
    """Decisions by day, each with its case; `unread` are cases whose decision this release cannot tell of."""

    decisions: tuple[tuple[str, DelegatedDecision], ...]
    unread: tuple[str, ...]


class DecisionList:
    """Lists what a department's cases were decided as. Days are those of `zone`; None: of a practice with its own."""

    def __init__(
        self, journal: Journal, workflows: Mapping[str, Delegates], department: str, zone: tzinfo | None
    ) -> None:
        self._journal = journal
        self._workflows = workflows
        self._department = department
        self._zone = zone

    def between(self, first: date, last: date, *, asked_by: str) -> Listed:
        """The decisions of these days, both counted in. Writes one journal entry.

        Raises BusinessError when the days stand in the wrong order, JournalError when the entry cannot be written.
        """
        if last < first:
            raise BusinessError(f"Sista dagen {last} är före den första, {first}.")
        found, unread = [], []
        for case, written in self._written_since(first):
            try:
                decision = self._decision(case, written)
            except JournalUnavailable:
                raise
            except (JournalError, BusinessError, ValueError, KeyError):
                unread.append(case.handle)
                continue
            if decision is not None and first <= decision.day <= last:
                found.append((case.handle, decision))
        with transaction.atomic():
            self._journal.append(
                case=None,
                kind=LISTED,
                actor=asked_by,
                department=self._department,
                payload={"from": str(first), "to": str(last), "decisions": len(found), "unread": unread},
            )
        return Listed(tuple(sorted(found, key=lambda one: (one[1].day, one[0]))), tuple(unread))

    def _written_since(self, first: date) -> Iterator[tuple[Case, set[str]]]:
        """Cases something of which was registered that day or later, with all that is registered of each."""
        registered = Write.objects.filter(state=WriteState.RECEIPT)
        late = registered.filter(case__department=self._department)
        if self._zone is not None:
            late = late.filter(settled_at__gte=datetime.combine(first, time(0), self._zone))
        for case in Case.objects.filter(pk__in=late.values("case")).order_by("pk").iterator():
            yield case, set(registered.filter(case=case).values_list("name", flat=True))

    def _decision(self, case: Case, written: Collection[str]) -> DelegatedDecision | None:
        workflow = self._workflows.get(case.workflow)
        if workflow is None:
            raise BusinessError("Arbetsflödet finns inte i workflows.yaml.")
        entries = self._journal.entries(case.handle, largest=_LARGEST, kinds=(STEP, REREAD))
        return workflow.delegated(finished_steps(entries), written)
