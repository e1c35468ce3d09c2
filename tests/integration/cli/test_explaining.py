"""`medarbetare cases explain`: the shipped workflow's explanation of a case, from the journal."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from journalsteg import begynnelse, last, lasta
from plans.households import household
from scenarier import FILES, fall, las

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk
from medarbetare.cases.models import Case
from medarbetare.config import config_folder
from medarbetare.database.dsn import Dsn
from medarbetare.engine.conflicts import ASKED
from medarbetare.engine.outcome import Outcome, handed_over, stopped
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError
from medarbetare.testing import Bench

Medarbetare = Callable[..., Any]
TODAY = date(2026, 12, 1)
CONFLICT, UNREADABLE = "900001", "900002"


def read_and_proposed(run: Run) -> Outcome:
    """A run of a scenario's household as far as its proposal; the reference is its number, or that of an early end."""
    if run.reference == CONFLICT:
        run.step(ASKED, lambda: True, bool)
        return stopped("Ärendet handläggs i särskild ordning.", "jäv")
    if run.reference == UNREADABLE:
        raise BusinessError("Ansökan går inte att läsa.")
    number, regelverk = int(run.reference), load_regelverk(config_folder() / "ekonomiskt_bistand")
    home = household(number)
    one = fall(next(text for text in map(las, FILES) if text["nummer"] == number))
    facts = last(home.ansokan, one.underlag, regelverk, TODAY)
    forslag = foresla(home.ansokan, facts, regelverk, TODAY)
    steps = {**begynnelse(home.original, TODAY), **lasta(facts), "föreslå": forslag.model_dump(mode="json")}
    for name, result in steps.items():
        run.step(name, lambda result=result: result, Any)  # type: ignore[misc]
    return handed_over("En handläggare avgör.")


@pytest.fixture
def bench(database: Dsn) -> Bench:
    return Bench({"ekonomiskt_bistand": read_and_proposed}, department="ekonomiskt_bistand")


@pytest.fixture
def explained(bench: Bench) -> Callable[[int], Case]:
    def receive(number: int) -> Case:
        case = bench.receive(str(number), "tova")
        bench.work_on(case)
        return case

    return receive


def test_a_case_is_explained_and_that_is_written_in_the_journal(
    bench: Bench, explained: Callable[[int], Case], medarbetare: Medarbetare
) -> None:
    case = explained(16)
    said = medarbetare("cases", "explain", case.handle)
    assert (said.exit_code, said.err) == (0, "")
    text = re.sub(r"[│\s]+", " ", said.out)
    for told in ("minst 911 kr lägre", "Överskott", "42. Inget underskott", "En handläggare beslutar."):
        assert told in text
    assert len(bench.entries(case, "shown")) == 1


def test_the_same_is_given_as_json_and_as_a_page_that_stands_alone(
    bench: Bench, explained: Callable[[int], Case], medarbetare: Medarbetare, tmp_path: Path
) -> None:
    case, out = explained(14), tmp_path / "förklaring.html"
    told = json.loads(medarbetare("cases", "explain", case.handle, "--json").out)
    assert told["ärende"] == case.handle
    assert told["förklaring"]["summor"]["resultat"] == "-12090"

    assert medarbetare("cases", "explain", case.handle, "--out", str(out)).exit_code == 0
    page = out.read_text("utf-8")
    assert '<html lang="sv">' in page
    for needle in ("Hade hyran varit högst", "Rådrum till 2026-11", "Exempelby", "12 kap. 7 § SoL"):
        assert needle in page
    for absent in ("<script", "http", "{{"):
        assert absent not in page
    assert out.stat().st_mode & 0o077 == 0
    assert len(bench.entries(case, "shown")) == 2

    again = medarbetare("cases", "explain", case.handle, "--out", str(out))
    assert again.exit_code == 1
    assert "Välj en ny fil." in again.err


def test_a_case_that_ended_before_any_proposal_has_its_explanation_too(
    explained: Callable[[int], Case], medarbetare: Medarbetare, tmp_path: Path
) -> None:
    case, out = explained(int(UNREADABLE)), tmp_path / "förklaring.html"
    text = re.sub(r"[│\s]+", " ", medarbetare("cases", "explain", case.handle).out)
    for told in ("Så slutade robotens arbete: Ansökan går inte att läsa.", "Ärendet ligger hos handläggare", "Försök"):
        assert told in text
    told = json.loads(medarbetare("cases", "explain", case.handle, "--json").out)
    assert told["förklaring"]["skal"] == [{"skal": "Ansökan går inte att läsa.", "lagrum": ""}]
    assert medarbetare("cases", "explain", case.handle, "--out", str(out)).exit_code == 0
    page = out.read_text("utf-8")
    assert "Varför roboten stannade" in page
    assert "kan inte visas" not in page


def test_a_case_in_a_conflict_of_interest_is_refused(
    explained: Callable[[int], Case], medarbetare: Medarbetare
) -> None:
    said = medarbetare("cases", "explain", explained(int(CONFLICT)).handle)
    assert (said.exit_code, said.out) == (1, "")
    assert "visas bara för den som har särskild behörighet" in said.err


@pytest.mark.parametrize("command", ["explain", "show", "evidence"])
def test_a_protected_case_is_refused_and_the_attempt_is_journalled(
    bench: Bench, explained: Callable[[int], Case], medarbetare: Medarbetare, tmp_path: Path, command: str
) -> None:
    case = explained(22)
    options = ["--till", str(tmp_path / "bevis")] if command == "evidence" else []
    said = medarbetare("cases", command, case.handle, *options)
    assert (said.exit_code, said.out) == (1, "")
    assert "visas bara för den som har särskild behörighet" in said.err
    assert len(bench.entries(case, "access.refused")) == 1
    assert bench.entries(case, "shown") == []


def test_a_case_that_there_is_not_is_told(bench: Bench, medarbetare: Medarbetare) -> None:
    said = medarbetare("cases", "explain", "finnsinte")
    assert said.exit_code == 1
    assert "Det finns inget ärende finnsinte." in said.err
