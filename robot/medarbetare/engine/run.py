"""One run of a workflow over one case: steps that answer from the journal, and writes with receipts.

A workflow is a plain function that is called again from the top after every crash or wait. What it has done already
answers from the journal, so it goes quickly past and on from where it was.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import structlog
from django.db import transaction
from pydantic import TypeAdapter, ValidationError

from medarbetare.cases.handoffs import OPENED, Handoffs
from medarbetare.cases.models import Case
from medarbetare.engine.ceiling import Ceiling, Reserved
from medarbetare.engine.conflicts import ASKED, is_listed
from medarbetare.engine.difference import differences
from medarbetare.engine.effect import Effect, RecordT
from medarbetare.engine.holds import RESTORE
from medarbetare.engine.lease import Lease
from medarbetare.engine.memory import Memory
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.original import Original
from medarbetare.engine.outcome import Approval, Aside, Outcome, Suspended, WaitEnded
from medarbetare.engine.patience import Patience, Retry, patiently
from medarbetare.engine.portal import EvidenceRecorder, Portal, Service, no_services
from medarbetare.engine.presentation import REREAD, STEP
from medarbetare.engine.reserving import reserve
from medarbetare.engine.waits import Wait
from medarbetare.engine.write import WriteOnce
from medarbetare.errors import BusinessError, Held, StopRequested, TechnicalError
from medarbetare.journal.writing import Entry, Journal

ResultT = TypeVar("ResultT")
ApprovalT = TypeVar("ApprovalT", bound=Approval)

log = structlog.get_logger()

ROBOT = "robot"
"""The actor of journal entries that the robot makes by itself."""


@dataclass(frozen=True)
class Boundary:
    """A point that a run has passed: a finished step, or a durable boundary of a write."""

    case: str
    step: str
    point: str


class StopSignal:
    """Whether the operator has asked this process to stop. Set by a signal handler, read between steps."""

    def __init__(self) -> None:
        self.requested = False

    def request(self) -> None:
        """Ask for a stop after the step at hand."""
        self.requested = True

    def forget(self) -> None:
        """What was to be left has been left."""
        self.requested = False

    def check(self) -> None:
        """Raises StopRequested if a stop was asked for."""
        if self.requested:
            raise StopRequested


def _no_originals(inbox: str, reference: str) -> Original:
    raise TechnicalError(f"Inkorgen {inbox} är inte ansluten här.")


@dataclass(frozen=True)
class Surroundings:
    """What every run in this process shares.

    `originals` fetches an application by inbox and reference; `inbox_portals` names the portal of each inbox that has
    one. `codes` tells for each workflow which code runs it (see `running_code`). `highest_mode` bounds what may be
    written now whatever a workflow may do; `check_hold` raises Held when a workflow is paused; `evidence` takes down
    what portals show around writes, None where that is off.
    """

    journal: Journal
    portals: Callable[[str], Portal]
    pseudonym: Callable[[str, str], str]
    clock: Callable[[], datetime]
    today: Callable[[], date]
    versions: Mapping[str, str]
    codes: Mapping[str, str] = field(default_factory=dict)
    originals: Callable[[str, str], Original] = _no_originals
    inbox_portals: Mapping[str, str] = field(default_factory=dict)
    services: Callable[[str], Service] = no_services
    patience: Patience = field(default_factory=Patience)
    stop: StopSignal = field(default_factory=StopSignal)
    passed: Callable[[Boundary], None] = lambda boundary: None
    highest_mode: Callable[[], Mode] = lambda: Mode.AUTOMATISK
    check_hold: Callable[[str], None] = lambda workflow: None
    evidence: EvidenceRecorder | None = None
    pause: Callable[[float], None] = time.sleep


class Run:
    """What a workflow function is given: its case, its steps, its writes and its portals.

    `worker`, set by the workflow: the applicant's own case worker as the case system names that person. Every hand-off
    that names nobody else goes there, errors' too.
    """

    def __init__(self, case: Case, lease: Lease, surroundings: Surroundings) -> None:
        self.case = case
        self.reference = case.reference
        self.today = surroundings.today()
        self.mode = Mode.SKUGGA
        self.worker = ""
        self._lease = lease
        self._around = surroundings
        self._memory = Memory(surroundings.journal.entries(case.handle))

    def portal(self, name: str) -> Portal:
        """A portal by its name in the configuration, logged in when it is first used."""
        return self._around.portals(name)

    def service(self, name: str) -> Service:
        """A service without pages by its name in the configuration. Nothing is written through it."""
        return self._around.services(name)

    def original(self) -> Original:
        """The application as it lies in its inbox now. Use it inside a step only, so that it is fetched once.

        Raises BusinessError when it cannot be taken, TechnicalError when the inbox cannot be read.
        """
        return self._around.originals(self.case.inbox, self.reference)

    @property
    def inbox_portal(self) -> str | None:
        """The portal in which the application's status is shown and set; None for an inbox without one."""
        return self._around.inbox_portals.get(self.case.inbox)

    @property
    def is_last_attempt(self) -> bool:
        """Whether a person takes over if this attempt does not get through."""
        return self.case.attempts >= self._around.patience.attempts_per_case

    def now(self) -> datetime:
        """The time now, UTC. Use it inside a step only, so that a replay gives the same."""
        return self._around.clock()

    def step(
        self,
        name: str,
        produce: Callable[[], ResultT],
        result: Any,
        *,
        retry: Retry | None = None,
        max_age: timedelta | None = None,
    ) -> ResultT:
        """Do something once and remember what came of it.

        `result` is the type of what `produce` returns (anything pydantic can validate). A step that is finished
        answers from the journal; what the first run is given has gone the same way through JSON, so that a later run
        is given the very same. A portal's trouble is retried a few times, as `retry` says or the portal's own terms;
        other errors pass. With `max_age`, an older answer is asked for again, and so is everything after it, people's
        answers too, unless something has been written since: see `changed`.
        Raises LeaseLost, StopRequested, Held, PortalError (after the last attempt), and whatever `produce` raises.
        """
        adapter: TypeAdapter[ResultT] = TypeAdapter(result)
        before = self._memory.steps.get(name)
        if name in self._memory.steps and (max_age is None or not self._read_again(name, max_age)):
            return adapter.validate_json(json.dumps(before))
        self.check()
        with structlog.contextvars.bound_contextvars(step=name):
            made = self.patiently(produce, retry)
            plain = adapter.dump_python(made, mode="json")
            answer = adapter.validate_json(json.dumps(plain))
            changed = differences(before, plain) if before is not None else []
            self.record(STEP, name, {"result": plain, **({"changed": changed} if changed else {})})
            self.pass_boundary(name, "step")
        return answer

    def changed(self, step: str) -> tuple[str, ...]:
        """Which parts of a step's answer are others than before it was asked for again, as paths like `svar.0.belopp`.

        Show them to whoever decides.
        """
        entry = self._memory.finished(step)
        return tuple(entry.payload.get("changed", ())) if entry is not None else ()

    def wait_until(self, step: str, moment: Callable[[], datetime], why: str, *, may_end: bool = False) -> None:
        """Wait until a time, however far away: the worker is free meanwhile.

        `moment` is asked once. `why` is a Swedish sentence for people. With `may_end` a person may end the wait before:
        see `ended`.
        """
        Wait(self, self._memory, step, why, may_end).for_time(moment)

    def wait_for(
        self,
        step: str,
        look: Callable[[], ResultT | None],
        result: Any,
        *,
        every: timedelta,
        longest: timedelta,
        why: str,
        may_end: bool = False,
    ) -> ResultT | None:
        """Look for an answer now and then, until there is one or `longest` has passed since the first look.

        `look` returns None when there is none yet, and has no effect anywhere; the worker is free between two looks.
        Gives the answer, remembered as a step's, or None when time is up. `why` is a Swedish sentence for people. With
        `may_end` a person who has been given the answer may end the wait: it is None then, and `ended` tells.
        """
        return Wait(self, self._memory, step, why, may_end).for_answer(look, result, every, longest)

    def ended(self, step: str) -> WaitEnded | None:
        """What a person noted who ended the wait at a step; None when nobody has."""
        told = self._memory.ended.get(step)
        return WaitEnded.model_validate(told) if told is not None else None

    def check(self) -> None:
        """Between steps: has the operator asked for a stop, or paused the workflow?"""
        self._around.stop.check()
        self._around.check_hold(self.case.workflow)

    def _read_again(self, step: str, max_age: timedelta) -> bool:
        """Whether a finished step's answer is too old and may be asked for again; then it is forgotten, durably."""
        finished = self._memory.finished(step)
        # What has been written rests on the answer as it was.
        if finished is None or self.now() - finished.time <= max_age or self._memory.is_rested_upon(step):
            return False
        self.record(REREAD, step, {"read_at": finished.time.isoformat()})
        return True

    def is_done(self, step: str) -> bool:
        """Whether a step is finished and answers from the journal."""
        return step in self._memory.steps

    def has_begun(self, write: str | None = None) -> bool:
        """Whether the write of that name may have been sent; any write at all of the case when none is named.

        False while a write is only intended, and after the portal's guarantee that what was sent was never saved.
        """
        begun = Write.objects.filter(case_id=self.case.handle).exclude(state=WriteState.INTENDED)
        return (begun if write is None else begun.filter(name=write)).exists()

    def is_approved(self, step: str | None = None) -> bool:
        """Whether a person has approved the question at `step`; any question of the case when none is named."""
        return bool(self._memory.answers) if step is None else step in self._memory.answers

    def write(self, effect: Effect[RecordT]) -> RecordT:
        """Write one record into a portal, once. See `medarbetare.engine.write`."""
        self.check()
        with structlog.contextvars.bound_contextvars(step=effect.name):
            return WriteOnce(self, effect).carry_out()

    def within_ceiling(self, step: str, kind: str, amount: Decimal, ceiling: Ceiling, *, bound_by: str) -> bool:
        """Whether an amount has room under a day's ceiling; then it is reserved, once per case and kind.

        A yes is asked anew on another day, until the write called `bound_by` may have been sent: that binds to pay.
        """
        answer = Reserved.model_validate(self._memory.steps[step]) if self.is_done(step) else None
        if self.has_begun(bound_by):
            return answer is None or answer.within
        if answer is None or (answer.within and answer.day != self.today):
            self.check()
            with transaction.atomic():
                answer = reserve(self._lease.require(), kind, amount, ceiling, self.today)
                self.record(STEP, step, {"result": answer.model_dump(mode="json")})
            self.pass_boundary(step, "step")
        return answer.within

    def in_conflict(self, persons: Iterable[str]) -> bool:
        """Whether any of the persons (identity numbers), or whose application it is, is on the conflict list today.

        A no is asked anew each time, so that it holds too for who is added while a case waits.
        """
        listed = self._memory.steps.get(ASKED) is True
        if not listed:
            self.check()
            listed = is_listed(self.case, [self.pseudonym(self.case.department, one) for one in persons], self.today)
            if listed or not self.is_done(ASKED):
                self.record(STEP, ASKED, {"result": listed})
                self.pass_boundary(ASKED, "step")
        return listed

    def approval(self, step: str, proposal: Outcome) -> Approval:
        """Ask a person to approve, and wait for it however long it takes: a hand-off that is answered by yes."""
        return self.handoff(step, proposal, Approval)

    def handoff(self, step: str, proposal: Outcome, answer: type[ApprovalT]) -> ApprovalT:
        """Hand over to a person and go on at this step with the person's answer; the worker is free meanwhile.

        `proposal` is the hand-off. `answer` says what the person is asked beside yes (see `Approval`). Once there is an
        answer the workflow is run again and gets it here. It holds for this `step` only: what has changed since must be
        asked under another name.
        Raises Suspended until there is an answer, BusinessError when what was answered is no `answer` any more.
        """
        if step not in self._memory.answers:
            raise Suspended(proposal.model_copy(update={"waits_at": step, "questions": answer.questions()}))
        try:
            return answer.model_validate_json(json.dumps(self._memory.answers[step]))
        except ValidationError:
            raise BusinessError(
                f"Svaret på «{step}» gavs till en äldre version av arbetsflödet, som frågade annat. Avsluta ärendet "
                "för hand."
            ) from None

    def hand_over_apart(self, aside: Aside) -> None:
        """Hand one part of the case over while the rest goes on, once however often the workflow is run again.

        Raises LeaseLost, StopRequested.
        """
        if (part := aside.told) in self._memory.apart:
            return
        self.check()
        with transaction.atomic():
            entry, worker = self.record(OPENED, aside.about, part), aside.worker or self.worker
            handoffs, about, urgent = Handoffs(self._around.journal), aside.about, aside.urgent
            handoffs.open(self.case, entry, aside.role, self.now(), about=about, worker=worker, urgent=urgent)

    def patiently(self, action: Callable[[], ResultT], retry: Retry | None = None) -> ResultT:
        """Do something that a portal may fail at, a few times with growing pauses. Must have no effect there."""
        return patiently(self._around.patience, action, retry)

    def pause(self, seconds: float) -> None:
        """Let time pass. For the engine's own short looks; a workflow waits with `wait_until` or `wait_for`."""
        self._around.pause(seconds)

    def require_mode(self, needed: Mode) -> None:
        """Raises Held when the robot may not write that far now, whatever the workflow's mode."""
        if not self._around.highest_mode().allows(needed):
            raise Held(
                "Databasen är återställd från en äldre säkerhetskopia. Roboten beslutar och betalar inget förrän en "
                "avstämning har hittat det som kopian har glömt: medarbetare reconcile.",
                waits_for=RESTORE,
            )

    def evidence(self, portal: str, moment: str) -> list[dict[str, str]]:
        """Keep what the portal shows now, if evidence is on; gives what stands of it in the journal."""
        if self._around.evidence is None:
            return []
        pieces = self._around.evidence.take(portal)
        return self._around.journal.keep(
            self.case.handle,
            self.case.department,
            [(f"{moment}: {one.name}", one.media_type, one.content) for one in pieces],
        )

    def record(self, kind: str, name: str, payload: Mapping[str, Any], *, remaining: timedelta = timedelta(0)) -> Entry:
        """Append one entry to the journal if the lease is still ours. Joins the transaction at hand or makes one."""
        with transaction.atomic():
            case = self._lease.require(remaining)
            entry = self._around.journal.append(
                case=case.handle,
                kind=kind,
                name=name,
                actor=ROBOT,
                department=case.department,
                payload=dict(payload),
            )
        self._memory.note(entry)
        return entry

    def begun_as(self, write: str) -> Any:
        """What a write was to leave when this case began it; None when it did not, or has forgotten."""
        return self._memory.intended.get(write)

    def pass_boundary(self, step: str, point: str) -> None:
        """Log that a durable point has been passed, and tell whoever watches (progress display, tests)."""
        log.info("passed", point=point)
        self._around.passed(Boundary(self.case.handle, step, point))

    @property
    def patience(self) -> Patience:
        """How long trouble is waited out."""
        return self._around.patience

    @property
    def pseudonym(self) -> Callable[[str, str], str]:
        """Gives the pseudonym of a text within a department."""
        return self._around.pseudonym
