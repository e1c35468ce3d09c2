"""A case with its explanation and its way through the house: the same at the command line and on the page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from medarbetare.cases.handoffs import APPROVED, FINISHED_ELSEWHERE, RETRIED, SETTLED, TAKEN_OVER
from medarbetare.cases.models import Case
from medarbetare.cases.opening import outcome_of
from medarbetare.engine.early_end import explain_early_end
from medarbetare.engine.explanation import Condition, Explanation, Part
from medarbetare.engine.kept_rules import RulesChanged, RulesMissing, kept_rules
from medarbetare.engine.layout import Table
from medarbetare.engine.memory import WAIT_ENDED
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.presentation import KINDS, finished_steps
from medarbetare.engine.registry import Workflow
from medarbetare.engine.running_code import CODE
from medarbetare.journal.writing import Entry
from medarbetare.log import place_of
from medarbetare.readable import amounts, day_and_time

_BY_PEOPLE = (APPROVED, TAKEN_OVER, FINISHED_ELSEWHERE, SETTLED, RETRIED, WAIT_ENDED)

log = structlog.get_logger()


@dataclass(frozen=True)
class ExplainedCase:
    """A case with its explanation and what the journal tells of its way.

    `facts` are pairs of name and text; `people` what people have done with it. `explanation` tells of the end of a case
    that came to no proposal; it is None where its workflow cannot tell of it.
    """

    handle: str
    facts: tuple[tuple[str, str], ...]
    summary: str
    people: tuple[str, ...]
    explanation: Explanation | None

    @property
    def outcome(self) -> str:
        """The outcome's sentence with amounts as people read them."""
        return amounts(self.explanation.outcome) if self.explanation else ""

    @property
    def ended(self) -> str:
        """How the robot's work ended, likewise."""
        return amounts(self.summary)

    @property
    def note(self) -> str:
        """The sentence before what would have to differ, likewise."""
        return amounts(self.explanation.differs.note) if self.explanation else ""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What would have to differ, with amounts as people read them."""
        found = self.explanation.otherwise if self.explanation else ()
        return tuple(Condition(one.about, one.required, tuple(map(amounts, one.here))) for one in found)

    @property
    def parts(self) -> tuple[tuple[Part, tuple[Table, ...]], ...]:
        """The parts with their tables laid out."""
        found = self.explanation.parts if self.explanation else ()
        return tuple((part, tuple(Table.of(one) for one in part.sections if one.rows or one.note)) for part in found)

    @property
    def data(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "ärende": self.handle,
            **{name.lower(): text for name, text in self.facts},
            "robotens utfall": self.summary,
            "människor": list(self.people),
            "förklaring": dict(self.explanation.data) if self.explanation else None,
        }


def explain_case(case: Case, entries: Sequence[Entry], workflow: Workflow | None) -> ExplainedCase:
    """The case explained by its own workflow, from finished steps as they stand in the journal.

    Rules that do not hold any more are taken from where they are kept.
    """
    explanation = None
    if workflow is not None:
        try:
            written = set(Write.objects.filter(case=case, state=WriteState.RECEIPT).values_list("name", flat=True))
            steps = finished_steps(entries)
            explanation = workflow.explain(steps, written, lambda version: _kept(case.workflow, version))
            explanation = explanation or explain_early_end(case, entries, workflow.shielded_roles)
        except Exception as error:  # noqa: BLE001 - the rest can still be told
            log.error("explanation failed", error=type(error).__name__, where=place_of(error))
    outcome = outcome_of(entries)
    return ExplainedCase(
        handle=case.handle,
        facts=(
            ("Gäller", workflow.title if workflow else case.workflow),
            ("Ansökan", case.reference),
            ("Kom in till roboten", day_and_time(case.created_at)),
            ("Ärendet är nu", case.status),
            *_version(entries),
        ),
        summary=outcome.payload["summary"] if outcome else "",
        people=tuple(_told(entry) for entry in entries if entry.kind in _BY_PEOPLE),
        explanation=explanation,
    )


def _version(entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """Which releases of the robot have worked on the case, and which code each of them was."""
    started = [entry.payload.get("versions", {}) for entry in entries if entry.kind == "run.started"]
    told = [
        ", kod ".join(filter(None, (one.get("medarbetare"), one.get(CODE)))) for one in started if "medarbetare" in one
    ]
    if told:
        yield "Robotens version", "; ".join(dict.fromkeys(told))


def _kept(workflow: str, version: str) -> Mapping[str, bytes] | None:
    try:
        return kept_rules(workflow, version)
    except (RulesMissing, RulesChanged):
        # What has become of them is for `audit redecide` to tell.
        return None


def _told(entry: Entry) -> str:
    about = f" ({entry.name})" if entry.name else ""
    by = f" av {entry.payload['by']}" if entry.payload.get("by") else ""
    return f"{day_and_time(entry.time)}: {KINDS[entry.kind]}{by}{about}"
