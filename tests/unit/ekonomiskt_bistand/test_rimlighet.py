"""What no system should hold: each such content ends in a hand-off that names it, never in a decision or a crash."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from andringar import Andring, akassa, ans, arende, barn, betalning, bil, kapital, narvaro, svar, tidigare, tillstand
from scenarier import FOLDER as SCENARIOS

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.beslut_pa_fil import las_underlag
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.portaler.visning import Visning
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    Avdrag,
    Avstangning,
    CsnArende,
    CsnUtbetalning,
    Tillstand,
    VantandeArende,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import (
    Hushallsmedlem,
    Jobbstimulans,
    Narvaro,
    Planering,
    TidigareBeslut,
    TidigareInkomst,
    TidigareKostnad,
    TidigareUtbetalning,
    Underlag,
)
from medarbetare.errors import BusinessError, PortalError

TODAY = date(2026, 12, 1)
LONG_AGO, NEVER = date.min, date.max
MARKUP = "<script>alert(1)</script>"
UNSEEN = "Bostads\N{RIGHT-TO-LEFT OVERRIDE}bidrag"
CONTROL = "Barn\x07bidrag"
Fall = tuple[Ansokan, Underlag]


def twice(fall: Fall) -> Fall:
    (answer,) = fall[1].fk
    return svar("fk", utbetalningar=answer.utbetalningar * 2)(fall)


def answered_twice(fall: Fall) -> Fall:
    return fall[0], fall[1].model_copy(update={"csn": fall[1].csn * 2})


def csn(**values: Any) -> Andring:
    paid = {"datum": date(2026, 11, 25), "typ": "Studiemedel", "belopp": Decimal(3950), "utbetald": True}
    case = {"typ": "Studiemedel", "lage": "BESLUTAD", "fran": date(2026, 9, 1), "till": date(2027, 6, 30)}
    return svar(
        "csn",
        status=Svarsstatus.SVAR,
        utbetalningar=(CsnUtbetalning(**{**paid, **{k: v for k, v in values.items() if k in paid and k != "typ"}}),),
        arenden=(CsnArende(**{**case, **{k: v for k, v in values.items() if k in case}}),),
    )


def a_kassa(**values: Any) -> Andring:
    def change(fall: Fall) -> Fall:
        changed = akassa(4000)(fall)
        (paid,) = changed[1].so[0].utbetalningar
        return svar("so", utbetalningar=(paid.model_copy(update=values),))(changed)

    return change


def foreign(*kinds: tuple[str, date, date | None]) -> Andring:
    """The applicant is no Swedish citizen, and Migrationsverket answers so."""

    def change(fall: Fall) -> Fall:
        changed = svar("folkbokforing", medborgarskap="Syrien")(tillstand(None)(fall))
        permits = tuple(Tillstand(slag=kind, fran=first, till=last) for kind, first, last in kinds)
        return svar("miv", tillstand=permits)(changed)

    return change


def income_before(**values: Any) -> Andring:
    def change(fall: Fall) -> Fall:
        first, *others = fall[1].arende.berakningar[0].inkomster
        return tidigare(inkomster=(first.model_copy(update=values), *others))(fall)

    return change


def cost_before(**values: Any) -> Andring:
    def change(fall: Fall) -> Fall:
        first, *others = fall[1].arende.berakningar[0].kostnader
        return tidigare(kostnader=(first.model_copy(update=values), *others))(fall)

    return change


def stimulus(**values: Any) -> Andring:
    return lambda fall: arende(jobbstimulans=(Jobbstimulans(person=fall[0].sokande.personnummer, **values),))(fall)


def member(**values: Any) -> Andring:
    """Somebody at the applicant's address, as folkbokföring tells it."""

    def change(fall: Fall) -> Fall:
        first, *others = fall[1].folkbokforing[0].hushall
        return svar("folkbokforing", hushall=(first.model_copy(update=values), *others))(fall)

    return change


def twins(fall: Fall) -> Fall:
    """Two members of the household by one number, in folkbokföring."""
    members = fall[1].folkbokforing[0].hushall
    again = Hushallsmedlem(personnummer=members[0].personnummer, namn="Prov", relation="Barn")
    return svar("folkbokforing", hushall=(*members, again))(fall)


def mistyped(fall: Fall) -> Fall:
    """A member of the household by a number whose check digit is another."""
    digits = fall[1].folkbokforing[0].hushall[0].personnummer.digits
    return member(personnummer=Personnummer(f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"))(fall)


def one_number(fall: Fall) -> Fall:
    """Two children of the application by one number."""
    return barn(1, personnummer=fall[0].barn[0].personnummer)(fall)


def applicant_twice(fall: Fall) -> Fall:
    return barn(0, personnummer=fall[0].sokande.personnummer)(fall)


NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
FK = "Försäkringskassan, sökanden: "
CASES: list[tuple[str, int, int, Andring, str]] = [
    # what, scenario, rule, change, the sentence
    ("negative net", 2, 11, betalning(netto=Decimal(-1)), FK + "utbetalningen den 2026-11-25 har negativt belopp."),
    ("negative tax", 2, 11, betalning(skatt=Decimal(-5), netto=Decimal(7905)), "har negativt belopp."),
    ("negative deduction", 2, 11, betalning(avdrag=(Avdrag(kod="KVI", belopp=Decimal(-9)),)),
     "har negativt belopp."),
    ("sums that differ", 2, 17, betalning(brutto=Decimal(9000)), "beloppen hos Försäkringskassan går inte ihop."),
    ("paid in the year 1", 2, 11, betalning(datum=LONG_AGO),
     "den 0001-01-01 ligger utanför tiden som frågan gällde."),
    ("paid in the year 9999", 2, 11, betalning(datum=NEVER),
     "den 9999-12-31 ligger utanför tiden som frågan gällde."),
    ("presumed for the year 9999", 2, 11, betalning(datum=NEVER, typ=4), "9999-12-31 ligger utanför tiden"),
    ("before what was asked", 2, 11, betalning(datum=date(2026, 8, 31)), "2026-08-31 ligger utanför tiden"),
    ("a period in the year 1", 2, 11, betalning(period_fran=LONG_AGO), "har en period som inte kan stämma."),
    ("a period until 9999", 2, 11, betalning(period_till=NEVER), "har en period som inte kan stämma."),
    ("a period turned round", 2, 11, betalning(period_fran=NOVEMBER[1], period_till=NOVEMBER[0]),
     "har en period som"),
    ("a type that is none", 2, 11, betalning(typ=7), "utbetalningen den 2026-11-25 har okänd typ 7."),
    ("markup as a benefit", 2, 11, betalning(forman=MARKUP), "en förmån med ett namn som inte går att läsa."),
    ("a control character", 2, 11, betalning(forman=CONTROL), "en förmån med ett namn som inte går att läsa."),
    ("letters turned round", 2, 11, betalning(forman=UNSEEN), "en förmån med ett namn som inte går att läsa."),
    ("5 000 letters", 2, 11, betalning(forman="å" * 5000), "en förmån med ett namn som inte går att läsa."),
    ("no name", 2, 11, betalning(forman=" "), "en förmån med ett namn som inte går att läsa."),
    ("the same payment twice", 2, 11, twice, "samma utbetalning den 2026-11-25 står 2 gånger."),
    ("two answers", 2, 11, answered_twice, "CSN: två svar om samma person."),
    ("a matter of markup", 2, 11, svar("fk", vantande=(VantandeArende(forman=MARKUP),)),
     "ett oavgjort ärende har ett namn"),
    ("a matter of 9999", 2, 11, svar("pm", vantande=(VantandeArende(forman="Pension", inkommet=NEVER),)), "9999-12-31"),
    ("a-kassa: negative", 1, 11, a_kassa(netto_efter_avdrag=Decimal(-1)),
     "A-kassan, sökanden: utbetalningen den 2026-11-25"),
    ("a-kassa: more after than before", 1, 11, a_kassa(netto_efter_avdrag=Decimal(4001)),
     "är högre efter avdrag än före."),
    ("a-kassa: days", 1, 11, a_kassa(dagar=Decimal(31)), "gäller fler dagar än dess period har"),
    ("a-kassa: period", 1, 11, a_kassa(avser_fran=LONG_AGO), "har en period som inte kan stämma."),
    ("a-kassa: ban", 1, 11, svar("so", avstangningar=(Avstangning(fran=NEVER),)),
     "en avstängning har dagar som inte kan"),
    ("a-kassa: applied in 9999", 1, 11, svar("so", ansokt=NEVER),
     "en ansökan har en dag som inte kan stämma: 9999-12-31."),
    ("csn: negative", 1, 11, csn(belopp=Decimal(-3)),
     "CSN, sökanden: utbetalningen den 2026-11-25 har negativt belopp."),
    ("csn: state", 1, 11, csn(lage="PÅ VÄG"), "CSN, sökanden: ett ärende har ett okänt läge."),
    ("csn: dates", 1, 11, csn(fran=NEVER), "CSN, sökanden: ett ärende har dagar som inte kan stämma."),
    ("csn: markup", 1, 11, csn(typ=MARKUP), "CSN, sökanden: ett ärende har ett namn som inte går att läsa."),
    ("af: report", 1, 11, svar("af", aktivitetsrapport="777"), "aktivitetsrapporten har en okänd kod."),
    ("af: extent", 1, 11, svar("af", omfattning=140), "Arbetsförmedlingen, sökanden: omfattningen är 140 procent."),
    ("af: registered in 9999", 1, 11, svar("af", registrerad=NEVER),
     "inskriven en dag som inte kan stämma: 9999-12-31."),
    ("skv: year", 1, 11, kapital(9999, 0), "Skatteverket, sökanden: kapitaluppgift för år 9999."),
    ("skv: negative", 1, 11, kapital(2025, -1), "intäkterna av kapital för 2025 är negativa."),
    ("ts: year", 1, 11, bil(3026), "Transportstyrelsen, sökanden: fordon av årsmodell 3026."),
    ("miv: kind", 2, 11, foreign(("Hemligt", date(2024, 1, 1), None)),
     "Migrationsverket, sökanden: ett tillstånd av okänt slag."),
    ("miv: only to work", 2, 41, foreign(("Arbetstillstånd", date(2024, 1, 1), None)),
     "finns inte hos Migrationsverket"),
    ("miv: dates", 2, 11, foreign(("Uppehållstillstånd", date(2024, 1, 1), NEVER)),
     "ett tillstånd har dagar som inte kan"),
    ("miv: turned round", 2, 11, foreign(("Uppehållstillstånd", TODAY, date(1, 2, 1))),
     "ett tillstånd har dagar som inte kan"),
    ("fb: name", 2, 2, svar("folkbokforing", namn=MARKUP), "Folkbokföringen, sökanden: uppgifterna går inte att läsa."),
    ("fb: a member's name", 7, 2, member(namn="a\x00b"), "namnen i hushållet går inte att läsa."),
    ("fb: a member's number", 7, 2, mistyped, "personnummer som inte stämmer."),
    ("fb: two by one number", 7, 2, twins, "två i hushållet har samma personnummer."),
    ("two children by one number", 7, 2, one_number,
     "Två personer i ansökan har samma personnummer: barn 1 och någon till."),
    ("the applicant as a child", 7, 2, applicant_twice, "Två personer i ansökan har samma personnummer: sökanden"),
    ("a child to be born", 7, 2, ans(inkommen=datetime(2020, 1, 1, 8, tzinfo=UTC)),
     "en födelsedag som inte har varit."),
    ("before: negative income", 2, 9, income_before(belopp=Decimal(-7900)),
     "beräkningen för november 2026: en rad har negativt"),
    ("before: markup", 2, 9, income_before(slag=MARKUP),
     "beräkningen för november 2026: en rad har ett namn som inte går"),
    ("before: day", 2, 9, income_before(datum=NEVER), "en inkomst har en dag som inte kan stämma."),
    ("before: cost", 2, 9, cost_before(godkant=Decimal(9999)), "mer är godkänt än sökt."),
    ("before: persons", 2, 9, tidigare(antal_personer=-1), "antalet personer är -1."),
    ("case: hours", 2, 9, narvaro(-10, 0), "närvaron har timmar som inte kan stämma."),
    ("case: months", 2, 9, stimulus(manader=-3), "antalet månader med bistånd kan inte stämma."),
    ("case: stimulus from 9999", 4, 9, stimulus(manader=7, fran=NEVER), "tiden med jobbstimulans kan inte stämma."),
    ("case: plan until 9999", 2, 9, arende(planering=Planering(aktiv=True, till=NEVER)),
     "planeringen har en dag som inte kan"),
]  # fmt: skip


def utlost(forslag: Forslag) -> dict[int, str]:
    return {one.nummer: one.text for one in forslag.regler if one.hindrar}


@pytest.mark.parametrize(
    ("number", "rule", "change", "sentence"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_cannot_be_is_handed_over_by_name(
    number: int, rule: int, change: Andring, sentence: str, fall: Callable[[int], Fall], regelverk: Regelverk
) -> None:
    ansokan, underlag = change(fall(number))
    forslag = foresla(ansokan, underlag, regelverk, TODAY)
    assert forslag.slag is Forslagsslag.OVERLAMNA
    told = utlost(forslag)
    assert sentence in told.get(rule, ""), told
    everything = forslag.model_dump_json()
    assert "<" not in " ".join(forslag.skal)
    assert all(len(reason) < 1000 for reason in forslag.skal)
    assert Forslag.model_validate_json(everything) == forslag
    assert not any(person.digits in " ".join(forslag.skal) for person in ansokan.personer)


def decision(**values: Any) -> Andring:
    return lambda fall: arende(beslut=(*fall[1].arende.beslut, TidigareBeslut(**{**DECIDED, **values})))(fall)


DECIDED: dict[str, Any] = {"manad": "2026-09", "kod": "01", "belopp": Decimal(1000), "datum": date(2026, 9, 3)}
PAID = TidigareUtbetalning(manad="2026-09", mottagare="Sökanden", belopp=Decimal(-1000))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (decision(belopp=Decimal(-1)), "ett beslut har negativt belopp."),
        (decision(datum=NEVER), "ett beslut har en dag som inte kan stämma."),
        (lambda fall: arende(utbetalningar=(*fall[1].arende.utbetalningar, PAID))(fall), "har negativt belopp."),
        (lambda fall: arende(hushall=fall[1].arende.hushall * 2)(fall), "två i ärendets hushåll har samma"),
    ],
)
def test_what_cannot_be_in_the_case_is_handed_over_by_name(
    change: Andring, sentence: str, fall: Callable[[int], Fall], regelverk: Regelverk
) -> None:
    forslag = foresla(*change(fall(2)), regelverk, TODAY)
    assert forslag.slag is Forslagsslag.OVERLAMNA
    assert sentence in utlost(forslag)[9]


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (2, lambda fall: fall),
        (2, betalning(datum=date(2026, 11, 24), period_fran=None, period_till=None)),
        (2, svar("af", omfattning=100, registrerad=date(1998, 2, 1))),
        (2, foreign(("Permanent uppehållstillstånd", date(1998, 5, 12), None))),
        (2, foreign(("Uppehålls- och arbetstillstånd", date(2024, 3, 1), date(2028, 2, 28)))),
        (2, arende(narvaro=(Narvaro(manad="2026-11", planerat=80, narvaro=80, giltig_franvaro=0),))),  # type: ignore[arg-type]
        (2, svar("folkbokforing", namn="Åsa-Karin d'Örn af Prov")),
    ],
)
def test_what_can_be_is_granted(
    number: int, change: Andring, fall: Callable[[int], Fall], regelverk: Regelverk
) -> None:
    forslag = foresla(*change(fall(number)), regelverk, TODAY)
    assert (forslag.slag, forslag.skal) == (Forslagsslag.BIFALL, ())


def test_a_register_in_error_beside_one_that_is_silent_goes_to_a_person_at_once(
    fall: Callable[[int], Fall], regelverk: Regelverk
) -> None:
    silent = svar("ts", kallstatus="FELANDE", status=Svarsstatus.EJ_KONTROLLERBART)
    forslag = foresla(*silent(betalning(netto=Decimal(-1))(fall(2))), regelverk, TODAY)
    assert forslag.slag is Forslagsslag.OVERLAMNA
    assert "har negativt belopp" in utlost(forslag)[11]
    assert "Transportstyrelsen har inte svarat" in utlost(forslag)[11]


def test_an_income_of_no_known_kind_is_drafted_as_another(fall: Callable[[int], Fall], regelverk: Regelverk) -> None:
    for named, shown in (("Vårdbidrag", "Vårdbidrag"), (MARKUP, "ett namn som inte går att läsa")):
        forslag = foresla(*betalning(forman=named)(fall(2)), regelverk, TODAY)
        assert forslag.berakning is not None
        rows = {row.typ: row.etikett for row in forslag.berakning.inkomster}
        assert rows["Annat"] == f"{shown}, november 2026"


def test_the_unread_rows_of_last_month_stand_nowhere_as_they_are(
    fall: Callable[[int], Fall], regelverk: Regelverk
) -> None:
    row = TidigareInkomst(slag=MARKUP, belopp=Decimal(100), datum=date(2026, 10, 25))
    cost = TidigareKostnad(slag=MARKUP, ansokt=Decimal(1), godkant=Decimal(1))
    ansokan, underlag = tidigare(inkomster=(row,), kostnader=(cost,))(fall(2))
    forslag = foresla(ansokan, underlag, regelverk, TODAY)
    assert "script" not in " ".join((*forslag.skal, *forslag.aviseringar))


@pytest.mark.parametrize("amount", ["1e30", "99999999999999999999999", "0.123456789"])
def test_an_amount_that_is_none_is_refused_by_its_field(amount: str) -> None:
    facts = (SCENARIOS / "exempel" / "uppgifter.yaml").read_text("utf-8")
    assert facts.count("netto: '7900'") == 1
    with pytest.raises(BusinessError, match=r"fk\.0\.utbetalningar\.0\.netto"):
        las_underlag(facts.replace("netto: '7900'", f"netto: '{amount}'").encode())


@pytest.mark.parametrize("text", ["1 000 000 000 000 000,00", "NaN", "1e3", "--5", "5 00", "", "612.50"])
def test_an_amount_on_a_page_that_is_none_is_told_without_itself(text: str) -> None:
    with pytest.raises(PortalError, match="ssbtek visade något annat än ett belopp") as raised:
        Visning("ssbtek").kronor(text)
    assert not text or text not in str(raised.value)


@pytest.mark.parametrize("text", ["0000-00-00", "2026-02-30", "20261125T00", "i går", ""])
def test_a_day_on_a_page_that_is_none_is_told(text: str) -> None:
    with pytest.raises(PortalError, match="ssbtek visade något annat än ett datum"):
        Visning("ssbtek").datum(text)


@pytest.mark.parametrize(("antal", "stopp"), [(2, False), (4, True)])
def test_equal_payments_for_each_child_are_no_double_but_more_than_the_children_are(
    fall: Callable[[int], Fall], regelverk: Regelverk, antal: int, stopp: bool
) -> None:
    ansokan, underlag = fall(7)
    assert len(ansokan.barn) == 2
    (answer,) = underlag.fk
    others = [one for one in answer.utbetalningar if one.forman != "Underhållsstöd"]
    (paid,) = (one for one in answer.utbetalningar if one.forman == "Underhållsstöd")
    each = paid.model_copy(update={"brutto": paid.brutto / antal, "netto": paid.netto / antal})
    split = answer.model_copy(update={"utbetalningar": (*others, *[each] * antal)})
    forslag = foresla(ansokan, underlag.model_copy(update={"fk": (split,)}), regelverk, date(2026, 12, 1))
    assert any(one.nummer == 11 and one.hindrar for one in forslag.regler) is stopp
    assert (forslag.slag is Forslagsslag.BIFALL) is not stopp
