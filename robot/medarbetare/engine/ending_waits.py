"""Ending a wait: the robot waits for somebody's answer, and a person has been given it by word of mouth.

Only a wait that its workflow lets people end (`may_end`, see `Run.wait_for`). What was said is personal data and stands
in the journal, sealed as every answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from medarbetare.cases.handoffs import Person
from medarbetare.cases.models import Case
from medarbetare.cases.register import defer
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.memory import WAIT_ENDED
from medarbetare.engine.outcome import WaitEnded
from medarbetare.engine.presentation import STEP
from medarbetare.errors import BusinessError
from medarbetare.journal.writing import Entry, Journal

_OUTCOME = "case.outcome"
_KINDS = (_OUTCOME, STEP, WAIT_ENDED)
_LARGEST = 100_000
"""Bytes of a sealed payload: outcomes are small, and of steps only the name counts."""


@dataclass(frozen=True)
class OpenWait:
    """A wait that a person may end now. `why` is the sentence that tells for what and until when."""

    step: str
    why: str


def open_wait(case: Case, entries: Iterable[Entry]) -> OpenWait | None:
    """The wait of a case that a person may end now; None when there is none, or the robot is at work on the case.

    Trouble on a later look, such as a portal that does not answer, ends no wait.
    """
    found: OpenWait | None = None
    for entry in entries:
        if entry.kind in (STEP, WAIT_ENDED):
            # The run has gone past it, or will.
            found = None
        elif entry.kind == _OUTCOME and (step := entry.payload.get("ends_at")):
            found = OpenWait(step, entry.payload["summary"])
        elif entry.kind == _OUTCOME and entry.payload.get("status") != CaseStatus.WAITING:
            found = None
    return found if case.status == CaseStatus.WAITING else None


class EndingWaits:
    """Ends waits. Each is one transaction with its journal entry, and is done once."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def end(self, handle: str, person: Person, now: datetime, note: str) -> Case:
        """End the wait of a case at once: the robot goes on with `note`, what the person has been told.

        Raises BusinessError when nothing is noted, or the case does not wait for anything that a person may end.
        """
        with transaction.atomic():
            case = Case.objects.select_for_update().filter(handle=handle).first()
            entries = self._journal.entries(handle, largest=_LARGEST, kinds=_KINDS) if case is not None else []
            wait = open_wait(case, entries) if case is not None else None
            if case is None or wait is None:
                raise BusinessError(
                    "Ärendet väntar inte på något svar som du kan avbryta väntan på. Arbetar roboten med det just nu, "
                    "försök igen om en stund."
                )
            if not note.strip():
                raise BusinessError("Skriv vad som har sagts: det är det som ärendet går vidare med.")
            self._journal.append(
                case=handle,
                kind=WAIT_ENDED,
                name=wait.step,
                actor=person.actor,
                department=case.department,
                payload=WaitEnded(by=person.name, at=now, note=note.strip()).model_dump(mode="json"),
            )
            # What holds the case back besides, a paused portal for example, still does.
            case.due_at, case.attempts = Now(), 0
            case.save(update_fields=["due_at", "attempts"])
            defer(case)
        return case
