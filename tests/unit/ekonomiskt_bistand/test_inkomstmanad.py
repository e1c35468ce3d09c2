"""Which month's incomes count, and which month a payment belongs to, as the municipality has chosen."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.forklaring import antaganden
from arbetsfloden.ekonomiskt_bistand.forklaring.forklaring import forklara
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Provning
from arbetsfloden.ekonomiskt_bistand.regelverk.inkomstmanad import Inkomstmanad, Tillhor
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.regelverk.regelsida import regelsida
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage

NOVEMBER, DECEMBER = Manad(2026, 11), Manad(2026, 12)
PERIOD, UTBETALNINGSDAG = Tillhor.PERIOD, Tillhor.UTBETALNINGSDAG
BOSTADSBIDRAG = {
    # What was paid for each month, on one of the last days of the month before.
    date(2026, 8, 28): ("2026-09", 1100),
    date(2026, 9, 28): ("2026-10", 1200),
    date(2026, 10, 28): ("2026-11", 1300),
    date(2026, 11, 27): ("2026-12", 1400),
    date(2026, 12, 28): ("2027-01", 1500),
}
ALLA = [(1, PERIOD), (1, UTBETALNINGSDAG), (0, PERIOD), (0, UTBETALNINGSDAG)]


def med(regelverk: Regelverk, manader_fore: int, tillhor: Tillhor) -> Regelverk:
    """The rules of a municipality that has chosen so."""
    chosen = Inkomstmanad(manader_fore=manader_fore, tillhor=tillhor)
    return replace(regelverk, kommun=regelverk.kommun.model_copy(update={"inkomstmanad": chosen}))


def hushall(sokt: Manad, idag: date, counted_before: date, *, betald: Collection[date] = ()) -> Fall:
    """A single person with costs of 6 270 kr, whose last calculation counted one payment.

    They state those of the days `betald`, which Försäkringskassan shows too; otherwise all that came after that one.
    """
    text = las(next(path for path in FILES if path.name.startswith("02-")))
    (name,) = text["personer"]

    def row(day: date) -> dict[str, Any]:
        covers, amount = BOSTADSBIDRAG[day]
        return {"vem": name, "slag": "Bostadsbidrag", "belopp": amount, "betald": day, "avser": covers}

    days = betald or [day for day in BOSTADSBIDRAG if counted_before < day <= idag]
    paid = [row(day) | {"register": "FK"} for day in days]
    before = {"förra månadens inkomster": [row(counted_before)]}
    return fall({**text, **before, "manad": str(sokt), "idag": idag, "inkomster": paid})


def foreslaget(one: Fall, regelverk: Regelverk) -> Forslag:
    return foresla(one.ansokan, one.underlag, regelverk, one.idag)


def test_without_a_choice_the_month_before_counts_and_a_payment_belongs_to_its_period(regelverk: Regelverk) -> None:
    shipped = regelverk.kommun.inkomstmanad
    left_out = Kommun.model_validate(
        {name: value for name, value in regelverk.kommun.model_dump().items() if name != "inkomstmanad"}
    )
    assert shipped == left_out.inkomstmanad == Inkomstmanad(manader_fore=1, tillhor=PERIOD)


@pytest.mark.parametrize(
    ("manader_fore", "tillhor", "idag", "counted_before", "month", "granted"),
    [
        (1, PERIOD, date(2026, 12, 1), date(2026, 9, 28), NOVEMBER, 11490 - 1300),
        (1, UTBETALNINGSDAG, date(2026, 12, 1), date(2026, 10, 28), NOVEMBER, 11490 - 1400),
        (0, PERIOD, date(2026, 12, 26), date(2026, 10, 28), DECEMBER, 11490 - 1400),
        (0, UTBETALNINGSDAG, date(2026, 12, 28), date(2026, 11, 27), DECEMBER, 11490 - 1500),
    ],
)
def test_the_same_household_is_granted_by_the_incomes_of_the_chosen_month(
    manader_fore: int,
    tillhor: Tillhor,
    idag: date,
    counted_before: date,
    month: Manad,
    granted: int,
    regelverk: Regelverk,
) -> None:
    forslag = foreslaget(hushall(DECEMBER, idag, counted_before), med(regelverk, manader_fore, tillhor))
    assert (forslag.slag, forslag.belopp, forslag.skal) == (Forslagsslag.BIFALL, granted, ())
    assert forslag.berakning is not None
    assert forslag.berakning.inkomstmanad == month
    assert [row.etikett for row in forslag.berakning.inkomster] == [f"Bostadsbidrag, {month.name}"]


@pytest.mark.parametrize(
    ("tillhor", "sokt", "counted_before", "granted"),
    [
        (PERIOD, NOVEMBER, date(2026, 8, 28), 11490 - 1200),
        (PERIOD, DECEMBER, date(2026, 9, 28), 11490 - 1300),
        (UTBETALNINGSDAG, NOVEMBER, date(2026, 9, 28), 11490 - 1300),
        (UTBETALNINGSDAG, DECEMBER, date(2026, 10, 28), 11490 - 1400),
    ],
)
def test_what_is_paid_in_october_for_november_counts_for_december_or_by_its_day_for_november(
    tillhor: Tillhor, sokt: Manad, counted_before: date, granted: int, regelverk: Regelverk
) -> None:
    one = hushall(sokt, sokt.first, counted_before)
    assert date(2026, 10, 28) in {row.betald for row in one.ansokan.inkomster} | {counted_before}
    forslag = foreslaget(one, med(regelverk, 1, tillhor))
    assert (forslag.slag, forslag.belopp) == (Forslagsslag.BIFALL, granted)


def test_the_explanation_says_by_which_month_a_payment_waits(regelverk: Regelverk) -> None:
    for tillhor, told in ((PERIOD, "Avser december 2026"), (UTBETALNINGSDAG, "Utbetald i december 2026")):
        one = hushall(DECEMBER, date(2026, 12, 28), date(2026, 9, 28))
        rules = med(regelverk, 1, tillhor)
        case = antaganden.Fall(one.ansokan, one.underlag, one.idag)
        explained = forklara(Provning(case, rules, foreslaget(one, rules)))
        assert told in explained.model_dump_json()


@pytest.mark.parametrize(("manader_fore", "tillhor"), ALLA)
def test_incomes_that_cannot_be_known_yet_are_handed_over_with_the_right_month(
    manader_fore: int, tillhor: Tillhor, regelverk: Regelverk
) -> None:
    rules = med(regelverk, manader_fore, tillhor)
    month = DECEMBER.minus(manader_fore)
    known = month.first.replace(day=regelverk.kommun.inkomster_kanda_fran_dag)
    for today in (known - timedelta(days=1), known):
        one = hushall(DECEMBER, today, date(2026, 9, 28))
        forslag = foreslaget(one, rules)
        told = f"Inkomsterna för {month.name} är inte kända ännu."
        assert (told in " ".join(forslag.skal)) is (today < known)
        if today < known:
            assert forslag.slag is Forslagsslag.OVERLAMNA
            case = antaganden.Fall(one.ansokan, one.underlag, one.idag)
            assert f"tidigast den {known}" in forklara(Provning(case, rules, forslag)).model_dump_json()


@pytest.mark.parametrize(
    ("manader_fore", "fran", "granted"),
    [(1, date(2026, 12, 1), 6630), (1, date(2026, 11, 1), 7880), (0, date(2026, 12, 1), 7880), (0, None, 6630)],
)
def test_jobbstimulans_is_judged_by_the_month_of_the_wage(
    manader_fore: int, fran: date | None, granted: int, regelverk: Regelverk
) -> None:
    text = las(next(path for path in FILES if path.name.startswith("04-")))
    paid = date(2026, 12 - manader_fore, 24)
    (wage,) = text["inkomster"]
    (before,) = text["förra månadens inkomster"]
    changes = {
        "idag": paid + timedelta(days=4),
        "inkomster": [{**wage, "betald": paid}],
        "förra månadens inkomster": [{**before, "betald": date(2026, 11 - manader_fore, 24), "belopp": 5000}],
        "jobbstimulans från": fran,
        "månader med bistånd i följd": 9 if fran else 5,
    }
    one = fall({**text, **changes})
    calculation = foreslaget(one, med(regelverk, manader_fore, PERIOD)).berakning
    assert calculation is not None
    assert -calculation.resultat == granted


@pytest.mark.parametrize(
    ("manader_fore", "today", "fran", "till"),
    [
        (1, date(2026, 11, 20), date(2026, 9, 1), date(2026, 11, 30)),
        (1, date(2026, 12, 3), date(2026, 9, 1), date(2026, 12, 3)),
        (0, date(2026, 12, 15), date(2026, 10, 1), date(2026, 12, 31)),
        (0, date(2027, 1, 4), date(2026, 10, 1), date(2027, 1, 4)),
    ],
)
def test_the_registers_are_asked_from_the_month_before_the_gap_to_the_end_of_the_month_that_counts(
    manader_fore: int, today: date, fran: date, till: date, regelverk: Regelverk
) -> None:
    one = hushall(DECEMBER, date(2026, 12, 1), date(2026, 9, 28))
    asked = Lage(one.ansokan, one.underlag, med(regelverk, manader_fore, PERIOD), today).tid
    assert (asked.fran, asked.till) == (fran, till)


@pytest.mark.parametrize(("manader_fore", "tillhor"), ALLA)
def test_last_months_calculation_is_that_of_the_month_before_the_applied_one_whatever_counts(
    manader_fore: int, tillhor: Tillhor, regelverk: Regelverk
) -> None:
    one = hushall(DECEMBER, date(2026, 12, 28), date(2026, 10, 28))
    lage = Lage(one.ansokan, one.underlag, med(regelverk, manader_fore, tillhor), one.idag)
    assert lage.tidigare is not None
    assert (lage.tidigare.manad, lage.forra_manaden) == (NOVEMBER, NOVEMBER)


@pytest.mark.parametrize(
    ("manader_fore", "counted_before", "granted"),
    [
        (1, date(2026, 8, 28), 11490 - 1200),
        (1, date(2026, 9, 28), 11490),
        (0, date(2026, 9, 28), 11490 - 1300),
        (0, date(2026, 10, 28), 11490),
    ],
)
def test_a_gap_is_filled_from_the_month_before_the_one_that_counts_unless_that_was_counted(
    manader_fore: int, counted_before: date, granted: int, regelverk: Regelverk
) -> None:
    filling = date(2026, 10 - manader_fore, 28)
    one = hushall(DECEMBER, date(2026, 12, 20), counted_before, betald=[filling])
    calculation = foreslaget(one, med(regelverk, manader_fore, PERIOD)).berakning
    assert calculation is not None
    assert -calculation.resultat == granted
    gap = DECEMBER.minus(manader_fore + 1).name
    filled = [f"Bostadsbidrag, {gap}"] if granted < 11490 else []
    assert [row.etikett for row in calculation.inkomster] == filled


@pytest.mark.parametrize(
    ("manader_fore", "tillhor", "told"),
    [
        (1, PERIOD, ("de för månaden före den sökta", "månaden som den avser, annars månaden då den betalades ut")),
        (0, UTBETALNINGSDAG, ("de för den sökta månaden", "månaden då den betalades ut")),
    ],
)
def test_the_public_page_tells_what_the_municipality_has_chosen(
    manader_fore: int, tillhor: Tillhor, told: tuple[str, str], regelverk: Regelverk
) -> None:
    page = regelsida(med(regelverk, manader_fore, tillhor))
    (rule,) = (one for one in page.rules if one.number == 17)
    assert dict(rule.limits)["Inkomster som räknas"] == told[0]
    assert dict(rule.limits)["En utbetalning hör till"] == told[1]
