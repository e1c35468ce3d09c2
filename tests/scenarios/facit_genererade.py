"""What is to come of a generated household, worked out from what happens in it and not by the robot's rules.

The norm is sandkommun's own table. From the municipality's guidelines only amounts are taken.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from sandkommun.generating.municipality import _happenings, _local
from sandkommun.generating.norms import norm_sum
from sandkommun.generating.situations import ORDINARY, Situation
from sandkommun.testpersoner import birth_date
from sandkommun.worlds import World
from sandkommun.worlds.applications import Ansokan as Inkommen

TODAY = date(2026, 12, 1)
GOES_ON = {17, 27, 28, 30, 32, 33, 36, 43}
"""Rules that do not stand in the way by themselves."""
GRANTED = {one.name for one in ORDINARY} | {
    *("barn byter ålder", "kostnad som prövas för sig", "barns lön", "studiestöd som förut"),
    *("lön, fem månader", "lön, jobbstimulans slut", "två ansökningar"),
}
"""What may happen in a household that is granted its aid by the robot."""
ENDED = {"skyddad", "sekretess hos en myndighet", "folkbokförd i annan kommun"}
"""The rules end before anything is calculated; so it is where no norm holds the month."""
INCOME_RULES = {12, 13, 14, 15, 16, 17, 18, 19, 20, 26}
"""They wait for Försäkringskassan."""
ALSO = {
    # A first calculation has nothing to be compared with: each income, the rent and each cost are new.
    "nyansökan": {15, 24, 34, 35, 39},
    "ärendet avslutat länge": {9, 15, 34, 35},
    "ingen tidigare beräkning": {15, 34, 35},
    "nästa månad": {9, 15, 17, 34, 35},
    # An income that begins, ends or is raised to more than is needed differs from last month's.
    "överskott": {15},
    "ej redovisad förmån": {15},
    "förmån som inte är vanlig": {13, 15},
    "insättning på kontot": {15},
    "nytt studiestöd": {15},
    # Who has no sick benefit any longer is to be a job seeker.
    "sjukpenning har upphört": {15, 22},
    # The form has the amount before the deduction.
    "avdrag på förmån": {13},
    # Less is approved than was applied for: a partial denial.
    "el över det skäliga": {43},
    "hyra över taket efter rådrum": {43},
    "obehörig": INCOME_RULES,
}
"""The other rules that stand in the way of what happens."""
CANNOT_KNOW = {"nyansökan": {13}, "ärendet avslutat länge": {13}, "ingen tidigare beräkning": {13}, "nästa månad": {13}}
"""Without last month's calculation a payment that counted nowhere is undeclared too (13). Whether there is one is
drawn with the household, and the situation does not say it."""


ENDS_EARLY = {3, 5, 6, 7, 10}
"""No register is asked once one of them stands in the way: rules after the tenth are not judged then."""


def situations(households: int, seed: int) -> list[Situation]:
    """What happens in each household, in their order: drawn as the world is."""
    rng = Random(seed)  # noqa: S311 - the same chance as the world
    _local(rng)
    return _happenings(rng, households)


def due(world: World, entry: Inkommen, kommun: Kommun) -> Decimal:
    """The aid by the norm's own table: norm and costs of 12 kap. 7 § less what is counted, worked out apart.

    Zero or less is a surplus. From the rules' configuration only amounts are taken: caps and reasonable amounts.
    """
    home = next(one for one in world.hushall.values() if entry.sokande in one.medlemmar)
    adults = 1 + (entry.medsokande is not None)
    ages = [TODAY.year - birth_date(world.personer[row.person].personnummer).year for row in entry.barn]
    part_time = {place: row.dagar for place, row in enumerate(entry.barn) if row.boende != "Heltid"}
    norm = norm_sum(TODAY.year, adults, ages, len(home.ovriga), part_time)
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
    return norm + approved_costs(world, entry, kommun) - counted - registered_otherwise(world, entry)


def approved_costs(world: World, entry: Inkommen, kommun: Kommun) -> Decimal:
    """Each cost within its reasonable amount; a rent above the cap in full until less was approved last month."""
    adults = 1 + (entry.medsokande is not None)
    persons = adults + sum(row.boende != "Umgänge" for row in entry.barn)
    total = Decimal(0)
    for row in entry.kostnader:
        if row.typ == "Hyra":
            total += min(row.belopp, rent_cap(entry, kommun)) if rent_was_cut(world, entry) else row.belopp
        elif limit := kommun.skaliga_kostnader.get(row.typ):
            reasonable = limit.belopp[min(persons, len(limit.belopp)) - 1]
            total += min(row.belopp, reasonable * (adults if limit.per_vuxen else 1))
    return total


def rent_cap(entry: Inkommen, kommun: Kommun) -> Decimal:
    return next(
        row.belopp
        for row in kommun.hyrestak
        if (row.barn_hogst is None or len(entry.barn) <= row.barn_hogst)
        and (row.rum_hogst is None or entry.boende.rum <= row.rum_hogst)
    )


def rent_was_cut(world: World, entry: Inkommen) -> bool:
    case = next((one for one in world.arenden.values() if one.sokande == entry.sokande), None)
    rows = [row for one in case.berakningar if one.manad == "2026-11" for row in one.kostnader] if case else []
    return any(row.typ == "Hyra" and row.godkant < row.sokt for row in rows)


def registered_otherwise(world: World, entry: Inkommen) -> Decimal:
    """What FK and CSN paid for November beyond what was declared: benefits that nobody told of, less deductions."""
    told, extra = {(row.person, row.typ) for row in entry.inkomster}, Decimal(0)
    for key in dict.fromkeys(entry.namnda):
        for paid in world.personer[key].fk.utbetalningar:
            benefit = "Barnbidrag" if paid.forman == "Flerbarnstillägg" else paid.forman
            if paid.typ == 3 or f"{paid.fran or paid.datum:%Y-%m}" != "2026-11":
                continue
            extra += -paid.avdrag if (key, benefit) in told else paid.netto
        aid = [one for one in world.personer[key].csn.utbetalningar if f"{one.datum:%Y-%m}" == "2026-11"]
        extra += sum((one.belopp for one in aid if (key, "Studiestöd") not in told), Decimal(0))
    return extra


def wage_is_judged(world: World, entry: Inkommen, regelverk: Regelverk) -> bool:
    """Whether the wages are more than may rest on the application alone, or no case tells of jobbstimulans."""
    has_case = any(one.sokande == entry.sokande for one in world.arenden.values())
    adults = [entry.sokande, *([entry.medsokande.person] if entry.medsokande else [])]
    wages = sum((row.belopp for row in entry.inkomster if row.typ == "Lön" and row.person in adults), Decimal(0))
    return wages > (regelverk.kommun.lon_enbart_ansokan_hogst if has_case else Decimal(0))


def fk_answers(world: World, entry: Inkommen) -> bool:
    facts = world.personer[entry.sokande].fk
    return (facts.svar[0] if facts.svar else facts.status) == "OK"


def expected_amount(situation: Situation, world: World, entry: Inkommen, kommun: Kommun) -> Decimal | None:
    """The aid that is proposed, None where nothing is calculated; in a surplus what is left over, below zero."""
    unknown = situation.name in ENDED | {"obehörig", "nästa månad"} or not fk_answers(world, entry)
    return None if unknown else due(world, entry, kommun)


def expected_rules(
    situation: Situation, world: World, entry: Inkommen, regelverk: Regelverk, amount: Decimal | None
) -> set[int]:
    """Exactly the rules that stand in the way."""
    name = situation.name
    if name in ENDED:
        return set(situation.rules)
    follows = name in GRANTED or name == "stor familj över taket"
    # In these situations a child's wage or studies do stand in the way.
    rules = set() if follows else set(situation.rules) - (GOES_ON - {27, 30})
    rules |= ALSO.get(name, set())
    if name == "nytt studiestöd" and any(row.typ == "Studiestöd" for row in entry.inkomster):
        rules.discard(13)
    if name.startswith("register "):
        rules |= {22, 23} if fk_answers(world, entry) else INCOME_RULES
    if wage_is_judged(world, entry, regelverk):
        rules |= {29}
    if amount is not None and amount <= 0:
        rules |= {42}
    if amount is not None and amount > regelverk.kommun.belopp_hogst_per_hushall:
        rules |= {46}
    return rules
