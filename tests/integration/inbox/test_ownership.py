"""A cutover: which applications are the robot's, and that the others are left as if it had never seen them."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from medarbetare.cases.models import Case, InboxReading, KnownReference
from medarbetare.database.dsn import Dsn
from medarbetare.inbox import FolderInbox, Intake, PortalInbox, PortalInboxSettings
from medarbetare.inbox.ownership import Ownership
from medarbetare.testing import Bench, MemoryPortal, Sheet

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ENTRY: dict[str, Any] = {"portal": "etjanst", "department": "avdelning", "workflow": "flode", "statuses": ["Inkommen"]}
Row = dict[str, str]
Pull = Callable[[Sequence[Row], dict[str, Any] | None], int]


@pytest.fixture
def pull(database: Dsn) -> Pull:
    """Reads an e-service that shows some rows, by a rule of ownership."""
    bench = Bench({})

    def read(rows: Sequence[Row], ownership: dict[str, Any] | None) -> int:
        settings = PortalInboxSettings.model_validate({**ENTRY, "ownership": ownership})
        portal = MemoryPortal("etjanst", {"inkorg": lambda: Sheet(tables={"arenden": rows})})
        intake = Intake("inkorg", settings, bench.register, bench.keys.pseudonym, lambda: NOW)
        return intake.pull(PortalInbox("inkorg", settings, lambda name: portal))

    return read


def row(reference: str, applicant: str = "", received: str = "2026-12-01 08:00") -> Row:
    return {
        "arendenummer": reference,
        "sokande": applicant or f"sökande {reference}",
        "inkommet": received,
        "status": "Inkommen",
    }


def taken() -> list[str]:
    return list(Case.objects.order_by("reference").values_list("reference", flat=True))


def test_what_came_in_before_the_day_is_the_others_and_so_is_what_tells_no_day(pull: Pull) -> None:
    rows = [
        row("A", received="2026-11-30 23:59"),
        row("B", received="2026-12-01"),
        row("C", received="2026-12-01 00:00"),
        row("D", received=""),
        row("E", received="1 december"),
    ]

    assert pull(rows, {"from": "2026-12-01"}) == 2

    assert taken() == ["B", "C"]
    reading = InboxReading.objects.get()
    assert (reading.seen, reading.others, reading.undated) == (5, ["A", "D", "E"], 2)
    assert reading.read_at == NOW


def test_what_is_passed_over_is_not_known_and_is_taken_in_when_the_rule_widens(pull: Pull) -> None:
    rows = [row(f"EB-{number}", applicant=f"hushåll {number % 40}") for number in range(80)]

    quarter = pull(rows, {"households": {"share": 25}})
    first = set(taken())
    assert 0 < quarter < 40
    assert KnownReference.objects.count() == quarter
    assert pull(rows, {"households": {"share": 25}}) == 0
    assert all((f"EB-{number}" in first) == (f"EB-{number + 40}" in first) for number in range(40))

    half = pull(rows, {"households": {"share": 50}})
    assert first < set(taken())
    assert 0 < half < 60

    assert pull(rows, None) == 80 - quarter - half
    assert len(taken()) == 80
    assert InboxReading.objects.get().others == []


def test_every_condition_must_hold_and_references_fit_whole(pull: Pull) -> None:
    rows = [row("EB-1"), row("EB-1b"), row("BL-2"), row("EB-3", received="2026-11-01")]

    rule = {"from": "2026-12-01", "references": "EB-[0-9]+", "households": {"share": 100}}
    assert pull(rows, {**rule, "households": {"share": 0}}) == 0
    assert pull(rows, rule) == 1

    assert taken() == ["EB-1"]


def test_a_file_came_in_on_the_swedish_day_on_which_it_was_written(database: Dsn, tmp_path: Path) -> None:
    for name, written in (
        ("A", datetime(2026, 11, 30, 22, 59, tzinfo=UTC)),
        ("B", datetime(2026, 11, 30, 23, tzinfo=UTC)),
    ):
        file = tmp_path / f"{name}.xml"
        file.write_bytes(b"<a/>")
        os.utime(file, (written.timestamp(), written.timestamp()))
    bench = Bench({})
    settings = PortalInboxSettings.model_validate({**ENTRY, "ownership": {"from": "2026-12-01"}})
    intake = Intake("inkorg", settings, bench.register, bench.keys.pseudonym, lambda: NOW)

    assert intake.pull(FolderInbox("inkorg", tmp_path, lambda original: "tova")) == 1

    assert taken() == ["B"]


@pytest.mark.parametrize(
    "wrong", [{}, {"from": "snart"}, {"references": "("}, {"households": {"share": 101}}, {"to": 1}]
)
def test_a_rule_that_says_nothing_or_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Ownership.model_validate(wrong)
