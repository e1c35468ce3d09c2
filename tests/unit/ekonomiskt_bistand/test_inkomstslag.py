"""Kinds of incomes that the guidelines know and leave to a person: named as what they are."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from andringar import inkomst
from regelandringar import foljd, forr, som_forr

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from sandkommun.verksamhet.forms import INCOMES

IDAG = date(2026, 12, 1)
ENSAM = 2
HOS_FK = (
    *("Etableringsersättning", "Utvecklingsersättning", "Sjukersättning", "Aktivitetsersättning", "Omvårdnadsbidrag"),
    "Merkostnadsersättning",
)
KANDA = (*HOS_FK, "Bostadstillägg", "Underhållsbidrag", "A-kassa")
Scenario = Callable[[int], Any]


def regeln(forslag: Forslag, nummer: int) -> str:
    return next(one.text for one in forslag.regler if one.nummer == nummer)


@pytest.mark.parametrize("slag", KANDA)
def test_a_known_kind_that_only_the_application_has_is_handed_over_by_its_name(
    slag: str, fall: Scenario, regelverk: Regelverk
) -> None:
    forslag = foresla(*inkomst(slag.lower(), 1800)(fall(ENSAM)), regelverk, IDAG)
    assert forslag.slag is Forslagsslag.OVERLAMNA
    assert regeln(forslag, 16) == f"{slag} för sökanden står inte på listan över inkomster som roboten får räkna."


def test_a_kind_that_stands_nowhere_is_not_told_in_the_applicants_words(fall: Scenario, regelverk: Regelverk) -> None:
    forslag = foresla(*inkomst("Bidrag från farmor", 1800)(fall(ENSAM)), regelverk, IDAG)
    assert regeln(forslag, 16).startswith("En annan inkomst för sökanden står inte på listan")


@pytest.mark.parametrize("slag", HOS_FK)
def test_a_known_benefit_that_goes_on_as_last_month_is_handed_over_by_its_name_alone(
    slag: str, fall: Scenario, regelverk: Regelverk
) -> None:
    forslag = foresla(*foljd(som_forr(slag), forr("Annat"))(fall(ENSAM)), regelverk, IDAG)
    assert [one.nummer for one in forslag.regler if one.hindrar] == [16]
    assert regeln(forslag, 16).startswith(f"{slag} för sökanden")
    assert forslag.berakning is not None
    assert [(row.typ, row.etikett) for row in forslag.berakning.inkomster] == [("Annat", f"{slag}, november 2026")]


@pytest.mark.parametrize("slag", HOS_FK)
def test_a_known_benefit_that_its_agency_does_not_show_is_told_as_that(
    slag: str, fall: Scenario, regelverk: Regelverk
) -> None:
    missing = foresla(*inkomst(slag, 1800)(fall(ENSAM)), regelverk, IDAG)
    assert slag in regeln(missing, 14)
    beside = foresla(*inkomst("Underhållsbidrag", 1800)(fall(ENSAM)), regelverk, IDAG)
    assert regeln(beside, 14) == ""


def test_every_kind_has_a_row_in_the_case_system(regelverk: Regelverk) -> None:
    kommun = regelverk.kommun
    kinds = {*kommun.inkomstslag, *kommun.andra_inkomster, "Bidrag från farmor"}
    assert {kommun.radtyp(kind) for kind in kinds} <= set(INCOMES)
