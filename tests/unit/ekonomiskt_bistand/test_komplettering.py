"""What an application lacks: asked for, reminded of, waited for, and noted in the case system."""

from dataclasses import replace
from typing import Any

import pytest
from liten_varld import EXEMPEL, REFERENS, LitenVarld

from arbetsfloden.ekonomiskt_bistand.handlaggning import dialog
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Skydd
from medarbetare.cases.status import CaseStatus
from medarbetare.engine import Mode, Original

ASKED, REMINDED = (f"{what} om komplettering december 2026, ansökan {REFERENS}" for what in ("Begäran", "Påminnelse"))
_ATTESTED = b"<Value>Ja</Value>\n\t\t</attestation>"


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    world = LitenVarld(regelverk, monkeypatch)
    world.i_e_tjansten()
    return world


def utan_intygande() -> Original:
    content = (EXEMPEL / "ansokan.xml").read_bytes()
    assert content.count(_ATTESTED) == 1
    return Original.of(content.replace(_ATTESTED, _ATTESTED.replace(b"Ja", b"Nej")))


def test_what_is_missing_is_asked_for_and_the_application_decided_when_it_has_come(varld: LitenVarld) -> None:
    whole, varld.bench.originals[REFERENS] = varld.bench.originals[REFERENS], utan_intygande()
    assert varld.arbeta() is CaseStatus.WAITING
    ((_, asked),) = varld.e_tjanst.meddelanden
    assert "Du har inte intygat att uppgifterna är riktiga." in asked
    assert "senast den 11 december 2026" in asked
    assert varld.e_tjanst.status == "Väntar på komplettering"
    (note,) = varld.system.rader["journal"]
    assert (note["datum"], note["rubrik_text"]) == ("2026-12-01", ASKED)
    for part in ("den 1 december 2026", "Du har inte intygat", "Svar senast den 11 december 2026."):
        assert part in note["text"]
    assert "Godkänt" not in note["text"]
    varld.bench.originals[REFERENS] = whole
    assert varld.vanta(1) is CaseStatus.DECIDED
    assert varld.dagar == ("2026-12-02", "2026-12-02")


def test_who_does_not_complete_is_reminded_once_and_then_a_person_takes_over(varld: LitenVarld) -> None:
    varld.bench.originals[REFERENS] = utan_intygande()
    varld.arbeta()
    assert varld.vanta(10) is CaseStatus.WAITING
    assert [text.split(":")[0] for _, text in varld.e_tjanst.meddelanden][1:] == ["Påminnelse"]
    assert varld.vanta(1) is CaseStatus.HANDED_OVER
    assert varld.utfall["summary"] == "Ansökan är inte komplett. En handläggare tar över."
    # What was asked stands in the case system; the hand-off itself only on the robot's own page of the case.
    assert varld.anteckningar == [ASKED, REMINDED]
    reminded = varld.system.rader["journal"][1]
    assert reminded["datum"] == "2026-12-06"
    assert reminded["text"].endswith("intyga dem. Svar senast den 11 december 2026.")
    assert varld.system.rader["beslut"] == []


def test_who_answers_in_words_instead_of_completing_is_read_by_a_person_at_once(varld: LitenVarld) -> None:
    varld.bench.originals[REFERENS] = utan_intygande()
    varld.arbeta()
    varld.e_tjanst.svara("Vi har ingen mat.")
    assert varld.vanta(1) is CaseStatus.HANDED_OVER
    assert "svarat på begäran om komplettering" in varld.utfall["summary"]
    assert "mat" not in varld.utfall["summary"].replace("komplettering", "")
    assert varld.system.rader["beslut"] == []


@pytest.mark.parametrize(("days", "headings"), [(0, [ASKED]), (6, [ASKED, REMINDED])])
def test_who_answers_by_word_of_mouth_instead_of_completing_goes_to_a_person_at_once(
    days: int, headings: list[str], varld: LitenVarld
) -> None:
    varld.bench.originals[REFERENS] = utan_intygande()
    varld.arbeta()
    varld.vanta(days)
    varld.avbryt_vantan("Kan inte logga in och har ingen mat.")
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["summary"] == "Ansökan är inte komplett. En handläggare tar över."
    assert varld.utfall["reasons"][0] == (
        "Sökanden har svarat muntligt på begäran om komplettering, antecknat av Tova Testsson: "
        "«Kan inte logga in och har ingen mat.»"
    )
    assert varld.anteckningar == headings


def test_a_person_lets_the_robot_ask_where_it_may_not_act_by_itself(varld: LitenVarld) -> None:
    varld.lage(Mode.FORBERED)
    varld.bench.originals[REFERENS] = utan_intygande()
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert (varld.utfall["waits_at"], varld.e_tjanst.meddelanden) == ("komplettering", [])
    assert varld.anteckningar == []
    varld.godkann()
    assert varld.arbeta() is CaseStatus.WAITING
    assert len(varld.e_tjanst.meddelanden) == 1
    assert varld.system.rader["journal"][0]["text"].endswith("Godkänt av Tova Testsson.")


def test_nothing_is_asked_or_noted_in_shadow(varld: LitenVarld) -> None:
    varld.lage(Mode.SKUGGA)
    varld.bench.originals[REFERENS] = utan_intygande()
    assert varld.arbeta() is CaseStatus.SHADOWED
    assert (varld.anteckningar, varld.e_tjanst.meddelanden) == ([], [])


def test_nothing_is_asked_or_noted_of_a_protected_person(varld: LitenVarld) -> None:
    (person,) = varld.underlag.folkbokforing
    protected = person.model_copy(update={"skydd": Skydd.SKYDDAD_FOLKBOKFORING})
    varld.underlag = varld.underlag.model_copy(update={"folkbokforing": (protected,)})
    varld.bench.originals[REFERENS] = utan_intygande()
    assert varld.arbeta() is CaseStatus.STOPPED
    assert (varld.anteckningar, varld.e_tjanst.meddelanden) == ([], [])


def test_what_was_asked_stands_in_the_journal_as_it_was_written_though_the_texts_change(varld: LitenVarld) -> None:
    varld.bench.originals[REFERENS] = utan_intygande()
    varld.arbeta()
    texter = varld.regelverk.texter.model_copy(update={"journal_komplettering": "{saknas} {sista_dag}"})
    varld.regelverk = replace(varld.regelverk, texter=texter)
    assert varld.vanta(10) is CaseStatus.WAITING
    assert varld.anteckningar == [ASKED, REMINDED]


def test_a_robot_that_stops_between_a_message_and_its_note_leaves_one_of_each(varld: LitenVarld) -> None:
    varld.bench.originals[REFERENS] = utan_intygande()
    varld.stannar_vid("komplettering", "receipt")
    assert varld.anteckningar == []
    varld.stannar_vid("anteckning om komplettering", "submit answered")
    assert varld.arbeta() is CaseStatus.WAITING
    assert (varld.anteckningar, len(varld.e_tjanst.meddelanden)) == ([ASKED], 1)


def test_an_applicant_who_was_asked_before_the_robot_wrote_such_notes_is_not_asked_again(
    varld: LitenVarld, monkeypatch: pytest.MonkeyPatch
) -> None:
    varld.bench.originals[REFERENS] = utan_intygande()
    with monkeypatch.context() as earlier:
        earlier.setattr(dialog, "anteckna", lambda *_: None)
        assert varld.arbeta() is CaseStatus.WAITING
    assert varld.vanta(1) is CaseStatus.WAITING
    assert (varld.anteckningar, len(varld.e_tjanst.meddelanden)) == ([ASKED], 1)
    assert varld.system.rader["journal"][0]["datum"] == "2026-12-01"


def test_an_application_that_comes_back_otherwise_changed_is_a_persons_to_read(varld: LitenVarld) -> None:
    whole, varld.bench.originals[REFERENS] = varld.bench.originals[REFERENS], utan_intygande()
    varld.arbeta()
    varld.bench.originals[REFERENS] = Original.of(whole.content.replace(b"5800", b"5900"))
    assert varld.vanta(1) is CaseStatus.HANDED_OVER
    assert "ändrats på fler sätt" in varld.utfall["summary"]
