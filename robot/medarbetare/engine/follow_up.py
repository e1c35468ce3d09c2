"""Follow-up of people, not only of cases: what is stated of a household that drifts from the main flow.

When a case ends, its workflow states facts about the household, each with the day from which it holds and the day by
which there should be contact; some lie ahead. There is no score: whoever has a fact that holds is listed. The facts
stand sealed in the journal; the table has only dates and the case worker's name, so a list is made without the cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import structlog
from pydantic import BaseModel, ConfigDict

from medarbetare.cases.access import is_shielded
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.database.trouble import DATABASE_TROUBLE
from medarbetare.engine.models import FollowedHousehold
from medarbetare.engine.outcome import Outcome
from medarbetare.engine.presentation import REREAD, STEP, finished_steps
from medarbetare.errors import JournalUnavailable
from medarbetare.journal.writing import Journal
from medarbetare.log import place_of

STATED = "follow-up.stated"
"""Kind of journal entry: a `FollowUp`."""

_OUTCOME = "case.outcome"
_NEWEST = 12
"""How many of a household's cases are looked at, the newest: a year of monthly applications."""
_LARGEST = 1_000_000
"""Bytes of a step's sealed result; what is larger is an application's file, which is not needed here."""
_LONGEST_NAME = 150

log = structlog.get_logger()


class Fact(BaseModel):
    """One Swedish sentence about a household that holds from the day `since`; there should be contact by `due`.

    `until_heard`: it holds only until the household's next application has come.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    since: date
    due: date
    until_heard: bool = False


class FollowUp(BaseModel):
    """What a workflow states of a household. Personal data, but for `worker` and `role`.

    `name` is the applicant's. `worker` is the case worker as the case system names them, empty when it names none;
    `role` may see it. Nothing is shown after the day `until`: what was read is too old then.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    worker: str = ""
    role: str = "handläggare"
    facts: tuple[Fact, ...]
    until: date


@dataclass(frozen=True)
class PastCase:
    """One of a household's cases as a workflow is shown it.

    `steps` are finished steps' results as in the journal; an application's file may be left out. `handed_over`: a case
    worker has got it, and not only for technical trouble.
    """

    steps: Mapping[str, Any]
    handed_over: bool = False


class FollowsUp(Protocol):
    """What is needed of a workflow; see `medarbetare.engine.registry.Workflow`."""

    @property
    def shielded_roles(self) -> frozenset[str]:
        """Roles whose households are never followed up here."""

    def is_shielded(self, steps: Mapping[str, Any]) -> bool:
        """Whether what was read concerns people whom only a shielded role may see."""

    def follow_up(self, cases: Sequence[PastCase]) -> FollowUp | None:
        """What is to be stated of the household with these cases."""


@dataclass(frozen=True)
class Found:
    """What shall stand in the table: None takes the household out of it. `heard_at`: its newest application came."""

    follow_up: FollowUp | None
    heard_at: datetime


class FollowUps:
    """Finds what is to be stated of a household when a case of it ends."""

    def __init__(self, journal: Journal, workflows: Mapping[str, FollowsUp]) -> None:
        self._journal = journal
        self._workflows = workflows

    def look(self, case: Case, ended: Outcome | None = None) -> Found | None:
        """What is to be stated of the case's household; `ended` is the outcome that is being settled.

        None changes nothing: the workflow is not there any more, or what was read cannot be understood, which is
        logged and stops no case. Raises what tells that the database does not answer.
        """
        workflow = self._workflows.get(case.workflow)
        if workflow is None:
            return None
        try:
            return self._found(case, workflow, ended)
        except (JournalUnavailable, *DATABASE_TROUBLE):
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a list, the case itself is settled
            log.error("follow-up failed", case=case.handle, error=type(error).__name__, where=place_of(error))
            return None

    def _found(self, case: Case, workflow: FollowsUp, ended: Outcome | None) -> Found:
        same = Case.objects.filter(department=case.department, household=case.household, workflow=case.workflow)
        cases = list(same.order_by("-created_at")[:_NEWEST])
        heard_at = max(one.created_at for one in (*cases, case))
        roles = workflow.shielded_roles
        if (ended is not None and ended.role in roles) or is_shielded(case, roles):
            return Found(None, heard_at)
        past = [self._past(one, ended if one.handle == case.handle else None) for one in cases]
        if any(workflow.is_shielded(one.steps) for one in past):
            return Found(None, heard_at)
        return Found(workflow.follow_up(past), heard_at)

    def _past(self, case: Case, ended: Outcome | None) -> PastCase:
        entries = self._journal.entries(case.handle, largest=_LARGEST, kinds=(STEP, REREAD, _OUTCOME))
        outcomes = [Outcome.model_validate(entry.payload) for entry in entries if entry.kind == _OUTCOME]
        return PastCase(
            steps=finished_steps(entries),
            handed_over=any(map(_is_for_worker, [*outcomes, *([ended] if ended is not None else [])])),
        )


def keep(journal: Journal, case: Case, found: Found, actor: str) -> None:
    """State what was found, in the caller's transaction: a journal entry of the case, and the household's row."""
    stated = found.follow_up
    if stated is None or not stated.facts:
        FollowedHousehold.objects.filter(
            department=case.department, workflow=case.workflow, household=case.household
        ).delete()
        return
    entry = journal.append(
        case=case.handle,
        kind=STATED,
        actor=actor,
        department=case.department,
        payload=stated.model_dump(mode="json"),
    )
    lasting = [fact for fact in stated.facts if not fact.until_heard]
    silent = [fact for fact in stated.facts if fact.until_heard]
    FollowedHousehold.objects.update_or_create(
        department=case.department,
        workflow=case.workflow,
        household=case.household,
        defaults={
            "case": case,
            "entry": entry.index,
            "role": stated.role,
            "worker": stated.worker[:_LONGEST_NAME],
            "heard_at": found.heard_at,
            "stated_from": min((fact.since for fact in lasting), default=None),
            "due": min((fact.due for fact in lasting), default=None),
            "silent_from": min((fact.since for fact in silent), default=None),
            "silent_due": min((fact.due for fact in silent), default=None),
            "until": stated.until,
        },
    )


def _is_for_worker(outcome: Outcome) -> bool:
    return outcome.status is CaseStatus.HANDED_OVER and outcome.role != "it"
