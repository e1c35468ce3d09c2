"""A robot whose database is lost and restored from a real dump, and a case system and an inbox that remember all."""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.db import connections
from psycopg import sql
from pydantic import BaseModel, ConfigDict

from medarbetare.cases.models import Case
from medarbetare.cases.register import CaseRegister
from medarbetare.cases.retention import Retention, RetentionRule, RetentionSettings
from medarbetare.cases.status import CaseStatus
from medarbetare.database.backup import dump, restore
from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.mark import OutsideDatabase
from medarbetare.engine.effect import NaturalKey, Submit
from medarbetare.engine.mode import Mode
from medarbetare.engine.original import Original
from medarbetare.engine.outcome import Outcome, decided, handed_over
from medarbetare.engine.portal import Portal
from medarbetare.engine.reconciling_restore import InboxView, Lying, Restored, RestoreReconciliation
from medarbetare.engine.recovery import MarkKeeper, RestoreWatch
from medarbetare.engine.rereading import Application, Trace, Traces
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError, PortalError
from medarbetare.journal.erasing import to_list
from medarbetare.journal.writing import Journal
from medarbetare.testing import IMPATIENT, INBOX, Bench, MemoryPortal, Sheet

ROBOT = "robot7"
KINDS = ("aktualisering", "beslut", "utbetalning")


class Post(BaseModel):
    model_config = ConfigDict(frozen=True)

    vem: str
    belopp: Decimal


@dataclass
class Skriv:
    """One record of a household in the case system, which shows who has registered it."""

    portal_: Portal
    name: str
    vem: str
    portal: str = "system"

    @property
    def needs(self) -> Mode:
        return Mode.FORBERED if self.name == "aktualisering" else Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        return NaturalKey(self.vem, "2026-12", self.name)

    @property
    def intended(self) -> Post:
        return Post(vem=self.vem, belopp=Decimal("100"))

    def read(self) -> Sequence[Post]:
        return self.by()

    def by(self, robot: str | None = None) -> list[Post]:
        rows = self.portal_.page("lista").table("poster")
        mine = [row for row in rows if (row["vem"], row["slag"]) == (self.vem, self.name)]
        return [Post.model_validate(row) for row in mine if robot in (None, row["av"])]

    def fill(self) -> Submit:
        page = self.portal_.page("ny")
        page.fill_all({"vem": self.vem, "belopp": "100", "slag": self.name})
        return lambda: page.commit("spara")


@dataclass
class Kommun:
    """A case system and an inbox that know nothing of the robot's database, and the robot with its database."""

    dsn: Dsn
    folder: Path
    rows: list[dict[str, str]] = field(default_factory=list)
    lying: list[str] = field(default_factory=list)
    old: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    protected: set[str] = field(default_factory=set)
    read: list[str] = field(default_factory=list)
    robot: str = ROBOT
    shielded_roles = frozenset({"skyddad"})
    title, version = "Flöde", "1"

    def __post_init__(self) -> None:
        pages = {
            "lista": lambda: Sheet(tables={"poster": list(self.rows)}),
            "ny": lambda: Sheet(
                fields={"vem", "belopp", "slag"},
                commits={"spara": lambda typed: self.rows.append({**typed, "av": ROBOT})},
            ),
        }
        self.bench = Bench({"flode": self.flow}, [MemoryPortal("system", pages)])
        self.outside = OutsideDatabase(self.folder / "outside")
        keeper = MarkKeeper(self.outside, self.bench.origin)
        self.bench.journal = Journal(self.bench.keys, origin=self.bench.origin, on_signed=keeper.signed)
        self.bench.register = CaseRegister(self.bench.journal)
        rule = RetentionRule(years=5, approved_by="Nämnden", decision_reference="§ 1", valid_from=date(2020, 1, 1))
        self.retention = Retention(
            self.bench.journal,
            RetentionSettings(departments={self.bench.department: rule}),
            lambda: datetime.now(UTC),
            lambda erasure: self.outside.list_erasures([to_list(self.bench.journal, erasure)]),
        )

    def watch(self) -> RestoreWatch:
        """As a process has it that has just been started."""
        return RestoreWatch(
            self.bench.journal,
            MarkKeeper(self.outside, self.bench.origin),
            department=self.bench.department,
            actor="robot",
            erase_again=lambda erasures: self.retention.erase_again(erasures, "robot"),
        )

    # The workflow.

    def flow(self, run: Run) -> Outcome:
        vem = json.loads(run.step("hämta ansökan", run.original, Original).content)["vem"]
        run.mode = Mode.AUTOMATISK
        system = run.portal("system")
        run.write(Skriv(system, "aktualisering", vem))
        if vem.startswith("pia"):
            run.approval("beslut", handed_over("En handläggare tar över."))
        run.write(Skriv(system, "beslut", vem))
        run.write(Skriv(system, "utbetalning", vem))
        return decided("Betalt.")

    def rereader(self, portals: Callable[[str], Portal]) -> "Kommun":
        return self

    def traces(self, application: Application, robot: Callable[[str], str]) -> Traces:
        vem = json.loads(application.original.content)["vem"]
        self.read.append(vem)
        if vem in self.silent:
            raise PortalError("Nere.", portal="system")
        if vem == "oläslig":
            raise BusinessError("Ansökan går inte att läsa.")
        if vem in self.protected:
            return Traces(shielded=True)
        effects = [Skriv(self.bench.portals["system"], kind, vem) for kind in KINDS]
        found = {one.name: (one, one.by(robot("system"))) for one in effects}
        has_decided = bool(found["beslut"][1] or found["utbetalning"][1])
        return Traces(
            tuple(
                Trace(name, "system", one.key, tuple(records), decides=name != "aktualisering")
                for name, (one, records) in found.items()
                if records
            ),
            tuple(name for name in KINDS[1:] if has_decided and not found[name][1]),
        )

    # The test's hands.

    def arrives(self, *names: str) -> None:
        for vem in names:
            reference = f"{vem}-1"
            self.lying.append(reference)
            self.bench.originals[reference] = Original.of(json.dumps({"vem": vem}).encode())

    def take_in(self, vem: str) -> Case:
        return self.bench.receive(f"{vem}-1", vem)

    def works(self, vem: str) -> CaseStatus:
        case = self.case(vem) or self.take_in(vem)
        return self.bench.work_on(case)

    def case(self, vem: str) -> Case | None:
        return Case.objects.filter(reference=f"{vem}-1").first()

    def status(self, vem: str) -> str | None:
        case = self.case(vem)
        return None if case is None else case.status

    def backup(self) -> Path:
        self.bench.journal.checkpoint()
        file = self.folder / f"kopia-{secrets.token_hex(4)}"
        dump(self.dsn, file)
        return file

    def restore(self, file: Path) -> None:
        """The database is lost, and another one is filled from the backup."""
        name = f"{self.dsn.dbname}_r{secrets.token_hex(2)}"
        with self.dsn.with_database("postgres").connect() as maintenance:
            maintenance.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        self.dsn = self.dsn.with_database(name)
        restore(self.dsn, file)
        configure(self.dsn)

    def reconcile(self) -> Restored:
        self.read.clear()
        view = InboxView(
            INBOX, self.bench.department, "flode", None, self.everything, lambda one: self.bench.originals[one]
        )
        return RestoreReconciliation(
            self.bench.journal,
            {"flode": self},  # type: ignore[dict-item]
            self.bench.portals.__getitem__,
            [view],
            robot=lambda portal: self.robot,
            department=self.bench.department,
            clock=lambda: datetime.now(UTC),
            pseudonym=self.bench.keys.pseudonym,
            patience=IMPATIENT,
        ).run("robot")

    def everything(self) -> Iterator[Lying]:
        for reference in self.bench.register.never_seen(INBOX, self.lying):
            received = date(2020, 1, 1) if reference in self.old else datetime.now(UTC).date()
            pseudonym = partial(self.bench.keys.pseudonym, self.bench.department, reference.split("-")[0])
            yield Lying(reference, pseudonym, lambda received=received: received, is_new=True)

    def registered(self, vem: str) -> list[str]:
        return sorted(row["slag"] for row in self.rows if row["vem"] == vem)


@pytest.fixture
def kommun(database: Dsn, tmp_path: Path) -> Iterator[Kommun]:
    made = Kommun(database, tmp_path)
    yield made
    connections.close_all()
    with database.with_database("postgres").connect() as maintenance:
        rows = maintenance.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{database.dbname}_r%"]
        ).fetchall()
        for (name,) in rows:
            maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
