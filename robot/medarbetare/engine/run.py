"""One run of a workflow over one case: steps that answer from the journal, and writes with receipts.

A workflow is a plain function that is called again from the top after every crash or wait. What it has done already
answers from the journal, so it goes quickly past and on from where it was.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import structlog
from django.db import transaction
from pydantic import TypeAdapter

from medarbetare.cases.handoffs import APPROVED, OPENED, open_handoff
from medarbetare.cases.models import Case
from medarbetare.engine.effect import Effect, RecordT
from medarbetare.engine.lease import Lease
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.original import Original
from medarbetare.engine.outcome import Approval, Aside, Outcome, Suspended
from medarbetare.engine.patience import Patience, patiently
from medarbetare.engine.portal import Portal
from medarbetare.engine.presentation import finished_steps
from medarbetare.engine.write import WriteOnce
from medarbetare.errors import StopRequested, TechnicalError
from medarbetare.journal.writing import Entry, Journal

ResultT = TypeVar("ResultT")

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
    one.
    """

    journal: Journal
    portals: Callable[[str], Portal]
    pseudonym: Callable[[str, str], str]
    clock: Callable[[], datetime]
    today: Callable[[], date]
    versions: Mapping[str, str]
    originals: Callable[[str, str], Original] = _no_originals
    inbox_portals: Mapping[str, str] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)
    stop: StopSignal = field(default_factory=StopSignal)
    passed: Callable[[Boundary], None] = lambda boundary: None


class Run:
    """What a workflow function is given: its case, its steps, its writes and its portals."""

    def __init__(self, case: Case, lease: Lease, surroundings: Surroundings) -> None:
        self.case = case
        self.reference = case.reference
        self.today = surroundings.today()
        self.mode = Mode.SKUGGA
        self._lease = lease
        self._around = surroundings
        entries = surroundings.journal.entries(case.handle)
        self._done = finished_steps(entries)
        self._apart = [entry.payload for entry in entries if entry.kind == OPENED]
        self._approvals = {
            entry.name: Approval.model_validate(entry.payload) for entry in entries if entry.kind == APPROVED
        }

    def portal(self, name: str) -> Portal:
        """A portal by its name in the configuration, logged in when it is first used."""
        return self._around.portals(name)

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

    def step(self, name: str, produce: Callable[[], ResultT], result: Any) -> ResultT:
        """Do something once and remember what came of it.

        `result` is the type of what `produce` returns (anything pydantic can validate). A step that is finished
        answers from the journal; what the first run is given has gone the same way through JSON, so that a later run
        is given the very same. A portal's trouble is retried a few times; other errors pass.
        Raises LeaseLost, StopRequested, PortalError (after the last attempt), and whatever `produce` raises.
        """
        adapter: TypeAdapter[ResultT] = TypeAdapter(result)
        if name in self._done:
            return adapter.validate_json(json.dumps(self._done[name]))
        self._around.stop.check()
        with structlog.contextvars.bound_contextvars(step=name):
            made = self.patiently(produce)
            plain = adapter.dump_python(made, mode="json")
            answer = adapter.validate_json(json.dumps(plain))
            self.record("step", name, {"result": plain})
            self._done[name] = plain
            self.pass_boundary(name, "step")
        return answer

    def is_done(self, step: str) -> bool:
        """Whether a step is finished and answers from the journal."""
        return step in self._done

    def has_begun(self, write: str | None = None) -> bool:
        """Whether the write of that name may have been sent; any write at all of the case when none is named.

        False while a write is only intended, and after the portal's guarantee that what was sent was never saved.
        """
        begun = Write.objects.filter(case_id=self.case.handle).exclude(state=WriteState.INTENDED)
        return (begun if write is None else begun.filter(name=write)).exists()

    def is_approved(self, step: str | None = None) -> bool:
        """Whether a person has approved the question at `step`; any question of the case when none is named."""
        return bool(self._approvals) if step is None else step in self._approvals

    def write(self, effect: Effect[RecordT]) -> RecordT:
        """Write one record into a portal, once. See `medarbetare.engine.write`."""
        self._around.stop.check()
        with structlog.contextvars.bound_contextvars(step=effect.name):
            return WriteOnce(self, effect).carry_out()

    def approval(self, step: str, proposal: Outcome) -> Approval:
        """Ask a person to approve, and wait for it however long it takes: the worker is free meanwhile.

        `proposal` is the hand-off. Once a person has approved it the workflow is run again and gets the answer here.
        An approval holds for this `step` only: what has changed since must be asked under another name.
        Raises Suspended until there is an answer.
        """
        if step in self._approvals:
            return self._approvals[step]
        raise Suspended(proposal.model_copy(update={"waits_at": step}))

    def hand_over_apart(self, aside: Aside) -> None:
        """Hand one part of the case over while the rest goes on, once however often the workflow is run again.

        Raises LeaseLost, StopRequested.
        """
        payload = aside.model_dump(mode="json")
        if payload in self._apart:
            return
        self._around.stop.check()
        with transaction.atomic():
            entry = self.record(OPENED, aside.about, payload)
            open_handoff(self.case, entry, aside.role, self.now(), about=aside.about)
        self._apart.append(payload)

    def patiently(self, action: Callable[[], ResultT]) -> ResultT:
        """Do something that a portal may fail at, a few times with growing pauses. Must have no effect there."""
        return patiently(self._around.patience, action)

    def record(self, kind: str, name: str, payload: Mapping[str, Any], *, remaining: timedelta = timedelta(0)) -> Entry:
        """Append one entry to the journal if the lease is still ours. Joins the transaction at hand or makes one."""
        with transaction.atomic():
            case = self._lease.require(remaining)
            return self._around.journal.append(
                case=case.handle,
                kind=kind,
                name=name,
                actor=ROBOT,
                department=case.department,
                payload=dict(payload),
            )

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
