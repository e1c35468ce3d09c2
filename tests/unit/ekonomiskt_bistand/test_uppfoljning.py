"""What is stated of a household for follow-up: each fact, and just beside it."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from liten_varld import LitenVarld
from pydantic import BaseModel

from arbetsfloden.ekonomiskt_bistand.arbetsflode import EkonomisktBistand
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.efterat.uppfoljning import folj_upp
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Registersvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Narvaro, Planering, TidigareInkomst, Underlag
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.follow_up import Fact, FollowUp, FollowUps, PastCase
from medarbetare.engine.followed import followed

DECEMBER = Manad(2026, 12)
SILENCE = "Ingen ansökan för januari 2027 har kommit. Den senaste gällde december 2026."


def plain(model: BaseModel) -> Any:
    return json.loads(model.model_dump_json())


@dataclass
class Household:
    """A household in which nothing is amiss, and its cases of the months before December."""

    ansokan: Ansokan
    underlag: Underlag
    regelverk: Any

    def arende(self, **changed: Any) -> Arende:
        arende = self.underlag.arende
        assert arende is not None
        return arende.model_copy(update=changed)

    def case(
        self,
        before: int = 0,
        *,
        skal: tuple[int, ...] = (),
        over: bool = False,
        arende: Arende | None = None,
        **af: Any,
    ) -> PastCase:
        """The case of the month so many before December, as the journal has it; rules of numbers `skal` hinder."""
        facts = self.underlag.model_copy(update={"arende": arende or self.arende()})
        month = DECEMBER.minus(before)
        proposal = plain(foresla(self.ansokan, facts, self.regelverk, month.first))
        proposal |= {"manad": str(month), "dag": str(month.first)}
        for rule in proposal["regler"]:
            rule["utfall"] = "H" if rule["nummer"] in skal else "utesluten"
        answers = {one.register.value: one for one in facts.registersvar if one.person == facts.fk[0].person}
        answers["af"] = facts.af[0].model_copy(update=af)
        steps = {
            "dagens datum": str(month.first),
            "läs folkbokföring, person 1": plain(facts.folkbokforing[0]),
            "läs ärende": plain(arende or self.arende()),
            "fråga SSBTEK, person 1": plain(Registersvar.model_validate(answers)),
            "föreslå": proposal,
        }
        return PastCase(steps, over)

    def stated(self, *cases: PastCase) -> FollowUp:
        found = folj_upp(cases, self.regelverk.kommun)
        assert found is not None
        return found

    def facts(self, *cases: PastCase) -> list[Fact]:
        """What is stated beside that the next application will be missed."""
        return [fact for fact in self.stated(*cases).facts if not fact.until_heard]


@pytest.fixture
def household(fall, regelverk):
    ansokan, underlag = fall(2)
    one = Household(ansokan, underlag, regelverk)
    few = tuple(stimulus.model_copy(update={"manader": 3}) for stimulus in one.arende().jobbstimulans)
    calm = one.arende(planering=Planering(aktiv=True), jobbstimulans=few, narvaro=(), aktivt=True)
    return replace(one, underlag=underlag.model_copy(update={"arende": calm}))


def texts(facts):
    return [fact.text for fact in facts]


def months_of_aid(household, months):
    changed = tuple(one.model_copy(update={"manader": months}) for one in household.arende().jobbstimulans)
    return household.facts(household.case(arende=household.arende(jobbstimulans=changed)))


def test_of_a_household_in_the_main_flow_only_its_next_application_is_awaited(household):
    stated = household.stated(household.case())
    assert texts(stated.facts) == [SILENCE]
    assert (stated.name, stated.worker) == (
        household.underlag.folkbokforing[0].namn,
        household.arende().handlaggare or "",
    )
    assert stated.until == date(2027, 3, 31)


def test_ten_months_of_aid_in_a_row_are_stated_from_when_they_were_ten(household):
    (fact,) = months_of_aid(household, 12)
    assert fact.text == "Bistånd 12 månader i rad, till och med november 2026."
    assert (fact.since, fact.due) == (date(2026, 10, 1), date(2026, 10, 15))
    assert months_of_aid(household, 10)
    assert months_of_aid(household, 9) == []


def test_a_missing_plan_is_stated_from_when_it_was_first_missing(household):
    without = household.arende(planering=None)
    (fact,) = household.facts(
        household.case(arende=without), household.case(1, arende=without), household.case(2), household.case(3)
    )
    assert fact.text == "Ingen planering hos arbetsmarknadsenheten."
    assert fact.since == date(2026, 11, 1)


def test_the_end_of_a_plan_is_stated_thirty_days_before_and_contact_is_due_by_then(household):
    ending = household.arende(planering=Planering(aktiv=True, till=date(2027, 1, 31)))
    (fact,) = household.facts(household.case(arende=ending))
    assert fact == Fact(
        text="Planeringens sista dag är 2027-01-31.", since=date(2027, 1, 1), due=date(2027, 1, 31), until_heard=False
    )


def test_the_third_hand_off_in_six_months_is_stated_with_the_rules_by_name(household):
    facts = household.facts(
        household.case(skal=(34,), over=True),
        household.case(2, skal=(25, 34), over=True),
        household.case(5, skal=(34,), over=True),
    )
    assert texts(facts) == [
        "3 ansökningar de senaste 6 månaderna har lämnats till en handläggare: Hyra ändrad eller över tak (3), "
        "Närvaro i aktivitet (1)."
    ]
    assert facts[0].since == DECEMBER.first


@pytest.mark.parametrize(
    "third",
    [
        {"before": 6, "skal": (34,), "over": True},
        {"before": 2, "skal": (34,), "over": False},
        {"before": 2, "skal": (), "over": True},
        {"before": 2, "skal": (11, 44), "over": True},
    ],
    ids=["too long ago", "in shadow", "by the mode only", "because of a register and the sample"],
)
def test_a_third_hand_off_that_says_nothing_of_people_now_is_not_counted(household, third):
    before = third.pop("before")
    two = [household.case(n, skal=(34,), over=True) for n in (0, 1)]
    assert household.facts(*two, household.case(before, **third)) == []


@pytest.mark.parametrize("code", ["500", "501"])
def test_missing_activity_reports_are_stated_with_their_months(household, code):
    (fact,) = household.facts(
        household.case(aktivitetsrapport=code), household.case(1), household.case(2, aktivitetsrapport=code)
    )
    assert fact.text == (
        "Aktivitetsrapport saknades hos Arbetsförmedlingen för sökanden vid ansökan om oktober 2026, december 2026."
    )
    assert fact.since == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("minskad", "manad", "visas"),
    [(500, "2026-11", True), (1, "2026-11", False), (500, "2025-12", True), (500, "2025-11", False)],
    ids=["part of it", "a krona of rounding", "a year ago", "longer ago"],
)
def test_what_was_granted_and_is_not_shown_as_paid_is_stated_after_thirty_days(household, minskad, manad, visas):
    (decision,), (payment, *_) = household.arende().beslut, household.arende().utbetalningar
    month = Manad.parse(manad)
    granted = decision.model_copy(update={"manad": month, "datum": month.first})
    paid = payment.model_copy(update={"manad": month, "belopp": decision.belopp - minskad})
    facts = household.facts(household.case(arende=household.arende(beslut=(granted,), utbetalningar=(paid,))))
    assert len(facts) == visas
    for fact in facts:
        assert fact.text.startswith(f"500 kr av det som beviljades för {month.name}, {month.first}, visas inte som")
        assert (fact.since - month.first).days == 30


def test_reports_that_came_or_could_not_be_shown_or_are_long_ago_are_not_stated(household):
    cases = [household.case(), household.case(1, aktivitetsrapport="502"), household.case(3, aktivitetsrapport="500")]
    assert household.facts(*cases) == []


def test_a_deregistration_is_stated_from_its_day(household):
    day = date(2026, 10, 12)
    (fact,) = household.facts(household.case(), household.case(1, avaktualiserad=day, arbetssokande=False))
    assert (fact.text, fact.since) == ("Sökanden avaktualiserades hos Arbetsförmedlingen 2026-10-12.", day)
    assert household.facts(household.case(), household.case(3, avaktualiserad=day)) == []


def test_a_deregistration_that_ended_in_a_new_registration_is_not_stated(household):
    left, back = date(2026, 10, 12), date(2026, 11, 2)
    gone = household.case(1, avaktualiserad=left, arbetssokande=False)
    assert household.facts(household.case(registrerad=back), gone) == []
    assert household.facts(household.case(registrerad=back, avaktualiserad=left)) == []
    (fact,) = household.facts(household.case(registrerad=left), gone)
    assert "avaktualiserades" in fact.text


def attendance(household, present, before=1):
    row = Narvaro(manad=DECEMBER.minus(before), planerat=100, narvaro=present - 9, giltig_franvaro=9)
    return household.facts(household.case(arende=household.arende(narvaro=(row,))))


def test_attendance_below_the_requirement_is_stated(household):
    (fact,) = attendance(household, 79)
    assert fact.text == (
        "Närvaro 70 och giltig frånvaro 9 av 100 planerade timmar i november 2026: mindre än 80 procent."
    )
    assert fact.since == date(2026, 12, 1)
    assert attendance(household, 80) == []
    assert attendance(household, 79, 4) == []


def test_a_sick_benefit_that_ended_is_stated_and_one_that_goes_on_is_not(household):
    last = household.arende().senaste_berakning(DECEMBER)

    def with_income(kind):
        row = TidigareInkomst(slag=kind, belopp=last.inkomster[0].belopp)
        return household.arende(berakningar=(last.model_copy(update={"inkomster": (*last.inkomster, row)}),))

    (fact,) = household.facts(household.case(arende=with_income("Sjukpenning")))
    assert fact.text == "Sjukpenning fanns i beräkningen för november 2026 men inte för december 2026."
    assert household.facts(household.case(arende=with_income("Aktivitetsstöd"))) == []

    going_on = household.case(arende=with_income("Sjukpenning"))
    rows = going_on.steps["föreslå"]["berakning"]["inkomster"]
    rows.append({**rows[0], "typ": "Sjukpenning"})
    assert household.facts(going_on) == []


def test_a_missing_application_is_stated_from_the_fifteenth_unless_the_case_is_closed(household):
    (fact,) = household.stated(household.case()).facts
    assert (fact.since, fact.due, fact.until_heard) == (date(2027, 1, 15), date(2027, 1, 29), True)
    assert household.stated(household.case(arende=household.arende(aktivt=False))).facts == ()


def test_the_newest_month_counts_in_whatever_order_the_cases_ended(household):
    older = household.case(1, arende=household.arende(handlaggare="Någon Annan"))
    assert household.stated(older, household.case()).worker == (household.arende().handlaggare or "")


def test_nothing_is_stated_of_a_case_in_which_somebody_else_is_the_applicant(household):
    of_another = household.arende(status=Svarsstatus.INGET, planering=None)
    stated = household.stated(household.case(arende=of_another))
    assert (texts(stated.facts), stated.worker) == ([SILENCE], "")


def test_without_limits_or_anything_that_can_be_read_nobody_is_followed_up(household):
    kommun = household.regelverk.kommun
    assert folj_upp([household.case()], kommun.model_copy(update={"uppfoljning": None})) is None
    assert folj_upp([PastCase({"dagens datum": "2026-12-01"})], kommun) is None
    assert folj_upp([PastCase({**household.case().steps, "föreslå": {"slag": "annat"}})], kommun) is None


def test_the_whole_flow_leaves_what_is_to_be_followed_up_when_its_case_ends(database, regelverk, monkeypatch):
    varld = LitenVarld(regelverk, monkeypatch)
    ending = varld.underlag.arende.model_copy(update={"planering": Planering(aktiv=True, till=date(2026, 12, 20))})
    varld.underlag = varld.underlag.model_copy(update={"arende": ending})
    varld.bench.follow_ups = FollowUps(varld.bench.journal, {"ateransokan": EkonomisktBistand(regelverk)})
    assert varld.arbeta() is CaseStatus.DECIDED
    (row,) = followed(date(2026, 12, 1), frozenset())
    stated = FollowUp.model_validate(varld.bench.journal.entry(row.entry).payload)
    assert "Planeringens sista dag är 2026-12-20." in texts(stated.facts)
    assert (row.worker, stated.name) == (ending.handlaggare or "", varld.underlag.folkbokforing[0].namn)
