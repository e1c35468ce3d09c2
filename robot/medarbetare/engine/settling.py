"""Settling okänt utfall: a person has looked, and says whether what the robot meant to write was done or not."""

from datetime import datetime

from django.db import transaction

from medarbetare.cases.handoffs import Handoffs, Person, go_on, lock_open
from medarbetare.cases.models import Case, Closing
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.models import Write, WriteState
from medarbetare.errors import BusinessError
from medarbetare.journal.writing import Journal

WRITE_SETTLED = "write.settled"
"""Kind of journal entry: a person has told what became of a write. Its name is the write's."""


def unknown_writes(case: Case) -> list[Write]:
    """The writes of a case whose outcome a person must settle."""
    return list(Write.objects.filter(case=case, state=WriteState.UNKNOWN).order_by("intended_at"))


def written(case: Case) -> tuple[str, ...]:
    """What the robot has registered of a case in other people's systems, so that nobody does it again."""
    receipts = Write.objects.filter(case=case, state=WriteState.RECEIPT).order_by("settled_at")
    return tuple(receipts.values_list("name", flat=True))


class Settling:
    """Settles writes of unknown outcome. Each is one transaction with its journal entry, and is done once."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def settle(self, number: int, write: str, *, done: bool, person: Person, now: datetime, note: str = "") -> Case:
        """What became of one write of the hand-off's case; when none is unknown any more the robot goes on.

        Done: it stands as a receipt and is never written again. Not done: it is written, after a new pre-read, which
        stops it if the record is there all the same.
        Raises BusinessError when the hand-off is closed, or no such write is unknown.
        """
        with transaction.atomic():
            handoff, case = lock_open(number)
            found = Write.objects.select_for_update().filter(case=case, name=write, state=WriteState.UNKNOWN).first()
            if case.status != CaseStatus.UNKNOWN_OUTCOME or handoff.about or found is None:
                raise BusinessError(f"Ärende {case.handle} har ingen skrivning «{write}» med okänt utfall.")
            answer = {"by": person.name, "at": now.isoformat(), "note": note, "done": done}
            self._journal.append(
                case=case.handle,
                kind=WRITE_SETTLED,
                name=write,
                actor=person.actor,
                department=case.department,
                payload=answer,
            )
            _move(found, done, now)
            if not unknown_writes(case):
                Handoffs(self._journal).close(handoff, case, Closing.SETTLED, person.actor, now, answer)
                go_on(case)
        return case


def _move(write: Write, done: bool, now: datetime) -> None:
    if done:
        write.state, write.settled_at = WriteState.RECEIPT, now
    else:
        # One submit is remembered, so that a record which shows itself after all is told as the robot's own.
        write.state, write.submitting_at, write.settled_at = WriteState.INTENDED, None, None
        write.submits = min(write.submits, 1)
    write.save()
