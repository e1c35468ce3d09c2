"""Fakes for those who write workflows: portals in memory, and a bench on which a workflow works on a real database.

A page is described by a function that is called at each fresh navigation, so it can show what was saved before:

    beslut: list[dict[str, str]] = []
    portal = MemoryPortal("verksamhet", {
        "beslut": lambda arende: Sheet(tables={"beslut": beslut}),
        "nytt_beslut": lambda arende: Sheet(fields={"belopp"}, commits={"spara": beslut.append}),
    })
    bench = Bench({"mitt_flode": flow}, [portal])
    case = bench.receive("REF-1", household="tova")
    assert bench.work_on(case) is CaseStatus.DECIDED

What goes wrong in a real portal is raised from such functions: PortalError, SessionLost, SelectorError. Nothing here
waits: a portal's trouble is tried again at once.

Imported after `medarbetare.database.connection.load_models`. The bench uses the database that Django is configured for.
"""

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from medarbetare.cases.models import Case
from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.holds import HoldWatch
from medarbetare.engine.lease import Lease, take
from medarbetare.engine.mode import Mode
from medarbetare.engine.original import Original
from medarbetare.engine.patience import Patience, Retry
from medarbetare.engine.portal import EvidenceRecorder, Portal, Value, Visibility
from medarbetare.engine.run import Boundary, Run, StopSignal, Surroundings
from medarbetare.engine.runner import CaseRunner, Edition, Flow
from medarbetare.errors import PortalError, SelectorError, TechnicalError
from medarbetare.journal.keys import KEY_BYTES, JournalKeys
from medarbetare.journal.writing import Entry, Journal

IMPATIENT = Patience(Retry(wait_initial=timedelta(0), wait_max=timedelta(0)), wait_between_attempts=timedelta(0))
"""As many attempts as in production, without the pauses."""

LEASE = timedelta(minutes=5)

INBOX = "inkorg"
"""The bench's one inbox."""


@dataclass(frozen=True)
class Act:
    """One thing that was done in a portal: open, fill, click, commit or download."""

    what: str
    page: str
    element: str = ""
    value: Value | None = None


@dataclass
class Sheet:
    """What one page shows and does, by the names of its elements.

    `clicks` gives the sheet that a click leads to, or None to stay. `commits` is called with what was typed since the
    page was opened, as text.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    fields: Collection[str] = ()
    clicks: Mapping[str, Callable[[], "Sheet | None"]] = field(default_factory=dict)
    commits: Mapping[str, Callable[[dict[str, str]], object]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


class MemoryPage:
    """Implements `medarbetare.engine.portal.Page` over a sheet."""

    def __init__(self, portal: "MemoryPortal", name: str, sheet: Sheet) -> None:
        self._portal = portal
        self._name = name
        self._sheet = sheet
        self._typed: dict[str, str] = {}

    def read(self, element: str) -> str:
        """The text of one element, white space folded. Raises SelectorError."""
        self._require(element, self._sheet.texts)
        return " ".join(self._sheet.texts[element].split())

    def read_all(self, *elements: str) -> dict[str, str]:
        """The texts of several elements. Raises SelectorError."""
        return {element: self.read(element) for element in elements}

    def has(self, element: str) -> bool:
        """Whether the sheet has the element, of whatever kind."""
        sheet = self._sheet
        kinds = (sheet.texts, sheet.tables, sheet.fields, sheet.clicks, sheet.commits, sheet.files)
        return any(element in kind for kind in kinds)

    def table(self, element: str) -> list[dict[str, str]]:
        """All rows of a table. Raises SelectorError."""
        self._require(element, self._sheet.tables)
        return [dict(row) for row in self._sheet.tables[element]]

    def fill(self, element: str, value: Value) -> None:
        """Note what was typed into a field. Raises SelectorError."""
        self._require(element, self._sheet.fields)
        self._portal.acts.append(Act("fill", self._name, element, value))
        self._typed[element] = str(value)

    def fill_all(self, values: Mapping[str, Value]) -> None:
        """Note what was typed into several fields. Raises SelectorError before any is filled."""
        for element in values:
            self._require(element, self._sheet.fields)
        for element, value in values.items():
            self.fill(element, value)

    def click(self, element: str) -> None:
        """Follow a link: the page shows another sheet, or stays. Raises SelectorError."""
        self._require(element, self._sheet.clicks)
        self._portal.acts.append(Act("click", self._name, element))
        self._sheet = self._sheet.clicks[element]() or self._sheet

    def commit(self, element: str) -> None:
        """Save what was typed. Raises SelectorError."""
        self._require(element, self._sheet.commits)
        self._portal.acts.append(Act("commit", self._name, element))
        self._sheet.commits[element](dict(self._typed))

    def download(self, element: str) -> bytes:
        """The bytes of a file. Raises SelectorError."""
        self._require(element, self._sheet.files)
        self._portal.acts.append(Act("download", self._name, element))
        return self._sheet.files[element]

    def _require(self, element: str, among: Collection[str]) -> None:
        if element not in among:
            known = ", ".join(sorted(among)) or "inga"
            raise SelectorError(f"{self._portal.name}, {self._name}: «{element}» finns inte. De som finns: {known}.")


class MemoryPortal:
    """Implements `medarbetare.engine.portal.Portal`. `acts` is everything that was done in it, in order."""

    def __init__(
        self,
        name: str,
        pages: Mapping[str, Callable[..., Sheet]],
        *,
        visible_within: timedelta = timedelta(0),
        guaranteed: bool = False,
    ) -> None:
        self.name = name
        self.visibility = Visibility(visible_within, guaranteed)
        self.acts: list[Act] = []
        self._pages = pages

    def page(self, name: str, **parameters: str) -> MemoryPage:
        """Go to a page by fresh navigation. Raises SelectorError for a page that is not described."""
        if name not in self._pages:
            raise SelectorError(f"{self.name}: sidan «{name}» finns inte. De som finns: {', '.join(self._pages)}.")
        self.acts.append(Act("open", name))
        return MemoryPage(self, name, self._pages[name](**parameters))

    def commits(self) -> list[str]:
        """The pages on which something was saved, in order."""
        return [act.page for act in self.acts if act.what == "commit"]


class Bench:
    """Workflows, portals in memory, and everything else a run needs, for real, on the configured database.

    `today` is the day of every run. `patience` decides the number of attempts. `passed` is called at each durable
    boundary; raise from it what a crash there should look like. `originals` holds the applications' files by reference,
    and `inbox_portal` names the portal in which their status is set. `clock` tells the time, `pause` lets it pass, and
    `highest_mode` bounds what is written. `editions` are the workflows' installed versions. Reassign any of them, and
    put more into `portals` and `originals`, at will.
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
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.pause: Callable[[float], None] = time.sleep
        self.highest_mode = Mode.AUTOMATISK
        self.editions: dict[str, Edition] = {}
        self.evidence: EvidenceRecorder | None = None
        self.stop = StopSignal()
        self.keys = JournalKeys({department: secrets.token_bytes(KEY_BYTES)}, Ed25519PrivateKey.generate())
        self.origin = "medarbetare.example/journal"
        self.journal = Journal(self.keys, origin=self.origin, clock=lambda: self.clock())
        self.register = CaseRegister(self.journal)
        self.originals: dict[str, Original] = {}
        self.inbox_portal: str | None = None
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
        """The lease of a case, as a worker takes it. An earlier worker's lease ends: it is taken for dead."""
        Case.objects.filter(handle=case.handle).update(lease_until=None)
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

        Raises what a worker lets through: LeaseLost, JournalError and StopRequested, and what `passed` raises.
        """
        return CaseRunner(self._workflows, self._surroundings(), self.editions).run(self.take(case)).status

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
