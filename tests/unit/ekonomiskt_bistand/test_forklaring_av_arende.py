"""A case explained from what its run left in the journal: who decided, the newest round, and the rules that held."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from liten_varld import REFERENS, LitenVarld

from arbetsfloden.ekonomiskt_bistand.arbetsflode import EkonomisktBistand
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, regelverk_av
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.engine import Mode, Original
from medarbetare.engine.conflicts import Conflicts
from medarbetare.engine.explaining import ExplainedCase, explain_case
from medarbetare.engine.kept_rules import keep_rules


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    return LitenVarld(regelverk, monkeypatch)


def forklarat(varld: LitenVarld, regelverk: Regelverk | None = None) -> ExplainedCase:
    case = Case.objects.get(handle=varld.case.handle)
    return explain_case(case, varld.bench.entries(case), EkonomisktBistand(regelverk or varld.regelverk))


def test_what_the_robot_decided_is_explained_from_its_journal(varld: LitenVarld) -> None:
    assert varld.arbeta() is CaseStatus.DECIDED
    told = forklarat(varld)
    assert told.explanation is not None
    assert "Hushållet beviljas 3" in told.outcome
    assert told.explanation.decided_by.startswith("Automatiserat beslut den 2026-12-01, enligt delegationsordningen")
    assert dict(told.facts)["Ärendet är nu"] == "beslutad"
    assert told.people == ()
    assert told.data["förklaring"]["rader"][0]["vad"] == "Ensamstående vuxen"


def test_what_a_person_approved_is_explained_in_their_name_by_the_newest_round(varld: LitenVarld) -> None:
    varld.lage(Mode.FORBERED)
    varld.arbeta()
    before = forklarat(varld)
    assert before.outcome.startswith("Roboten föreslår")
    assert before.explanation is not None
    assert before.explanation.decided_by == "Inte av roboten. En handläggare beslutar."

    varld.godkann()
    varld.regelverk = replace(varld.regelverk, version="ny")
    varld.bench.today = date(2026, 12, 3)
    assert varld.arbeta() is CaseStatus.DECIDED
    told = forklarat(varld)
    assert told.explanation is not None
    assert told.explanation.decided_by == "Tova Testsson, som godkände förslaget, den 2026-12-03."
    assert told.explanation.data["regelverk_version"] == "ny"
    assert any("godkändes av Tova Testsson" in line for line in told.people)


def test_texts_that_were_written_are_no_decision_until_it_is_registered(varld: LitenVarld) -> None:
    varld.stannar_vid("beslut", "pre-read")
    told = forklarat(varld)
    assert told.outcome.startswith("Roboten föreslår")
    assert told.explanation is not None
    assert told.explanation.decided_by.startswith("Roboten får besluta själv")


def test_a_case_of_older_rules_is_explained_by_those(varld: LitenVarld, regelverk: Regelverk) -> None:
    varld.stannar_vid("föreslå")
    norm = "normer/riksnorm-2026.yaml"
    files = {**regelverk.filer, norm: regelverk.filer[norm].replace(b"ensam: 3940", b"ensam: 4040")}
    new = regelverk_av(files)

    lost = forklarat(varld, new)
    assert lost.explanation is not None
    assert lost.explanation.data["anmarkning"].startswith("Reglerna har ändrats sedan förslaget.")

    keep_rules(
        varld.bench.journal,
        {"ateransokan": EkonomisktBistand(regelverk)},
        department=varld.bench.department,
        now=varld.bench.clock(),
    )
    found = forklarat(varld, new)
    assert found.explanation is not None
    assert found.explanation.data == forklarat(varld).explanation.data  # type: ignore[union-attr]
    assert found.explanation.data["anmarkning"] == ""


def test_an_application_that_cannot_be_read_is_explained_without_a_proposal(varld: LitenVarld) -> None:
    varld.bench.originals[REFERENS] = Original.of(b"<trasig>")
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    told = forklarat(varld)
    assert told.explanation is not None
    assert told.outcome.startswith("Roboten lämnade över ärendet till en människa")
    assert [one["steg"] for one in told.explanation.data["steg"]] == ["dagens datum", "jävslista", "hämta ansökan"]
    assert [one["skal"] for one in told.explanation.data["skal"]] == [varld.utfall["summary"]]


def test_a_household_in_a_conflict_is_explained_to_the_appointed_without_anything_read(varld: LitenVarld) -> None:
    bench = varld.bench
    listed = Conflicts(bench.journal, bench.department, bench.keys.pseudonym, bench.clock)
    listed.add(["199001259887"], by="kommandorad:prov", why="anställd", until=None)
    assert varld.arbeta() is CaseStatus.STOPPED
    told = forklarat(varld)
    assert told.explanation is not None
    assert [one["lagrum"] for one in told.explanation.data["skal"]] == ["16–18 §§ förvaltningslagen"]
    assert varld.lasningar == []


def test_a_rule_of_the_beginning_is_explained_with_its_number_and_law(varld: LitenVarld) -> None:
    moved = tuple(one.model_copy(update={"kommun": "Annanstad"}) for one in varld.underlag.folkbokforing)
    varld.underlag = varld.underlag.model_copy(update={"folkbokforing": moved})
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    told = forklarat(varld)
    assert told.explanation is not None
    (rule,) = told.explanation.data["regler_hindrade"]
    assert (rule["nummer"], bool(rule["lagrum"])) == (2, True)
    assert [one.about for one in told.conditions] == [f"Regel 2. {rule['namn']}"]
    assert [one["vad"] for one in told.explanation.data["last"]] == [
        "Ansökan",
        "Folkbokföring",
        "Ärende, tidigare beräkning och beslut",
    ]


def test_steps_that_cannot_be_read_are_told_and_the_rest_is_shown(varld: LitenVarld) -> None:
    varld.stannar_vid("föreslå")
    case = Case.objects.get(handle=varld.case.handle)
    entries = varld.bench.entries(case)
    for entry in entries:
        if entry.name == "föreslå":
            entry.payload["result"] = {"slag": "något annat"}
    told = explain_case(case, entries, EkonomisktBistand(varld.regelverk))
    assert told.explanation is None
    assert dict(told.facts)["Ansökan"] == "260102"
