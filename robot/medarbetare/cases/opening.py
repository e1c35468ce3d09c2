"""Opening a case for a person's eyes. Every such look is an entry of its own in the journal."""

from collections.abc import Callable, Sequence

from django.db import transaction

from medarbetare.cases.models import Case
from medarbetare.errors import BusinessError
from medarbetare.journal.writing import Entry, Journal

SHOWN = "shown"
REFUSED = "access.refused"
"""Kinds of journal entries: somebody was shown what the robot knows of a case, or asked for it in vain."""


LARGEST_SHOWN = 14_000_000
"""Bytes of a sealed payload that are opened for a view: an application as large as is read, 10 MB, and no larger."""


class AccessRefused(BusinessError):
    """The person may not see this case. That they asked stands in the journal."""


def open_case(
    journal: Journal,
    handle: str,
    actor: str,
    may_see: Callable[[Sequence[Entry]], bool] = lambda entries: True,
    largest: int | None = LARGEST_SHOWN,
    piece: str = "",
) -> tuple[Case, list[Entry]]:
    """The case and its entries; that `actor` is shown them stands in the journal, committed, when this returns.

    `may_see` judges by what the entries hold; payloads of more than `largest` sealed bytes are left sealed and
    empty. `piece` tells which evidence will be shown. Not to be called inside a transaction. Raises BusinessError when
    there is no such case, AccessRefused.
    """
    case = Case.objects.filter(handle=handle).first()
    if case is None:
        raise BusinessError(f"Det finns inget ärende {handle}. Se medarbetare cases list.")
    entries = journal.entries(handle, largest=largest)
    if not may_see(entries):
        note_refusal(journal, case, actor)
        raise AccessRefused("Ärendet visas bara för den som har särskild behörighet.")
    # Durable: inside somebody else's transaction the note could be rolled back after the data has been seen.
    with transaction.atomic(durable=True):
        journal.append(
            case=handle,
            kind=SHOWN,
            actor=actor,
            department=case.department,
            payload={"entries": len(entries), **({"evidence": piece} if piece else {})},
        )
    return case, entries


def note_refusal(journal: Journal, case: Case, actor: str) -> None:
    """Note that `actor` asked for a case without being allowed to see it."""
    with transaction.atomic():
        journal.append(case=case.handle, kind=REFUSED, actor=actor, department=case.department, payload={})


def outcome_of(entries: Sequence[Entry]) -> Entry | None:
    """The last outcome of a case, if it has one."""
    return next((entry for entry in reversed(entries) if entry.kind == "case.outcome"), None)
