"""`medarbetare decide` needs the rules and two files, and nothing else of an installation."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from medarbetare.config import config_folder

EXAMPLE = Path(__file__).parents[2] / "scenarios" / "exempel"
Decide = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def decide(tmp_path: Path) -> Decide:
    """The command line as a program, with a configuration that names no database, no portal and no secret."""
    folder = tmp_path / "config"
    folder.mkdir()
    shutil.copy(config_folder() / "workflows.yaml", folder)
    shutil.copytree(config_folder() / "ekonomiskt_bistand", folder / "ekonomiskt_bistand")

    def run(*arguments: str, facts: Path = EXAMPLE / "uppgifter.yaml") -> "subprocess.CompletedProcess[str]":
        files = ["--application", str(EXAMPLE / "ansokan.xml"), "--facts", str(facts)]
        command = [sys.executable, "-m", "medarbetare", "--config", str(folder), "decide", *files, *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, timeout=60)

    return run


def test_the_decision_is_told_with_its_calculation_and_every_rule(decide: Decide) -> None:
    done = decide("--today", "2026-12-01")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Bifall 3\N{NO-BREAK SPACE}590\N{NO-BREAK SPACE}kr för december 2026." in done.stdout
    assert "Underskott, att bevilja" in done.stdout
    assert "46. Tak och norm" in done.stdout


def test_the_decision_is_told_as_json_for_programs(decide: Decide) -> None:
    told = json.loads(decide("--today", "2026-12-01", "--json").stdout)
    assert (told["slag"], told["belopp"], told["dag"]) == ("bifall", "3590", "2026-12-01")
    assert [rule["nummer"] for rule in told["regler"]] == list(range(1, 47))
    assert told["forklaring"]["utgang"].startswith("Roboten föreslår att hushållet beviljas 3 590 kr")


def test_another_day_gives_another_decision(decide: Decide) -> None:
    told = json.loads(decide("--today", "2026-11-10", "--json").stdout)
    assert told["slag"] == "overlamna"
    assert "Inkomsterna för november 2026 är inte kända ännu." in told["skal"]


def test_what_is_wrong_is_told_on_stderr(decide: Decide, tmp_path: Path) -> None:
    for done, told in (
        (decide("--today", "i dag"), "ÅÅÅÅ-MM-DD"),
        (decide(facts=tmp_path / "finns-inte.yaml"), "--facts: filen kan inte läsas"),
        (decide(facts=EXAMPLE / "ansokan.xml"), "inte text i UTF-8"),
        (decide("--workflow", "annat"), "ange arbetsflödet, ett av: ekonomiskt_bistand"),
    ):
        assert done.returncode in (1, 2)
        assert done.stdout == ""
        assert done.stderr.startswith("Fel:")
        assert told in done.stderr
