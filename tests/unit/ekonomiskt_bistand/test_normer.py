"""Norm tables, household shapes and the identity number type."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Boende, Sokande
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import NormBarn, NormHushall, aldersband, normbelopp
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk


def total(regelverk: Regelverk, household: NormHushall, month: str = "2026-12") -> Decimal:
    table = regelverk.norm_for(Manad.parse(month))
    assert table is not None
    return sum((row.belopp for row in normbelopp(table, household)), Decimal(0))


def children(*ages: int) -> tuple[NormBarn, ...]:
    return tuple(NormBarn(alder=age) for age in ages)


@pytest.mark.parametrize(
    ("household", "expected"),
    [
        (NormHushall(1), 5220),
        (NormHushall(2), 8510),
        (NormHushall(1, children(5, 12)), 13180),
        (NormHushall(2, children(1, 3, 5, 8, 11, 15)), 7100 + 3060 + 2720 + 3060 + 3820 + 4390 + 4960 + 3020),
        (NormHushall(1, (), 3), 3940 + 597),
        (NormHushall(1, (NormBarn(12, Boende.UMGANGE, 10),)), 5220 + 1440),
        # 30 days are 4 320; 31 are not more than the whole child.
        (NormHushall(1, (NormBarn(12, Boende.UMGANGE, 30),)), 5220 + 4320),
        (NormHushall(1, (NormBarn(12, Boende.UMGANGE, 31),)), 5220 + 4390),
        (NormHushall(1, (NormBarn(12, Boende.VAXELVIS),)), 3940 + 2195 + 1410),
    ],
)
def test_a_household_gets_the_norm_that_the_table_gives(
    household: NormHushall, expected: int, regelverk: Regelverk
) -> None:
    assert total(regelverk, household) == expected


@pytest.mark.parametrize(("month", "expected"), [("2023-01", 4620), ("2024-06", 5030), ("2025-12", 5180)])
def test_each_year_has_its_own_table(month: str, expected: int, regelverk: Regelverk) -> None:
    assert total(regelverk, NormHushall(1), month) == expected


@pytest.mark.parametrize("month", ["2022-12", "2027-01"])
def test_a_month_without_a_table_has_none(month: str, regelverk: Regelverk) -> None:
    assert regelverk.norm_for(Manad.parse(month)) is None


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "u1"), (1, "ar_1_2"), (2, "ar_1_2"), (3, "ar_3"), (4, "ar_4_6"), (6, "ar_4_6"), (7, "ar_7_10"),
     (10, "ar_7_10"), (11, "ar_11_14"), (14, "ar_11_14"), (15, "ar_15_18"), (18, "ar_15_18"), (19, "ar_19_20"),
     (20, "ar_19_20")],
)  # fmt: skip
def test_the_bands_hold_both_their_ends(age: int, band: str) -> None:
    assert aldersband(age) == band


def test_nobody_over_twenty_is_a_child_of_the_norm() -> None:
    with pytest.raises(KeyError):
        aldersband(21)


def test_an_identity_number_is_masked_wherever_it_is_not_asked_for() -> None:
    number = Personnummer("20111112-2383")
    assert (str(number), f"{number}", repr(number)) == ("20111112-****", "20111112-****", "Personnummer(20111112-****)")
    person = Sokande(fornamn="Tova", efternamn="Testsson", personnummer=number)
    assert "2383" not in repr(person)
    assert json.loads(person.model_dump_json())["personnummer"] == "201111122383"
    assert Sokande.model_validate_json(person.model_dump_json()) == person


def test_a_number_that_fails_is_carried_and_marked() -> None:
    assert Personnummer("198501289832").is_valid
    assert not Personnummer("198501289833").is_valid
    impossible = Personnummer("198513459832")
    assert (impossible.is_valid, impossible.birth_date) == (False, None)
    with pytest.raises(ValueError, match="tolv siffror"):
        Personnummer("************")


def test_a_samordningsnummer_has_its_date_and_age() -> None:
    number = Personnummer("199001859883")
    assert number.is_samordningsnummer
    assert number.birth_date == date(1990, 1, 25)
    assert [number.age_on(date(2026, 1, day)) for day in (24, 25)] == [35, 36]


def test_the_norm_files_hold_no_table_without_source_and_approval() -> None:
    folder = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand" / "normer"
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))]
    assert len(texts) == 4
    assert all("source:" in text and "decision_reference:" in text for text in texts)
