"""Which incomes count, and what is compared with last month's."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Inkomst
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage

TODAY = date(2026, 12, 1)


def med(fall: Any, *, betald: date, i_registret: date, tidigare: date | None = None, **rad: Any) -> Any:
    """Scenario 2 with the benefit stated and registered on these days, without periods, and last month's row on its."""
    ansokan, underlag = fall
    stated = ansokan.inkomster[0].model_copy(update={"betald": betald, "period_fran": None, "period_till": None, **rad})
    (answer,) = underlag.fk
    payment = answer.utbetalningar[0].model_copy(
        update={"datum": i_registret, "period_fran": None, "period_till": None}
    )
    (before,) = underlag.arende.berakningar
    row = before.inkomster[0].model_copy(update={"datum": tidigare or before.inkomster[0].datum})
    arende = underlag.arende.model_copy(update={"berakningar": (before.model_copy(update={"inkomster": (row,)}),)})
    fk = (answer.model_copy(update={"utbetalningar": (payment,)}),)
    return (
        ansokan.model_copy(update={"inkomster": (stated,)}),
        underlag.model_copy(update={"fk": fk, "arende": arende}),
    )


def med_lon(fall: Any, lon: int, fran: date, till: date | None, before: int) -> Any:
    """A case with this wage, these two years of jobbstimulans, and this wage as it counted last month."""
    ansokan, underlag = fall
    wages = tuple(
        row.model_copy(update={"belopp": Decimal(lon)}) if row.slag == "Lön" else row for row in ansokan.inkomster
    )
    (history,) = underlag.arende.jobbstimulans
    (calculation,) = underlag.arende.berakningar
    rows = tuple(
        row.model_copy(update={"belopp": Decimal(before)}) if row.slag == "Lön" else row
        for row in calculation.inkomster
    )
    arende = underlag.arende.model_copy(
        update={
            "jobbstimulans": (history.model_copy(update={"fran": fran, "till": till}),),
            "berakningar": (calculation.model_copy(update={"inkomster": rows}),),
        }
    )
    return ansokan.model_copy(update={"inkomster": wages}), underlag.model_copy(update={"arende": arende})


def utlosta(forslag: Forslag) -> set[int]:
    return {rule.nummer for rule in forslag.regler if rule.hindrar}


@pytest.mark.parametrize(
    ("tidigare", "slag", "inkomster"),
    [
        (date(2026, 10, 26), Forslagsslag.OVERLAMNA, 0),
        (date(2026, 10, 30), Forslagsslag.OVERLAMNA, 7900),
        (date(2026, 9, 25), Forslagsslag.BIFALL, 7900),
    ],
    ids=["counted", "a day of the staff's own: a person looks", "the one before that"],
)
def test_a_benefit_missing_last_month_is_filled_from_the_month_before_unless_it_was_counted(
    tidigare: date, slag: Forslagsslag, inkomster: int, fall: Any, regelverk: Regelverk
) -> None:
    october = date(2026, 10, 26)
    forslag = foresla(*med(fall(2), betald=october, i_registret=october, tidigare=tidigare), regelverk, TODAY)
    assert forslag.berakning is not None
    assert (forslag.slag, forslag.berakning.inkomstsumma) == (slag, inkomster)


def test_a_row_has_the_day_of_the_source_that_its_amount_comes_from(fall: Any, regelverk: Regelverk) -> None:
    case = med(fall(2), betald=date(2026, 11, 26), i_registret=date(2026, 11, 24))
    forslag = foresla(*case, regelverk, TODAY)
    assert forslag.berakning is not None
    (row,) = forslag.berakning.inkomster
    assert (forslag.slag, row.datum, row.belopp) == (Forslagsslag.BIFALL, date(2026, 11, 24), 7900)


@pytest.mark.parametrize(
    ("lon", "fran", "till", "before", "triggered"),
    [
        (5000, date(2026, 5, 1), None, 3750, set()),
        (5000, date(2026, 11, 1), None, 5000, set()),
        (6667, date(2026, 11, 1), None, 5000, {15}),
        (5000, date(2024, 11, 1), date(2026, 10, 31), 3750, set()),
        (5000, date(2026, 11, 15), None, 5000, {29}),
        (5000, date(2024, 11, 16), date(2026, 11, 15), 3750, {29}),
        (5000, date(2026, 12, 1), None, 5000, {29}),
        (5000, date(2027, 1, 1), None, 5000, set()),
        (5000, date(2024, 5, 1), date(2026, 4, 30), 5000, {29}),
        (5000, date(2024, 7, 1), date(2026, 6, 30), 5000, set()),
    ],
    ids=[
        "as before",
        "begins",
        "begins with more pay",
        "ends",
        "begins within the month",
        "ends within the month",
        "begins in the applied month",
        "begins after it",
        "over, and six months more",
        "over, five months more",
    ],
)
def test_wages_are_compared_as_they_were_paid_out(
    lon: int, fran: date, till: date | None, before: int, triggered: set[int], fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*med_lon(fall(4), lon, fran, till, before), regelverk, TODAY)
    assert utlosta(forslag) == triggered


def test_an_income_stated_for_another_day_is_not_told_as_not_stated_at_all(fall: Any, regelverk: Regelverk) -> None:
    case = med(fall(2), betald=date(2026, 12, 1), i_registret=date(2026, 11, 24))
    forslag = foresla(*case, regelverk, TODAY)
    assert any("men finns i ansökan med en annan dag eller period" in reason for reason in forslag.skal)
    assert (forslag.slag, bool(forslag.att_kommunicera)) == (Forslagsslag.OVERLAMNA, True)


@pytest.mark.parametrize("typ", [3, 4])
@pytest.mark.parametrize(
    ("dagar", "triggered", "inkomster"),
    [(0, {3: {18}, 4: {17}}, 7900), (3, {3: {14, 15, 18, 42}, 4: {14, 15, 17, 42}}, 16900)],
    ids=["the very payment", "another day"],
)
def test_a_stated_payment_that_a_person_settles_is_neither_counted_nor_told_twice(
    typ: int, dagar: int, triggered: dict[int, set[int]], inkomster: int, fall: Any, regelverk: Regelverk
) -> None:
    ansokan, underlag = fall(28)
    (answer,) = underlag.fk
    payments = tuple(
        one.model_copy(update={"forman": "Bostadsbidrag", "typ": typ}) if one.typ == 3 else one
        for one in answer.utbetalningar
    )
    (late,) = (one for one in payments if one.typ == typ)
    stated = Inkomst(
        person=answer.person, slag="Bostadsbidrag", belopp=late.netto, betald=late.datum + timedelta(days=dagar)
    )
    underlag = underlag.model_copy(update={"fk": (answer.model_copy(update={"utbetalningar": payments}),)})
    ansokan = ansokan.model_copy(update={"inkomster": (*ansokan.inkomster, stated)})
    forslag = foresla(ansokan, underlag, regelverk, TODAY)
    assert forslag.berakning is not None
    assert (utlosta(forslag), forslag.berakning.inkomstsumma) == (triggered[typ], inkomster)
    said = "bara som retroaktiv" if typ == 3 else "bara som presumerad"
    assert any(said in reason for reason in forslag.skal) is bool(dagar)


def test_a_payee_on_file_other_than_the_applicant_is_a_persons_to_pay(fall: Any, regelverk: Regelverk) -> None:
    ansokan, underlag = fall(2)
    arende = underlag.arende.model_copy(update={"annan_mottagare": True})
    forslag = foresla(ansokan, underlag.model_copy(update={"arende": arende}), regelverk, TODAY)
    assert (forslag.slag, utlosta(forslag), forslag.kan_godkannas) == (Forslagsslag.OVERLAMNA, {39}, False)


def pa_den_andra(fall: Any, belopp: int) -> Any:
    """Scenario 6, the couple: her benefit of 3 400 kr is stated for him, with this amount."""
    ansokan, underlag = fall
    hers, his = ansokan.inkomster
    stated = (hers.model_copy(update={"person": his.person, "belopp": Decimal(belopp)}),)
    mine = tuple(one for one in underlag.fk if one.person == hers.person)
    nothing = tuple(
        one.model_copy(update={"status": Svarsstatus.INGET, "utbetalningar": (), "formaner": ()})
        for one in underlag.fk
        if one.person == his.person
    )
    return ansokan.model_copy(update={"inkomster": stated}), underlag.model_copy(update={"fk": mine + nothing})


@pytest.mark.parametrize(("belopp", "inkomster"), [(3400, 3400), (3401, 3400), (2000, 3400 + 2000)])
def test_a_benefit_stated_for_the_other_adult_counts_once_and_a_person_looks(
    belopp: int, inkomster: int, fall: Any, regelverk: Regelverk
) -> None:
    ansokan, underlag = pa_den_andra(fall(6), belopp)
    begun = Lage(ansokan, Underlag(folkbokforing=underlag.folkbokforing), regelverk, TODAY)
    later = replace(begun, underlag=underlag)
    forslag = foresla(later.ansokan, later.underlag, regelverk, TODAY)

    assert (forslag.slag, forslag.kan_godkannas) == (Forslagsslag.OVERLAMNA, True)
    assert forslag.berakning is not None
    assert forslag.berakning.inkomstsumma == inkomster
    assert any("räknas en gång, på den som får beloppet" in text for text in forslag.skal) is (inkomster == 3400)
    assert bool(forslag.att_kommunicera) is (inkomster != 3400)


@pytest.mark.parametrize(("belopp", "tva_ganger"), [(3400, True), (2000, False)])
def test_a_benefit_that_both_have_stated_is_told_to_be_counted_twice(
    belopp: int, tva_ganger: bool, fall: Any, regelverk: Regelverk
) -> None:
    hers = fall(6)[0].inkomster[0]
    ansokan, underlag = pa_den_andra(fall(6), belopp)
    both = ansokan.model_copy(update={"inkomster": (hers, *ansokan.inkomster)})
    forslag = foresla(both, underlag, regelverk, TODAY)

    assert (forslag.slag, forslag.kan_godkannas) == (Forslagsslag.OVERLAMNA, not tva_ganger)
    assert any("beloppet är med två gånger i beräkningen" in text for text in forslag.skal) is tva_ganger


@pytest.mark.parametrize(("today", "godkannas"), [(date(2026, 11, 25), False), (date(2026, 11, 26), True)])
def test_incomes_of_a_month_that_is_not_yet_known_are_nothing_to_approve(
    today: date, godkannas: bool, fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*fall(1), regelverk, today)
    assert (17 in utlosta(forslag), forslag.kan_godkannas) == (not godkannas, godkannas)


def test_a_benefit_of_nothing_is_nothing_to_ask_about(fall: Any, regelverk: Regelverk) -> None:
    ansokan, underlag = fall(2)
    (answer,) = underlag.fk
    nothing = answer.model_copy(update={"status": Svarsstatus.INGET, "utbetalningar": (), "formaner": ()})
    none = tuple(one.model_copy(update={"belopp": Decimal(0)}) for one in ansokan.inkomster)
    stated = ansokan.model_copy(update={"inkomster": none})
    assert 14 not in utlosta(foresla(stated, underlag.model_copy(update={"fk": (nothing,)}), regelverk, TODAY))
    paid = answer.utbetalningar[0].model_copy(update={"brutto": Decimal(0), "netto": Decimal(0), "skatt": Decimal(0)})
    shown = underlag.model_copy(update={"fk": (answer.model_copy(update={"utbetalningar": (paid,)}),)})
    assert 13 not in utlosta(foresla(ansokan.model_copy(update={"inkomster": ()}), shown, regelverk, TODAY))


@pytest.mark.parametrize(
    ("belopp", "egen_rad", "hor_till"), [(1250, False, True), (1300, False, False), (1250, True, False)]
)
def test_a_childs_benefit_that_stood_on_the_parent_last_month_is_the_same_money(
    belopp: int, egen_rad: bool, hor_till: bool, fall: Any, regelverk: Regelverk
) -> None:
    ansokan, underlag = fall(7)
    parent, child = ansokan.sokande.personnummer, ansokan.barn[0].personnummer
    (answer,) = [one for one in underlag.fk if one.person == parent]
    paid = next(one for one in answer.utbetalningar if one.forman == "Barnbidrag")
    monthly = tuple(
        paid.model_copy(
            update={
                "datum": day,
                "brutto": Decimal(1250),
                "netto": Decimal(1250),
                "period_fran": day.replace(day=1),
                "period_till": day,
            }
        )
        for day in (date(2026, 10, 20), date(2026, 11, 20))
    )
    (before,) = underlag.arende.berakningar
    row = before.inkomster[0].model_copy(
        update={"slag": "Barnbidrag", "person": child, "belopp": Decimal(belopp), "datum": date(2026, 10, 20)}
    )
    own = row.model_copy(update={"person": parent, "belopp": Decimal(1250)})
    rows = (row, own) if egen_rad else (row,)
    lage = Lage(
        ansokan,
        underlag.model_copy(
            update={
                "fk": (answer.model_copy(update={"utbetalningar": monthly}),),
                "arende": underlag.arende.model_copy(
                    update={"berakningar": (before.model_copy(update={"inkomster": rows}),)}
                ),
            }
        ),
        regelverk,
        TODAY,
    )
    assert lage.arende is not None
    (known,) = lage.arende.berakningar
    assert (known.inkomster[0].person == parent) is hor_till
