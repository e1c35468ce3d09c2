"""A listed cost from the e-service's form to the decision, its letter and the payment."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from andringar import tidigare
from liten_varld import EXEMPEL, REFERENS, LitenVarld

from arbetsfloden.ekonomiskt_bistand.regelverk.i_ovrigt import KostnadIOvrigt
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareKostnad
from medarbetare.cases.status import CaseStatus
from medarbetare.engine import Original

AVGIFT, BEVILJAT = "Barnomsorgsavgift", 3590


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    """The application has the fee too, and last month's calculation the row."""
    world = LitenVarld(regelverk, monkeypatch)
    text = (EXEMPEL / "ansokan.xml").read_bytes().decode("latin-1")
    (row,) = re.findall(r"<costRow3>.*?</costRow3>", text, re.DOTALL)
    fee = row.replace("costRow3", "costRow4").replace("Hemförsäkring", AVGIFT).replace(">120<", ">1500<")
    assert fee.count(AVGIFT) == fee.count(">1500<") == 1
    world.bench.originals[REFERENS] = Original.of(text.replace(row, f"{row}\n\t\t{fee}").encode("latin-1"))
    before = TidigareKostnad(slag="Annat", ansokt=Decimal(1500), godkant=Decimal(1500), notering=AVGIFT)
    assert world.underlag.arende is not None
    rows = (*world.underlag.arende.berakningar[0].kostnader, before)
    _, world.underlag = tidigare(kostnader=rows)((None, world.underlag))
    return world


def test_a_listed_cost_is_entered_compared_with_the_letter_granted_and_paid(varld: LitenVarld) -> None:
    listed = {AVGIFT: KostnadIOvrigt(belopp_hogst=Decimal(1500), rad="Annat")}
    guidelines = varld.regelverk.kommun.model_copy(update={"levnadskostnader_i_ovrigt": listed})
    varld.regelverk = replace(varld.regelverk, kommun=guidelines)
    assert varld.arbeta() is CaseStatus.DECIDED, varld.utfall
    (draft,), (paid,) = varld.system.rader["berakningar"], varld.system.rader["utbetalningar"]
    assert (draft["kostnad.4.slag"], draft["kostnad.4.notering"]) == ("Annat", AVGIFT)
    assert int(paid["belopp"]) == BEVILJAT + 1500
    (beslut,) = varld.system.rader["beslut"]
    assert "levnadskostnader i övrigt (12 kap. 1 § socialtjänstlagen)" in beslut["motivering"]
    assert "prövas för sig" not in beslut["motivering"]


def test_where_the_municipality_lists_nothing_it_is_handed_over_beside_the_decision(varld: LitenVarld) -> None:
    assert varld.arbeta() is CaseStatus.DECIDED, varld.utfall
    (paid,), (beslut,) = varld.system.rader["utbetalningar"], varld.system.rader["beslut"]
    assert int(paid["belopp"]) == BEVILJAT
    assert "annan kostnad 1 500 kr. Det prövas för sig" in beslut["motivering"]
