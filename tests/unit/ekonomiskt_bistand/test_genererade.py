"""A thousand generated households through the pure decision, judged by what happens in each."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest
from varldsfakta import fall

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende
from sandkommun.generating import generate
from sandkommun.generating.municipality import _happenings, _local
from sandkommun.generating.norms import norm_sum
from sandkommun.generating.situations import ORDINARY, Situation
from sandkommun.testpersoner import birth_date
from sandkommun.worlds import World
from sandkommun.worlds.applications import Ansokan as Inkommen

TODAY = date(2026, 12, 1)
HOUSEHOLDS = 1000
SEED = 20261201
GOES_ON = {17, 27, 28, 30, 32, 33, 36, 43}
"""Rules that do not stand in the way by themselves."""
GRANTED = {one.name for one in ORDINARY} | {
    *("barn byter ålder", "kostnad som prövas för sig", "barns lön", "studiestöd som förut"),
    *("lön, fem månader", "lön, jobbstimulans slut", "två ansökningar"),
}
"""What may happen in a household that is granted its aid by the robot."""


def situations() -> list[Situation]:
    """What happens in each household, in their order: drawn as the world is."""
    rng = Random(SEED)  # noqa: S311 - the same chance as the world
    _local(rng)
    return _happenings(rng, HOUSEHOLDS)


@pytest.fixture(scope="module")
def world() -> World:
    return World.model_validate(generate(HOUSEHOLDS, SEED, TODAY))


def due(world: World, entry: Inkommen) -> Decimal:
    """The aid by the norm's own table: norm and costs of 12 kap. 7 § less what is counted, worked out apart."""
    home = next(one for one in world.hushall.values() if entry.sokande in one.medlemmar)
    adults = 1 + (entry.medsokande is not None)
    ages = [TODAY.year - birth_date(world.personer[row.person].personnummer).year for row in entry.barn]
    norm = norm_sum(TODAY.year, adults, ages, len(home.ovriga))
    aside = ("Medicin", "Tandvård", "Glasögon", "Skuld")
    costs = sum((row.belopp for row in entry.kostnader if row.typ not in aside), Decimal(0))
    case = next((one for one in world.arenden.values() if one.sokande == entry.sokande), None)
    stimulus = case.jobbstimulans if case else None
    children = {row.person for row in entry.barn}
    counted = Decimal(0)
    for row in entry.inkomster:
        if row.typ == "Lön" and row.person in children:
            continue
        reduced = row.typ == "Lön" and stimulus is not None
        amount = row.belopp * Decimal("0.75") if reduced else row.belopp
        counted += amount.quantize(Decimal(1), ROUND_HALF_UP)
    return norm + costs - counted


def too_large(entry: Inkommen, regelverk: Regelverk) -> bool:
    """Whether the wages are more than the municipality lets rest on the application alone."""
    adults = [entry.sokande, *([entry.medsokande.person] if entry.medsokande else [])]
    wages = sum((row.belopp for row in entry.inkomster if row.typ == "Lön" and row.person in adults), Decimal(0))
    return wages > regelverk.kommun.lon_enbart_ansokan_hogst


@pytest.fixture
def local(world: World, regelverk: Regelverk) -> Regelverk:
    """The rules with what this municipality has decided for itself, but for the sample."""
    own = {**world.lokalt["kommun"], "stickprov": {"andel": 0, "nar": "fore"}}
    kommun = Kommun.model_validate({**regelverk.kommun.model_dump(), **own})
    return replace(regelverk, kommun=kommun)


def test_every_household_comes_out_as_what_happens_in_it_says(world: World, local: Regelverk) -> None:
    wrong, seen = [], Counter[str]()
    for number, situation in enumerate(situations(), 1):
        reference = str(300_000 + number)
        entry = world.inkorg[reference]
        assert isinstance(entry, Inkommen)
        forslag = foresla(*fall(world, reference), local, TODAY)
        told = {one.nummer for one in forslag.regler if one.hindrar}
        expected = set(situation.rules) - GOES_ON
        if situation.name == "nytt studiestöd" and any(row.typ == "Studiestöd" for row in entry.inkomster):
            expected -= {13}
        seen[forslag.slag.value] += 1
        if situation.name in GRANTED and not too_large(entry, local):
            amount: Any = due(world, entry)
            if (forslag.slag, forslag.belopp) != (Forslagsslag.BIFALL, amount):
                wrong.append(
                    f"{reference} {situation.name}: {forslag.slag} {forslag.belopp}, not {amount}: {forslag.skal}"
                )
        elif situation.name in GRANTED:
            if told != {29}:
                wrong.append(f"{reference} {situation.name}: {sorted(told)}, not [29]: {forslag.skal}")
        elif situation.name == "stor familj över taket" and due(world, entry) <= local.kommun.belopp_hogst_per_hushall:
            continue
        elif not expected <= told or forslag.slag is Forslagsslag.BIFALL:
            wrong.append(f"{reference} {situation.name}: {sorted(told)}, not {sorted(expected)}: {forslag.skal}")
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
        judged = [granska_arende(ansokan, facts, local, TODAY) for facts in (underlag, with_raised)]
        if judged[0].sarskild:
            continue
        told = ["Förra månadens norm var" in " ".join(one.skal) for one in judged]
        assert told == [False, not ansokan.hushallet_andrat], reference
        compared += told[1]
    assert compared > HOUSEHOLDS * 0.9
