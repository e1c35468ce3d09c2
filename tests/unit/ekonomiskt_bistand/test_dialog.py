"""The applicant in a case: heard before something adverse. The payment stop and the rest."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from liten_varld import REFERENS, LitenVarld

from arbetsfloden.ekonomiskt_bistand.handlaggning import brev
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Betalningsstopp, SkaligKostnad
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.cases.status import CaseStatus
from medarbetare.engine import Mode, Original

DAY = timedelta(days=1)
SENT = "Beslutet med överklagandehänvisning har skickats till sökanden i e-tjänsten"


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    world = LitenVarld(regelverk, monkeypatch)
    world.i_e_tjansten()
    return world


def med_kommun(varld: LitenVarld, **values: Any) -> None:
    varld.regelverk = replace(varld.regelverk, kommun=varld.regelverk.kommun.model_copy(update=values))


def test_nothing_adverse_is_told_or_decided_before_a_person_has_read_it(varld: LitenVarld) -> None:
    varld.med_inkomst(12000)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "kommunicering"
    assert varld.utfall["reasons"][0].startswith("Sökanden ska få del av uppgifterna")
    assert "I ansökan står 7 900 kr." in varld.utfall["reasons"][-1]
    assert (varld.e_tjanst.meddelanden, varld.beslutat) == ([], [])


def test_a_rejection_is_decided_when_the_applicant_has_answered_and_a_person_has_read_it(varld: LitenVarld) -> None:
    varld.med_inkomst(12000)
    varld.arbeta()
    varld.godkann(tillagg="Ring mig gärna på onsdag.")
    assert varld.arbeta() is CaseStatus.WAITING
    ((_, told),) = varld.e_tjanst.meddelanden
    for part in ("12 000 kr", "Ring mig gärna på onsdag.", "senast den 15 december 2026", "muntligt", "avslå"):
        assert part in told
    assert varld.system.rader["journal"][0]["rubrik_text"] == "Kommunicering inför beslut december 2026"

    varld.e_tjanst.svara("Det var för två månader.")
    assert varld.vanta(1) is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "beslut, omgång 2"
    assert varld.utfall["reasons"][0] == (
        "Sökanden har fått del av uppgifterna 2026-12-01 och har svarat: «Det var för två månader.»"
    )

    varld.godkann(bedomning="Utbetalningen gäller november och räknas då.")
    assert varld.arbeta() is CaseStatus.DECIDED
    (beslut,) = varld.system.rader["beslut"]
    assert (beslut["kod"], beslut["belopp"], beslut["beslutsfattare"]) == (
        "03 Avslag försörjningsstöd",
        "0",
        "Tova Testsson",
    )
    assert "avslås" in beslut["motivering"]
    assert "Handläggaren har läst ditt svar." in beslut["motivering"]
    assert "Utbetalningen gäller november och räknas då." in beslut["motivering"]
    assert varld.system.rader["utbetalningar"] == []
    note = varld.system.rader["journal"][1]["text"]
    for part in ("Avslag enligt", "«Det var för två månader.»", "Utbetalningen gäller november", "Försäkringskassan"):
        assert part in note
    assert note.endswith(f"{SENT} den 2 december 2026.")
    assert varld.e_tjanst.status == "Beslutad"
    (_, sent) = varld.e_tjanst.meddelanden[-1]
    assert len(varld.e_tjanst.meddelanden) == 3
    assert sent.startswith("Beslut om försörjningsstöd för december 2026, fattat den 2 december 2026")
    assert beslut["motivering"] in sent


def test_who_does_not_answer_in_time_is_decided_on_what_is_known(varld: LitenVarld) -> None:
    varld.med_inkomst(12000)
    varld.arbeta()
    varld.godkann()
    varld.arbeta()
    assert varld.vanta(14) is CaseStatus.WAITING
    assert varld.vanta(1) is CaseStatus.HANDED_OVER
    assert varld.utfall["reasons"][0].endswith("och inte svarat i e-tjänsten senast 2026-12-15.")


def test_what_is_new_and_adverse_after_the_hearing_is_told_too(varld: LitenVarld) -> None:
    varld.med_inkomst(12000)
    varld.arbeta()
    varld.godkann()
    varld.arbeta()
    varld.e_tjanst.svara("Ja.")
    varld.med_inkomst(12500)
    assert varld.vanta(1) is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "kommunicering, omgång 2", varld.utfall
    assert "12 500 kr" in varld.utfall["reasons"][-1]


def test_a_robot_that_stops_in_the_middle_of_a_message_sends_it_once(varld: LitenVarld) -> None:
    varld.med_inkomst(12000)
    varld.arbeta()
    varld.godkann()
    varld.stannar_vid("kommunicering", "submit answered")
    assert varld.arbeta() is CaseStatus.WAITING
    assert len(varld.e_tjanst.meddelanden) == 1


@pytest.mark.parametrize(
    ("step", "days", "day"), [("underrättelse", 0, 1), ("underrättelse", 1, 2), ("underrättad", 1, 1)]
)
def test_the_journal_tells_the_day_when_the_decision_was_sent_which_may_be_later(
    step: str, days: int, day: int, varld: LitenVarld
) -> None:
    varld.stannar_vid(step, "intended" if step == "underrättelse" else "step")
    varld.bench.let_pass(days * DAY)
    assert varld.arbeta() is CaseStatus.DECIDED, varld.utfall
    note = varld.system.rader["journal"][0]["text"]
    assert note.endswith(f"{SENT} den {day} december 2026.")
    assert varld.dagar[1] == "2026-12-01"


def test_where_the_inbox_has_no_messages_a_person_tells_the_applicant_and_the_robot_waits(varld: LitenVarld) -> None:
    varld.bench.inbox_portal = None
    varld.med_inkomst(12000)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    varld.godkann(delgiven="2026-11-30")
    assert varld.arbeta() is CaseStatus.WAITING
    varld.bench.let_pass(30 * DAY)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "beslut, omgång 2"
    assert "2026-11-30, enligt Tova Testsson" in varld.utfall["reasons"][0]
    varld.godkann(bedomning="Inkomsten räknas.")
    assert varld.arbeta() is CaseStatus.DECIDED
    # Whether there was an answer by word of mouth the robot cannot know, and the decision does not say.
    motivering = varld.system.rader["beslut"][0]["motivering"]
    assert "30 november 2026 och kunnat svara till och med den 14 december 2026." in motivering
    assert "har svarat" not in motivering
    assert "inte svarat" not in motivering


def test_what_the_applicant_says_by_word_of_mouth_ends_the_wait_and_is_read_first(varld: LitenVarld) -> None:
    varld.med_inkomst(12000)
    varld.arbeta()
    varld.godkann()
    assert varld.arbeta() is CaseStatus.WAITING
    varld.avbryt_vantan("Det var för två månader.")
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "beslut, omgång 2"
    said = (
        "Sökanden har fått del av uppgifterna 2026-12-01 och har svarat muntligt, antecknat av Tova Testsson: "
        "«Det var för två månader.»"
    )
    assert varld.utfall["reasons"][0] == said

    varld.godkann(bedomning="Utbetalningen gäller november och räknas då.")
    assert varld.arbeta() is CaseStatus.DECIDED
    motivering = varld.system.rader["beslut"][0]["motivering"]
    assert "Du fick del av uppgifterna den 1 december 2026 och har svarat muntligt." in motivering
    assert "två månader" not in motivering
    assert said in varld.system.rader["journal"][1]["text"]


def test_an_income_that_is_not_stated_at_all_is_heard_about_although_something_is_granted(varld: LitenVarld) -> None:
    stated = varld.bench.originals[REFERENS].content
    row = stated[stated.index(b"<incomeRow1>") : stated.index(b"</incomeRow1>") + len(b"</incomeRow1>")]
    varld.bench.originals[REFERENS] = Original.of(stated.replace(row, b""))
    varld.arbeta()
    assert (varld.utfall["waits_at"], varld.beslutat) == ("kommunicering", [])
    assert "Inkomsten står inte i ansökan." in varld.utfall["reasons"][-1]
    varld.godkann()
    assert varld.arbeta() is CaseStatus.WAITING
    varld.e_tjanst.svara("Jag glömde den.")
    assert varld.vanta(1) is CaseStatus.HANDED_OVER
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED
    (beslut,) = varld.system.rader["beslut"]
    assert (beslut["kod"], beslut["belopp"]) == ("01 Bifall försörjningsstöd", "3590")


def test_an_income_that_is_stated_lower_is_heard_about_although_something_is_granted(varld: LitenVarld) -> None:
    varld.med_inkomst(8000)
    varld.arbeta()
    assert (varld.utfall["waits_at"], varld.beslutat) == ("kommunicering", [])
    varld.godkann()
    assert varld.arbeta() is CaseStatus.WAITING
    varld.e_tjanst.svara("Det stämmer.")
    assert varld.vanta(1) is CaseStatus.HANDED_OVER
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED
    (beslut,), (betalt,) = varld.system.rader["beslut"], varld.system.rader["utbetalningar"]
    assert beslut["kod"] == "01 Bifall försörjningsstöd"
    assert (beslut["belopp"], betalt["belopp"]) == ("3490", "3490")


def test_an_answer_by_word_of_mouth_ends_the_wait_where_a_person_told_the_applicant_too(varld: LitenVarld) -> None:
    varld.bench.inbox_portal = None
    varld.med_inkomst(12000)
    varld.arbeta()
    varld.godkann(delgiven="2026-11-30")
    assert varld.arbeta() is CaseStatus.WAITING
    varld.avbryt_vantan("Hon godtar beloppet.")
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "beslut, omgång 2"
    assert varld.utfall["reasons"][0].endswith("svarat muntligt, antecknat av Tova Testsson: «Hon godtar beloppet.»")


def test_a_partial_grant_is_heard_decided_and_paid_with_the_lower_amount(varld: LitenVarld) -> None:
    lower = varld.regelverk.kommun.skaliga_kostnader | {"Hushållsel": SkaligKostnad(belopp=(Decimal(300),))}
    med_kommun(varld, skaliga_kostnader=lower)
    varld.arbeta()
    assert "Hushållsel: du har sökt 350 kr. Kommunen bedömer 300 kr som skäligt" in varld.utfall["reasons"][-1]
    varld.godkann()
    varld.arbeta()
    assert varld.vanta(15) is CaseStatus.HANDED_OVER
    varld.godkann(bedomning="Elen är dyrare än för andra i samma storlek.")
    assert varld.arbeta() is CaseStatus.DECIDED
    (beslut,), (betalt,) = varld.system.rader["beslut"], varld.system.rader["utbetalningar"]
    assert beslut["kod"] == "02 Delvis bifall försörjningsstöd"
    assert (beslut["belopp"], betalt["belopp"]) == ("3540", "3540")


# --- What the applicant writes, and hears ----------------------------------------------------------------------------


def test_what_the_applicant_has_written_since_the_application_is_read_by_a_person_first(varld: LitenVarld) -> None:
    varld.e_tjanst.svara("Jag fick ett jobb i dag.")
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "beslut"
    assert varld.utfall["reasons"][0].startswith("Sökanden har skrivit i e-tjänsten efter ansökan")
    assert "jobb" not in str(varld.utfall)


def test_what_is_written_while_a_person_thinks_is_told_before_anything_is_decided(varld: LitenVarld) -> None:
    varld.lage(Mode.FORBERED)
    varld.arbeta()
    varld.e_tjanst.svara("Jag fick ett jobb i dag.")
    varld.godkann()
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "beslut, omgång 2"
    assert varld.utfall["reasons"][0].startswith("Nytt sedan förslaget godkändes: Sökanden har skrivit")
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED


def test_a_grant_is_told_to_the_applicant_with_how_to_appeal(varld: LitenVarld) -> None:
    assert varld.arbeta() is CaseStatus.DECIDED
    ((way, sent),) = varld.e_tjanst.meddelanden
    assert way == "ut"
    for part in ("3 590 kr", "förvaltningsrätten", "tre veckor"):
        assert part in sent


def test_where_the_inbox_has_no_messages_a_person_sends_the_decision(varld: LitenVarld) -> None:
    varld.bench.inbox_portal = None
    assert varld.arbeta() is CaseStatus.DECIDED
    (opened,) = [one.payload for one in varld.bench.entries(varld.case, "handoff.opened")]
    assert opened["about"] == "Underrätta sökanden"
    assert "tiden för att överklaga räknas" in opened["reasons"][0]


# --- The payment stop ------------------------------------------------------------------------------------------------


def test_above_the_days_payment_stop_a_person_decides(varld: LitenVarld) -> None:
    med_kommun(varld, betalningsstopp=Betalningsstopp(belopp_per_dag=Decimal(3000)))
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "beslut"
    assert varld.utfall["reasons"][-1].startswith("Betalningsstopp:")
    assert varld.beslutat == []
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED


# --- The seven jobs --------------------------------------------------------------------------------------------------


def test_the_letter_is_filed_and_a_reminder_set_where_a_rule_asks_for_one(varld: LitenVarld) -> None:
    assert varld.underlag.arende is not None
    assert varld.underlag.arende.planering is not None
    plan = varld.underlag.arende.planering.model_copy(update={"till": varld.bench.today + timedelta(days=40)})
    arende = varld.underlag.arende.model_copy(update={"planering": plan})
    varld.underlag = varld.underlag.model_copy(update={"arende": arende})
    assert varld.arbeta() is CaseStatus.DECIDED
    (bevakning,) = varld.system.rader["bevakningar"]
    filed = [row["namn"] for row in varld.system.rader["dokument"]]
    assert filed == ["ansokan-260102.pdf", "beslutsbrev-2026-12-260102.pdf"]
    assert (bevakning["datum"], bevakning["ansvarig"]) == ("2026-12-27", "Hilda Handläggarsson")


@pytest.mark.parametrize("mode", [Mode.AUTOMATISK, Mode.FORBERED])
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "Belopp: 3 590,00",
            "Belopp: 3 591,00",
            "beloppet 3 590 kr saknas; brevet har ett belopp som inte finns i beräkningen",
        ),
        ("Resultat", "Inkomst Swish: 77\nResultat", "brevet har ett belopp som inte finns i beräkningen"),
        ("19900125-9887", "19880218-9998", "personnumret saknas; brevet har någon annans personnummer"),
    ],
)
def test_a_letter_that_differs_leaves_no_decision_no_payment_and_no_word_to_the_applicant(
    mode: Mode, old: str, new: str, told: str, varld: LitenVarld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(pdf: bytes) -> str:
        assert old in pdf.decode()
        return pdf.decode().replace(old, new)

    monkeypatch.setattr(brev, "text_of", read)
    varld.lage(mode)
    status = varld.arbeta()
    if mode is Mode.FORBERED:
        varld.godkann()
        status = varld.arbeta()
    assert status is CaseStatus.HANDED_OVER
    assert varld.utfall["summary"] == f"Beslutsbrevet stämmer inte med beslutet: {told}. Inget är beslutat."
    for personal in ("Testsson", "9887", "9998"):
        assert personal not in varld.utfall["summary"]
    for written in ("beslut", "utbetalningar", "journal", "bevakningar"):
        assert varld.system.rader[written] == []
    assert [row["namn"] for row in varld.system.rader["dokument"]] == ["ansokan-260102.pdf"]
    assert (varld.e_tjanst.meddelanden, varld.e_tjanst.status) == ([], "Inkommen")
    assert [
        one.payload["about"] for one in varld.bench.entries(varld.case, "handoff.opened") if one.payload.get("about")
    ] == []
