"""An application that comes before the incomes that count are known."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from liten_varld import LitenVarld

from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.cases.status import CaseStatus


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    made = LitenVarld(regelverk, monkeypatch)
    made.i_e_tjansten()
    return made


def test_who_applies_early_is_registered_waits_for_the_day_and_is_decided_on_what_is_read_then(
    varld: LitenVarld,
) -> None:
    varld.bench.today = date(2026, 11, 20)
    assert varld.arbeta() is CaseStatus.WAITING
    assert varld.utfall["summary"] == "Inkomsterna för november 2026 är kända tidigast 2026-11-26. Ansökan prövas då."
    assert varld.system.portal.commits() == ["ny_aktualisering"]
    assert "register" not in varld.lasningar

    varld.lasningar.clear()
    varld.bench.let_pass(timedelta(days=6))
    assert varld.arbeta() is CaseStatus.DECIDED
    assert varld.lasningar == ["folkbokföring", "ärende", "register"]
    assert len(varld.system.rader["beslut"]) == len(varld.system.rader["utbetalningar"]) == 1


@pytest.mark.parametrize("dag", [date(2026, 11, 26), date(2026, 12, 1)])
def test_who_applies_when_they_are_known_waits_for_nothing(varld: LitenVarld, dag: date) -> None:
    varld.bench.today = dag
    assert varld.arbeta() is CaseStatus.DECIDED


def test_what_a_person_takes_anyhow_waits_for_no_day(varld: LitenVarld) -> None:
    varld.bench.today = date(2026, 11, 20)
    arende = varld.underlag.arende
    assert arende is not None
    varld.underlag = varld.underlag.model_copy(update={"arende": arende.model_copy(update={"berakningar": ()})})
    assert varld.arbeta() is CaseStatus.HANDED_OVER


def test_rules_that_move_the_day_hold_up_no_decision_that_has_been_sent(varld: LitenVarld) -> None:
    varld.bench.today = date(2026, 11, 26)
    varld.stannar_vid("beslut", "submit answered")
    kommun = varld.regelverk.kommun.model_copy(update={"inkomster_kanda_fran_dag": 28})
    varld.regelverk = replace(varld.regelverk, kommun=kommun)
    assert varld.arbeta() is CaseStatus.DECIDED
    assert len(varld.system.rader["utbetalningar"]) == 1
