"""A new table of amounts tried on the cases of a month, newest case first. Nothing is changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from medarbetare.cases.models import Case
from medarbetare.engine.presentation import REREAD, STEP, finished_steps
from medarbetare.engine.ruleset import NormTrial, Placed
from medarbetare.errors import BusinessError, JournalError, JournalUnavailable
from medarbetare.journal.writing import Journal

NORMS_TRIED = "norms.tried"
"""Kind of journal entry: that a table was tried on cases, by whom and on how many."""

_AT_ONCE = 200
_ENOUGH = 2000
"""So many cases in a row of earlier months, and the month is over: no inbox mixes its months more than that."""


@dataclass
class Tried:
    """On how many cases the table was tried, and how many could not be read."""

    within: int = 0
    unreadable: int = 0


def try_norms(
    trial: NormTrial, journal: Journal, workflow: str, *, asked_by: str, department: str, table: str
) -> Tried:
    """Try a table on a workflow's cases. `table` is the file's SHA-256, for the one journal entry that tells of it.

    Raises JournalError when that cannot be written, or the database does not answer.
    """
    tried, earlier = Tried(), 0
    for handle in _newest_first(workflow):
        try:
            placed = trial.take(handle, finished_steps(journal.entries(handle, kinds=(REREAD, STEP))))
        except JournalUnavailable:
            raise
        except (JournalError, BusinessError, ValueError, KeyError, TypeError):
            tried.unreadable += 1
            continue
        tried.within += placed is Placed.WITHIN
        earlier = 0 if placed is Placed.WITHIN else earlier + (placed is Placed.EARLIER)
        if earlier >= _ENOUGH:
            break
    with transaction.atomic():
        counted = {"workflow": workflow, "table": table, "cases": tried.within, "unreadable": tried.unreadable}
        journal.append(case=None, kind=NORMS_TRIED, actor=asked_by, department=department, payload=counted)
    return tried


def _newest_first(workflow: str) -> Iterator[str]:
    cases = Case.objects.filter(workflow=workflow).order_by("-created_at", "-handle")
    after = Q()
    while rows := list(cases.filter(after).values_list("created_at", "handle")[:_AT_ONCE]):
        yield from (handle for _, handle in rows)
        created, handle = rows[-1]
        after = Q(created_at__lt=created) | Q(created_at=created, handle__lt=handle)
