"""Whose plan it is, and which month's attendance is looked at."""

from datetime import date
from typing import Any

import pytest
from regelandringar import kommun

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import PlaneringGaller
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Narvaro

ENSAM, PAR = 2, 6
DEN_FORSTA = date(2026, 12, 1)


def i_vagen(forslag: Forslag) -> set[int]:
    return {one.nummer for one in forslag.regler if one.hindrar}


@pytest.mark.parametrize(
    ("nummer", "galler", "provas"),
    [
        (PAR, PlaneringGaller.SOKANDEN, True),
        (PAR, PlaneringGaller.HUSHALLET, False),
        (2, PlaneringGaller.SOKANDEN, False),
    ],
)
def test_a_plan_that_is_the_applicants_own_says_nothing_of_the_other(
    nummer: int, galler: PlaneringGaller, provas: bool, fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*fall(nummer), kommun(planering_galler=galler)(regelverk), DEN_FORSTA)
    assert i_vagen(forslag) == ({24} if provas else set())


def timmar(manad: int, narvaro: int) -> Narvaro:
    return Narvaro(manad=Manad(2026, manad), planerat=80, narvaro=narvaro, giltig_franvaro=0)


@pytest.mark.parametrize(
    ("dag", "rader", "provas"),
    [
        (DEN_FORSTA, [timmar(11, 10)], True),
        (DEN_FORSTA, [timmar(10, 10), timmar(11, 80)], False),
        # November is not over: October tells.
        (date(2026, 11, 26), [timmar(10, 80), timmar(11, 40)], False),
        (date(2026, 11, 26), [timmar(10, 40), timmar(11, 80)], True),
        (date(2026, 11, 30), [timmar(11, 10)], False),
        # Hours that have ceased, and none that there ever were.
        (DEN_FORSTA, [timmar(10, 80)], True),
        (DEN_FORSTA, [timmar(9, 80)], False),
        (DEN_FORSTA, [], False),
    ],
)
def test_attendance_is_that_of_the_last_month_that_is_over(
    dag: date, rader: list[Narvaro], provas: bool, fall: Any, regelverk: Regelverk
) -> None:
    ansokan, underlag = fall(ENSAM)
    arende = underlag.arende.model_copy(update={"narvaro": tuple(rader)})
    forslag = foresla(ansokan, underlag.model_copy(update={"arende": arende}), regelverk, dag)
    assert (25 in i_vagen(forslag)) is provas
