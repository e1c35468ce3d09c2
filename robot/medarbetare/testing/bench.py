"""A bench on which a workflow works on a real database."""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models.functions import Now

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.cases.status import CaseStatus
from medarbetare.database.trouble import DATABASE_TROUBLE
from medarbetare.engine.follow_up import FollowUps
from medarbetare.engine.holds import HoldWatch
from medarbetare.engine.lease import Lease, take
from medarbetare.engine.mode import Mode
from medarbetare.engine.original import Original
from medarbetare.engine.outcome import Outcome
from medarbetare.engine.patience import Patience, Retry
from medarbetare.engine.portal import EvidenceRecorder, Portal
from medarbetare.engine.run import Boundary, Run, StopSignal, Surroundings
from medarbetare.engine.runner import CaseRunner, Edition, Flow
from medarbetare.errors import MedarbetareError, PortalError, TechnicalError
from medarbetare.journal.keys import KEY_BYTES, JournalKeys
from medarbetare.journal.writing import Entry, Journal

IMPATIENT = Patience(Retry(wait_initial=timedelta(0), wait_max=timedelta(0)), wait_between_attempts=timedelta(0))
"""As many attempts as in production, without the pauses."""

LEASE = timedelta(minutes=5)

INBOX = "inkorg"
"""The bench's one inbox."""

PERSON = Person("pia", "Pia Provsson")
"""Who answers on the bench."""


class Bench:
    """Workflows, portals in memory, and everything else a run needs, for real, on the configured database.

    `today` is the day of every run. `patience` decides the number of attempts. `passed` is called at each durable
    boundary; raise from it what a crash there should look like. `on_fault` is called with an error that a worker would
    log as unexpected, when the case has been settled as a worker settles it; it raises the error. `originals` holds the
    applications' files by reference, and `inbox_portal` names the portal in which their status is set. `clock` tells
    the time, `pause` lets it pass within a write, and `highest_mode` bounds what is written. `editions` are the
    workflows' installed versions, `codes` what code is said to run them, and `follow_ups` finds which households to
    follow up. Reassign any of them, and put more into `portals` and `originals`, at will.
    """

    def __init__(
        self,
        workflows: Mapping[str, Flow],
        portals: Iterable[Portal] = (),
        *,
        department: str = "avdelning",
        today: date = date(2026, 12, 1),
        patience: Patience = IMPATIENT,
    ) -> None:
        self.department = department
        self.today = today
        self.patience = patience
        self.passed: Callable[[Boundary], None] = lambda boundary: None
        self.on_fault: Callable[[Exception], None] = _raise
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.pause: Callable[[float], None] = time.sleep
        self.highest_mode = Mode.AUTOMATISK
        self.editions: dict[str, Edition] = {}
        self.codes: dict[str, str] = {}
        self.evidence: EvidenceRecorder | None = None
        self.follow_ups: FollowUps | None = None
        self.stop = StopSignal()
        self.keys = JournalKeys({department: secrets.token_bytes(KEY_BYTES)}, Ed25519PrivateKey.generate())
        self.origin = "medarbetare.example/journal"
        self.journal = Journal(self.keys, origin=self.origin, clock=lambda: self.clock())
        self.register = CaseRegister(self.journal)
        self.originals: dict[str, Original] = {}
        self.inbox_portal: str | None = None
        self._let_pass = timedelta(0)
        self._workflows = dict(workflows)
        self.portals = {portal.name: portal for portal in portals}

    def receive(self, reference: str, household: str, workflow: str | None = None) -> Case:
        """A new case, as an inbox makes it. `workflow` is needed only when the bench has several."""
        pseudonym = self.keys.pseudonym(self.department, household)
        cases = self.register.take_in(
            [Arrival(reference, pseudonym)],
            inbox=INBOX,
            department=self.department,
            workflow=workflow or next(iter(self._workflows)),
            now=datetime.now(UTC),
        )
        return cases[0]

    def take(self, case: Case, duration: timedelta = LEASE) -> Lease:
        """The lease of a case, as a worker takes it. Whoever held one of its household is taken for dead."""
        Case.objects.filter(department=case.department, household=case.household).update(lease_until=None)
        lease = take(case.handle, "bench", duration)
        if lease is None:
            raise ValueError(f"case {case.handle} is {self.status(case)} or not due")
        return lease

    def begin(self, case: Case, duration: timedelta = LEASE) -> Run:
        """A run of its own over the case, for trying steps and writes without a workflow."""
        lease = self.take(case, duration)
        return Run(Case.objects.get(handle=case.handle), lease, self._surroundings())

    def work_on(self, case: Case) -> CaseStatus:
        """Take the case one stretch further, as a worker does, and tell its status.

        Raises what a worker lets through: LeaseLost, JournalError and StopRequested, what `passed` raises, and by
        `on_fault` what is a fault in the workflow or in the test's portals. For other trouble see `outcome`.
        """
        faults: list[Exception] = []
        flows = {name: _noticing(flow, faults) for name, flow in self._workflows.items()}
        status = CaseRunner(flows, self._surroundings(), self.editions, self.follow_ups).run(self.take(case)).status
        for fault in faults:
            self.on_fault(fault)
        return status

    def outcome(self, case: Case) -> Outcome:
        """What the last stretch came to, with its text. Raises ValueError when none has ended."""
        ends = self.entries(case, "case.outcome")
        if not ends:
            raise ValueError(f"case {case.handle} has not been worked on")
        return Outcome.model_validate(ends[-1].payload)

    def answer(self, case: Case, answers: Mapping[str, str] | None = None, *, by: Person = PERSON) -> None:
        """A person answers the question that the case waits at; `answers` are by field name, as typed in the form.

        Raises BusinessError when an answer is missing or wrong, or the hand-off cannot be answered, and ValueError
        when the case waits for nobody.
        """
        handoff = Handoff.objects.filter(case_id=case.handle, closed_at=None, about="").first()
        if handoff is None:
            raise ValueError(f"case {case.handle} is {self.status(case)} and waits for nobody")
        Handoffs(self.journal).approve(handoff.pk, by, self.clock(), answers=answers, today=self.today)

    def let_pass(self, duration: timedelta) -> None:
        """Let so much time pass: `clock` goes on, `today` with whole days, and cases are due that it has come to."""
        clock, before = self.clock, self._let_pass.days
        self._let_pass += duration
        self.clock = lambda: clock() + duration
        self.today += timedelta(days=self._let_pass.days - before)
        Case.objects.filter(due_at__lte=self.clock()).update(due_at=Now())

    def status(self, case: Case) -> CaseStatus:
        """Where the case stands now."""
        return CaseStatus(Case.objects.values_list("status", flat=True).get(handle=case.handle))

    def entries(self, case: Case, kind: str = "") -> list[Entry]:
        """What the journal holds about the case; only entries whose kind begins with `kind`."""
        return [entry for entry in self.journal.entries(case.handle) if entry.kind.startswith(kind)]

    def _portal(self, name: str) -> Portal:
        if name not in self.portals:
            raise PortalError(f"Portalen «{name}» finns inte på bänken.", portal=name)
        return self.portals[name]

    def _original(self, inbox: str, reference: str) -> Original:
        if reference not in self.originals:
            raise TechnicalError(f"Ansökan {reference} ligger inte på bänken.")
        return self.originals[reference]

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            journal=self.journal,
            portals=self._portal,
            pseudonym=self.keys.pseudonym,
            clock=lambda: self.clock(),
            today=lambda: self.today,
            versions={"bench": "1"},
            codes=self.codes,
            originals=self._original,
            inbox_portals={INBOX: self.inbox_portal} if self.inbox_portal else {},
            patience=self.patience,
            stop=self.stop,
            passed=lambda boundary: self.passed(boundary),
            highest_mode=lambda: self.highest_mode,
            check_hold=HoldWatch(timedelta(0)).check_workflow,
            pause=lambda seconds: self.pause(seconds),
            evidence=self.evidence,
        )


def _raise(fault: Exception) -> None:
    raise fault


def _noticing(flow: Flow, faults: list[Exception]) -> Flow:
    """The same workflow; errors that a worker would log as unexpected are noted too."""

    def noticed(run: Run) -> Outcome:
        try:
            return flow(run)
        except (MedarbetareError, *DATABASE_TROUBLE):
            raise
        except Exception as fault:
            faults.append(fault)
            raise

    return noticed
