"""Okänt utfall at the command line: listed, told, settled by the operator, and its evidence written to a folder."""

import getpass
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.effect import NaturalKey, Submit
from medarbetare.engine.mode import Mode
from medarbetare.engine.outcome import Outcome, decided
from medarbetare.engine.portal import Piece
from medarbetare.engine.run import Run
from medarbetare.testing import Bench, MemoryPortal, Sheet

Medarbetare = Callable[..., Any]


class Betalning(BaseModel):
    model_config = ConfigDict(frozen=True)

    belopp: Decimal


@dataclass
class Betala:
    """A payment."""

    run: Run
    name: str = "utbetalning"
    portal: str = "kassa"
    needs: Mode = Mode.AUTOMATISK
    key: NaturalKey = NaturalKey("tova", "2026-12", "utbetalning")  # noqa: RUF009 - frozen

    @property
    def intended(self) -> Betalning:
        return Betalning(belopp=Decimal("3590.00"))

    def read(self) -> Sequence[Betalning]:
        rows = self.run.portal("kassa").page("lista").table("betalningar")
        return [Betalning.model_validate(row) for row in rows]

    def fill(self) -> Submit:
        page = self.run.portal("kassa").page("ny")
        page.fill("belopp", "3590.00")
        return lambda: page.commit("spara")


class Recorder:
    """Takes down one page."""

    def take(self, portal: str) -> Sequence[Piece]:
        return [Piece("sidan", "text/html", "<p>Tova Testsson".encode())]  # noqa: UP012


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """One whose workflow pays, in a system that keeps another amount."""
    rows: list[dict[str, str]] = []
    pages = {
        "lista": lambda: Sheet(tables={"betalningar": rows}),
        "ny": lambda: Sheet(fields={"belopp"}, commits={"spara": lambda row: rows.append({"belopp": "359.00"})}),
    }

    def flow(run: Run) -> Outcome:
        run.mode = Mode.AUTOMATISK
        run.write(Betala(run))
        return decided("Betalt.")

    bench = Bench({"flode": flow}, [MemoryPortal("kassa", pages)], department="ekonomiskt_bistand")
    bench.evidence = Recorder()
    return bench


@pytest.fixture
def case(bench: Bench) -> Case:
    case = bench.receive("REF-1", "tova")
    assert bench.work_on(case) is CaseStatus.UNKNOWN_OUTCOME
    return case


def test_what_is_unknown_is_listed_and_its_story_told(case: Case, medarbetare: Medarbetare) -> None:
    listed = medarbetare("cases", "unknown")
    assert (listed.exit_code, listed.err) == (0, "")
    for told in (case.handle, "kassa", "utbetalning"):
        assert told in listed.out
    assert "3590" not in listed.out

    shown = medarbetare("cases", "show", case.handle).out
    for told in ("Okänt utfall: «utbetalning» i kassa", "skiljer sig i: belopp", "3590.00", "359.00 (skiljer sig)"):
        assert told in shown
    assert "Bevis: 3, därav bilder: 0" in shown


def test_the_operator_settles_it_once_in_their_own_name(case: Case, bench: Bench, medarbetare: Medarbetare) -> None:
    settled = medarbetare("cases", "settle", case.handle, "utbetalning", "--gjort", "--not", "Rättat.", "--ja")
    assert (settled.exit_code, settled.err) == (0, "")
    assert "Roboten går vidare." in settled.out
    (entry,) = bench.entries(case, "write.settled")
    assert entry.actor == f"kommandorad:{getpass.getuser()}"
    assert (entry.payload["by"], entry.payload["done"], entry.payload["note"]) == (getpass.getuser(), True, "Rättat.")
    assert bench.work_on(case) is CaseStatus.DECIDED

    again = medarbetare("cases", "settle", case.handle, "utbetalning", "--inte-gjort", "--ja")
    assert again.exit_code == 1
    assert "ingen skrivning «utbetalning» att reda ut. De som finns: inga." in " ".join(again.err.split())
    assert "Utrett som gjort av" in medarbetare("cases", "show", case.handle).out


def test_what_is_wrong_or_not_confirmed_settles_nothing(
    case: Case, bench: Bench, medarbetare: Medarbetare, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments, told in (
        ((case.handle, "utbetalning"), "Ange --gjort eller --inte-gjort"),
        ((case.handle, "beslut", "--gjort", "--ja"), "De som finns: «utbetalning»."),
        (("saknas", "utbetalning", "--gjort", "--ja"), "Det finns inget ärende saknas."),
    ):
        refused = medarbetare("cases", "settle", *arguments)
        assert refused.exit_code == 1
        assert told in " ".join(refused.err.split())
    monkeypatch.setattr("typer.prompt", lambda question, **_: "n")
    asked = medarbetare("cases", "settle", case.handle, "utbetalning", "--gjort")
    assert "Ingenting gjordes." in asked.out
    assert bench.entries(case, "write.settled") == []


def test_evidence_is_written_to_files_for_the_operator_alone_and_that_is_journalled(
    case: Case, bench: Bench, medarbetare: Medarbetare, tmp_path: Path
) -> None:
    folder = tmp_path / "bevis"
    written = medarbetare("cases", "evidence", case.handle, "--till", str(folder))
    assert (written.exit_code, written.err) == (0, "")
    files = sorted(folder.iterdir())
    assert [file.read_text("utf-8") for file in files] == ["<p>Tova Testsson"] * 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(file.name in written.out for file in files)
    assert bench.entries(case, "shown")[-1].payload["evidence"] == "*"

    again = medarbetare("cases", "evidence", case.handle, "--till", str(folder))
    assert again.exit_code == 1
    assert "Välj en tom mapp." in again.err
