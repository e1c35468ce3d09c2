"""Which cases a hold keeps back is said twice and must be the same: the sweep's query and the taking of a lease."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import transaction

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.engine.holds import EVERYTHING, RESTORE, not_held, of_portal, of_workflow
from medarbetare.engine.lease import take
from medarbetare.engine.models import Hold, PortalStanding, Recovery
from medarbetare.engine.outcome import handed_over
from medarbetare.testing import Bench

KASSA, BANK = of_portal("kassa"), of_portal("bank")
WAITS_FOR = ("", KASSA, BANK, RESTORE)
WORKFLOWS = ("flode", "annat")

ROBOT = ("går", "pausad")
WORKFLOW = ("går", "pausat")
PORTAL = ("svarar", "pausad", "nekar inloggning", "pausad och nekar", "vilar", "har vilat")
OTHER = ("svarar", "pausad", "nekar inloggning")
RESTORED = ("nej", "inte avstämd", "avstämd", "avstämd och åter inte")


@pytest.fixture
def cases(database: Dsn) -> dict[tuple[str, str], str]:
    """The handle of a due case of each workflow, waiting for each thing."""
    bench = Bench(dict.fromkeys(WORKFLOWS, lambda run: handed_over("klart")))
    made = {}
    for workflow, waits_for in product(WORKFLOWS, WAITS_FOR):
        case = bench.receive(f"{workflow} {waits_for}", f"{workflow} {waits_for}", workflow)
        Case.objects.filter(handle=case.handle).update(waits_for=waits_for)
        made[workflow, waits_for] = case.handle
    return made


def lay_out(robot: str, workflow: str, portal: str, other: str, restored: str) -> None:
    """Let everything stand as the words say."""
    now = datetime.now(UTC)
    paused = {EVERYTHING: robot, of_workflow("flode"): workflow, KASSA: portal, BANK: other}
    Hold.objects.bulk_create(
        Hold(what=what, since=now, by="test") for what, how in paused.items() if how.startswith("pausa")
    )
    for name, how in (("kassa", portal), ("bank", other)):
        if "nekar" in how:
            PortalStanding.objects.create(portal=name, login_refused_at=now, last_failure="avvisades")
        if "vila" in how:
            rest = timedelta(hours=1 if how == "vilar" else -1)
            PortalStanding.objects.create(portal=name, failures=9, open_until=now + rest)
    if restored.startswith("avstämd"):
        Recovery.objects.create(noticed_at=now, why="test", passed_at=now)
    if restored.endswith("inte avstämd") or restored.endswith("åter inte"):
        Recovery.objects.create(noticed_at=now, why="test")


def is_held(at: tuple[str, str], robot: str, workflow: str, portal: str, other: str, restored: str) -> bool:
    """What people are told: see `medarbetare pause --help` and the page on restores."""
    of, waits_for = at
    return (
        robot == "pausad"
        or (of == "flode" and workflow == "pausat")
        or (waits_for == KASSA and portal in ("pausad", "nekar inloggning", "pausad och nekar"))
        or (waits_for == BANK and other != "svarar")
        or (waits_for == RESTORE and restored in ("inte avstämd", "avstämd och åter inte"))
    )


def test_the_sweep_queues_exactly_the_cases_whose_lease_can_be_taken(cases: dict[tuple[str, str], str]) -> None:
    told = []
    for state in product(ROBOT, WORKFLOW, PORTAL, OTHER, RESTORED):
        with transaction.atomic():
            lay_out(*state)
            queued = set(Case.objects.filter(not_held()).values_list("handle", flat=True))
            for at, handle in cases.items():
                answers = handle in queued, take(handle, "test", timedelta(minutes=1)) is not None
                expected = not is_held(at, *state)
                told.append(expected)
                assert answers == (expected, expected), f"{at} when {state}: sweep, lease = {answers}"
            transaction.set_rollback(True)
    assert {True, False} == set(told)
