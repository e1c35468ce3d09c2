"""Opening a case at the command line."""

import getpass
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from medarbetare.cases.access import is_shielded
from medarbetare.cases.models import Case
from medarbetare.cases.opening import SHOWN
from medarbetare.engine.presentation import finished_steps
from medarbetare.engine.registry import Workflow
from medarbetare.journal.writing import Entry


def operator() -> str:
    """Who sits at this command line, as the machine knows them."""
    return f"kommandorad:{getpass.getuser()}"


def may_be_shown(handle: str, workflows: Mapping[str, Workflow]) -> Callable[[Sequence[Entry]], bool]:
    """What judges by a case's entries whether it may be shown here: nobody at a command line has a role that alone may
    see certain people. Call it with an open database."""
    case = Case.objects.filter(handle=handle).first()

    def judged(entries: Sequence[Entry]) -> bool:
        if case is None:
            return True
        workflow = workflows.get(case.workflow)
        roles = frozenset[str]().union(*(one.shielded_roles for one in workflows.values()))
        marked = workflow is not None and workflow.is_shielded(finished_steps(entries))
        return not marked and not is_shielded(case, roles)

    return judged


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
