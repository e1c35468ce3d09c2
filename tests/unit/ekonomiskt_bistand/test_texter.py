"""The municipality's texts: how they read once they are filled in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from regelandringar import studiestod
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.handlaggning import formulering
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import AVSLAG, BIFALL, DELVIS_BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelsida import regelsida
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.engine import Mode

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
BY = "Tova Testsson"
OWN_WORDS = "Du har visat att hyresvärden inte har något billigare."
DECEMBER = Manad(2026, 12)
BARN = "200901099838"
"""Seventeen in the month."""
REDUCED = "Det här är inte godkänt fullt ut"


def text_of(number: int) -> dict[str, Any]:
    return las(next(path for path in FILES if path.name.startswith(f"{number:02}-")))


def proposed(one: Fall, regelverk: Regelverk) -> Forslag:
    return foresla(one.ansokan, one.underlag, regelverk, one.idag)


@pytest.mark.parametrize(("number", "beslutstyp"), [(2, BIFALL), (14, DELVIS_BIFALL), (16, AVSLAG)])
def test_a_persons_own_words_are_a_paragraph_and_leave_no_trace_where_there_are_none(
    number: int, beslutstyp: str, regelverk: Regelverk
) -> None:
    one = fall(text_of(number))
    forslag = proposed(one, regelverk)
    assert forslag.beslutstyp == beslutstyp
    without = formulering.beslutstext(forslag, one.ansokan, regelverk, BY)
    assert f"\n\nBeslutsfattare: {BY}.\n\nSå överklagar du\n" in without
    assert "\n\n\n" not in without
    heard = formulering.beslutstext(forslag, one.ansokan, regelverk, BY, "Du har hörts.", OWN_WORDS)
    own = f"Du har hörts.\n\nHandläggarens bedömning: {OWN_WORDS}"
    assert heard == without.replace("\n\nBeslutsf", f"\n\n{own}\n\nBeslutsf")


def test_a_rejection_at_nothing_left_over_reads_as_one(regelverk: Regelverk) -> None:
    one = fall(text_of(16))
    forslag = proposed(one, regelverk)
    assert forslag.berakning is not None
    even = forslag.berakning.model_copy(update={"resultat": Decimal(0), "inkomstsumma": Decimal(11490)})
    text = formulering.beslutstext(forslag.model_copy(update={"berakning": even}), one.ansokan, regelverk, BY)
    assert "Inkomster minus norm och kostnader: 0 kr" in text
    assert "Inkomsterna i november 2026 räknas mot hushållets behov i december 2026." in text
    assert "Inkomsterna är 11 490 kr." in text
    assert "skäliga kostnader (12 kap. 7 §), är 11 490 kr. Inkomsterna räcker alltså till" in text
    assert REDUCED not in text


def test_a_rejection_tells_of_a_cost_that_is_cut_under_a_heading_of_its_own(regelverk: Regelverk) -> None:
    one = fall(text_of(14))
    forslag = proposed(one, regelverk).model_copy(update={"beslutstyp": AVSLAG})
    text = formulering.beslutstext(forslag, one.ansokan, regelverk, BY)
    assert f"\n\n{REDUCED}\nHyra: du har sökt 7 900 kr och 6 400 kr är godkänt\nKostnader godtas bara till" in text
    assert "\nHyra: 6 400 kr\n" in text


def test_how_to_appeal_names_the_board_and_what_to_write_and_the_way_to_a_person(regelverk: Regelverk) -> None:
    one = fall(text_of(2))
    text = formulering.beslutstext(proposed(one, regelverk), one.ansokan, regelverk)
    for part in ("socialnämnden i Sandkommun", "personnummer, telefonnummer", "Begäran om omprövning", "tre veckor"):
        assert part in text
    assert "Beslutsfattare: Automatiserat beslut utan handläggare, delegationsordningen punkt 4.2 A." in text


def test_the_robots_own_note_says_what_was_read_and_that_no_rule_hindered(regelverk: Regelverk) -> None:
    one = fall(text_of(2))
    sources = formulering.lasta_kallor(one.underlag)
    _, note = formulering.journalanteckning(proposed(one, regelverk), one.ansokan, regelverk, kallor=sources)
    assert "ingen regel hindrade bifall" in note
    assert "Läst: Folkbokföringen, verksamhetssystemet, Försäkringskassan" in note
    assert "Den äldsta uppgiften lästes den 1 december 2026." in note
    assert "  " not in note


def test_a_register_that_did_not_answer_was_not_read(regelverk: Regelverk) -> None:
    one = fall(text_of(20))
    sources = formulering.lasta_kallor(one.underlag)
    assert one.underlag.fk
    assert "Försäkringskassan" not in sources
    assert "Arbetsförmedlingen" in sources


def test_a_persons_note_holds_the_answer_and_their_assessment(regelverk: Regelverk) -> None:
    one = fall(text_of(14))
    heard = "Sökanden har svarat: «Jag söker en billigare.»"
    _, note = formulering.journalanteckning(
        proposed(one, regelverk), one.ansokan, regelverk, BY, heard, OWN_WORDS, "Läst: CSN."
    )
    for part in (heard, f"Bedömning: {OWN_WORDS}", "Läst: CSN.", BY):
        assert part in note


def test_the_message_of_a_decision_begins_with_the_month_and_the_day(regelverk: Regelverk) -> None:
    text = formulering.underrattelse(regelverk.texter, DECEMBER, date(2026, 12, 6), "Du får 100 kr.")
    assert text == "Beslut om försörjningsstöd för december 2026, fattat den 6 december 2026\n\nDu får 100 kr."


def test_an_application_that_is_asked_to_be_completed_is_told_what_becomes_of_it(regelverk: Regelverk) -> None:
    texter = regelverk.texter
    text = formulering.komplettering(texter, texter.komplettering, DECEMBER, ["Intyga."], date(2026, 12, 11))
    assert "- Intyga." in text
    reminder = formulering.komplettering(texter, texter.paminnelse, DECEMBER, ["Intyga."], date(2026, 12, 11))
    assert "Har det inte kommit den 11 december 2026 avgör en handläggare ansökan på de uppgifter som finns." in text
    assert all("Det kan betyda att den avslås." in one for one in (text, reminder))


def test_a_childs_income_is_told_by_the_childs_place_in_the_application(regelverk: Regelverk) -> None:
    text = text_of(17)
    text["personer"]["Barn"] = {"personnummer": BARN, "barn": "Heltid"}
    one = fall(text)
    (paid,) = one.underlag.csn
    none = paid.model_copy(update={"status": Svarsstatus.INGET, "arenden": (), "utbetalningar": ()})
    answers = (none, paid.model_copy(update={"person": Personnummer(BARN)}))
    underlag = one.underlag.model_copy(update={"csn": answers})
    told, *_ = foresla(one.ansokan, underlag, regelverk, one.idag).att_kommunicera
    assert told.startswith("Barnet som står som nummer 1 i ansökan har fått studiestöd 12 000 kr den 25 november 2026")


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (Mode.AUTOMATISK, "kan programmet självt bevilja det du har ansökt om"),
        (Mode.FORBERED, "en handläggare fattar alla beslut"),
        (Mode.SKUGGA, "Programmet är på prov"),
    ],
)
def test_the_public_page_says_who_decides_and_what_the_program_never_does(
    mode: Mode, told: str, regelverk: Regelverk
) -> None:
    entries = regelverk.delegation.beslutstyper
    chosen = {**entries, BIFALL: entries[BIFALL].model_copy(update={"mode": mode})}
    delegation = regelverk.delegation.model_copy(update={"beslutstyper": chosen})
    page = regelsida(replace(regelverk, delegation=delegation))
    words = " ".join((*page.introduction, *(rule.in_plain_words for rule in page.rules)))
    assert told in words
    assert "avslår aldrig en ansökan och beviljar aldrig mindre än du har ansökt om" in words
    assert "alltid begära att en handläggare går igenom beslutet" in words
    assert "robot" not in words.lower()
    assert "digital" not in words.lower()


# --- The provisions, and what the applicant is told although no rule stands in the way ------------------------------

AGE_BAND = "Riksnormen följer barnens ålder och har ändrats sedan förra månaden."
AN_ELEVENTH_BIRTHDAY = "201512019850"


def decided(one: Fall, regelverk: Regelverk) -> str:
    return formulering.beslutstext(proposed(one, regelverk), one.ansokan, regelverk, BY)


def with_child(personnummer: str) -> Fall:
    """Two children at home, of whom the first has this number."""
    text = text_of(7)
    text["personer"]["Femma"]["personnummer"] = personnummer
    return fall(text)


def test_a_child_in_a_new_age_band_is_told_to_the_applicant(regelverk: Regelverk) -> None:
    text = decided(with_child(AN_ELEVENTH_BIRTHDAY), regelverk)
    told = "Barnet som står som nummer 1 i ansökan räknas från denna månad som 11-14 år."
    assert f"\n\n{AGE_BAND} {told}\n\n" in text
    assert AN_ELEVENTH_BIRTHDAY[:8] not in text


def test_no_child_in_a_new_age_band_leaves_no_trace(regelverk: Regelverk) -> None:
    assert AGE_BAND not in decided(with_child("201511309856"), regelverk)
    assert AGE_BAND not in decided(fall(text_of(7)), regelverk)


@pytest.mark.parametrize(("child", "is_told"), [(AN_ELEVENTH_BIRTHDAY, True), ("201511309856", False)])
def test_a_rule_that_always_goes_to_a_person_is_not_told_of_as_such_in_the_decision(
    child: str, is_told: bool, regelverk: Regelverk
) -> None:
    book = regelverk.regelbok
    words = {**book.regler, 32: book.regler[32].model_copy(update={"alltid_handlaggare": True})}
    always = replace(regelverk, regelbok=book.model_copy(update={"regler": words}))
    text = decided(with_child(child), always)
    assert (AGE_BAND in text) is is_told
    assert "alltid prövas" not in text


@pytest.mark.parametrize(
    ("number", "provision", "told", "not_told"),
    [
        (2, "12 kap. 1 och 7 §§", (), ("8 §", "9 §")),
        (7, "12 kap. 1, 7 och 8 §§", ("25 procent av lönen räknas inte", "12 kap. 8 § socialtjänstlagen"), ("9 §",)),
        (
            14,
            "12 kap. 1 och 7 §§",
            ("Kostnader godtas bara till den nivå", "(12 kap. 7 § socialtjänstlagen)"),
            ("8 §",),
        ),
        (15, "12 kap. 1 och 7 §§", ("skäligt för hushållet (12 kap. 7 § socialtjänstlagen). Till och med",), ("8 §",)),
        (90, "12 kap. 1 och 7 §§", ("Det prövas för sig (12 kap. 1 och 2 §§ socialtjänstlagen)",), ("8 §",)),
    ],
)
def test_the_provision_of_each_kind_of_row_is_named(
    number: int, provision: str, told: tuple[str, ...], not_told: tuple[str, ...], regelverk: Regelverk
) -> None:
    one = fall(text_of(number))
    text = decided(one, regelverk)
    assert f"rätt till försörjningsstöd enligt {provision} socialtjänstlagen (2025:400)" in text
    _, note = formulering.journalanteckning(proposed(one, regelverk), one.ansokan, regelverk, BY)
    assert f"enligt {provision} SoL." in note
    for part in told:
        assert part in text
    for part in not_told:
        assert part not in text


def test_a_rejection_names_what_the_right_rests_on(regelverk: Regelverk) -> None:
    text = decided(fall(text_of(16)), regelverk)
    assert "(12 kap. 1 § socialtjänstlagen, 2025:400)" in text
    assert "skäliga kostnader (12 kap. 7 §)" in text


@pytest.mark.parametrize(("slag", "is_told"), [("Lön", True), ("Underhållsstöd", False)])
def test_a_childs_own_wage_is_told_with_its_provision(slag: str, is_told: bool, regelverk: Regelverk) -> None:
    text = text_of(7)
    text["inkomster"].append({"vem": "Tolva", "slag": slag, "belopp": 500, "betald": date(2026, 11, 25)})
    written = decided(fall(text), regelverk)
    sentence = "så länge den är högst ett prisbasbelopp under året (12 kap. 9 § socialtjänstlagen)."
    assert (sentence in written) is is_told
    assert ("12 kap. 1, 7, 8 och 9 §§" in written) is is_told


# --- Sentences that anybody can read --------------------------------------------------------------------------------


def test_study_aid_that_was_not_there_last_month_is_told_with_where_it_was_found(regelverk: Regelverk) -> None:
    reasons = proposed(fall(text_of(17)), regelverk).skal
    told = " ".join(reasons)
    assert "Studiestöd för sökanden finns hos CSN men fanns inte i förra månadens beräkning." in told
    assert "Studiestöd är 12 000 kr för sökanden, men fanns inte förra månaden." in told


@pytest.mark.parametrize(("last", "is_told"), [(date(2026, 12, 30), True), (date(2026, 12, 31), False)])
def test_study_aid_that_is_not_decided_for_the_whole_month_is_told_as_that(
    last: date, is_told: bool, regelverk: Regelverk
) -> None:
    one = fall(text_of(1))
    ansokan, underlag = studiestod(last)((one.ansokan, one.underlag))
    reasons = " ".join(foresla(ansokan, underlag, regelverk, one.idag).skal)
    told = "Studiestöd för sökanden fanns förra månaden, men CSN har inte beslutat det för hela december 2026."
    assert (told in reasons) is is_told


def test_a_cut_row_is_told_as_a_partial_grant(regelverk: Regelverk) -> None:
    reasons = " ".join(proposed(fall(text_of(14)), regelverk).skal)
    assert "handläggare beslutar om delvis bifall" in reasons
    assert "delavslag" not in reasons


def test_a_decision_by_the_robot_alone_says_that_nobody_has_read_the_application(regelverk: Regelverk) -> None:
    one = fall(text_of(1))
    forslag = proposed(one, regelverk)
    told = "(28 § förvaltningslagen och 6 kap. 37 § kommunallagen). Ingen handläggare har läst din ansökan."
    assert told in formulering.beslutstext(forslag, one.ansokan, regelverk)
    assert told not in formulering.beslutstext(forslag, one.ansokan, regelverk, BY)


@pytest.mark.parametrize(("number", "has_income"), [(1, False), (2, True)])
def test_a_household_with_no_income_at_all_is_told_words_that_hold_for_it_too(
    number: int, has_income: bool, regelverk: Regelverk
) -> None:
    text = decided(fall(text_of(number)), regelverk)
    assert ("Inkomster som räknas:\nInga\n" in text) is not has_income
    assert "Det som hushållet har i inkomst räcker inte till riksnormen och de skäliga kostnaderna." in text
    assert "Inkomsterna" not in text


def test_a_rent_that_is_cut_when_the_notice_has_run_out_is_told_with_its_reason(regelverk: Regelverk) -> None:
    ended, given = (decided(fall(text_of(number)), regelverk) for number in (14, 15))
    told = "att sänka din boendekostnad. Den tiden är slut. Därför räknas hyran till"
    assert told in ended
    assert told not in given


def test_whose_an_income_is_stands_beside_it_where_it_may_be_anothers(regelverk: Regelverk) -> None:
    couple, alone = (decided(fall(text_of(number)), regelverk) for number in (6, 2))
    assert "november 2026, medsökanden" in couple
    assert "sökanden" not in alone.partition("Summa inkomster")[0]


def test_how_to_appeal_says_what_to_name(regelverk: Regelverk) -> None:
    one = fall(text_of(2))
    assert f"(skriv ansökans nummer, {one.ansokan.referens})" in decided(one, regelverk)


# --- Two who have applied together ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "is_told"), [(6, True), (2, False)])
def test_two_who_have_applied_together_are_told_so_and_one_alone_is_not(
    number: int, is_told: bool, regelverk: Regelverk
) -> None:
    one = fall(text_of(number))
    message = formulering.kommunicering(regelverk.texter, one.ansokan, ["En uppgift."], date(2026, 12, 15))
    for text in (decided(one, regelverk), message):
        assert ("Ni är två som har ansökt" in text) is is_told
        assert one.ansokan.sokande.fornamn not in text
        assert "\n\n\n" not in text
