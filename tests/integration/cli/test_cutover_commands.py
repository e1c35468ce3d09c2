"""`inbox import`, `inbox status` and `retention` as the IT unit types them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from medarbetare.cases.models import Case, InboxReading
from medarbetare.journal.models import Blob
from medarbetare.testing import Bench

Medarbetare = Callable[..., Any]


def test_an_import_tells_its_counts_and_the_status_shows_them(
    medarbetare: Medarbetare, tmp_path: Path, bench: Bench
) -> None:
    file = tmp_path / "handlagda.csv"
    file.write_text("Ärendenummer;Namn\nEB-1;x\nEB-2;y\nEB 3;z\n", "cp1252")
    InboxReading.objects.create(inbox="e_tjanst", read_at=datetime.now(UTC), seen=7, others=["EB-8", "EB-9"], undated=0)

    first = medarbetare("inbox", "import", str(file), "--inbox", "e_tjanst")
    again = medarbetare("inbox", "import", str(file), "--inbox", "e_tjanst")
    status = medarbetare("inbox", "status", "--andras")
    unknown = medarbetare("inbox", "import", str(file), "--inbox", "post")

    assert (first.exit_code, first.err) == (1, "")
    assert "2 ärendenummer lästa: 2 nya, 0 importerade tidigare, 0 som roboten redan tagit in" in first.out
    assert "1 rader gick inte att använda och är inte importerade: rad 4." in first.out
    assert "2 ärendenummer lästa: 0 nya, 2 importerade tidigare" in again.out
    counts = next(line for line in status.out.splitlines() if "e_tjanst" in line and "│" in line)
    assert [cell.strip() for cell in counts.strip("│").split("│")][2:] == ["7", "2", "0", "0", "2"]
    assert "e_tjanst;EB-8\ne_tjanst;EB-9\n" in status.out
    assert unknown.exit_code == 1
    assert "Inkorgen «post» finns inte i inbox.yaml. De som finns: e_tjanst." in unknown.err


def test_retention_removes_nothing_until_it_is_decided_and_shows_what_it_would(
    medarbetare: Medarbetare, bench: Bench, folder: Path
) -> None:
    case = bench.receive("REF-1", "tova")
    Case.objects.filter(pk=case.pk).update(status="beslutad", finished_at=datetime(2020, 1, 1, tzinfo=UTC))

    undecided = medarbetare("retention")
    assert (undecided.exit_code, undecided.err) == (0, "")
    assert "nej, inget gallras" in undecided.out
    assert "Gallrade ärenden: 0." in undecided.out

    file = folder / "retention.yaml"
    rules = yaml.safe_load(file.read_text("utf-8"))
    rules["departments"]["ekonomiskt_bistand"] |= {
        "approved_by": "Socialnämnden",
        "decision_reference": "SN 2026/1",
        "valid_from": "2026-01-01",
    }
    file.write_text(yaml.safe_dump(rules), "utf-8")

    now, alive = datetime.now(UTC), bench.receive("REF-2", "sixten")
    for owner, days in ((case, 3000), (case, 5), (case, 6), (alive, 91), (alive, 5)):
        made = now - timedelta(days=days)
        Blob.objects.create(case=owner.handle, name=str(days) * 8, media_type="text/html", made_at=made, sealed=b"b")
    tried = medarbetare("retention", "--provkör")
    assert "Gallrade" not in tried.out
    assert (Case.objects.count(), Blob.objects.count()) == (2, 5)
    done = medarbetare("retention")
    assert "Bevis äldre än 90 dagar: 2 att ta bort." in tried.out
    assert "Bevis äldre än 90 dagar: 2 borttagna." in done.out
    assert "Gallrade ärenden: 1." in done.out
    # The cases and what evidence goes with them: as it was told, so it was done.
    assert [_cells(said.out)[-3:] for said in (tried, done)] == [["1", "2", "0"]] * 2
    assert list(Case.objects.values_list("handle", flat=True)) == [alive.handle]
    assert list(Blob.objects.values_list("case", flat=True)) == [alive.handle]
    assert "Gallrade ärenden: 1" in medarbetare("audit", "verify").out


def _cells(told: str) -> list[str]:
    """The last row of the table."""
    row = [line for line in told.splitlines() if line.startswith("│")][-1]
    return [cell.strip() for cell in row.strip("│").split("│")]


def test_retention_sooner_than_receipts_are_compared_is_refused(medarbetare: Medarbetare, folder: Path) -> None:
    (folder / "retention.yaml").write_text("departments:\n  ekonomiskt_bistand: {days: 100}\n", "utf-8")

    refused = medarbetare("retention")

    assert refused.exit_code == 2
    assert "departments.ekonomiskt_bistand.days: ange mer än 100" in refused.err
