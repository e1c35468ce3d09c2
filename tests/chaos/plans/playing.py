"""The play of a plan: the real workflow, engine, journal and database against fakes that lie."""

import random
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from plans.case_system import END, LETTER, CaseSystem
from plans.clock import Clock
from plans.faults import WORKER, Hits
from plans.households import Household, household
from plans.plan import LIMIT, Plan
from plans.records import Press, Worker
from plans.registers import Agencies, EService, PopulationRegister
from plans.surface import Crash, StubbornPortal, World

from arbetsfloden.ekonomiskt_bistand.arbetsflode import EkonomisktBistand
from arbetsfloden.ekonomiskt_bistand.flow import handlagg
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.questions import Kind
from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.cases.status import RUNNABLE, CaseStatus
from medarbetare.engine.breaker import Breaker
from medarbetare.engine.guarding import PortalGuard
from medarbetare.engine.holds import Holds, HoldWatch, standing
from medarbetare.engine.lease import Lease
from medarbetare.engine.models import Write
from medarbetare.engine.original import Original
from medarbetare.engine.patience import Patience, Retry
from medarbetare.engine.portal import Visibility
from medarbetare.engine.run import Boundary, StopSignal, Surroundings
from medarbetare.engine.settling import Settling, unknown_writes
from medarbetare.errors import BusinessError, LeaseLost, PortalError, StopRequested
from medarbetare.journal.keys import KEY_BYTES, JournalKeys
from medarbetare.journal.writing import Journal
from medarbetare.testing import INBOX, Bench

LEASE = timedelta(minutes=5)
MOST_STRETCHES = 40
MOST_SETTLED = 2
"""So often a person says of one case that nothing was saved, before giving it up."""
STATUS = "status i e-tjänsten"
KIND_OF = {
    "aktualisering": "aktualiseringar",
    "beräkning": "berakningar",
    "beslut": "beslut",
    "utbetalning": "utbetalningar",
    "journalanteckning": "journal",
    "anteckning om kommunicering": "journal",
    "anteckning om komplettering": "journal",
    "anteckning om påminnelse": "journal",
    "dokument": "journal",
    "bevakning": "bevakningar",
}
"""Which records each write of the workflow makes; several of a kind are numbered, and those of a round tell it."""
NOTES = (
    ("Kommunicering", "anteckning om kommunicering"),
    ("Begäran om komplettering", "anteckning om komplettering"),
    ("Påminnelse om komplettering", "anteckning om påminnelse"),
)
"""What the headings of notes on messages begin with, and the write that makes each."""
PERSON = Person("tova", "Tova Testsson")
PATIENCE = Patience(retry=Retry(wait_initial=timedelta(0), wait_max=timedelta(0)))


def kind_of(write: str) -> str | None:
    """Which records a write makes, by its name; None for what is no record of the case system."""
    return KIND_OF.get(_bare(write))


def _bare(write: str) -> str:
    return write.partition(",")[0].rstrip(" 0123456789")


def _is_of(press: Press, write: str) -> bool:
    """Whether a press was that write's. Notes are made by several writes, and told apart by form and heading."""
    if press.page == "ny_anteckning_med_bilaga":
        return _bare(write) == "dokument"
    if press.page == "ny_anteckning":
        heading = press.typed.get("rubrik_text", "")
        return _bare(write) == next((note for begins, note in NOTES if heading.startswith(begins)), "journalanteckning")
    return True


@dataclass
class Played:
    """What became of a plan, for the checker. `outcome` is the robot's last word."""

    plan: Plan
    household: Household
    cases: CaseSystem
    agencies: Agencies
    service: EService
    register: PopulationRegister
    happened: dict[str, int]
    story: list[str]
    status: CaseStatus = CaseStatus.NEW
    outcome: dict[str, Any] = field(default_factory=dict)
    writes: dict[str, str] = field(default_factory=dict)
    approved: int = 0
    settled: int = 0
    stretches: int = 0
    fell: list[str] = field(default_factory=list)
    bench: "PlanBench | None" = None

    def journal_is_sound(self) -> bool:
        """Whether the whole journal of the plan verifies. To be asked before the next plan is played."""
        return self.bench is not None and self.bench.journal.verify().ok

    def put_right(self, write: str) -> bool:
        """Staff look after a write: is it there? They strike what is one too many, and mend what was damaged."""
        kind = kind_of(write)
        if kind is None:
            return bool(self.service.changes if write == STATUS else self.service.sent)
        own = [
            one
            for one in self.cases.of(kind, robot=True)
            if not one.is_struck and _is_of(self.cases.presses[one.press - 1], write)
        ]
        if not own:
            return False
        kept = own[-1]
        if kind in ("beslut", "utbetalningar"):
            same = [one for one in self.cases.of(kind) if one.month == kept.month and one is not kept]
            others = [one for one in same if one.payee == kept.payee]
        else:
            others = [one for one in own if one.press == kept.press and one is not kept]
        for one in others:
            one.is_struck = True
        kept.damaged, kept.changed_by_staff = False, True
        return True


class PlanBench(Bench):
    """A bench whose clock is the plan's, and whose workers are known to the fakes."""

    def __init__(self, world: World, regelverk: Regelverk, portals: list[StubbornPortal]) -> None:
        super().__init__({"ateransokan": lambda run: handlagg(run, regelverk)}, portals, patience=PATIENCE)
        self.editions = {"ateransokan": EkonomisktBistand.edition}
        self._versions = {"ateransokan": regelverk.version}
        self._world = world
        self.clock = lambda: world.clock.now
        self.pause = world.clock.pass_by
        self.keys = JournalKeys({self.department: secrets.token_bytes(KEY_BYTES)}, SIGNING)
        self.journal = Journal(self.keys, origin=self.origin, clock=lambda: world.clock.now)
        self.register = CaseRegister(self.journal)
        breaker = Breaker()
        world.log_in = breaker.log_in_turn
        self._guard = PortalGuard(self.portals.__getitem__, breaker, HoldWatch(), lambda portal: self._opens_at())
        self.closes_at_night = False

    def take(self, case: Case, duration: timedelta = LEASE) -> Lease:
        """The lease; the fakes are told who holds the case now."""
        lease = super().take(case, duration)
        self._world.worker.is_superseded = True
        self._world.worker = Worker(lease.token, self._world.clock.now + duration)
        return lease

    def _fetch(self, inbox: str, reference: str) -> Original:
        if "inkorg_tyst" in self._world.hit("original", WORKER, "original"):
            raise PortalError("Inkorgen svarar inte.", portal="etjanst")
        return self.originals[reference]

    def _surroundings(self) -> Surroundings:
        world = self._world
        return replace(
            super()._surroundings(),
            portals=self._guard.portal,
            today=lambda: world.clock.today,
            versions=self._versions,
            originals=self._fetch,
        )

    def _opens_at(self) -> datetime | None:
        now = self._world.clock.now
        if not self.closes_at_night or 5 <= now.hour < 21:
            return None
        return (now if now.hour < 5 else now + timedelta(days=1)).replace(hour=5, minute=0, second=0, microsecond=0)


SIGNING = Ed25519PrivateKey.generate()


class Player:
    """Plays plans one after another in one database; the clock must be installed in it."""

    def __init__(self, clock: Clock, regelverk: Regelverk) -> None:
        self._clock = clock
        self.regelverk = regelverk
        self.codes: dict[str, str] = {}

    def play(self, plan: Plan) -> Played:
        """Take one application as far as it comes."""
        empty_tables()
        self._clock.begin()
        random.seed(0)  # the engine's pauses are spread by chance
        hits = Hits(plan.faults)
        world, one = World(self._clock, hits), household(plan.scenario)
        visibility = Visibility(LIMIT, plan.guaranteed)
        cases = CaseSystem(world, visibility, one)
        agencies, people = Agencies(world, visibility, one), PopulationRegister(world, visibility, one)
        service = EService(world, visibility, cases)
        bench = PlanBench(world, self.regelverk, [cases, agencies, people, service])
        bench.inbox_portal, bench.closes_at_night = service.name, plan.closes_at_night
        bench.originals[one.reference], bench.codes = one.original, self.codes
        played = Played(plan, one, cases, agencies, service, people, {}, world.story, bench=bench)
        _Play(world, bench, played).to_the_end()
        played.happened = dict(hits.happened)
        return played


class _Play:
    """One plan at play."""

    def __init__(self, world: World, bench: PlanBench, played: Played) -> None:
        self._world = world
        self._bench = bench
        self._played = played
        one = played.household
        (self._case,) = bench.register.take_in(
            [Arrival(one.reference, bench.keys.pseudonym(bench.department, one.applicant))],
            inbox=INBOX,
            department=bench.department,
            workflow="ateransokan",
            now=world.clock.now,
        )
        world.hang, world.stop = self._hang, lambda: bench.stop.request()
        bench.passed = self._passed

    def to_the_end(self) -> None:
        """Stretch after stretch, answers and waits between, until nothing more happens by itself."""
        played = self._played
        while played.stretches < MOST_STRETCHES and self._goes_on():
            self._stretch()
        played.status = self._bench.status(self._case)
        entries = self._bench.entries(self._case, "case.outcome")
        played.outcome = dict(entries[-1].payload) if entries else {}
        played.writes = dict(Write.objects.filter(case=self._case).values_list("name", "state"))

    def _goes_on(self) -> bool:
        status = self._bench.status(self._case)
        if status is CaseStatus.HANDED_OVER:
            return self._answered()
        if status is CaseStatus.UNKNOWN_OUTCOME:
            return self._settled()
        if status not in RUNNABLE:
            return False
        due, held = Case.objects.values_list("due_at", "waits_for").get(handle=self._case.handle)
        if held in standing() and not self._resumed(held):
            return False
        if due > self._world.clock.now:
            self._world.clock.set(due + self._played.plan.late)
        return True

    def _answered(self) -> bool:
        """Whether a person approves what waits for it."""
        handoff = Handoff.objects.filter(case=self._case, closed_at=None, about="").exclude(waits_at="").first()
        if handoff is None or self._played.approved >= self._played.plan.approvals:
            return False
        self._world.clock.pass_by(self._played.plan.answer_after)
        try:
            handoffs, today = Handoffs(self._bench.journal), self._world.clock.today
            answers = {one.name: today.isoformat() for one in handoffs.questions(handoff) if one.kind is Kind.DATE}
            handoffs.approve(handoff.pk, PERSON, self._world.clock.now, answers=answers, today=today)
        except BusinessError:
            return False
        self._world.tell(f"GODKÄND vid «{handoff.waits_at}»")
        self._played.approved += 1
        return True

    def _settled(self) -> bool:
        """Whether a person looks what became of the writes whose outcome is unknown, and tells it as it is."""
        played, handoff = self._played, Handoff.objects.filter(case=self._case, closed_at=None, about="").first()
        if handoff is None or not played.plan.settles or played.settled == MOST_SETTLED:
            return False
        self._world.clock.pass_by(played.plan.answer_after)
        for one in unknown_writes(self._case):
            done = played.put_right(one.name)
            now = self._world.clock.now
            Settling(self._bench.journal).settle(handoff.pk, one.name, done=done, person=PERSON, now=now)
            self._world.tell(f"UTRETT «{one.name}»: {'gjort' if done else 'inte gjort'}")
            played.settled += not done
        return self._bench.status(self._case) in RUNNABLE

    def _resumed(self, hold: str) -> bool:
        """Whether a person sees to a log-in that was refused."""
        portal = self._bench.portals[hold.partition(":")[2]]
        if not self._played.plan.settles or not isinstance(portal, StubbornPortal):
            return False
        portal.refuses = ""
        holds = Holds(self._bench.journal, self._bench.department, lambda: self._world.clock.now)
        holds.resume(hold, PERSON.actor)
        self._world.tell(f"ÅTERUPPTAGEN {hold}")
        return True

    def _stretch(self) -> None:
        self._played.stretches += 1
        began = self._played.stretches
        self._world.tell(f"STRÄCKA {began}")
        try:
            came = self._bench.work_on(self._case).value
        except Crash:
            came = "dog"
        except LeaseLost:
            came = "hade förlorat ärendet"
        except StopRequested:
            came = "stoppades"
            self._bench.stop = StopSignal()
        except Exception as error:  # noqa: BLE001 - told by the judge, with the plan and its story
            came = f"föll på {type(error).__name__}: {error}"
            self._played.fell.append(came)
        self._world.tell(f"STRÄCKA {began}: {came}")

    def _hang(self) -> None:
        """The worker stands still past its lease; another takes the case and comes as far as it can meanwhile."""
        me = self._world.worker
        self._world.clock.pass_by(LEASE + timedelta(seconds=1))
        self._world.tell(f"  arbetare {me.token} hänger, en annan tar ärendet")
        if self._bench.status(self._case) in RUNNABLE and self._played.stretches < MOST_STRETCHES:
            self._stretch()
        self._world.worker = me
        self._world.tell(f"  arbetare {me.token} vaknar")

    def _passed(self, boundary: Boundary) -> None:
        if boundary.point == "step":
            self._world.tell(f"  steg «{boundary.step}»")
        else:
            self._world.tell(f"  «{boundary.step}»: {boundary.point}")
        if "ny_uppgift" in self._world.hit("boundary", WORKER, boundary.point):
            for portal in self._bench.portals.values():
                if isinstance(portal, Agencies):
                    portal.learn()


def empty_tables() -> None:
    """Forget every case and the whole journal."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("UPDATE journal_head SET size = 0, frontier = ''::bytea")


_TABLES = (
    *("cases_handoff", "engine_write", "engine_reservation", "cases_case", "cases_knownreference"),
    *("procrastinate_jobs", "engine_hold", "engine_portalstanding"),
    *("journal_payload", "journal_leaf", "journal_checkpoint", "journal_casekey"),
)


def text_of(pdf: bytes) -> str:
    """Stands for the reader of PDFs, which costs half a second a letter. Raises BusinessError as it does."""
    if not (pdf.startswith(LETTER) and pdf.endswith(END)):
        raise BusinessError("Brevet är ingen läsbar PDF.")
    return pdf[len(LETTER) : -len(END)].decode()
