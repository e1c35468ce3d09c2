"""A worker process without a browser, started by a real supervisor: only the portals are not real.

    LEAN_DATABASE    where the database is, as libpq writes it
    LEAN_KEYS        origin of the journal, its signing key and the department's key (hexadecimal), one a line
    LEAN_LATENCY     seconds that a portal takes to answer for one page
    LEAN_VISIBLE     seconds within which the portal promises to show what it has saved (10)
    LEAN_ATTEMPTS    how often a case is begun before a person takes over
    LEAN_GATE        a file; while it is missing, a worker that is started ends before it is ready
    LEAN_GO          a file; until it is there, a case that waits keeps its worker
    LEAN_INBOX       what lies in the inbox: references, with a semicolon between the pages of its list
    LEAN_KILLS       a folder; a file in it named after a point of the intake kills the worker there, once:
                     `före X` and `efter X` that application X is noted as a case, `sida X` before a page begins with X

A case's reference says what its workflow does: `dör…` kills the worker at once, `faller…` does so after its first step,
`väntar…` waits for LEAN_GO, everything else reads and writes as an application does. An application called
`fatal…` in the inbox kills whoever takes it in.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.conninfo import conninfo_to_dict
from pydantic import BaseModel

from medarbetare.database.connection import configure, load_models
from medarbetare.database.dsn import Dsn
from medarbetare.engine.progress import PROGRESS_VARIABLE, Stamps

load_models()

from medarbetare.cases.register import CaseRegister  # noqa: E402
from medarbetare.engine import Mode, NaturalKey, Outcome, Submit, decided  # noqa: E402
from medarbetare.engine.run import Boundary, Run  # noqa: E402
from medarbetare.engine.runner import CaseRunner  # noqa: E402
from medarbetare.engine.worker import Worker, tell_passed, teller  # noqa: E402
from medarbetare.inbox import Intake  # noqa: E402
from medarbetare.inbox.contract import InboxEntry, Seen  # noqa: E402
from medarbetare.journal.keys import JournalKeys  # noqa: E402
from medarbetare.journal.writing import Entry, Journal  # noqa: E402
from medarbetare.log import configure_log  # noqa: E402
from medarbetare.testing import Bench, MemoryPortal, Sheet  # noqa: E402

READS = 8
WRITES = 2
PAGES = READS + 4 * WRITES
"""Pages of one application: one a read; pre-read, form, its answer and read-back of a write."""


class Record(BaseModel):
    """What the portal holds."""

    amount: int


class Save:
    """Saves one record by way of a form."""

    portal = "register"
    needs = Mode.AUTOMATISK
    intended = Record(amount=6865)

    def __init__(self, run: Run, name: str) -> None:
        self.name = name
        self.key = NaturalKey(household=run.case.household, month="2026-12", kind=name)
        self._portal = run.portal(self.portal)

    def read(self) -> list[Record]:
        """What is saved, by fresh navigation."""
        rows = self._portal.page("lista", key=self.key.canonical()).table("poster")
        return [Record(amount=int(row["belopp"])) for row in rows]

    def fill(self) -> Submit:
        """The click that saves."""
        page = self._portal.page("ny", key=self.key.canonical())
        page.fill("belopp", self.intended.amount)
        return lambda: page.commit("spara")


def flow(run: Run) -> Outcome:
    """Reads, writes and decides, or does harm."""
    if run.reference.startswith("dör"):
        os.kill(os.getpid(), signal.SIGKILL)
    if run.reference.startswith("väntar"):
        run.step("väntar", wait_to_go, bool)
    for number in range(READS):
        run.step(f"läs {number}", lambda: run.portal("register").page("uppgift").read("text"), str)
        if run.reference.startswith("faller"):
            os.kill(os.getpid(), signal.SIGKILL)
    run.mode = Mode.AUTOMATISK
    for number in range(WRITES):
        run.write(Save(run, f"post {number}"))
    return decided("klart")


def wait_to_go() -> bool:
    """Keep the worker until LEAN_GO is there."""
    while not Path(os.environ["LEAN_GO"]).exists():
        time.sleep(0.02)
    return True


def fall(point: str) -> None:
    """Be killed at a point of the intake, if LEAN_KILLS says so and it has not happened yet."""
    try:
        (Path(os.environ["LEAN_KILLS"]) / point).unlink()
    except (KeyError, FileNotFoundError):
        return
    os.kill(os.getpid(), signal.SIGKILL)


class DeadlyJournal(Journal):
    """A journal at which the worker may be killed while a case is made, before that is durable."""

    def append(self, *, kind: str, payload: Mapping[str, Any], **entry: Any) -> Entry:
        """As the journal's own."""
        if kind != "case.created":
            return super().append(kind=kind, payload=payload, **entry)
        reference = payload["reference"]
        fall(f"före {reference}")
        noted = super().append(kind=kind, payload=payload, **entry)
        fall(f"efter {reference}")
        if reference.startswith("fatal"):
            os.kill(os.getpid(), signal.SIGKILL)
        return noted


class Inbox:
    """What LEAN_INBOX says."""

    portal = None

    def arrivals(self) -> Iterator[Sequence[Seen]]:
        """A page at a time."""
        for page in os.environ.get("LEAN_INBOX", "").split(";"):
            references = page.split()
            fall(f"sida {references[0]}" if references else "")
            yield [Seen(one, household=lambda one=one: one) for one in references]


def register(latency: float) -> MemoryPortal:
    """A portal that takes its time for each page."""
    saved: dict[str, list[dict[str, str]]] = {}

    def shown(sheet: Sheet) -> Sheet:
        time.sleep(latency)
        return sheet

    def save(key: str, typed: dict[str, str]) -> None:
        time.sleep(latency)
        saved.setdefault(key, []).append(typed)

    pages: dict[str, Any] = {
        "uppgift": lambda: shown(Sheet(texts={"text": "en uppgift"})),
        "lista": lambda key: shown(Sheet(tables={"poster": list(saved.get(key, []))})),
        "ny": lambda key: shown(Sheet(fields={"belopp"}, commits={"spara": lambda typed: save(key, typed)})),
    }
    return MemoryPortal("register", pages, visible_within=timedelta(seconds=int(os.environ.get("LEAN_VISIBLE", 10))))


def main() -> None:
    """Carry out orders until the pipe is closed."""
    orders, told = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    configure_log(sys.stderr)
    if (gate := os.environ.get("LEAN_GATE")) and not Path(gate).exists():
        sys.exit(1)
    configure(Dsn({key: str(value) for key, value in conninfo_to_dict(os.environ["LEAN_DATABASE"]).items()}))
    origin, signing, department = os.environ["LEAN_KEYS"].split("\n")
    stamps = Stamps(int(os.environ[PROGRESS_VARIABLE]))
    bench = Bench({"flode": flow}, [register(float(os.environ.get("LEAN_LATENCY", "0")))])
    bench.patience = replace(bench.patience, attempts_per_case=int(os.environ.get("LEAN_ATTEMPTS", "5")))
    bench.keys = JournalKeys(
        {bench.department: bytes.fromhex(department)}, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(signing))
    )
    bench.journal = DeadlyJournal(bench.keys, origin=origin)
    entry = InboxEntry(department=bench.department, workflow="flode")

    def pull(inbox: str) -> int:
        intake = Intake(inbox, entry, CaseRegister(bench.journal), bench.keys.pseudonym, lambda: datetime.now(UTC))
        return intake.pull(Inbox())

    tell = teller(told)
    passed = tell_passed(tell)

    def noted(boundary: Boundary) -> None:
        stamps.stamp()
        passed(boundary)

    bench.passed = noted
    runner = CaseRunner({"flode": flow}, bench._surroundings(), bench.editions)
    Worker(runner, pull, dict, bench.stop, tell, stamps.stamp, rest=lambda: None).serve(orders)


if __name__ == "__main__":
    main()
