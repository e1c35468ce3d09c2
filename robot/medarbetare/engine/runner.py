"""Takes one case a stretch further: calls its workflow and settles what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest, Now

from medarbetare.cases.handoffs import Handoffs
from medarbetare.cases.models import Case
from medarbetare.cases.register import change_status
from medarbetare.cases.status import RUNNABLE, CaseStatus
from medarbetare.database.trouble import DATABASE_TROUBLE
from medarbetare.engine.follow_up import FollowUps, keep
from medarbetare.engine.lease import Lease
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.outcome import Outcome, Suspended, handed_over, waiting
from medarbetare.engine.run import ROBOT, Run, Surroundings
from medarbetare.engine.running_code import CODE
from medarbetare.engine.settling import written
from medarbetare.errors import (
    BusinessError,
    ConfigurationError,
    Held,
    JournalError,
    LeaseLost,
    TechnicalError,
    UnknownOutcome,
)
from medarbetare.log import place_of

Flow = Callable[[Run], Outcome]
"""A workflow: one readable function from a run to its outcome."""

log = structlog.get_logger()

_SOONEST = timedelta(seconds=5)
"""A case that waits for a time is not taken up again before this, however the clocks differ."""


@dataclass(frozen=True)
class Edition:
    """Which version of a workflow is installed, and which earlier ones it can go on where they stopped."""

    version: str = "1"
    continues: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Pause:
    """A case that waits: why, when it is due again, and how many attempts count.

    `after` is a pause, by the database's clock as leases are; None: the outcome's `until`.
    """

    outcome: Outcome
    attempts: int
    after: timedelta | None = None
    waits_for: str = ""


@dataclass(frozen=True)
class Stretch:
    """What one stretch of work did with a case, for whoever watches. Holds no personal data."""

    case: str
    status: CaseStatus


class CaseRunner:
    """Runs cases of every registered workflow, one at a time. A workflow without an edition has never changed.

    `follow_ups` finds what is to be stated of households; None: nobody is followed up.
    """

    def __init__(
        self,
        workflows: Mapping[str, Flow],
        surroundings: Surroundings,
        editions: Mapping[str, Edition] | None = None,
        follow_ups: FollowUps | None = None,
    ) -> None:
        self._workflows = workflows
        self._around = surroundings
        self._editions = editions or {}
        self._follow_ups = follow_ups
        self._worker = ""

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
            self._worker = ""
            ended = self._work(case, lease)
            outcome = self._with_worker(ended.outcome if isinstance(ended, _Pause) else ended)
            self._settle(case, lease, outcome, ended if isinstance(ended, _Pause) else None)
            log.info("run ended", status=outcome.status.value)
        return Stretch(case.handle, outcome.status)

    def _work(self, case: Case, lease: Lease) -> Outcome | _Pause:
        if case.attempts > self._around.patience.attempts_per_case:
            return self._exhausted(case, "ärendet har avbrutits för många gånger")
        try:
            outcome = self._flow(case, lease)
        except Suspended as suspended:
            outcome = suspended.outcome
        except BusinessError as error:
            return (
                self._unsettled(case, error.message)
                or self._half_done(case, error.message)
                or handed_over(error.message)
            )
        except UnknownOutcome as error:
            return Outcome(status=CaseStatus.UNKNOWN_OUTCOME, summary=error.message, reasons=(error.message,))
        except (LeaseLost, JournalError):
            raise
        except Held as held:
            log.info("run held", message=held.message)
            # Nobody's fault: the attempt that ran into the hold is not counted.
            after = None if held.until else timedelta(0)
            return _Pause(waiting(held.message, held.until), max(case.attempts - 1, 0), after, held.waits_for)
        except DATABASE_TROUBLE:
            # Says nothing about the case: whoever sent it gives it back.
            raise
        except (TechnicalError, ConfigurationError) as error:
            log.warning("run interrupted", error=type(error).__name__, message=error.message)
            return self._wait_or_exhausted(case, error.message)
        except Exception as error:  # noqa: BLE001 - a fault of ours must neither lose the case nor stop the next one
            log.error("run failed", error=type(error).__name__, where=place_of(error))
            return self._wait_or_exhausted(case, f"oväntat fel ({type(error).__name__})")
        if outcome.status in RUNNABLE:
            # What the workflow waits for on purpose may take days; it has all its attempts when it goes on.
            return _Pause(outcome, 0) if outcome.until else self._trouble(case, outcome)
        # A workflow may end before it comes to a write that an earlier run began, for example in a lower mode.
        return self._unsettled(case, "ärendet avslutades utan den") or outcome

    def _flow(self, case: Case, lease: Lease) -> Outcome:
        """Run the workflow, if this edition of it can go on with the case."""
        if case.workflow not in self._workflows:
            raise ConfigurationError(
                f"Arbetsflödet «{case.workflow}» finns inte i workflows.yaml, men har ärenden kvar. Lägg tillbaka det."
            )
        edition = self._editions.get(case.workflow, Edition())
        if case.flow_version not in {"", edition.version, *edition.continues}:
            return self._other_edition(case, edition)
        run = Run(case, lease, self._around)
        with transaction.atomic():
            run.record(
                "run.started",
                "",
                {"attempt": case.attempts, "flow": edition.version, "versions": self._versions(case)},
            )
            if case.flow_version != edition.version:
                Case.objects.filter(handle=case.handle).update(flow_version=edition.version)
        try:
            return self._workflows[case.workflow](run)
        finally:
            # However it ended: what an error hands over goes to the same person.
            self._worker = run.worker

    def _versions(self, case: Case) -> dict[str, str]:
        """What an auditor can tell afterwards of what ran: releases, rules, and the very code."""
        code = self._around.codes.get(case.workflow)
        return {**self._around.versions, **({CODE: code} if code else {})}

    def _with_worker(self, outcome: Outcome) -> Outcome:
        """The outcome with whom it goes to. What only a named role may see goes to nobody in particular."""
        worker = "" if outcome.status is CaseStatus.STOPPED else outcome.worker or self._worker
        return outcome.model_copy(update={"worker": worker})

    def _other_edition(self, case: Case, edition: Edition) -> Outcome:
        """A run that began on a version that the installed one cannot go on from is a person's to finish."""
        text = (
            f"Ärendet påbörjades av version {case.flow_version} av arbetsflödet. Den installerade versionen "
            f"{edition.version} kan inte gå vidare där den slutade."
        )
        return self._half_done(case, text) or handed_over(text)

    def _wait_or_exhausted(self, case: Case, why: str) -> Outcome | _Pause:
        if case.attempts >= self._around.patience.attempts_per_case:
            return self._exhausted(case, why)
        return self._trouble(case, waiting(why))

    def _trouble(self, case: Case, outcome: Outcome) -> _Pause:
        return _Pause(outcome, case.attempts, self._around.patience.wait_after(case.attempts))

    def _exhausted(self, case: Case, why: str) -> Outcome:
        text = f"Roboten kom inte vidare efter {case.attempts} försök: {why}"
        if unsettled := self._unsettled(case, why):
            return unsettled
        outcome = self._half_done(case, text) or handed_over(text, role="it")
        # What hindered it can be mended, a changed page for example; then a person may let the robot try again.
        return outcome.model_copy(update={"gave_up": True})

    def _half_done(self, case: Case, text: str) -> Outcome | None:
        """What is written binds the municipality: a case worker finishes it, knowing what stands already."""
        names = ", ".join(written(case))
        return handed_over(text, (text, f"Roboten har registrerat: {names}. Resten är inte gjort.")) if names else None

    def _unsettled(self, case: Case, why: str) -> Outcome | None:
        """Okänt utfall if the submit of a write may have been sent and nobody has read what came of it."""
        writes = Write.objects.filter(case=case, state=WriteState.SUBMITTING).values_list("name", "portal")
        if not writes:
            return None
        story = "; ".join(f"«{name}» i {portal}" for name, portal in writes)
        text = f"Okänt utfall: {story} kan ha sparats men har inte kunnat läsas tillbaka ({why}). Se efter där."
        return Outcome(status=CaseStatus.UNKNOWN_OUTCOME, summary=text, reasons=(text,))

    def _settle(self, case: Case, lease: Lease, outcome: Outcome, pause: _Pause | None) -> None:
        around = self._around
        now = around.clock()
        # Before the transaction: it reads earlier cases, and the journal lets one at a time write.
        found = self._follow_ups.look(case, outcome) if self._follow_ups is not None and pause is None else None
        with transaction.atomic():
            case = lease.require(timedelta(0))
            if found is not None:
                keep(around.journal, case, found, ROBOT)
            entry = around.journal.append(
                case=case.handle,
                kind="case.outcome",
                actor=ROBOT,
                department=case.department,
                payload=outcome.model_dump(mode="json"),
            )
            change_status(case, outcome.status)
            case.lease_until, case.lease_owner = None, ""
            if pause is not None:
                # A moment that this process's clock has not come to yet may have passed by the database's.
                soonest = Now() + (pause.after if pause.after is not None else _SOONEST)
                case.due_at = Greatest(Value(outcome.until), soonest) if outcome.until else soonest
                case.attempts, case.waits_for = pause.attempts, pause.waits_for
            else:
                case.finished_at, case.waits_for = now, ""
            if outcome.status in (CaseStatus.HANDED_OVER, CaseStatus.STOPPED, CaseStatus.UNKNOWN_OUTCOME):
                Handoffs(around.journal).open(
                    case,
                    entry,
                    outcome.role,
                    now,
                    waits_at=outcome.waits_at,
                    worker=outcome.worker,
                    gave_up=outcome.gave_up,
                )
            if outcome.status is CaseStatus.UNKNOWN_OUTCOME:
                Write.objects.filter(case=case, state=WriteState.SUBMITTING).update(
                    state=WriteState.UNKNOWN, settled_at=now
                )
            case.save()
        around.journal.checkpoint()
