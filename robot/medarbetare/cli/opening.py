"""Opening a case for a person's eyes. Every such look is an entry of its own in the journal."""

import getpass
import json
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from medarbetare.cases.models import Case
from medarbetare.errors import BusinessError
from medarbetare.journal.writing import Entry, Journal


def operator() -> str:
    """Who sits at this command line, as the machine knows them."""
    return f"kommandorad:{getpass.getuser()}"


def open_case(journal: Journal, handle: str) -> tuple[Case, list[Entry]]:
    """The case and its entries, and a note in the journal that they were shown.

    Raises BusinessError when there is no such case.
    """
    case = Case.objects.filter(handle=handle).first()
    if case is None:
        raise BusinessError(f"Det finns inget ärende {handle}. Se medarbetare cases list.")
    entries = journal.entries(handle)
    with transaction.atomic():
        journal.append(
            case=handle, kind="shown", actor=operator(), department=case.department, payload={"entries": len(entries)}
        )
    return case, entries


def outcome_of(entries: Sequence[Entry]) -> Entry | None:
    """The last outcome of a case, if it has one."""
    return next((entry for entry in reversed(entries) if entry.kind == "case.outcome"), None)


def worked(entries: Sequence[Entry]) -> timedelta:
    """How long the robot worked on a case: from each start to the outcome or the last entry before the next start."""
    total, started, last = timedelta(0), None, None
    for entry in entries:
        if entry.kind == "run.started":
            if started is not None and last is not None:
                total += last - started
            started = entry.time
        elif entry.kind == "case.outcome" and started is not None:
            total, started = total + (entry.time - started), None
        last = entry.time if entry.kind != "shown" else last
    return total


def shown(entry: Entry) -> str:
    """What an entry tells, as indented JSON."""
    return json.dumps(entry.payload, ensure_ascii=False, indent=2)
