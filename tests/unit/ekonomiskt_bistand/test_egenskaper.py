"""What holds for every household: the balance is its rows, more income never grants more, nothing is ever a float."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from scenarier import FILES, fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Barn, Boende, Inkomst, Kostnad, Medsokande
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import NormBarn, NormHushall, Normtabell, normbelopp
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Utbetalning
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from sandkommun.testpersoner import personnummer

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
TODAY, NOVEMBER = date(2026, 12, 1), date(2026, 11, 25)
RULES = load_regelverk(CONFIG)
CASES = {path.stem[:2]: fall(las(path)) for path in FILES}
ALONE, STIMULUS = CASES["02"], CASES["04"]
BENEFITS = ("Barnbidrag", "Underhållsstöd", "Bostadsbidrag", "Aktivitetsstöd", "Sjukpenning")
COSTS = ("Hyra", "Hushållsel", "Hemförsäkring", "Arbetsresor", "Fackavgift", "A-kasseavgift", "Medicin")
KRONA = Decimal(1)

amounts = st.decimals(Decimal(0), Decimal(20_000), places=2)
ages = st.integers(0, 20)
residences = st.sampled_from(Boende)
Fall = tuple[Ansokan, Underlag]


@st.composite
def children(draw: st.DrawFn) -> tuple[Barn, ...]:
    """Children of every age and way of living, each with a number of the test series."""
    found = []
    for place, age in enumerate(draw(st.lists(ages, max_size=4)), 1):
        lives = draw(residences)
        days = draw(st.integers(1, 30)) if lives is Boende.UMGANGE else None
        number = Personnummer(personnummer(TODAY.year - age, place))
        found.append(Barn(fornamn="P", efternamn="T", personnummer=number, boende=lives, dagar=days))
    return tuple(found)


@st.composite
def households(draw: st.DrawFn) -> Fall:
    """A household with or without a wage under jobbstimulans, shared home, costs and incomes with öre."""
    start = draw(st.sampled_from((ALONE, STIMULUS)))
    home = start.ansokan.bostad
    kids = draw(children())
    partner = draw(st.booleans())
    number = 1 + partner + len(kids)
    costs = draw(st.lists(st.tuples(st.sampled_from(COSTS), amounts), max_size=6))
    incomes = [
        Inkomst(person=start.ansokan.sokande.personnummer, slag=kind, belopp=amount, betald=NOVEMBER)
        for kind, amount in draw(st.lists(st.tuples(st.sampled_from((*BENEFITS, "Lön")), amounts), max_size=5))
    ]
    ansokan = start.ansokan.model_copy(
        update={
            "barn": kids,
            "medsokande": Medsokande(
                fornamn="P", efternamn="T", personnummer=Personnummer(personnummer(1988, 7)), har_undertecknat=True
            )
            if partner
            else None,
            "bostad": home.model_copy(
                update={"delad": draw(st.booleans()), "personer": number + draw(st.integers(0, 3))}
            ),
            "kostnader": tuple(Kostnad(slag=kind, belopp=amount) for kind, amount in costs),
            "inkomster": tuple(incomes),
        }
    )
    return ansokan, start.underlag


def calculated(case: Fall) -> Forslag:
    """The calculation, whatever else stands in the way: the registers are taken as they are in the scenario."""
    ansokan, underlag = case
    people = set(ansokan.personer)
    first = underlag.folkbokforing[0]
    answers: dict[str, Any] = {"folkbokforing": tuple(first.model_copy(update={"person": one}) for one in people)}
    for register in ("fk", "pm", "af", "so", "csn", "skv", "ts"):
        (answer,) = getattr(underlag, register)
        answers[register] = tuple(answer.model_copy(update={"person": one}) for one in people)
    answers["fk"] = tuple(one.model_copy(update={"utbetalningar": ()}) for one in answers["fk"])
    return foresla(ansokan, underlag.model_copy(update=answers), RULES, TODAY)


@given(households())
@settings(deadline=None, max_examples=150)
def test_the_balance_is_the_sum_of_its_rows_each_rounded_half_up(case: Fall) -> None:
    forslag = calculated(case)
    told = forslag.berakning
    assert told is not None
    for row in (*told.norm, *told.kostnader, *told.inkomster):
        assert row.belopp == row.orundat.quantize(KRONA, ROUND_HALF_UP)
    assert told.normsumma == sum(row.belopp for row in told.norm)
    assert told.kostnadssumma == sum(row.belopp for row in told.kostnader)
    assert told.inkomstsumma == sum(row.belopp for row in told.inkomster)
    assert told.resultat == told.inkomstsumma - told.normsumma - told.kostnadssumma
    assert forslag.belopp == max(-told.resultat, 0)
    approved = {kind: sum(row.orundat for row in told.kostnader if row.typ == kind) for kind in COSTS}
    applied = {kind: sum(row.belopp for row in case[0].kostnader if row.slag == kind) for kind in COSTS}
    assert all(approved[kind] <= applied[kind] for kind in COSTS)


@given(households(), st.integers(0, 4), st.decimals(Decimal("0.01"), Decimal(5000), places=2))
@settings(deadline=None, max_examples=100)
def test_a_higher_income_never_grants_more(case: Fall, which: int, more: Decimal) -> None:
    ansokan, underlag = case
    rows = list(ansokan.inkomster)
    if not rows:
        rows = [Inkomst(person=ansokan.sokande.personnummer, slag="Lön", belopp=Decimal(0), betald=NOVEMBER)]
    before = calculated((ansokan.model_copy(update={"inkomster": tuple(rows)}), underlag))
    which %= len(rows)
    rows[which] = rows[which].model_copy(update={"belopp": rows[which].belopp + more})
    after = calculated((ansokan.model_copy(update={"inkomster": tuple(rows)}), underlag))
    assert before.belopp is not None
    assert after.belopp is not None
    assert after.belopp <= before.belopp


@given(households(), st.sampled_from((*BENEFITS, "Lön", "Swish/insättning")), amounts)
@settings(deadline=None, max_examples=100)
def test_one_more_income_never_grants_more(case: Fall, kind: str, amount: Decimal) -> None:
    ansokan, underlag = case
    added = Inkomst(person=ansokan.sokande.personnummer, slag=kind, belopp=amount, betald=NOVEMBER)
    before = calculated(case)
    after = calculated((ansokan.model_copy(update={"inkomster": (*ansokan.inkomster, added)}), underlag))
    assert before.belopp is not None
    assert after.belopp is not None
    assert after.belopp <= before.belopp


def paid(*payments: tuple[date, Decimal], before: date = date(2026, 9, 25)) -> Fall:
    """Scenario 2 with these payments of its benefit, stated and in the register; last month's row is of `before`."""
    ansokan, underlag = ALONE.ansokan, ALONE.underlag
    (answer,), row = underlag.fk, ansokan.inkomster[0]
    stated = tuple(
        row.model_copy(update={"belopp": amount, "betald": day, "period_fran": None, "period_till": None})
        for day, amount in payments
    )
    register = tuple(
        Utbetalning(datum=day, formansfamilj="A", forman=row.slag, brutto=amount, skatt=Decimal(0), netto=amount, typ=1)
        for day, amount in payments
    )
    assert underlag.arende is not None
    (earlier,) = underlag.arende.berakningar
    (income,) = earlier.inkomster
    earlier = earlier.model_copy(update={"inkomster": (income.model_copy(update={"datum": before}),)})
    arende = underlag.arende.model_copy(update={"berakningar": (earlier,)})
    fk = (answer.model_copy(update={"utbetalningar": register}),)
    return (
        ansokan.model_copy(update={"inkomster": stated}),
        underlag.model_copy(update={"fk": fk, "arende": arende}),
    )


@given(st.decimals(Decimal(0), Decimal(9000), places=2), st.decimals(Decimal(0), Decimal(9000), places=2))
@settings(deadline=None, max_examples=60)
def test_a_payment_that_fills_a_gap_grants_less_and_never_more_the_larger_it_is(one: Decimal, other: Decimal) -> None:
    less, more = sorted((one, other))
    october = date(2026, 10, 26)
    granted = [
        foresla(*paid(*payments), RULES, TODAY).belopp
        for payments in ((), ((october, less),), ((october, more),), ((NOVEMBER, more),))
    ]
    assert None not in granted
    assert granted == sorted(granted, key=lambda amount: -(amount or 0))


# --- The norm ---------------------------------------------------------------------------------------------------------


def norm(table: Normtabell, household: NormHushall) -> Decimal:
    return sum((row.belopp for row in normbelopp(table, household)), Decimal(0))


def table(path: str) -> Normtabell:
    return next(one for one in RULES.normer if one.namn == path)


at_home = st.sampled_from((Boende.HELTID, Boende.VAXELVIS))
norm_children = st.builds(NormBarn, alder=ages, boende=at_home, dagar=st.none(), person=st.none())


@pytest.mark.parametrize("name", [one.namn for one in RULES.normer])
@given(adults=st.integers(1, 2), kids=st.lists(norm_children, max_size=9), one=norm_children)
@settings(deadline=None, max_examples=60)
def test_a_household_of_one_more_is_never_cheaper(name: str, adults: int, kids: list[NormBarn], one: NormBarn) -> None:
    known = table(name)
    whole = norm(known, NormHushall(adults, tuple(kids)))
    assert norm(known, NormHushall(adults, (*kids, one))) > whole
    assert norm(known, NormHushall(2, tuple(kids))) >= whole


@pytest.mark.parametrize("name", [one.namn for one in RULES.normer])
@given(
    adults=st.integers(1, 2),
    kids=st.lists(norm_children, max_size=4),
    visits=st.builds(NormBarn, alder=ages, boende=st.just(Boende.UMGANGE), dagar=st.integers(0, 30), person=st.none()),
    others=st.integers(1, 6),
)
@settings(deadline=None, max_examples=60)
def test_a_visit_a_day_more_and_fewer_in_the_home_are_never_cheaper(
    name: str, adults: int, kids: list[NormBarn], visits: NormBarn, others: int
) -> None:
    known, family = table(name), NormHushall(adults, tuple(kids))
    visited = norm(known, NormHushall(adults, (*kids, visits)))
    longer = visits._replace(dagar=(visits.dagar or 0) + 1)
    assert norm(known, family) <= visited < norm(known, NormHushall(adults, (*kids, longer)))
    shared = NormHushall(adults, tuple(kids), family.antal + others)
    more = NormHushall(adults, tuple(kids), family.antal + others + 1)
    assert norm(known, more) <= norm(known, shared) < norm(known, family)


# --- No float, and the same again -------------------------------------------------------------------------------------


def values(thing: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything that a value holds, to its leaves."""
    if isinstance(thing, BaseModel):
        thing = {name: getattr(thing, name) for name in type(thing).model_fields}
    elif dataclasses.is_dataclass(thing):
        thing = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
    elif hasattr(thing, "_asdict"):
        thing = thing._asdict()
    if isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from values(key, f"{path}.key")
            yield from values(value, f"{path}.{key}")
    elif isinstance(thing, (tuple, list, set, frozenset)):
        for value in thing:
            yield from values(value, f"{path}[]")
    else:
        yield path, thing


@given(households())
@settings(deadline=None, max_examples=30)
def test_no_value_of_a_decision_or_of_what_it_rests_on_is_a_float(case: Fall) -> None:
    forslag = calculated(case)
    told = [*values(forslag, "förslag"), *values(case[0], "ansökan"), *values(case[1], "underlag")]
    assert [path for path, value in told if isinstance(value, float)] == []
    assert len(told) > 400


def test_no_value_of_the_rules_is_a_float_and_a_decimal_in_a_file_comes_in_as_it_stands(tmp_path: Path) -> None:
    assert [path for path, value in values(RULES, "regelverk") if isinstance(value, float)] == []
    folder = tmp_path / "regler"
    for path in CONFIG.rglob("*.yaml"):
        target = folder / path.relative_to(CONFIG)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    text = (folder / "kommun.yaml").read_text("utf-8")
    assert "\ninkomstavvikelse_procent: 12\n" in text
    text = text.replace("\ninkomstavvikelse_procent: 12\n", "\ninkomstavvikelse_procent: 12.1\n")
    (folder / "kommun.yaml").write_text(text, "utf-8")
    assert isinstance(yaml.safe_load(text)["inkomstavvikelse_procent"], float)
    assert load_regelverk(folder).kommun.inkomstavvikelse_procent == Decimal("12.1")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_same_facts_give_the_same_proposal_whatever_their_order(case: Any) -> None:
    first = foresla(case.ansokan, case.underlag, RULES, case.idag)
    again = foresla(
        Ansokan.model_validate_json(case.ansokan.model_dump_json()),
        Underlag.model_validate_json(case.underlag.model_dump_json()),
        load_regelverk(CONFIG),
        case.idag,
    )
    assert again.model_dump_json() == first.model_dump_json()
    turned = case.underlag.model_copy(
        update={
            name: tuple(reversed(getattr(case.underlag, name)))
            for name in Underlag.model_fields
            if isinstance(getattr(case.underlag, name), tuple)
        }
    )
    other = foresla(case.ansokan, turned, RULES, case.idag)
    assert (other.slag, other.belopp, other.berakning) == (first.slag, first.belopp, first.berakning)
    assert sorted(other.skal) == sorted(first.skal)


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2026, 12, 9), date(2026, 12, 31)])
def test_the_day_alone_changes_nothing_but_itself(day: date) -> None:
    first, other = (foresla(ALONE.ansokan, ALONE.underlag, RULES, one) for one in (TODAY, day))
    assert other.model_copy(update={"dag": TODAY}) == first


def test_a_proposal_is_written_as_before_and_read_again(fall: Callable[[int], Fall]) -> None:
    forslag = foresla(*fall(7), RULES, TODAY)
    told = forslag.model_dump(mode="json")
    assert list(told["regler"][0]) == [*("nummer", "namn", "utfall", "text", "ingangar", "kalla", "tidpunkt", "lagrum")]
    assert list(told["berakning"]["norm"][0]) == [
        *("slag", "typ", "etikett", "belopp", "orundat", "ansokt", "person", "datum", "kalla", "tidpunkt"),
        *("lagrum", "notering"),
    ]
    assert told["berakning"]["manad"] == str(Manad(2026, 12))
    assert told["berakning"]["norm"][0]["belopp"] == "3940"
    assert Forslag.model_validate_json(forslag.model_dump_json()) == forslag
    told["regler"][0]["okänt"] = 1
    with pytest.raises(ValueError, match="okänt"):
        Forslag.model_validate(told)
