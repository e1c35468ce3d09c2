"""What was left last month: a person judges it, it counts as an income of this month, or it does not count."""

from dataclasses import replace
from decimal import Decimal

import pytest
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.forklaring import antaganden
from arbetsfloden.ekonomiskt_bistand.forklaring.forklaring import forklara
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Provning
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Kostnad
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Verkstallighet, overlamnas_vid_sidan, utkast
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Overskott
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareInkomst


def forra_manaden(resultat: int, *inkomster: TidigareInkomst) -> Fall:
    """Scenario 1, a single person without income, with another result of last month's calculation."""
    one = fall(las(next(path for path in FILES if path.name.startswith("01-"))))
    assert one.underlag.arende is not None
    before = one.ansokan.manad.minus(1)
    rows = tuple(
        row.model_copy(update={"resultat": Decimal(resultat), "inkomster": inkomster}) if row.manad == before else row
        for row in one.underlag.arende.berakningar
    )
    facts = {"berakningar": rows}
    if resultat < -1:
        # What was decided and paid is what was calculated.
        for part in ("beslut", "utbetalningar"):
            facts[part] = tuple(
                row.model_copy(update={"belopp": Decimal(-resultat)}) if row.manad == before else row
                for row in getattr(one.underlag.arende, part)
            )
    arende = one.underlag.arende.model_copy(update=facts)
    return Fall(one.ansokan, one.underlag.model_copy(update={"arende": arende}), one.idag, one.vantat)


def foreslaget(one: Fall, regelverk: Regelverk, choice: Overskott) -> Forslag:
    kommun = regelverk.kommun.model_copy(update={"overskott_forra_manaden": choice})
    return foresla(one.ansokan, one.underlag, replace(regelverk, kommun=kommun), one.idag)


@pytest.mark.parametrize(
    ("choice", "kind", "amount"),
    [
        (Overskott.HANDLAGGARE, "overlamna", 11490),
        (Overskott.RAKNAS, "bifall", 10580),
        (Overskott.RAKNAS_INTE, "bifall", 11490),
    ],
)
def test_the_municipality_says_what_becomes_of_it(
    choice: Overskott, kind: str, amount: int, regelverk: Regelverk
) -> None:
    forslag = foreslaget(forra_manaden(910), regelverk, choice)
    assert (forslag.slag.value, forslag.belopp) == (kind, amount)


def test_what_is_counted_is_a_row_that_the_case_system_takes_and_the_explanation_tells(regelverk: Regelverk) -> None:
    one = forra_manaden(910)
    forslag = foreslaget(one, regelverk, Overskott.RAKNAS)
    assert forslag.berakning is not None
    (row,) = utkast(forslag.berakning).inkomster
    assert (row.slag, row.belopp, row.person) == ("Överskott", 910, one.ansokan.sokande.personnummer)
    kommun = regelverk.kommun.model_copy(update={"overskott_forra_manaden": Overskott.RAKNAS})
    tried = antaganden.Fall(one.ansokan, one.underlag, one.idag)
    told = forklara(Provning(tried, replace(regelverk, kommun=kommun), forslag))
    assert "Överskott, november 2026" in [line.vad for line in told.rader]


@pytest.mark.parametrize("resultat", [0, -1])
def test_where_nothing_was_left_nothing_is_asked(resultat: int, regelverk: Regelverk) -> None:
    for choice in Overskott:
        forslag = foreslaget(forra_manaden(resultat), regelverk, choice)
        assert (forslag.slag.value, forslag.belopp) == ("bifall", 11490)


def test_a_surplus_that_was_counted_last_month_is_no_income_that_has_stopped(regelverk: Regelverk) -> None:
    counted = TidigareInkomst(slag="Överskott", belopp=Decimal(910))
    forslag = foreslaget(forra_manaden(-10580, counted), regelverk, Overskott.RAKNAS)
    assert forslag.slag.value == "bifall"


@pytest.mark.parametrize(("number", "left"), [("16", "910 kr: räkna det mot kostnaden."), ("02", "")])
def test_what_is_left_over_is_told_to_whoever_decides_a_cost_that_is_decided_apart(
    number: str, left: str, regelverk: Regelverk
) -> None:
    one = fall(las(next(path for path in FILES if path.name.startswith(number))))
    costs = (*one.ansokan.kostnader, Kostnad(slag="Medicin", belopp=Decimal(1200)))
    forslag = foresla(one.ansokan.model_copy(update={"kostnader": costs}), one.underlag, regelverk, one.idag)
    assert one.underlag.arende is not None
    (apart,) = overlamnas_vid_sidan(Verkstallighet(forslag, one.underlag.arende, one.idag, godkant_av="Tova Testsson"))
    assert apart.about == "Medicin"
    assert apart.reasons[-1].endswith(left or "ingår inte i beräkningen.")
