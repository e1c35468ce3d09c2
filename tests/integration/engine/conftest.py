"""The bench with one workflow, and a case register that staff also work in, for the reconciliation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.engine.effect import NaturalKey, Submit
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.outcome import Outcome, decided, handed_over, stopped
from medarbetare.engine.portal import Portal
from medarbetare.engine.reconciling import Reconciliation, Report
from medarbetare.engine.rereading import Finished, Receipt
from medarbetare.engine.run import Run
from medarbetare.engine.runner import Flow
from medarbetare.testing import IMPATIENT, Bench, MemoryPortal, Sheet

SHIELDED = "skyddad"


@pytest.fixture
def bench_with(database: Dsn) -> Callable[..., Bench]:
    """A bench on the test's database, with one workflow and some portals."""

    def made(flow: Flow, *portals: Portal) -> Bench:
        return Bench({"flode": flow}, portals)

    return made


class Betalning(BaseModel):
    model_config = ConfigDict(frozen=True)

    vem: str
    belopp: Decimal


@dataclass
class Betala:
    """A payment to a household, once a month."""

    portal_: Portal
    vem: str
    name: str = "utbetalning"
    portal: str = "kassa"
    needs: Mode = Mode.AUTOMATISK
    belopp: str = "100.00"

    @property
    def key(self) -> NaturalKey:
        return NaturalKey(self.vem, "2026-12", "utbetalning")

    @property
    def intended(self) -> Betalning:
        return Betalning(vem=self.vem, belopp=Decimal(self.belopp))

    def read(self) -> Sequence[Betalning]:
        rows = self.portal_.page("lista").table("betalningar")
        return [Betalning.model_validate(row) for row in rows if row["vem"] == self.vem]

    def fill(self) -> Submit:
        page = self.portal_.page("ny")
        page.fill_all({"vem": self.vem, "belopp": self.belopp})
        return lambda: page.commit("spara")


@pytest.fixture
def betala() -> type[Betala]:
    """The write of these tests."""
    return Betala


@dataclass
class Kassa:
    """Somebody else's system, the workflow that pays in it, and a reconciliation of both."""

    bench: Bench = field(init=False)
    rows: list[dict[str, str]] = field(default_factory=list)
    decided_by_staff: set[str] = field(default_factory=set)
    fails: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    while_reading: Callable[[], None] = lambda: None
    shielded_roles: frozenset[str] = frozenset({SHIELDED})
    title = "Flöde"
    version = "1"
    worker = ""
    betala = Betala

    def __post_init__(self) -> None:
        pages = {
            "lista": lambda: Sheet(tables={"betalningar": list(self.rows)}),
            "ny": lambda: Sheet(fields={"vem", "belopp"}, commits={"spara": self.rows.append}),
        }
        self.bench = Bench({"flode": self.flow}, [MemoryPortal("kassa", pages)])

    # The workflow.

    def flow(self, run: Run) -> Outcome:
        vem = run.step("läs", lambda: run.reference.split("-")[0], str)
        run.worker = self.worker
        if vem.startswith("pia"):
            return handed_over("En handläggare tar över.")
        run.mode = Mode.AUTOMATISK
        run.write(Betala(run.portal("kassa"), vem))
        return stopped("Får inte.", SHIELDED) if vem.startswith("svea") else decided("Betalt.")

    def rereader(self, portals: Callable[[str], Portal]) -> "Kassa":
        return self

    def records(self, receipt: Receipt, steps: Mapping[str, Any]) -> Sequence[BaseModel] | None:
        self._ask(steps["läs"])
        self.while_reading()
        return Betala(self.bench.portals["kassa"], receipt.key.household).read()

    def finished(self, steps: Mapping[str, Any]) -> Finished | None:
        self._ask(steps["läs"])
        self.while_reading()
        key = NaturalKey(steps["läs"], "2026-12", "beslut")
        return Finished(key, {"beslut": "01"}) if steps["läs"] in self.decided_by_staff else None

    def _ask(self, vem: str) -> None:
        self.asked.append(vem)
        if vem in self.fails:
            raise self.fails[vem]

    # The test's hands.

    def worked(self, vem: str) -> Case:
        case = self.bench.receive(f"{vem}-1", vem)
        self.bench.work_on(case)
        return case

    def reconcile(self, **changed: Any) -> Report:
        self.asked.clear()
        settings: dict[str, Any] = {
            "departments": [self.bench.department],
            "period": timedelta(days=100),
            "clock": lambda: datetime.now(UTC),
            "pseudonym": self.bench.keys.pseudonym,
            "patience": IMPATIENT,
            **changed,
        }
        workflows = settings.pop("workflows", {"flode": self})
        portals = self.bench.portals.__getitem__
        return Reconciliation(self.bench.journal, workflows, portals, **settings).run("schema")

    def note_write(self, case: Case, state: WriteState, key: NaturalKey) -> None:
        Write.objects.create(
            case=case,
            name=f"beslut {state}",
            portal="kassa",
            department=self.bench.department,
            natural_key=self.bench.keys.pseudonym(self.bench.department, key.canonical()),
            state=state,
            intended_at=datetime.now(UTC),
        )

    def summary(self) -> dict[str, Any]:
        (*_, last) = [
            self.bench.journal.entry(index)
            for index in range(self.bench.journal.verify().size)
            if self.bench.journal.entry(index).kind == "reconciliation"
        ]
        return last.payload


@pytest.fixture
def kassa(database: Dsn) -> Kassa:
    return Kassa()
