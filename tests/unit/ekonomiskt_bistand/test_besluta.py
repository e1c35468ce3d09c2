"""What binds a case on its way: the mode chosen since, the facts' age, the day, and whose case it is."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from liten_varld import BESLUT, EXEMPEL, REFERENS, TOVA, LitenVarld
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import overlamning
from arbetsfloden.ekonomiskt_bistand.handlaggning.beslutande import KravdBedomningMedBarn, Omgang, _godkannande
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import fraga_register
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Handling, Verkstallighet
from arbetsfloden.ekonomiskt_bistand.portaler import ssbtek
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Stickprov, StickprovNar
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Registersvar
from arbetsfloden.ekonomiskt_bistand.regler import granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.cases.status import CaseStatus
from medarbetare.engine import Mode, Original, Outcome, decided
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError
from medarbetare.testing import Bench

ALLT = list(BESLUT)


def scenario(number: int) -> Fall:
    return fall(las(next(path for path in FILES if path.name.startswith(f"{number:02}-"))))


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    return LitenVarld(regelverk, monkeypatch)


def annan_kommun(regelverk: Regelverk) -> Regelverk:
    return replace(regelverk, kommun=regelverk.kommun.model_copy(update={"kommun": "Grannkommun"}), version="ny")


def test_green_and_automatisk_is_decided_on_one_reading(varld: LitenVarld) -> None:
    assert varld.arbeta() is CaseStatus.DECIDED
    assert (varld.beslutat, varld.lasningar) == (ALLT, ["folkbokföring", "ärende", "register"])
    assert varld.dagar == ("2026-12-01", "2026-12-01")


def test_a_change_to_forbered_binds_a_case_that_is_proposed_already(varld: LitenVarld) -> None:
    varld.stannar_vid("föreslå")
    varld.lage(Mode.FORBERED)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == "beslut"
    assert varld.utfall["reasons"] == ["Beslutstypen är nu i läget förbered: en handläggare beslutar."]
    assert varld.beslutat == []

    varld.godkann()
    varld.lage(Mode.AUTOMATISK)
    assert varld.arbeta() is CaseStatus.DECIDED
    assert varld.system.rader["beslut"][0]["beslutsfattare"] == "Tova Testsson"


def test_a_change_to_skugga_hands_over_a_case_in_which_something_is_written(varld: LitenVarld) -> None:
    varld.stannar_vid("beräkning", "receipt")
    varld.lage(Mode.SKUGGA)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["waits_at"] == ""
    assert varld.utfall["reasons"][0].startswith("Kommunen har ställt om roboten")
    assert varld.beslutat == []


def test_a_change_to_skugga_before_the_proposal_is_no_silent_shadow_either(varld: LitenVarld) -> None:
    varld.stannar_vid("aktualisering", "receipt")
    varld.lage(Mode.SKUGGA)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["reasons"][0].startswith("Kommunen har ställt om roboten")


def test_a_case_that_has_left_no_trace_is_shadowed(varld: LitenVarld) -> None:
    varld.lage(Mode.SKUGGA)
    assert varld.arbeta() is CaseStatus.SHADOWED
    assert varld.system.portal.commits() == []


@pytest.mark.parametrize("write", ["beslut", "utbetalning"])
def test_a_decision_that_may_have_been_sent_is_settled_in_the_mode_it_was_begun_in(
    varld: LitenVarld, write: str
) -> None:
    varld.stannar_vid(write, "submit answered")
    varld.lage(Mode.SKUGGA)
    varld.regelverk = annan_kommun(varld.regelverk)
    varld.alder, varld.bench.today = timedelta(days=9), date(2026, 12, 9)
    assert varld.arbeta() is CaseStatus.DECIDED
    assert varld.beslutat == ALLT
    assert varld.dagar == ("2026-12-01", "2026-12-01")


def test_an_approval_in_skugga_is_handed_over_again_and_cannot_be_approved(varld: LitenVarld) -> None:
    varld.lage(Mode.FORBERED)
    varld.arbeta()
    varld.godkann()
    varld.lage(Mode.SKUGGA)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert (varld.utfall["waits_at"], varld.beslutat) == ("", [])
    assert varld.utfall["reasons"][0].startswith("Kommunen har ställt om roboten")


def test_a_write_that_a_lower_mode_keeps_from_being_settled_is_an_unknown_outcome(varld: LitenVarld) -> None:
    varld.stannar_vid("aktualisering", "submit answered")
    varld.lage(Mode.SKUGGA)
    assert varld.arbeta() is CaseStatus.UNKNOWN_OUTCOME
    assert "«aktualisering» i verksamhet" in varld.utfall["summary"]


def test_a_rule_of_the_beginning_that_hinders_since_is_told_instead_of_the_old_proposal(varld: LitenVarld) -> None:
    varld.lage(Mode.FORBERED)
    varld.arbeta()
    varld.godkann()
    varld.regelverk = annan_kommun(varld.regelverk)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["reasons"] == ["Sökanden är inte folkbokförd i Grannkommun."]
    assert "bifall" not in varld.utfall["summary"]
    assert (varld.utfall["waits_at"], varld.beslutat) == ("", [])


def test_who_has_moved_away_has_the_application_registered_and_their_own_case_worker(varld: LitenVarld) -> None:
    varld.regelverk = annan_kommun(varld.regelverk)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.lasningar == ["folkbokföring", "ärende"]
    assert [len(varld.system.rader[name]) for name in ("aktualiseringar", "berakningar", "beslut")] == [1, 0, 0]
    assert varld.utfall["reasons"] == ["Sökanden är inte folkbokförd i Grannkommun."]
    assert varld.underlag.arende is not None
    assert varld.utfall["worker"] == varld.underlag.arende.handlaggare


def test_no_case_is_looked_for_by_an_applicants_number_that_no_one_can_have(varld: LitenVarld) -> None:
    (applicant,) = varld.underlag.folkbokforing
    number = applicant.person.digits
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    mistyped = (EXEMPEL / "ansokan.xml").read_bytes().replace(number.encode(), wrong.encode())
    varld.bench.originals[REFERENS] = Original.of(mistyped)
    told = {"person": Personnummer(wrong), "status": Svarsstatus.INGET, "skydd": None}
    varld.underlag = varld.underlag.model_copy(update={"folkbokforing": (applicant.model_copy(update=told),)})
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.lasningar == ["folkbokföring"]
    assert "Sökanden har ett personnummer som inte stämmer." in varld.utfall["reasons"]
    assert varld.system.portal.commits() == []


def test_nothing_is_written_until_folkbokforing_has_answered(varld: LitenVarld) -> None:
    silent = {"status": Svarsstatus.EJ_KONTROLLERBART, "skydd": None}
    unknown = tuple(one.model_copy(update=silent) for one in varld.underlag.folkbokforing)
    varld.underlag = varld.underlag.model_copy(update={"folkbokforing": unknown})
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.lasningar == ["folkbokföring"]
    assert varld.system.portal.commits() == []


def test_nothing_is_written_when_the_applicants_case_is_another_now(varld: LitenVarld) -> None:
    varld.lage(Mode.FORBERED)
    varld.arbeta()
    varld.godkann()
    assert varld.underlag.arende is not None
    other = varld.underlag.arende.model_copy(update={"nummer": "4799"})
    varld.underlag = varld.underlag.model_copy(update={"arende": other})
    varld.regelverk = replace(varld.regelverk, version="ny")
    before = varld.system.portal.commits()
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.utfall["reasons"][0].startswith("Sökandens ärende i verksamhetssystemet är nu ett annat")
    assert varld.utfall["waits_at"] == ""
    assert varld.system.portal.commits() == before


def test_facts_that_grew_old_before_the_robots_own_decision_are_read_again(varld: LitenVarld) -> None:
    varld.alder = timedelta(days=4)
    varld.stannar_vid("föreslå")
    varld.alder = timedelta(0)
    assert varld.arbeta() is CaseStatus.DECIDED
    assert varld.lasningar == ["folkbokföring", "ärende", "register"] * 2


@pytest.mark.parametrize(("step", "point"), [("hämta beslutsbrev", "step"), ("beslut", "intended")])
def test_a_decision_that_is_written_another_day_is_judged_anew_and_dated_that_day(
    varld: LitenVarld, step: str, point: str
) -> None:
    varld.stannar_vid(step, point)
    varld.bench.today = date(2026, 12, 2)
    assert varld.arbeta() is CaseStatus.DECIDED
    assert varld.lasningar == ["folkbokföring", "ärende", "register"] * 2
    assert (varld.beslutat, varld.dagar) == (ALLT, ("2026-12-02", "2026-12-02"))


def test_what_is_not_green_when_read_again_goes_to_a_person(varld: LitenVarld) -> None:
    varld.stannar_vid("hämta beslutsbrev")
    varld.bench.today = date(2026, 12, 2)
    assert varld.underlag.arende is not None
    without_plan = varld.underlag.arende.model_copy(update={"planering": None})
    varld.underlag = varld.underlag.model_copy(update={"arende": without_plan})
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert (varld.utfall["waits_at"], varld.beslutat) == ("beslut, omgång 2", [])
    assert varld.utfall["reasons"] == ["Det finns ingen aktiv planering hos arbetsmarknadsenheten."]

    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED
    assert varld.beslutat == ALLT
    assert varld.system.rader["beslut"][0]["beslutsfattare"] == "Tova Testsson"


@pytest.mark.parametrize("step", ["beslutsläge", "hämta beslutsbrev"])
def test_an_approval_that_the_robot_stood_still_after_is_carried_out_on_fresh_facts_that_day(
    varld: LitenVarld, step: str
) -> None:
    varld.lage(Mode.FORBERED)
    varld.arbeta()
    varld.godkann()
    varld.stannar_vid(step)
    varld.bench.today = date(2026, 12, 2)
    varld.stannar_vid("läs om, omgång 2")
    varld.bench.today = date(2026, 12, 3)
    assert varld.arbeta() is CaseStatus.DECIDED
    assert varld.lasningar == ["folkbokföring", "ärende", "register"] * 3
    assert (varld.beslutat, varld.dagar) == (ALLT, ("2026-12-03", "2026-12-03"))
    assert varld.system.rader["beslut"][0]["beslutsfattare"] == "Tova Testsson"


@pytest.mark.parametrize("mark", list(Register))
def test_nobody_more_is_asked_about_once_an_answer_marks_its_person_as_protected(
    database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch, mark: Register
) -> None:
    one = fall(las(next(path for path in FILES if path.name.startswith("06-"))))
    asked = []

    def fraga(portal: Any, person: Any, register: Any, **_: Any) -> Registersvar:
        asked.append(person)
        told = {"person": person, "status": "inget", "lasning": one.underlag.fk[0].lasning, "kallstatus": "OK"}
        return Registersvar.model_validate(
            {each.value: {**told, "skyddad": each is mark} for each in (*register, mark)}
        )

    monkeypatch.setattr(ssbtek, "fraga", fraga)
    monkeypatch.setattr("medarbetare.engine.run.Run.portal", lambda self, name: None)
    bench = Bench({"ateransokan": lambda run: pytest.fail("not run")})
    run = bench.begin(bench.receive("260106", "tova"))
    known = one.underlag.model_copy(update={register.value: () for register in Register})
    found = fraga_register(run, Lage(one.ansokan, known, regelverk, one.idag))
    assert asked == [one.ansokan.sokande.personnummer]
    assert granska_folkbokforing(Lage(one.ansokan, found, regelverk, one.idag)).sarskild


def test_a_sampled_decision_of_the_robots_is_reviewed_afterwards_and_a_persons_own_is_not(varld: LitenVarld) -> None:
    sample = Stickprov(andel=Decimal(100), nar=StickprovNar.EFTER)
    kommun = varld.regelverk.kommun.model_copy(update={"stickprov": sample})
    varld.regelverk = replace(varld.regelverk, kommun=kommun)
    assert varld.arbeta() is CaseStatus.DECIDED
    opened = [one.payload["about"] for one in varld.bench.entries(varld.case, "handoff.opened")]
    assert "Stickprov" in opened


def test_a_case_without_last_months_calculation_is_handed_over_with_everything_read_and_calculated(
    varld: LitenVarld,
) -> None:
    assert varld.underlag.arende is not None
    without_before = varld.underlag.arende.model_copy(update={"berakningar": ()})
    varld.underlag = varld.underlag.model_copy(update={"arende": without_before})
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.lasningar == ["folkbokföring", "ärende", "register"]
    assert len(varld.system.rader["berakningar"]) == 1
    assert varld.utfall["reasons"][0].startswith("Det finns ingen färdig beräkning")


def med_kostnad(varld: LitenVarld, slag: str) -> None:
    """The application asks for one cost more."""
    row = f"<costRow4><QueryID>90204</QueryID><Name>x</Name><kind>{slag}</kind><amount>900</amount></costRow4>"
    content = varld.bench.originals[REFERENS].content.replace(b"<incomeRow1>", row.encode("latin-1") + b"<incomeRow1>")
    varld.bench.originals[REFERENS] = Original.of(content)


def lamnat_vid_sidan(varld: LitenVarld) -> list[str]:
    opened = [one.name for one in varld.bench.entries(varld.case, "handoff.opened")]
    return [name for name in opened if name != "Underrätta sökanden"]


@pytest.mark.parametrize(
    ("slag", "genast", "till_slut"), [("Elskuld", ["Elskuld"], ["Elskuld"]), ("Medicin", [], ["Medicin"])]
)
def test_a_debt_for_electricity_is_handed_over_before_anything_else_and_once(
    varld: LitenVarld, slag: str, genast: list[str], till_slut: list[str]
) -> None:
    med_kostnad(varld, slag)
    varld.stannar_vid("aktualisering", "receipt")
    assert lamnat_vid_sidan(varld) == genast
    assert varld.arbeta() is CaseStatus.DECIDED
    assert lamnat_vid_sidan(varld) == till_slut


def test_in_skugga_no_debt_is_handed_over(varld: LitenVarld) -> None:
    med_kostnad(varld, "Elskuld")
    varld.lage(Mode.SKUGGA)
    assert varld.arbeta() is CaseStatus.SHADOWED
    assert lamnat_vid_sidan(varld) == []


@pytest.mark.parametrize("nummer", [7, 16])
def test_an_adverse_decision_asks_for_the_childrens_situation_where_there_are_children_and_else_not(
    database: Any, regelverk: Regelverk, nummer: int
) -> None:
    one, adverse = scenario(nummer), scenario(16)
    forslag = foresla(adverse.ansokan, adverse.underlag, regelverk, adverse.idag)
    assert adverse.underlag.arende is not None
    nu = Omgang(1, adverse.underlag, forslag)

    def flow(run: Run) -> Outcome:
        told = _godkannande(run, nu, overlamning(forslag), barn=bool(one.ansokan.barn))
        return decided(f"{told.av}: {told.bedomning} {told.barnens_situation}")

    bench = Bench({"prov": flow})
    case = bench.receive("prov-1", "tova")
    bench.work_on(case)
    asked = [question.name for question in bench.outcome(case).questions]
    assert asked == (["bedomning", "barnens_situation"] if one.ansokan.barn else ["bedomning"])
    labels = " ".join(question.label for question in bench.outcome(case).questions)
    hint = "Skrivs i journalen. Det som har vägt i beslutet skriver du också i din bedömning."
    assert (hint in labels) is bool(one.ansokan.barn)
    answers = {"bedomning": "Inkomsten räcker."}
    if one.ansokan.barn:
        with pytest.raises(BusinessError, match="Barnens situation"):
            bench.answer(case, answers, by=TOVA)
        answers["barnens_situation"] = "Barnen har mat och bostad."
    bench.answer(case, answers, by=TOVA)
    bench.work_on(case)
    assert bench.outcome(case).summary == f"{TOVA.name}: Inkomsten räcker. {answers.get('barnens_situation', '')}"


@pytest.mark.parametrize("told", ["Barnen har mat och bostad.", ""])
def test_what_is_said_of_the_children_stands_in_the_journal_note_and_not_in_the_decision(
    regelverk: Regelverk, told: str
) -> None:
    one = scenario(16)
    assert one.underlag.arende is not None
    forslag = foresla(one.ansokan, one.underlag, regelverk, one.idag)
    approved = Verkstallighet(
        forslag, one.underlag.arende, one.idag, TOVA.name, bedomning="Inkomsten räcker.", barnens_situation=told
    )
    handling = Handling.av(approved, one.ansokan, regelverk)
    assert ("Bedömning: Inkomsten räcker. Barnens situation: Barnen har mat" in handling.anteckning) is bool(told)
    assert ("Barnens situation" in handling.anteckning) is bool(told)
    assert "Barnens situation" not in handling.motivering


def test_what_was_approved_before_anybody_was_asked_of_the_children_still_holds() -> None:
    before = {"by": "Tova Testsson", "at": "2026-12-01T08:00:00Z", "bedomning": "Inkomsten räcker."}
    assert KravdBedomningMedBarn.model_validate(before).barnens_situation == ""
