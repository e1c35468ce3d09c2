"""A hand-off as one page shows it: put together from its case's journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.contrib.auth.models import User

from medarbetare.cases.handoffs import ASSIGNED
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.questions import Question
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.layout import Table
from medarbetare.engine.presentation import KINDS, finished_steps
from medarbetare.engine.registry import Workflow
from medarbetare.engine.settling import written
from medarbetare.journal.writing import Entry
from medarbetare.log import place_of
from medarbetare.readable import amounts

_PERSON = "person:"

log = structlog.get_logger()


@dataclass(frozen=True)
class LogLine:
    """One entry of the step log, for people."""

    index: int
    time: datetime
    what: str
    step: str
    who: str


@dataclass(frozen=True)
class HandoffView:
    """What stands on the page. `closing_note` is what the person who closed the hand-off wrote.

    `is_unknown`: it was opened for a write of unknown outcome. `questions` are asked of whoever approves, and
    `follows` is what the robot does then, empty where it registers the decision. `written` is what the robot has
    registered of the case.

    `tables` is None when the workflow cannot show what its steps found.
    """

    case: Case
    workflow: str
    summary: str
    reasons: tuple[str, ...]
    tables: tuple[Table, ...] | None
    log: tuple[LogLine, ...]
    closed_by: str
    closing_note: str
    is_unknown: bool
    questions: tuple[Question, ...]
    follows: str
    written: tuple[str, ...]

    @property
    def other_reasons(self) -> tuple[str, ...]:
        """The reasons that say something else than the summary."""
        return tuple(reason for reason in self.reasons if reason != self.summary)


def view_of(handoff: Handoff, case: Case, entries: Sequence[Entry], workflow: Workflow | None) -> HandoffView:
    """The hand-off with what its case's journal says."""
    opened = next(entry for entry in entries if entry.index == handoff.entry).payload
    closing = next(
        (
            e
            for e in entries
            if e.kind.startswith("handoff.") and e.kind != ASSIGNED and e.payload.get("handoff") == handoff.entry
        ),
        None,
    )
    names = _names(entries)
    return HandoffView(
        case=case,
        workflow=workflow.title if workflow else case.workflow,
        summary=amounts(opened.get("summary", "")),
        reasons=tuple(map(amounts, opened["reasons"])),
        tables=_tables(workflow, entries),
        log=tuple(
            LogLine(e.index, e.time, KINDS.get(e.kind, e.kind), e.name, names.get(e.actor, e.actor)) for e in entries
        ),
        closed_by=names.get(handoff.closed_by, handoff.closed_by),
        closing_note=str(closing.payload.get("note", "")) if closing else "",
        is_unknown=opened.get("status") == CaseStatus.UNKNOWN_OUTCOME,
        questions=tuple(map(Question.model_validate, opened.get("questions", ()))),
        follows=opened.get("follows", ""),
        written=written(case),
    )


def _tables(workflow: Workflow | None, entries: Sequence[Entry]) -> tuple[Table, ...] | None:
    if workflow is None:
        return None
    try:
        return tuple(map(Table.of, workflow.present(finished_steps(entries))))
    except Exception as error:  # noqa: BLE001 - what cannot be shown can still be taken over
        log.error("presentation failed", error=type(error).__name__, where=place_of(error))
        return None


def _names(entries: Sequence[Entry]) -> Mapping[str, str]:
    """What actors are called: people by name, as far as they are known here."""
    users = {entry.actor.removeprefix(_PERSON) for entry in entries if entry.actor.startswith(_PERSON)}
    known = {f"{_PERSON}{user.username}": user.get_full_name() for user in User.objects.filter(username__in=users)}
    return {"robot": "roboten", **{f"{_PERSON}{user}": user for user in users}, **{a: n for a, n in known.items() if n}}
