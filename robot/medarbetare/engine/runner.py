"""Takes one case a stretch further: calls its workflow and settles what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction

from medarbetare.cases.handoffs import open_handoff
from medarbetare.cases.models import Case
from medarbetare.cases.register import change_status
from medarbetare.cases.status import RUNNABLE, CaseStatus
from medarbetare.engine.lease import Lease
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.outcome import Outcome, Suspended, handed_over, waiting
from medarbetare.engine.run import ROBOT, Run, Surroundings
from medarbetare.errors import (
    BusinessError,
    ConfigurationError,
    JournalError,
    LeaseLost,
    TechnicalError,
    UnknownOutcome,
)
from medarbetare.log import place_of

Flow = Callable[[Run], Outcome]
"""A workflow: one readable function from a run to its outcome."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Stretch:
    """What one stretch of work did with a case, for whoever watches. Holds no personal data."""

    case: str
    status: CaseStatus


class CaseRunner:
    """Runs cases of every registered workflow, one at a time."""

    def __init__(self, workflows: Mapping[str, Flow], surroundings: Surroundings) -> None:
        self._workflows = workflows
        self._around = surroundings

    def run(self, lease: Lease) -> Stretch:
        """Run the workflow of the case from where the journal says it stands, and settle the outcome.

        Raises LeaseLost when another may hold the case, JournalError when nothing can be settled because the journal
        cannot be read or written, and StopRequested when the operator asked for a stop; the case is then begun again
        by whoever takes it next.
        """
        case = Case.objects.get(handle=lease.case)
        with structlog.contextvars.bound_contextvars(
            department=case.department, case=case.handle, run=case.attempts, workflow=case.workflow
        ):
            log.info("run started")
            outcome = self._outcome(case, lease)
            self._settle(lease, outcome)
            log.info("run ended", status=outcome.status.value)
        return Stretch(case.handle, outcome.status)

    def _outcome(self, case: Case, lease: Lease) -> Outcome:
        if case.attempts > self._around.patience.attempts_per_case:
            return self._exhausted(case, "ärendet har avbrutits för många gånger")
        try:
            run = Run(case, lease, self._around)
            run.record("run.started", "", {"attempt": case.attempts, "versions": dict(self._around.versions)})
            outcome = self._workflows[case.workflow](run)
        except Suspended as suspended:
            outcome = suspended.outcome
        except BusinessError as error:
            return self._unsettled(case, error.message) or handed_over(error.message)
        except UnknownOutcome as error:
            return Outcome(status=CaseStatus.UNKNOWN_OUTCOME, summary=error.message, reasons=(error.message,))
        except (LeaseLost, JournalError):
            raise
        except (TechnicalError, ConfigurationError) as error:
            log.warning("run interrupted", error=type(error).__name__, message=error.message)
            return self._wait_or_exhausted(case, error.message)
        except Exception as error:  # noqa: BLE001 - a fault of ours must neither lose the case nor stop the next one
            log.error("run failed", error=type(error).__name__, where=place_of(error))
            return self._wait_or_exhausted(case, f"oväntat fel ({type(error).__name__})")
        # A workflow may end before it comes to a write that an earlier run began, for example in a lower mode.
        return self._unsettled(case, "ärendet avslutades utan den") or outcome

    def _wait_or_exhausted(self, case: Case, why: str) -> Outcome:
        if case.attempts >= self._around.patience.attempts_per_case:
            return self._exhausted(case, why)
        return waiting(why)

    def _exhausted(self, case: Case, why: str) -> Outcome:
        text = f"Roboten kom inte vidare efter {case.attempts} försök: {why}"
        return self._unsettled(case, why) or self._half_done(case, text) or handed_over(text, role="it")

    def _half_done(self, case: Case, text: str) -> Outcome | None:
        """What is written binds the municipality: a case worker finishes it, knowing what stands already."""
        receipts = Write.objects.filter(case=case, state=WriteState.RECEIPT).order_by("settled_at")
        written = ", ".join(receipts.values_list("name", flat=True))
        return (
            handed_over(text, (text, f"Roboten har registrerat: {written}. Resten är inte gjort.")) if written else None
        )

    def _unsettled(self, case: Case, why: str) -> Outcome | None:
        """Okänt utfall if the submit of a write may have been sent and nobody has read what came of it."""
        writes = Write.objects.filter(case=case, state=WriteState.SUBMITTING).values_list("name", "portal")
        if not writes:
            return None
        story = "; ".join(f"«{name}» i {portal}" for name, portal in writes)
        text = f"Okänt utfall: {story} kan ha sparats men har inte kunnat läsas tillbaka ({why}). Se efter där."
        return Outcome(status=CaseStatus.UNKNOWN_OUTCOME, summary=text, reasons=(text,))

    def _settle(self, lease: Lease, outcome: Outcome) -> None:
        around = self._around
        now = around.clock()
        with transaction.atomic():
            case = lease.require(timedelta(0))
            entry = around.journal.append(
                case=case.handle,
                kind="case.outcome",
                actor=ROBOT,
                department=case.department,
                payload=outcome.model_dump(mode="json"),
            )
            change_status(case, outcome.status)
            case.lease_until, case.lease_owner = None, ""
            if outcome.status in RUNNABLE:
                case.due_at = now + around.patience.wait_between_attempts
            else:
                case.finished_at = now
            if outcome.status in (CaseStatus.HANDED_OVER, CaseStatus.STOPPED, CaseStatus.UNKNOWN_OUTCOME):
                open_handoff(case, entry, outcome.role, now, waits_at=outcome.waits_at)
            if outcome.status is CaseStatus.UNKNOWN_OUTCOME:
                Write.objects.filter(case=case, state=WriteState.SUBMITTING).update(
                    state=WriteState.UNKNOWN, settled_at=now
                )
            case.save()
        around.journal.checkpoint()
