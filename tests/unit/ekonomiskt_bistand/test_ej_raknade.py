"""What was received and is in no row of the calculation: told, handed over, or known to be counted elsewhere."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.forklaring.antaganden import Fall
from arbetsfloden.ekonomiskt_bistand.forklaring.forklaring import forklara
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Provning
from arbetsfloden.ekonomiskt_bistand.forklaring.rader import Forklaradslag
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Inkomst
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import CsnArende, CsnUtbetalning

TODAY = date(2026, 12, 1)
OKT, NOV = date(2026, 10, 26), date(2026, 11, 25)
Rad = tuple[str, int, date, str]
"""Kind, kronor, day of payment, and the month that it is for, "" for none."""
BIDRAG = ("Bostadsbidrag", 1500)
STOD = ("Aktivitetsstöd", 7900)


def period(month: str) -> dict[str, date | None]:
    if not month:
        return {"period_fran": None, "period_till": None}
    covered = Manad.parse(month)
    return {"period_fran": covered.first, "period_till": covered.last}


def varld(
    fall: Any,
    uppgivna: Sequence[Rad] = (),
    betalda: Sequence[Rad] = (),
    rader: Sequence[tuple[str, int, date | None]] = (),
    typ: int = 1,
) -> Any:
    """Scenario 2 with these incomes stated and paid besides aktivitetsstöd as every month, and counted last month."""
    ansokan, underlag = fall(2)
    person = ansokan.sokande.personnummer
    stated = tuple(
        Inkomst(person=person, slag=slag, belopp=Decimal(belopp), betald=dag, **period(manad))
        for slag, belopp, dag, manad in uppgivna
    )
    (answer,) = underlag.fk
    paid = tuple(
        answer.utbetalningar[0].model_copy(
            update={
                "forman": slag,
                "datum": dag,
                "brutto": Decimal(belopp),
                "netto": Decimal(belopp),
                "skatt": Decimal(0),
                "typ": typ,
                **period(manad),
            }
        )
        for slag, belopp, dag, manad in betalda
    )
    (before,) = underlag.arende.berakningar
    rows = tuple(
        before.inkomster[0].model_copy(update={"slag": slag, "belopp": Decimal(belopp), "datum": dag})
        for slag, belopp, dag in rader
    )
    before = before.model_copy(update={"inkomster": (*before.inkomster, *rows)})
    arende = underlag.arende.model_copy(update={"berakningar": (before,)})
    fk = (answer.model_copy(update={"utbetalningar": (*answer.utbetalningar, *paid)}),)
    return (
        ansokan.model_copy(update={"inkomster": (*ansokan.inkomster, *stated)}),
        underlag.model_copy(update={"fk": fk, "arende": arende}),
    )


def utan_stodet(case: Any) -> Any:
    """The same without the aktivitetsstöd that goes on every month: what was added is all there is."""
    ansokan, underlag = case
    (answer,) = underlag.fk
    (before,) = underlag.arende.berakningar
    arende = underlag.arende.model_copy(
        update={"berakningar": (before.model_copy(update={"inkomster": before.inkomster[1:]}),)}
    )
    fk = (answer.model_copy(update={"utbetalningar": answer.utbetalningar[1:]}),)
    return (
        ansokan.model_copy(update={"inkomster": ansokan.inkomster[1:]}),
        underlag.model_copy(update={"fk": fk, "arende": arende}),
    )


def utlosta(forslag: Forslag) -> set[int]:
    return {rule.nummer for rule in forslag.regler if rule.hindrar}


def ej_raknade(case: Any, regelverk: Regelverk) -> list[tuple[str, str]]:
    told = forklara(Provning(Fall(*case, TODAY), regelverk, foresla(*case, regelverk, TODAY)))
    return [(row.vad, row.notering) for row in told.rader if row.slag is Forklaradslag.RAKNAS_INTE]


@pytest.mark.parametrize(
    "uppgiven",
    [
        ("Lön", 5000, NOV, "2026-10"),
        ("Lön", 5000, NOV, "2026-12"),
        ("Lön", 5000, OKT, ""),
        ("Lön", 5000, date(2026, 12, 1), ""),
        ("Lön", 5000, date(2025, 11, 25), ""),
        ("Underhållsstöd", 1400, date(2025, 11, 25), "2025-11"),
    ],
    ids=["last month's wage", "the applied month's", "October's", "paid in December", "last year's", "a benefit"],
)
def test_a_stated_income_that_becomes_no_row_is_handed_over_and_told(
    uppgiven: Rad, fall: Any, regelverk: Regelverk
) -> None:
    case = varld(fall, uppgivna=[uppgiven])
    forslag = foresla(*case, regelverk, TODAY)
    assert (forslag.slag, utlosta(forslag)) == (Forslagsslag.OVERLAMNA, {17})
    (reason,) = forslag.skal
    assert f"{uppgiven[0]} {uppgiven[1]:,} kr, utbetald {uppgiven[2]}".replace(",", " ", 1) in reason
    assert "finns i ansökan för sökanden. Beloppet räknas inte nu" in reason
    assert ej_raknade(case, regelverk) == [
        (
            f"{uppgiven[0]}, utbetald {uppgiven[2]}",
            "Syns inte i någon beräkning: en handläggare prövar om den ska räknas.",
        )
    ]


@pytest.mark.parametrize(
    ("belopp", "dag"), [(5000, OKT), (5000, date(2026, 10, 30)), (3750, date(2026, 10, 30)), (5000, None)]
)
def test_a_wage_that_last_months_calculation_counted_is_no_finding(
    belopp: int, dag: date | None, fall: Any, regelverk: Regelverk
) -> None:
    case = varld(fall, uppgivna=[("Lön", 5000, OKT, "")], rader=[("Lön", belopp, dag)])
    assert 17 not in utlosta(foresla(*case, regelverk, TODAY))
    assert ej_raknade(case, regelverk) == [("Lön, utbetald 2026-10-26", "Räknades i en tidigare beräkning.")]


EARLY = date(2026, 11, 30)


@pytest.mark.parametrize("manad", ["", "2026-12"], ids=["without a period", "of December"])
def test_a_wage_paid_before_its_month_waits_for_a_person(manad: str, fall: Any, regelverk: Regelverk) -> None:
    wages = [("Lön", 5000, NOV, ""), ("Lön", 5000, EARLY, manad)]
    case = varld(fall, uppgivna=wages, rader=[("Lön", 5000, OKT)])
    forslag = foresla(*case, regelverk, TODAY)

    of_one_month = not manad
    assert utlosta(forslag) & {15, 17} == ({15} if of_one_month else {17})
    said = "Lön är 10 000 kr för sökanden, förra månaden 5 000 kr" if of_one_month else "utbetald 2026-11-30"
    assert any(said in reason for reason in forslag.skal)


def test_a_wage_counted_with_the_month_before_its_own_is_not_counted_anew(fall: Any, regelverk: Regelverk) -> None:
    case = varld(fall, uppgivna=[("Lön", 5000, OKT, "")], rader=[("Lön", 10_000, OKT)])
    forslag = foresla(*case, regelverk, TODAY)

    assert utlosta(forslag) == {15}
    assert any("Lön var 10 000 kr för sökanden förra månaden, men finns inte nu" in reason for reason in forslag.skal)
    assert ej_raknade(case, regelverk) == [("Lön, utbetald 2026-10-26", "Räknades i en tidigare beräkning.")]


@pytest.mark.parametrize(
    ("betald", "uppgiven"),
    [
        ((*BIDRAG, date(2026, 11, 18), "2026-08"), False),
        ((*BIDRAG, date(2026, 11, 18), "2026-08"), True),
        ((*BIDRAG, date(2026, 10, 18), "2026-09"), True),
        ((*STOD, date(2026, 11, 10), "2026-10"), True),
        ((*BIDRAG, date(2026, 11, 10), "2027-03"), False),
    ],
    ids=["August's", "August's, stated", "September's", "October's beside November's", "next spring's"],
)
def test_what_a_register_paid_lately_and_no_calculation_counted_is_handed_over(
    betald: Rad, uppgiven: bool, fall: Any, regelverk: Regelverk
) -> None:
    case = varld(fall, uppgivna=[betald] if uppgiven else [], betalda=[betald])
    forslag = foresla(*case, regelverk, TODAY)
    assert (forslag.slag, utlosta(forslag)) == (Forslagsslag.OVERLAMNA, {17 if uppgiven else 13})
    (reason,) = forslag.skal
    assert f"utbetald {betald[2]} för {Manad.parse(betald[3]).name}" in reason
    assert ("enligt Försäkringskassan uppger sökanden inte" in reason) is not uppgiven


@pytest.mark.parametrize(
    ("betald", "rader"),
    [
        ((*BIDRAG, date(2026, 11, 27), "2026-12"), []),
        ((*BIDRAG, date(2026, 12, 1), "2026-12"), []),
        ((*STOD, OKT, "2026-10"), []),
        ((*STOD, date(2026, 10, 28), "2026-10"), []),
        ((*BIDRAG, date(2026, 9, 18), "2026-08"), []),
    ],
    ids=["for December", "in December", "counted by day", "counted by month and amount", "before October"],
)
def test_a_payment_of_another_calculation_hinders_nothing(
    betald: Rad, rader: list[Any], fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*varld(fall, betalda=[betald], rader=rader), regelverk, TODAY)
    assert (forslag.slag, forslag.belopp) == (Forslagsslag.BIFALL, 3590)


def test_the_calculation_before_last_months_is_looked_at_too(fall: Any, regelverk: Regelverk) -> None:
    paid = (*BIDRAG, date(2026, 10, 1), "2026-09")
    ansokan, underlag = varld(fall, betalda=[paid])
    assert utlosta(foresla(ansokan, underlag, regelverk, TODAY)) == {13}
    (before,) = underlag.arende.berakningar
    row = before.inkomster[0].model_copy(
        update={"slag": paid[0], "belopp": Decimal(paid[1]), "datum": date(2026, 10, 1)}
    )
    earlier = before.model_copy(update={"manad": Manad(2026, 10), "inkomster": (row,)})
    arende = underlag.arende.model_copy(update={"berakningar": (before, earlier)})
    known = underlag.model_copy(update={"arende": arende})
    assert foresla(ansokan, known, regelverk, TODAY).slag is Forslagsslag.BIFALL


@pytest.mark.parametrize(
    ("tidigare", "rad", "slag"),
    [
        ([(*STOD, date(2026, 10, 12), "2026-09")], date(2026, 10, 12), Forslagsslag.BIFALL),
        ([(*STOD, date(2026, 10, 12), "2026-09")], date(2026, 10, 30), Forslagsslag.BIFALL),
        ([], date(2026, 10, 12), Forslagsslag.OVERLAMNA),
        ([("Aktivitetsstöd", 7000, date(2026, 10, 12), "2026-09")], date(2026, 10, 12), Forslagsslag.OVERLAMNA),
    ],
    ids=["of the day", "of the month", "not in the register", "another amount"],
)
def test_a_benefit_paid_in_arrears_is_counted_when_the_register_tells_what_was_counted_last_month(
    tidigare: list[Rad], rad: date, slag: Forslagsslag, fall: Any, regelverk: Regelverk
) -> None:
    october = (*STOD, date(2026, 11, 12), "2026-10")
    case = utan_stodet(varld(fall, uppgivna=[october], betalda=[october, *tidigare], rader=[(*STOD, rad)]))
    forslag = foresla(*case, regelverk, TODAY)
    assert forslag.berakning is not None
    assert (forslag.slag, forslag.berakning.inkomstsumma) == (slag, 7900)


@pytest.mark.parametrize(
    ("betald", "rad", "triggered"),
    [
        ((*BIDRAG, date(2026, 10, 28), "2026-11"), date(2026, 10, 28), {17}),
        ((*BIDRAG, date(2026, 10, 28), "2026-11"), date(2026, 9, 28), set()),
        ((*BIDRAG, date(2026, 10, 28), "2026-10"), date(2026, 11, 2), {17}),
    ],
    ids=["a row of its day", "a row of the one before", "a row of a later day fills no gap unseen"],
)
def test_a_payment_is_not_deducted_twice_unheard(
    betald: Rad, rad: date, triggered: set[int], fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*varld(fall, [betald], [betald], [(*BIDRAG, rad)]), regelverk, TODAY)
    assert utlosta(forslag) == triggered


def test_a_retroactive_payment_counted_in_whole_kronor_is_counted(fall: Any, regelverk: Regelverk) -> None:
    paid = [("Bostadsbidrag", 3000, date(2026, 10, 14), "")]
    ansokan, underlag = varld(fall, betalda=paid, rader=[("Bostadsbidrag", 3001, date(2026, 10, 14))], typ=3)
    (answer,) = underlag.fk
    half = answer.utbetalningar[-1].model_copy(update={"brutto": Decimal("3000.5"), "netto": Decimal("3000.5")})
    fk = (answer.model_copy(update={"utbetalningar": (*answer.utbetalningar[:-1], half)}),)
    assert 18 not in utlosta(foresla(ansokan, underlag.model_copy(update={"fk": fk}), regelverk, TODAY))
    other = (half.model_copy(update={"datum": date(2026, 10, 15)}),)
    fk = (answer.model_copy(update={"utbetalningar": (*answer.utbetalningar[:-1], *other)}),)
    assert 18 in utlosta(foresla(ansokan, underlag.model_copy(update={"fk": fk}), regelverk, TODAY))


@pytest.mark.parametrize("uppgiven", [False, True])
def test_what_never_counts_is_in_no_row_and_is_told(uppgiven: bool, fall: Any, regelverk: Regelverk) -> None:
    card = ("Fritidskort", 500, NOV, "2026-11")
    case = varld(fall, uppgivna=[card] if uppgiven else [], betalda=[card])
    forslag = foresla(*case, regelverk, TODAY)
    assert (forslag.slag, forslag.belopp) == (Forslagsslag.BIFALL, 3590)
    assert ej_raknade(case, regelverk) == [
        ("Fritidskort, utbetald 2026-11-25", "Ett sådant stöd räknas aldrig som inkomst.")
    ]


@pytest.mark.parametrize("slag", ["aktivitetsstöd", " AKTIVITETSSTÖD "])
def test_kinds_are_the_same_however_the_form_writes_them(slag: str, fall: Any, regelverk: Regelverk) -> None:
    ansokan, underlag = fall(2)
    stated = tuple(row.model_copy(update={"slag": slag}) for row in ansokan.inkomster)
    costs = tuple(row.model_copy(update={"slag": f" {row.slag.lower()}"}) for row in ansokan.kostnader)
    ansokan = ansokan.model_copy(update={"inkomster": stated, "kostnader": costs})
    forslag = foresla(ansokan, underlag, regelverk, TODAY)
    assert (forslag.slag, forslag.belopp) == (Forslagsslag.BIFALL, 3590)


@pytest.mark.parametrize("dag", [NOV, OKT])
def test_what_is_written_freely_as_a_kind_stands_in_no_sentence(dag: date, fall: Any, regelverk: Regelverk) -> None:
    written = "Swish från Karin"
    forslag = foresla(*varld(fall, uppgivna=[(written, 500, dag, "")]), regelverk, TODAY)
    assert 16 in utlosta(forslag)
    assert not [one for one in forslag.regler if written in one.text or written in " ".join(one.ingangar)]
    assert any("En annan inkomst" in reason for reason in forslag.skal)


def test_sick_benefit_that_went_from_one_adult_to_the_other_has_ended_for_the_first(
    fall: Any, regelverk: Regelverk
) -> None:
    ansokan, underlag = fall(6)
    (before,) = underlag.arende.berakningar

    def last_month(*rows: Any) -> Any:
        told = before.model_copy(update={"inkomster": (*before.inkomster, *rows)})
        return underlag.model_copy(update={"arende": underlag.arende.model_copy(update={"berakningar": (told,)})})

    first, second = ansokan.vuxna
    row = before.inkomster[0].model_copy(update={"slag": "Sjukpenning", "belopp": Decimal(3000), "person": first})
    stated = Inkomst(person=second, slag="Sjukpenning", belopp=Decimal(3000), betald=NOV)
    now = ansokan.model_copy(update={"inkomster": (*ansokan.inkomster, stated)})

    def told(case: Any, facts: Any) -> str:
        return next(one.text for one in foresla(case, facts, regelverk, TODAY).regler if one.nummer == 26)

    assert "Sjukpenning för sökanden fanns förra månaden men inte nu" in told(now, last_month(row))
    assert "Det framgår inte vem" in told(now, last_month(row.model_copy(update={"person": None})))
    assert told(now, last_month(row.model_copy(update={"person": second}))) == ""


@pytest.mark.parametrize(
    ("studier", "planerad", "triggered"),
    [(False, date(2026, 12, 24), {27}), (False, date(2027, 1, 25), set()), (False, None, {27}), (True, None, {27})],
    ids=["planned for December", "planned for January", "decided", "decided, and studies"],
)
def test_study_aid_that_is_to_come_is_not_passed_over(
    studier: bool, planerad: date | None, triggered: set[int], fall: Any, regelverk: Regelverk
) -> None:
    ansokan, underlag = fall(2)
    (answer,) = underlag.csn
    cases = (CsnArende(typ="Studiemedel", lage="BESLUTAD", fran=date(2026, 12, 1), till=date(2027, 6, 30)),)
    payments = () if planerad is None else (planned(planerad),)
    csn = answer.model_copy(
        update={
            "status": Svarsstatus.SVAR,
            "arenden": cases if planerad is None else (),
            "utbetalningar": payments,
        }
    )
    case = ansokan.model_copy(update={"studier": studier}), underlag.model_copy(update={"csn": (csn,)})
    assert utlosta(foresla(*case, regelverk, TODAY)) == triggered


def planned(day: date) -> CsnUtbetalning:
    return CsnUtbetalning(datum=day, typ="Studiemedel", belopp=Decimal(5000), utbetald=False)


def test_what_a_register_shows_and_nobody_has_stated_is_told_also_when_it_is_in_no_row(
    fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*varld(fall, betalda=[("Bostadsbidrag", 500, NOV, "2026-08")]), regelverk, TODAY)
    assert 13 in {rule.nummer for rule in forslag.regler if rule.hindrar}
    assert forslag.att_kommunicera == (
        "Du har fått bostadsbidrag 500 kr den 25 november 2026 för augusti 2026 enligt Försäkringskassan. Inkomsten "
        "står inte i ansökan. Den är inte räknad i förslaget, men vi bedömer om den ska räknas.",
    )

    stated = [("Bostadsbidrag", 500, NOV, "2026-08")]
    assert foresla(*varld(fall, stated, stated), regelverk, TODAY).att_kommunicera == ()
