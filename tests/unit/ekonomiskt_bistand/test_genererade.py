"""A thousand generated households through the pure decision, judged by what happens in each."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from facit_genererade import CANNOT_KNOW, TODAY, expected_amount, expected_rules, situations
from varldsfakta import fall

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from sandkommun.generating import generate
from sandkommun.worlds import World
from sandkommun.worlds.applications import Ansokan as Inkommen

HOUSEHOLDS = 1000
SEED = 20261201


@pytest.fixture(scope="module")
def world() -> World:
    return World.model_validate(generate(HOUSEHOLDS, SEED, TODAY))


@pytest.fixture
def local(world: World, regelverk: Regelverk) -> Regelverk:
    """The rules with what this municipality has decided for itself, but for the sample."""
    own = {**world.lokalt["kommun"], "stickprov": {"andel": 0, "nar": "fore"}}
    kommun = Kommun.model_validate({**regelverk.kommun.model_dump(), **own})
    return replace(regelverk, kommun=kommun)


def test_every_household_comes_out_as_what_happens_in_it_says(world: World, local: Regelverk) -> None:
    wrong, seen = [], Counter[str]()
    for number, situation in enumerate(situations(HOUSEHOLDS, SEED), 1):
        reference = str(300_000 + number)
        entry = world.inkorg[reference]
        assert isinstance(entry, Inkommen)
        forslag = foresla(*fall(world, reference), local, TODAY)
        seen[forslag.slag.value] += 1
        amount = expected_amount(situation, world, entry, local.kommun)
        rules = expected_rules(situation, world, entry, local, amount)
        told = {one.nummer for one in forslag.regler if one.hindrar}
        which = f"{reference} {situation.name}"
        if told - CANNOT_KNOW.get(situation.name, set()) != rules:
            wrong.append(f"{which}: {sorted(told)}, not {sorted(rules)}: {forslag.skal}")
        if (forslag.slag is Forslagsslag.BIFALL) != (not rules):
            wrong.append(f"{which}: {forslag.slag} by {sorted(rules)}")
        balance = forslag.berakning.resultat if forslag.berakning else None
        if balance != (None if amount is None else -amount):
            wrong.append(f"{which}: a balance of {balance}, not of -({amount})")
        if forslag.belopp != (None if amount is None else max(amount, Decimal(0))):
            wrong.append(f"{which}: {forslag.belopp}, not {amount}")
    assert wrong == []
    assert seen["bifall"] > HOUSEHOLDS / 2


def test_a_norm_that_staff_had_raised_is_told_in_every_household_that_is_as_it_was(
    world: World, local: Regelverk
) -> None:
    compared = 0
    for reference, entry in world.inkorg.items():
        if not isinstance(entry, Inkommen):
            continue
        ansokan, underlag = fall(world, reference)
        case = underlag.arende
        last = case.senaste_berakning(ansokan.manad) if case else None
        if case is None or last is None or last.manad != ansokan.manad.minus(1):
            continue
        assert last.normsumma is not None
        raised = last.model_copy(update={"normsumma": last.normsumma + 300})
        with_raised = underlag.model_copy(update={"arende": case.model_copy(update={"berakningar": (raised,)})})
        judged = [granska_arende(Lage(ansokan, facts, local, TODAY)) for facts in (underlag, with_raised)]
        if judged[0].sarskild:
            continue
        told = ["Förra månadens norm var" in " ".join(one.skal) for one in judged]
        assert told == [False, not ansokan.hushallet_andrat], reference
        compared += told[1]
    assert compared > HOUSEHOLDS * 0.9
