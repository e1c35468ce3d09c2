"""Who is asked about where: everybody of whom a register may tell something that is needed, and nobody else."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from scenarier import FILES, LAST, fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import INNAN_FILEN
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.register.underlag import Folkbokforing, Skydd
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.relevans import fragor

LAG = INNAN_FILEN.for_manad(Manad(2026, 12))
NAGON, BARN = Personnummer("199001259887"), Personnummer("201401279888")
ALLA = tuple(Register)
FK, PM, AF, SO, CSN, SKV, TS, MIV = (
    *(Register.FK, Register.PM, Register.AF, Register.SO),
    *(Register.CSN, Register.SKV, Register.TS, Register.MIV),
)
VUXEN = {FK, PM, AF, SO, CSN, SKV, TS}


def folkbokford(person: Personnummer, medborgarskap: str | None) -> Folkbokforing:
    return Folkbokforing(
        person=person,
        status=Svarsstatus.SVAR,
        lasning=Lasning(kalla="Folkbokföringen", tidpunkt=LAST),
        skydd=Skydd.INGET,
        medborgarskap=medborgarskap,
    )


def fragas(
    alder: int | None,
    *,
    soker: bool,
    medborgarskap: str | None = "Sverige",
    anslutna: Sequence[Register] = ALLA,
) -> set[Register] | None:
    """Where one person is asked about, None when nowhere."""
    asked = fragor(
        {NAGON} if soker else set(), {NAGON: folkbokford(NAGON, medborgarskap)}, anslutna, lambda person: alder, LAG
    )
    return set(asked[NAGON]) if NAGON in asked else None


@pytest.mark.parametrize(
    ("alder", "soker", "registren"),
    [
        (0, False, None),
        (15, False, None),
        (16, False, {CSN}),
        (17, False, {CSN}),
        (18, False, {FK, PM, CSN}),
        (20, False, {FK, PM, CSN}),
        (17, True, VUXEN - {FK, PM}),
        (18, True, VUXEN),
        (64, True, VUXEN),
        (None, False, None),
        (None, True, {AF, SO, SKV, TS}),
    ],
)
def test_a_swedish_citizen_is_asked_about_by_age_and_by_whether_they_apply(
    alder: int | None, soker: bool, registren: set[Register] | None
) -> None:
    assert fragas(alder, soker=soker) == registren


@pytest.mark.parametrize("medborgarskap", ["Syrien", "", None])
@pytest.mark.parametrize(
    ("alder", "soker", "registren"),
    [
        (5, False, {MIV}),
        (15, False, {MIV}),
        (16, False, {CSN, MIV}),
        (18, False, {FK, PM, CSN, MIV}),
        (30, True, VUXEN | {MIV}),
    ],
)
def test_migrationsverket_is_asked_about_everybody_who_is_not_known_to_be_a_nordic_citizen(
    alder: int, soker: bool, registren: set[Register], medborgarskap: str | None
) -> None:
    assert fragas(alder, soker=soker, medborgarskap=medborgarskap) == registren


@pytest.mark.parametrize("medborgarskap", ["Sverige", " sverige", "SVENSK", "Svenskt", "Norge", " finland"])
def test_migrationsverket_is_not_asked_about_a_nordic_citizen_however_that_is_written(medborgarskap: str) -> None:
    assert fragas(30, soker=True, medborgarskap=medborgarskap) == VUXEN


@pytest.mark.parametrize("borta", ALLA)
def test_a_register_that_is_not_connected_is_not_asked_and_the_others_are(borta: Register) -> None:
    rest = [register for register in ALLA if register is not borta]
    assert fragas(30, soker=True, medborgarskap="Syrien", anslutna=rest) == set(rest)
    assert fragas(16, soker=False, anslutna=[one for one in ALLA if one is not CSN]) is None


def test_each_person_is_asked_about_for_themselves_and_in_the_order_of_the_application() -> None:
    people = {NAGON: folkbokford(NAGON, "Sverige"), BARN: folkbokford(BARN, "Syrien")}
    asked = fragor({NAGON}, people, ALLA, {NAGON: 36, BARN: 12}.get, LAG)
    assert {person: set(registers) for person, registers in asked.items()} == {NAGON: VUXEN, BARN: {MIV}}
    assert list(asked) == [NAGON, BARN]


def test_somebody_whom_folkbokföring_has_not_answered_about_may_be_of_any_citizenship() -> None:
    assert MIV in fragor({NAGON}, {NAGON: None}, ALLA, lambda person: 30, LAG)[NAGON]


@pytest.mark.parametrize(
    ("fodd", "idag", "registren"),
    [
        ("200811109883", date(2026, 11, 9), {CSN}),
        ("200811109883", date(2026, 11, 10), {FK, PM, CSN}),
        ("201401279888", date(2030, 1, 26), None),
        ("201401279888", date(2030, 1, 27), {CSN}),
    ],
)
def test_an_age_is_reached_on_the_birthday_whatever_the_month_that_is_applied_for(
    fodd: str, idag: date, registren: set[Register] | None, regelverk: Regelverk
) -> None:
    text = las(next(path for path in FILES if path.name.startswith("07-")))
    people: dict[str, Any] = {**text["personer"], "Tolva": {**text["personer"]["Tolva"], "personnummer": fodd}}
    one = fall({**text, "personer": people})
    ansokan = one.ansokan.model_copy(update={"manad": Manad.of(idag)})
    asked = Lage(ansokan, one.underlag, regelverk, idag).fragor.get(Personnummer(fodd))
    assert (None if asked is None else set(asked)) == registren
