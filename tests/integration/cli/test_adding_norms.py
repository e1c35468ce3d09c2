"""`norms add`: next year's norm is put in with its approval, wholly or not at all."""

import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk
from medarbetare.engine import adding_norms
from medarbetare.errors import JournalUnavailable
from medarbetare.journal.models import Leaf
from medarbetare.journal.writing import Journal

Medarbetare = Callable[..., Any]
APPROVAL = ("--approved-by", "Socialnämnden", "--reference", "SN 2026/301 § 112")
JANUARY = Manad(2027, 1)


@pytest.fixture
def normer(folder: Path) -> Path:
    return folder / "ekonomiskt_bistand" / "normer"


@pytest.fixture
def ny(normer: Path, tmp_path: Path) -> Callable[..., Path]:
    """Next year's table as it is written after this year's, with these lines changed."""

    def write(*changes: tuple[str, str]) -> Path:
        text = (normer / "riksnorm-2026.yaml").read_text("utf-8")
        for old, new in (("2026-", "2027-"), ("Riksnorm 2026", "Riksnorm 2027"), *changes):
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "riksnorm-2027.yaml"
        file.write_text(text, "utf-8")
        return file

    return write


@pytest.fixture
def unchanged(normer: Path) -> Callable[[], bool]:
    """Whether the folder holds what it held, and nobody is told of anything added."""
    before = {path.name: path.read_bytes() for path in normer.iterdir()}

    def same() -> bool:
        now = {path.name: path.read_bytes() for path in normer.iterdir()}
        return now == before and not Leaf.objects.filter(kind="norms.added").exists()

    return same


def test_an_approved_table_is_put_in_and_holds_from_its_first_month(
    medarbetare: Medarbetare, ny: Callable[..., Path], normer: Path
) -> None:
    said = medarbetare("norms", "add", str(ny(("ensam: 3940", "ensam: 4040"))), *APPROVAL)

    assert (said.exit_code, said.err) == (0, "")
    assert "+2,5" in said.out
    assert "Riksnorm 2027 gäller för ansökningar om månader från januari 2027" in said.out
    assert "medarbetare config check" in said.out
    table = load_regelverk(normer.parent).norm_for(JANUARY)
    assert table is not None
    assert (table.ensam, table.approved_by, table.decision_reference) == (4040, "Socialnämnden", "SN 2026/301 § 112")
    assert table.may_decide
    assert "# Lunch borta fem dagar i veckan" in (normer / "riksnorm-2027.yaml").read_text("utf-8")
    assert [path.name for path in normer.iterdir() if path.name.startswith(".")] == []
    added = Leaf.objects.get(kind="norms.added")
    assert (added.case, added.actor.partition(":")[0]) == (None, "kommandorad")


def test_the_approval_that_was_copied_from_the_year_before_is_replaced(
    medarbetare: Medarbetare, ny: Callable[..., Path], normer: Path
) -> None:
    file = ny()
    assert "SN 2025/287" in file.read_text("utf-8")
    assert medarbetare("norms", "add", str(file), *APPROVAL).exit_code == 0
    assert "SN 2025/287" not in (normer / file.name).read_text("utf-8")


def test_who_has_approved_is_asked_for_when_it_is_not_told(
    medarbetare: Medarbetare, ny: Callable[..., Path], normer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("Socialnämnden\nSN 2026/301\n"))
    said = medarbetare("norms", "add", str(ny()))
    assert said.exit_code == 0
    assert "Godkänd av" in said.out
    table = load_regelverk(normer.parent).norm_for(JANUARY)
    assert table is not None
    assert (table.approved_by, table.decision_reference) == ("Socialnämnden", "SN 2026/301")


def test_a_command_that_is_ended_at_the_question_has_changed_nothing(
    medarbetare: Medarbetare,
    ny: Callable[..., Path],
    unchanged: Callable[[], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("Socialnämnden\n"))
    assert medarbetare("norms", "add", str(ny())).exit_code == 1
    assert unchanged()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("status: derived", "status: estimate")], "status är estimate"),
        ([('source: "Riksnormen 2026', 'source: "" #')], "source saknas"),
        ([("valid_from: 2027-01-01", "valid_from: 2026-12-01")], "gäller samtidigt som Riksnorm 2026"),
        ([("valid_from: 2027-01-01", "valid_from: 2027-01-02")], "inte den första i en månad"),
        ([("valid_to: 2027-12-31", "valid_to: 2027-12-30")], "inte den sista i en månad"),
        ([("Riksnorm 2027", "Riksnorm 2026")], "en annan tabell heter också Riksnorm 2026"),
    ],
)
def test_a_table_that_may_not_decide_is_not_put_in(
    changes: list[tuple[str, str]],
    told: str,
    medarbetare: Medarbetare,
    ny: Callable[..., Path],
    unchanged: Callable[[], bool],
) -> None:
    said = medarbetare("norms", "add", str(ny(*changes)), *APPROVAL)
    assert said.exit_code == 1
    assert told in said.out
    assert "lades inte in" in said.err
    assert unchanged()


def test_an_amount_that_looks_mistyped_is_put_in_only_when_it_is_accepted(
    medarbetare: Medarbetare, ny: Callable[..., Path], unchanged: Callable[[], bool]
) -> None:
    file = ny(("ensam: 3940", "ensam: 394"))
    said = medarbetare("norms", "add", str(file), *APPROVAL)
    assert (said.exit_code, "--godta" in said.err) == (1, True)
    assert unchanged()
    assert medarbetare("norms", "add", str(file), *APPROVAL, "--godta").exit_code == 0


def test_a_file_that_is_there_is_never_written_over(
    medarbetare: Medarbetare, ny: Callable[..., Path], normer: Path
) -> None:
    file = ny()
    assert medarbetare("norms", "add", str(file), *APPROVAL).exit_code == 0
    first = (normer / file.name).read_bytes()

    again = medarbetare("norms", "add", str(file), "--approved-by", "Ingen", "--reference", "Inget")
    assert (again.exit_code, "finns redan" in again.err) == (1, True)
    inside = medarbetare("norms", "add", str(normer / file.name), *APPROVAL)
    assert (inside.exit_code, "finns redan" in inside.err) == (1, True)
    other = file.rename(file.with_name("riksnorm-2027b.yaml"))
    elsewhere = medarbetare("norms", "add", str(other), *APPROVAL)
    assert (elsewhere.exit_code, "finns redan bland normtabellerna" in elsewhere.err) == (1, True)
    assert (normer / file.name).read_bytes() == first
    assert not (normer / other.name).exists()


def test_a_file_that_came_there_meanwhile_is_left_as_it_is(
    medarbetare: Medarbetare, ny: Callable[..., Path], normer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = adding_norms._write

    def and_another(draft: Path, content: bytes) -> None:
        write(draft, content)
        (normer / "riksnorm-2027.yaml").write_bytes(b"en annans")

    monkeypatch.setattr(adding_norms, "_write", and_another)
    said = medarbetare("norms", "add", str(ny()), *APPROVAL)
    assert (said.exit_code, "finns redan" in said.err) == (1, True)
    assert (normer / "riksnorm-2027.yaml").read_bytes() == b"en annans"
    assert [path.name for path in normer.iterdir() if path.name.startswith(".")] == []
    assert not Leaf.objects.filter(kind="norms.added").exists()


def test_nothing_is_put_in_when_the_journal_cannot_tell_of_it(
    medarbetare: Medarbetare,
    ny: Callable[..., Path],
    unchanged: Callable[[], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    append = Journal.append

    def down(journal: Journal, **values: Any) -> Any:
        if values["kind"] == "norms.added":
            raise JournalUnavailable("Journalen svarar inte.")
        return append(journal, **values)

    monkeypatch.setattr(Journal, "append", down)
    said = medarbetare("norms", "add", str(ny()), *APPROVAL)
    assert (said.exit_code, "Journalen svarar inte." in said.err) == (1, True)
    assert unchanged()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_nothing_is_put_in_when_it_is_interrupted(
    interruption: type[BaseException],
    medarbetare: Medarbetare,
    ny: Callable[..., Path],
    unchanged: Callable[[], bool],
    normer: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lay_there = []

    def interrupted(journal: Journal, **values: Any) -> Any:
        if values["kind"] == "norms.added":
            lay_there.append((normer / "riksnorm-2027.yaml").exists())
            raise interruption
        return append(journal, **values)

    append = Journal.append
    monkeypatch.setattr(Journal, "append", interrupted)
    medarbetare("norms", "add", str(ny()), *APPROVAL)
    assert lay_there == [True]
    assert unchanged()


def test_a_file_that_cannot_be_read_as_a_table_is_a_fault_of_configuration(
    medarbetare: Medarbetare, ny: Callable[..., Path], unchanged: Callable[[], bool], tmp_path: Path
) -> None:
    broken = ny(("ensam: 3940", "ensam: många"))
    assert medarbetare("norms", "add", str(broken), *APPROVAL).exit_code == 2
    assert medarbetare("norms", "add", str(tmp_path / "saknas.yaml"), *APPROVAL).exit_code == 2
    assert unchanged()


def test_a_table_that_is_written_in_another_way_is_refused_and_tells_how_to_write_it(
    medarbetare: Medarbetare, ny: Callable[..., Path], unchanged: Callable[[], bool]
) -> None:
    file = ny()
    table = yaml.safe_load(file.read_text("utf-8"))
    file.write_text(yaml.safe_dump(table, default_flow_style=True, allow_unicode=True), "utf-8")
    said = medarbetare("norms", "add", str(file), *APPROVAL)
    assert (said.exit_code, "Skriv filen som riksnorm-2026.yaml" in said.err) == (1, True)
    assert unchanged()


@pytest.mark.parametrize("written", ["två\nrader", " ", "x" * 201])
def test_an_approval_that_is_no_line_of_text_is_refused(
    written: str, medarbetare: Medarbetare, ny: Callable[..., Path], unchanged: Callable[[], bool]
) -> None:
    said = medarbetare("norms", "add", str(ny()), "--approved-by", written, "--reference", "SN 1")
    assert (said.exit_code, "skriv en rad" in said.err) == (1, True)
    assert unchanged()
