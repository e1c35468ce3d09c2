"""What the applicant is told before something adverse is decided, what is asked for, and what must be come back to."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.beslut.kommunicering import saknas_i
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Inkomst
from arbetsfloden.ekonomiskt_bistand.handlaggning import formulering
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import AVSLAG, BIFALL, DELVIS_BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import MivSvar, Tillstand, Utbetalningstyp
from arbetsfloden.ekonomiskt_bistand.register.underlag import Planering
from arbetsfloden.ekonomiskt_bistand.regler.regel import HOR_FORST

READ = {"kallstatus": "OK", "lasning": Lasning(kalla="Migrationsverket", tidpunkt=datetime(2026, 12, 1, 6, tzinfo=UTC))}


def scenario(number: int) -> Fall:
    return fall(las(next(path for path in FILES if path.name.startswith(f"{number:02}-"))))


def forslag_i(one: Fall, regelverk: Regelverk) -> Forslag:
    return foresla(one.ansokan, one.underlag, regelverk, one.idag)


@pytest.mark.parametrize(
    ("number", "beslutstyp", "told"),
    [
        (2, BIFALL, ()),
        (15, BIFALL, ()),
        (
            14,
            DELVIS_BIFALL,
            (
                "Hyra: du har sökt 7 900 kr. Kommunen bedömer 6 400 kr som skäligt för ditt hushåll. Vi överväger att "
                "bara godta 6 400 kr.",
            ),
        ),
        (
            16,
            AVSLAG,
            (
                "Inkomsterna som räknas är 12 400 kr. Riksnormen och de godkända kostnaderna är 11 490 kr. Inkomsterna "
                "räcker alltså till, och vi överväger att avslå ansökan.",
            ),
        ),
        (
            17,
            AVSLAG,
            (
                "Du har fått studiestöd 12 000 kr den 25 november 2026 för november 2026 enligt CSN. Inkomsten står "
                "inte i ansökan. Vi räknar med den om du inte visar något annat.",
                "Inkomsterna som räknas är 12 000 kr. Riksnormen och de godkända kostnaderna är 11 490 kr. Inkomsterna "
                "räcker alltså till, och vi överväger att avslå ansökan.",
            ),
        ),
    ],
)
def test_the_applicant_is_told_what_is_adverse_and_nothing_else(
    number: int, beslutstyp: str, told: tuple[str, ...], regelverk: Regelverk
) -> None:
    forslag = forslag_i(scenario(number), regelverk)
    assert (forslag.beslutstyp, forslag.att_kommunicera) == (beslutstyp, told)


@pytest.mark.parametrize(("uppgivet", "hors"), [(7950, False), (7850, True)])
def test_an_amount_that_is_lower_than_the_stated_one_is_nothing_to_be_heard_on(
    uppgivet: int, hors: bool, regelverk: Regelverk
) -> None:
    one = scenario(2)
    (stated,) = one.ansokan.inkomster
    lower = one.ansokan.model_copy(update={"inkomster": (stated.model_copy(update={"belopp": Decimal(uppgivet)}),)})
    forslag = foresla(lower, one.underlag, regelverk, one.idag)
    assert {rule.nummer for rule in forslag.regler if rule.hindrar} == {13}
    assert bool(forslag.att_kommunicera) is hors
    assert (HOR_FORST in " ".join(forslag.skal)) is hors


@pytest.mark.parametrize(
    ("godkant", "beslutat", "hors"),
    [(6400, True, False), (6300, True, True), (6400, False, True)],
    ids=["the same cut", "another", "nothing was decided"],
)
def test_a_cost_that_was_cut_so_last_month_too_is_nothing_to_be_heard_on_again(
    godkant: int, beslutat: bool, hors: bool, regelverk: Regelverk
) -> None:
    one = scenario(14)
    arende = one.underlag.arende
    assert arende is not None
    (before,) = arende.berakningar
    rows = tuple(
        row.model_copy(update={"godkant": Decimal(godkant), "ansokt": Decimal(7900)}) if row.slag == "Hyra" else row
        for row in before.kostnader
    )
    known = arende.model_copy(
        update={
            "berakningar": (before.model_copy(update={"kostnader": rows}),),
            "beslut": arende.beslut if beslutat else (),
        }
    )
    forslag = foresla(one.ansokan, one.underlag.model_copy(update={"arende": known}), regelverk, one.idag)
    assert forslag.beslutstyp == DELVIS_BIFALL
    assert bool(forslag.att_kommunicera) is hors


def test_a_rejection_tells_rows_surplus_provision_hearing_and_how_to_appeal(regelverk: Regelverk) -> None:
    one = scenario(16)
    text = formulering.beslutstext(forslag_i(one, regelverk), one.ansokan, regelverk, "Tova Testsson", "Du har hörts.")
    for part in (
        "Din ansökan om försörjningsstöd för december 2026 avslås.",
        "Sjukpenning, november 2026: 12 400 kr",
        "Summa norm: 5 220 kr",
        "Inkomster minus norm och kostnader: 910 kr",
        "12 kap. 1 §",
        "Du har hörts.",
        "Beslutsfattare: Tova Testsson.",
        "förvaltningsrätten",
        "tre veckor",
    ):
        assert part in text
    assert "\n\n\n" not in text
    assert "{" not in text


def test_a_partial_grant_tells_what_is_not_granted_and_why(regelverk: Regelverk) -> None:
    one = scenario(14)
    text = formulering.beslutstext(forslag_i(one, regelverk), one.ansokan, regelverk, "Tova Testsson")
    assert "12 090 kr" in text
    assert "Hyra: du har sökt 7 900 kr och 6 400 kr är godkänt" in text
    assert "skäliga kostnader" in text
    assert "förvaltningsrätten" in text


def test_a_rent_above_the_cap_is_granted_for_a_time_that_the_decision_tells(regelverk: Regelverk) -> None:
    one = scenario(15)
    forslag = forslag_i(one, regelverk)
    text = formulering.beslutstext(forslag, one.ansokan, regelverk, "Tova Testsson")
    assert "högre än 6 400 kr, som kommunen bedömer" in text
    assert "Till och med februari 2027 räknar vi ändå hela hyran" in text
    (reminder,) = forslag.bevakningar
    assert (reminder.slag, reminder.datum) == ("rådrum", date(2027, 2, 14))
    assert reminder.text == "Rådrum för hyran gäller till och med februari 2027. Följ upp före nästa beslut."


@pytest.mark.parametrize(("till", "reminds"), [(date(2027, 1, 31), True), (date(2027, 2, 1), False), (None, False)])
def test_a_plan_that_ends_within_next_month_is_to_be_made_anew(
    till: date | None, reminds: bool, regelverk: Regelverk
) -> None:
    one = scenario(2)
    assert one.underlag.arende is not None
    arende = one.underlag.arende.model_copy(update={"planering": Planering(aktiv=True, till=till)})
    forslag = foresla(one.ansokan, one.underlag.model_copy(update={"arende": arende}), regelverk, one.idag)
    assert ("planering" in {row.slag for row in forslag.bevakningar}) is reminds


@pytest.mark.parametrize(("till", "reminds"), [(date(2027, 2, 28), True), (date(2027, 3, 1), False), (None, False)])
def test_a_permit_that_ends_within_two_months_is_to_be_asked_about(
    till: date | None, reminds: bool, regelverk: Regelverk
) -> None:
    one = scenario(2)
    permit = Tillstand(slag="Uppehållstillstånd", fran=date(2025, 1, 1), till=till)
    answer = MivSvar(person=one.ansokan.sokande.personnummer, status=Svarsstatus.SVAR, **READ, tillstand=(permit,))
    forslag = foresla(one.ansokan, one.underlag.model_copy(update={"miv": (answer,)}), regelverk, one.idag)
    told = [row.slag for row in forslag.bevakningar if row.slag.startswith("uppehållstillstånd")]
    assert told == ([f"uppehållstillstånd {till}"] if reminds else [])


@pytest.mark.parametrize("uppgiven", [False, True])
def test_a_retroactive_payment_that_is_not_stated_is_told_before_anything_is_decided(
    uppgiven: bool, regelverk: Regelverk
) -> None:
    one = scenario(28)
    (paid,) = [
        row for answer in one.underlag.fk for row in answer.utbetalningar if row.typ == Utbetalningstyp.RETROAKTIV
    ]
    stated = Inkomst(person=one.ansokan.sokande.personnummer, slag=paid.forman, belopp=paid.netto, betald=paid.datum)
    incomes = (*one.ansokan.inkomster, stated) if uppgiven else one.ansokan.inkomster
    ansokan = one.ansokan.model_copy(update={"inkomster": incomes})
    forslag = foresla(ansokan, one.underlag, regelverk, one.idag)
    told = [sentence for sentence in forslag.att_kommunicera if "9 000 kr" in sentence]
    assert len(told) == (0 if uppgiven else 1), forslag.att_kommunicera
    (rule,) = [row for row in forslag.regler if row.nummer == 18]
    assert rule.text.endswith(HOR_FORST) is not uppgiven


@pytest.mark.parametrize(("notering", "kan"), [("Rådrum till 2026-11", True), ("Rådrum till i höst", False)])
def test_a_rent_of_which_nobody_can_tell_whether_notice_runs_is_nothing_to_approve(
    notering: str, kan: bool, regelverk: Regelverk
) -> None:
    one = scenario(14)
    assert one.underlag.arende is not None
    (before, *older) = one.underlag.arende.berakningar
    rows = [row.model_copy(update={"notering": notering}) if row.slag == "Hyra" else row for row in before.kostnader]
    noted = (before.model_copy(update={"kostnader": tuple(rows)}), *older)
    arende = one.underlag.arende.model_copy(update={"berakningar": noted})
    forslag = foresla(one.ansokan, one.underlag.model_copy(update={"arende": arende}), regelverk, one.idag)
    assert (forslag.kan_godkannas, forslag.beslutstyp) == (kan, DELVIS_BIFALL)


def test_an_application_lacks_a_signature_or_an_attestation() -> None:
    one, couple = scenario(2).ansokan, scenario(6).ansokan
    assert couple.medsokande is not None
    unsigned = couple.medsokande.model_copy(update={"har_undertecknat": False})
    assert saknas_i(one) == saknas_i(couple) == ()
    (asked,) = saknas_i(one.model_copy(update={"intygad": False}))
    assert asked == "Du har inte intygat att uppgifterna är riktiga. Logga in i e-tjänsten och intyga dem."
    (asked,) = saknas_i(couple.model_copy(update={"medsokande": unsigned}))
    assert asked.startswith("Medsökanden har inte undertecknat ansökan.")
    assert asked.endswith("behöver själv logga in i e-tjänsten och skriva under.")


@pytest.mark.parametrize("hord", [True, False])
def test_the_note_asks_for_a_hearing_until_there_has_been_one(hord: bool, regelverk: Regelverk) -> None:
    one = scenario(16)
    forslag = forslag_i(one, regelverk)
    told = "Sökanden har hörts." if hord else ""
    _, note = formulering.journalanteckning(forslag, one.ansokan, regelverk, "Tova Testsson", told, "Inkomsten räcker.")
    assert ("Kommunicera innan beslut" in note) is not hord
    assert any("Kommunicera innan beslut" in reason for reason in forslag.skal)
