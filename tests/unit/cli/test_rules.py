"""`medarbetare rules` tells the rules in force, and needs nothing but the workflow's own configuration."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from medarbetare.config import config_folder

Rules = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    shutil.copy(config_folder() / "workflows.yaml", folder)
    shutil.copytree(config_folder() / "ekonomiskt_bistand", folder / "ekonomiskt_bistand")
    return folder


@pytest.fixture
def rules(folder: Path) -> Rules:
    """The command line as a program."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "medarbetare", "--config", str(folder), "rules", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, timeout=60)

    return run


def in_one_line(cell: str) -> str:
    """A cell's words, however they were broken into lines."""
    return " ".join(cell.split())


def rows(table: str) -> list[list[str]]:
    """The cells of a printed table's rows, a row for each first cell that is not empty."""
    found: list[list[str]] = []
    for line in table.splitlines():
        cells = line.strip("│┃").replace("┃", "│").split("│")
        if line[:1] in ("│", "┃") and cells[0].strip():
            found.append(cells)
        elif line[:1] in ("│", "┃"):
            found[-1] = [f"{before} {more}" for before, more in zip(found[-1], cells, strict=True)]
    return [[in_one_line(cell) for cell in row] for row in found]


def test_every_rule_is_listed_in_order_with_each_of_its_columns(rules: Rules, folder: Path) -> None:
    done = rules("list")
    assert (done.returncode, done.stderr) == (0, "")
    assert "beslutad av Socialnämnden" in done.stdout
    heading, *listed = rows(done.stdout)
    assert heading == ["Nr", "Regel", "När", "Läser", "Följd", "Lagrum"]
    book = yaml.safe_load((folder / "ekonomiskt_bistand" / "regler.yaml").read_text("utf-8"))["regler"]
    columns = ("namn", "utloser", "kallor", "atgard", "lagrum")
    assert listed == [[str(number), *(book[number][one] for one in columns)] for number in range(1, 47)]


@pytest.mark.parametrize("number", [13, 42])
def test_an_explained_rule_has_everything_that_the_book_says_of_it_under_its_heading(
    rules: Rules, folder: Path, number: int
) -> None:
    done = rules("explain", str(number))
    book = yaml.safe_load((folder / "ekonomiskt_bistand" / "regler.yaml").read_text("utf-8"))["regler"][number]
    assert f"{number}. {book['namn']}" in done.stdout
    headings = {
        "När": "utloser",
        "Läser": "kallor",
        "Följd": "atgard",
        "Vad som krävs": "vad_kravs",
        "Lagrum": "lagrum",
        "För allmänheten": "for_alla",
    }
    shown = dict(rows(done.stdout))
    assert {heading: shown.get(heading) for heading in headings} == {
        heading: book[part] for heading, part in headings.items()
    }


def test_a_rule_is_explained_with_the_municipalitys_own_limit(rules: Rules, folder: Path) -> None:
    guidelines = folder / "ekonomiskt_bistand" / "kommun.yaml"
    text = guidelines.read_text("utf-8")
    assert "inkomstavvikelse_procent: 12" in text
    guidelines.write_text(text.replace("inkomstavvikelse_procent: 12", "inkomstavvikelse_procent: 9"), "utf-8")
    done = rules("explain", "15")
    assert (done.returncode, done.stderr) == (0, "")
    assert "9 procent" in done.stdout
    assert "kommunens riktlinjer" in done.stdout


def test_a_rule_that_always_goes_to_a_person_is_told_so(rules: Rules, folder: Path, tmp_path: Path) -> None:
    book = folder / "ekonomiskt_bistand" / "regler.yaml"
    text = book.read_text("utf-8")
    assert "  22:\n" in text
    book.write_text(text.replace("  22:\n", "  22:\n    alltid_handlaggare: true\n"), "utf-8")
    assert "alltid handläggare" in re.sub(r"[│\s]+", " ", rules("list").stdout)
    assert "prövas alltid av en handläggare" in rules("explain", "22").stdout
    assert rules("page", "--out", str(tmp_path / "sida.html")).returncode == 0
    assert "Just nu prövas det alltid av en handläggare." in (tmp_path / "sida.html").read_text("utf-8")


def test_a_number_that_there_is_not_is_refused(rules: Rules) -> None:
    done = rules("explain", "47")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Regel 47 finns inte. Reglerna har nummer 1 till 46." in done.stderr


def test_the_public_page_has_every_rule_in_plain_words(rules: Rules, tmp_path: Path) -> None:
    done = rules("page", "--out", str(tmp_path / "sida.html"))
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "sida.html").read_text("utf-8")
    assert page.count("<li>") == 46
    assert '<html lang="sv">' in page
    assert "SoL: socialtjänstlagen (2025:400)" in page
    assert rules("page", "--out", str(tmp_path / "finns" / "inte.html")).returncode == 1
