"""Opening a case at the command line."""

import getpass
import json
from collections.abc import Sequence
from datetime import timedelta

from medarbetare.cases.opening import SHOWN
from medarbetare.journal.writing import Entry


def operator() -> str:
    """Who sits at this command line, as the machine knows them."""
    return f"kommandorad:{getpass.getuser()}"


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
        last = entry.time if entry.kind != SHOWN else last
    return total


def shown(entry: Entry) -> str:
    """What an entry tells, as indented JSON."""
    return json.dumps(entry.payload, ensure_ascii=False, indent=2)
