"""What `bootstrap` wires into a worker: what must reach it beside its workflows, on a real portal in a browser.

Each of these is one line there, and a worker without it looks well until the day when it matters.
"""

import io
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.db import connections
from psycopg.conninfo import make_conninfo
from pydantic import BaseModel

from medarbetare.bootstrap import build_worker, read_configuration
from medarbetare.cases.models import Case
from medarbetare.config import config_folder
from medarbetare.database.dsn import Dsn
from medarbetare.engine import Mode, NaturalKey, Original, Outcome, Submit, decided
from medarbetare.engine.holds import EVERYTHING, Holds, of_portal, of_workflow
from medarbetare.engine.messages import WorkOnCase
from medarbetare.engine.models import PortalStanding
from medarbetare.engine.progress import PROGRESS_VARIABLE, Stamps
from medarbetare.engine.run import Run
from medarbetare.engine.runner import Edition
from medarbetare.testing import Bench

PORTAL, MODULE, DEPARTMENT = "gammalt", "arbetsflode_pa_prov", "ekonomiskt_bistand"
ZONE = ZoneInfo("Europe/Stockholm")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Post(BaseModel):
    belopp: Decimal


@dataclass
class Beslut:
    """A decision in the old system."""

    run: Run
    name: str = "beslut"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK
    key: NaturalKey = field(default_factory=lambda: NaturalKey("tova", "2026-12", "beslut"))
    intended: Post = field(default_factory=lambda: Post(belopp=Decimal(6865)))

    def read(self) -> Sequence[Post]:
        rows = self.run.portal(PORTAL).page("arende", arende="1").table("beslut")
        return [Post(belopp=Decimal(row["belopp"])) for row in rows if row["datum"] == "2026-12-01"]

    def fill(self) -> Submit:
        page = self.run.portal(PORTAL).page("nytt_beslut", arende="1")
        page.fill("belopp", 6865)
        return lambda: page.commit("spara")


class Workflow:
    """As much of one as a worker asks of it."""

    version, edition = "1", Edition()

    def household(self, original: Original) -> str | None:
        return None

    def ruleset(self) -> dict[str, bytes]:
        return {}

    @staticmethod
    def flow(run: Run) -> Outcome:
        if run.reference.startswith("läs"):
            run.step("läs", lambda: len(run.portal(PORTAL).page("arende", arende="1").table("beslut")), int)
            return decided("Läst.")
        run.mode = Mode.AUTOMATISK
        run.write(Beslut(run))
        return decided("Bifall.")


@dataclass
class House:
    """A configuration, the cases, and a worker as `bootstrap` builds it."""

    config: Path
    bench: Bench
    stack: ExitStack

    def change(self, file: str, **content: object) -> None:
        (self.config / file).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")

    def change_portal(self, **content: object) -> None:
        [portal] = yaml.safe_load((self.config / "portals.yaml").read_text("utf-8"))["portals"]
        self.change("portals.yaml", portals=[{**portal, **content}])

    def work_on(self, case: Case, meanwhile: Callable[[], object] = lambda: None) -> Case:
        """Let a worker take the case a stretch further; `meanwhile` happens when it has been given the case."""
        return self.work_on_all([case], meanwhile)[0]

    def work_on_all(self, cases: Sequence[Case], meanwhile: Callable[[], object] = lambda: None) -> list[Case]:
        """Let one worker take the cases a stretch further, one after another."""
        stamps, told = Stamps.create(), []
        self.stack.callback(stamps.close)
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv(PROGRESS_VARIABLE, str(os.dup(stamps.descriptor)))
            process = build_worker(read_configuration(self.config), told.append)
        leases = [self.bench.take(case) for case in cases]
        meanwhile()
        orders = [WorkOnCase(case=one.case, token=one.token).model_dump_json().encode() + b"\n" for one in leases]
        try:
            process.worker.serve(io.BytesIO(b"".join(orders)))
        finally:
            # Django has a connection of its own for the loop that the browser keeps running: no other test inherits it.
            connections.close_all()
            process.browser.close()
        assert [one.tell for one in told].count("done") == len(cases), told
        return [Case.objects.get(handle=case.handle) for case in cases]


@pytest.fixture
def house(database: Dsn, system: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    bench = Bench({"prov": Workflow.flow}, department=DEPARTMENT)
    monkeypatch.setenv("TEST_DATABASE", make_conninfo(**database.parameters))
    monkeypatch.setenv("TEST_SIGNING_KEY", bench.keys.signing.private_bytes_raw().hex())
    monkeypatch.setenv("TEST_DEPARTMENT_KEY", bench.keys.departments[DEPARTMENT].hex())
    monkeypatch.setenv("MEDARBETARE_SELECTORS", str(Path(__file__).parent / "selectors"))
    # As every worker has it: Playwright keeps a loop in the thread that also uses the models.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    module = ModuleType(MODULE)
    module.build = lambda settings: Workflow()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, MODULE, module)
    handlers = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    with ExitStack() as stack:
        house = House(tmp_path / "config", bench, stack)
        shutil.copytree(config_folder(), house.config)
        settings = {
            "municipality": "Exempelby",
            "practice_date": "2026-12-01",
            "database": {"url": {"env": "TEST_DATABASE"}},
            "outside": str(tmp_path / "outside"),
            "journal": {
                "origin": bench.origin,
                "signing_key": {"env": "TEST_SIGNING_KEY"},
                "department_keys": {DEPARTMENT: {"env": "TEST_DEPARTMENT_KEY"}},
            },
        }
        secrets = {one: {"env": f"PROV_{one.upper()}"} for one in ("user", "password", "totp")}
        portal = {"name": PORTAL, "address": system.address, "visibility": {"limit_s": 1}, **secrets}
        inbox = {"kind": "folder", "folder": "../post", "department": DEPARTMENT, "workflow": "prov"}
        house.change("medarbetare.yaml", **settings)
        house.change("portals.yaml", portals=[portal])
        house.change("workflows.yaml", workflows={"prov": {"module": MODULE, "settings": "."}})
        house.change("inbox.yaml", inboxes={"filer": inbox})
        house.change("schedule.yaml", runs={"filer": {"inboxes": ["filer"], "cron": "0 6 * * mon"}})
        yield house
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_worker_leaves_a_closed_portal_alone_until_it_opens(house: House, system: Any) -> None:
    opens = datetime.combine(datetime.now(ZONE).date() + timedelta(days=3), time(6), ZONE)
    hours = {"days": {WEEKDAYS[opens.weekday()]: "06:00-20:00"}, "on_holidays": "06:00-20:00"}
    run = {"inboxes": ["filer"], "cron": "0 6 * * mon"}
    house.change("schedule.yaml", runs={"filer": run}, opening_hours={PORTAL: hours})

    case = house.work_on(house.bench.receive("R", "tova"))

    assert (case.status, case.due_at, system.requests) == ("väntar", opens, [])


@pytest.mark.parametrize("what", [EVERYTHING, of_workflow("prov"), of_portal(PORTAL)])
def test_a_worker_stops_at_the_next_step_of_what_is_paused(house: House, system: Any, what: str) -> None:
    holds = Holds(house.bench.journal, DEPARTMENT, lambda: datetime.now(UTC))

    case = house.work_on(house.bench.receive("R", "tova"), meanwhile=lambda: holds.pause(what, "test"))

    assert (case.status, case.attempts, system.requests) == ("väntar", 0, [])
    assert case.waits_for == (what if what == of_portal(PORTAL) else "")


def test_a_refused_log_in_is_told_to_every_worker(house: House, system: Any) -> None:
    system.password = "annat"

    case = house.work_on(house.bench.receive("R", "tova"))

    assert (case.status, system.logins) == ("väntar", 1)
    assert PortalStanding.objects.get().login_refused_at is not None


class Failing(dict[str, int]):
    """Pages that fail so many times, one after another."""

    def pop(self, path: str, *default: Any) -> int:  # type: ignore[override]
        self[path] -= 1
        if not self[path]:
            super().pop(path)
        return 500


AT_ONCE = {"wait_initial": 0.01, "wait_max": 0.01}


@pytest.mark.parametrize(("attempts", "status"), [(3, "väntar"), (4, "beslutad")])
def test_a_portals_own_patience_is_what_its_pages_are_tried_with(
    house: House, system: Any, attempts: int, status: str
) -> None:
    house.change_portal(retry={"attempts": attempts, **AT_ONCE})
    system.fail_at = Failing({"/visa": 3})

    assert house.work_on(house.bench.receive("läs-1", "tova")).status == status


def test_the_breaker_that_one_worker_has_opened_keeps_the_next_from_the_portal(house: House, system: Any) -> None:
    house.change_portal(retry={"attempts": 20, **AT_ONCE})
    system.fail_at = Failing({"/visa": 20})
    first, second = house.bench.receive("läs-1", "tova"), house.bench.receive("läs-2", "pia")

    assert house.work_on(first).status == "väntar"
    standing = PortalStanding.objects.get()
    assert (standing.failures, system.requests.count("POST /visa")) == (5, 5)
    assert standing.open_until is not None
    system.requests.clear()
    held = house.work_on(second)

    assert (held.status, held.attempts, held.due_at) == ("väntar", 0, standing.open_until)
    assert "POST /visa" not in system.requests


def test_a_worker_that_takes_one_case_after_another_logs_in_once(house: House, system: Any) -> None:
    cases = [house.bench.receive(f"läs-{number}", f"person {number}") for number in (1, 2)]

    assert [one.status for one in house.work_on_all(cases)] == ["beslutad", "beslutad"]
    assert (system.logins, system.requests.count("POST /visa")) == (1, 2)


@pytest.mark.parametrize("keep", [True, False])
def test_evidence_of_a_write_is_kept_before_at_and_after_it_where_that_is_on(
    house: House, system: Any, keep: bool
) -> None:
    settings = yaml.safe_load((house.config / "medarbetare.yaml").read_text("utf-8"))
    house.change("medarbetare.yaml", **settings, evidence={"keep": keep})

    case = house.work_on(house.bench.receive("R", "tova"))

    assert case.status == "beslutad"
    shown: dict[str, list[bytes]] = {}
    for entry in house.bench.entries(case, "write."):
        for piece in entry.payload.get("evidence", ()):
            kind, content = house.bench.journal.piece(case.handle, DEPARTMENT, piece["sha256"])
            if kind == "text/html":
                shown.setdefault(piece["name"].partition(":")[0], []).append(content)
    typed, saved = b'value="6865"', b">6865</td>"
    found = {
        moment: [any(sign in page for page in pages) for sign in (typed, saved)] for moment, pages in shown.items()
    }
    kept = {"pre-read": [False, False], "submit": [True, False], "read-back": [False, True]}
    assert found == (kept if keep else {})
