"""Whom a hand-off goes to: the applicant's own case worker, or labour-market secretary."""

from dataclasses import replace
from datetime import date

import pytest

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.beslut.mottagare import Mottagare, overlamnas_till
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import overlamning
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import ArbetsmarknadTill
from arbetsfloden.ekonomiskt_bistand.regler import Granskning
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage

DAG = date(2026, 12, 1)
HILDA, ARNE = "Hilda Handläggarsson", "Arne Arbetsmarknadsson"
DEREGISTERED, RENT_CHANGED, PROTECTED = 21, 15, 22


@pytest.fixture
def till(regelverk, fall):
    """Whom the hand-off of a scenario goes to in a municipality that sends what it may to the labour-market unit."""

    def gives(number, *, wanted=ArbetsmarknadTill.ARBETSMARKNADSSEKRETERARE, secretary=ARNE, costs=()):
        ansokan, underlag = fall(number)
        kommun = regelverk.kommun.model_copy(update={"arbetsmarknad_till": wanted})
        rules = replace(regelverk, kommun=kommun)
        arende = underlag.arende
        if arende is not None:
            arende = arende.model_copy(update={"arbetsmarknadssekreterare": secretary})
        ansokan = ansokan.model_copy(update={"kostnader": (*ansokan.kostnader, *costs)})
        lage = Lage(ansokan, underlag.model_copy(update={"arende": arende}), rules, DAG)
        granskning = Granskning(regler=foresla(ansokan, lage.underlag, rules, DAG).regler)
        return overlamnas_till(lage, granskning)

    return gives


def test_what_only_the_labour_market_hinders_goes_to_the_labour_market_secretary(till):
    assert till(DEREGISTERED) == Mottagare("arbetsmarknadssekreterare", ARNE)
    assert till(DEREGISTERED, secretary=None) == Mottagare("arbetsmarknadssekreterare", None), "the group's list"


def test_it_goes_to_the_case_worker_where_the_municipality_has_not_said_otherwise(till, regelverk):
    assert regelverk.kommun.arbetsmarknad_till is ArbetsmarknadTill.HANDLAGGARE
    assert till(DEREGISTERED, wanted=ArbetsmarknadTill.HANDLAGGARE) == Mottagare("handläggare", HILDA)


def test_another_hindrance_or_a_cost_to_decide_apart_is_the_case_workers(till, fall):
    assert till(RENT_CHANGED) == Mottagare("handläggare", HILDA)
    cost = fall(2)[0].kostnader[0].model_copy(update={"slag": "Medicin"})
    assert till(DEREGISTERED, costs=(cost,)) == Mottagare("handläggare", HILDA)
    assert till(2) == Mottagare("handläggare", HILDA), "nothing hinders"


def test_a_protected_persons_case_goes_to_nobody_in_particular(till):
    assert till(PROTECTED).namn is None


def test_the_hand_off_says_whom_it_goes_to(regelverk, fall):
    assert overlamning(foresla(*fall(RENT_CHANGED), regelverk, DAG)).worker == HILDA
