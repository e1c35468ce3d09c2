"""Households to follow up: stated when a case ends, kept without personal data, shown only to those who may, erased."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from medarbetare.cases.models import Case
from medarbetare.cases.retention import Retention, RetentionRule, RetentionSettings
from medarbetare.database.dsn import Dsn
from medarbetare.engine.follow_up import STATED, Fact, FollowUp, FollowUps, PastCase
from medarbetare.engine.followed import followed, show, visible_to, workers
from medarbetare.engine.models import Conflict, FollowedHousehold
from medarbetare.engine.outcome import Outcome, decided, handed_over, stopped
from medarbetare.engine.run import Run
from medarbetare.journal.models import Payload
from medarbetare.testing import Bench

SHIELD = "skyddade personuppgifter"
ROLE = "avdelning: handläggare"
NAME, WORKER = "Tova Testsson", "Hilda Handläggarsson"
SEEN, PLAN_ENDS, SILENT = date(2026, 12, 1), date(2027, 1, 31), date(2027, 1, 15)


class Workflow:
    """States how many of the household's cases have been handed over, that a plan ends, and when it is missed."""

    shielded_roles = frozenset({SHIELD})

    def __init__(self) -> None:
        self.fails = False

    def flow(self, run: Run) -> Outcome:
        run.step("läs", lambda: {"namn": NAME, "skyddad": run.reference.startswith("MÄRKT")}, dict[str, Any])
        if run.reference.startswith("SKYDD"):
            return stopped("Ärendet får inte handläggas av roboten.", SHIELD)
        if run.reference.startswith(("HAND", "MÄRKT")):
            return handed_over(
                "En människa avgör.", role="it" if run.reference.startswith("HAND-IT") else "handläggare"
            )
        if run.reference.startswith("VÄNTA"):
            run.approval("besluta", handed_over("Förslag: bifall."))
        return decided("Bifall.")

    def is_shielded(self, steps: Mapping[str, Any]) -> bool:
        return bool(steps.get("läs", {}).get("skyddad"))

    def follow_up(self, cases: Sequence[PastCase]) -> FollowUp | None:
        if self.fails:
            raise ValueError("the steps of another version")
        over = sum(1 for case in cases if case.handed_over)
        facts = (
            *((Fact(text=f"{over} överlämnade.", since=SEEN, due=SEEN + timedelta(days=14)),) if over else ()),
            Fact(text="Planeringen tar slut.", since=date(2027, 1, 1), due=PLAN_ENDS),
            Fact(text="Ingen ansökan.", since=SILENT, due=SILENT + timedelta(days=14), until_heard=True),
        )
        return FollowUp(name=cases[0].steps["läs"]["namn"], worker=WORKER, facts=facts, until=date(2027, 3, 31))


@pytest.fixture
def workflow() -> Workflow:
    return Workflow()


@pytest.fixture
def bench(database: Dsn, workflow: Workflow) -> Bench:
    bench = Bench({"flode": workflow.flow})
    bench.follow_ups = FollowUps(bench.journal, {"flode": workflow})
    return bench


@pytest.fixture
def end(bench: Bench) -> Callable[..., Case]:
    def end(reference: str, household: str = "tova") -> Case:
        case = bench.receive(reference, household)
        bench.work_on(case)
        return case

    return end


@pytest.fixture
def shown(bench: Bench, workflow: Workflow) -> Callable[..., list[tuple[str, ...]]]:
    """The facts that the members of a group are shown on a day, a household at a time."""

    def shown(today: date = date(2027, 1, 2), *groups: str) -> list[tuple[str, ...]]:
        rows = list(visible_to(groups or (ROLE,), followed(today, workflow.shielded_roles)))
        return [one.facts for one in show(bench.journal, rows, "person:hilda", today, {"flode": workflow})]

    return shown


def test_facts_are_stated_anew_when_a_case_ends_and_count_every_case_of_the_household(bench, end, shown):
    end("HAND-1")
    assert shown(SEEN) == [("1 överlämnade.",)]
    newest = end("HAND-2")
    end("HAND-3", household="sixten")
    assert sorted(shown(SEEN)) == [("1 överlämnade.",), ("2 överlämnade.",)]
    assert FollowedHousehold.objects.get(household=newest.household).case_id == newest.handle
    assert [entry.kind for entry in bench.entries(newest)].count(STATED) == 1


def test_a_case_that_waits_states_nothing_and_a_technical_hand_off_is_not_counted(bench, end, shown):
    end("HAND-IT")
    assert shown() == [("Planeringen tar slut.",)]
    asked = end("VÄNTA-1", household="sixten")
    before = len(bench.entries(asked, STATED))
    bench.answer(asked)
    bench.work_on(asked)
    assert (before, len(bench.entries(asked, STATED))) == (1, 2)


def test_each_fact_is_shown_from_its_day_and_nothing_when_it_has_grown_too_old(end, shown, workflow):
    end("REF-1")
    assert [shown(day) for day in (date(2026, 12, 31), date(2027, 1, 1), SILENT, date(2027, 4, 1))] == [
        [],
        [("Planeringen tar slut.",)],
        [("Planeringen tar slut.", "Ingen ansökan.")],
        [],
    ]
    (worker,) = workers(followed(SILENT, workflow.shielded_roles))
    assert worker.first_due == SILENT + timedelta(days=14)


def test_contact_is_not_lost_once_the_next_application_has_come_whether_it_has_ended_or_not(bench, end, shown):
    end("REF-1")
    bench.receive("REF-2", "tova")
    assert shown(SILENT) == [("Planeringen tar slut.",)]


def test_the_table_holds_nothing_about_the_household_but_dates_and_its_pseudonym(end):
    end("HAND-1")
    (row,) = FollowedHousehold.objects.values()
    assert NAME not in str(row)
    assert "överlämnade" not in str(row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_payload WHERE position(%s in sealed) > 0", [NAME.encode()])
        assert cursor.fetchone() == (0,)


def test_a_household_is_listed_for_its_departments_role_alone_by_worker_and_then_by_date(bench, end, shown, workflow):
    end("REF-1")
    end("HAND-1", household="sixten")
    assert shown(date(2027, 1, 2)) == [("1 överlämnade.", "Planeringen tar slut."), ("Planeringen tar slut.",)]
    for group in ("avdelning: it", "annan: handläggare", f"avdelning: {SHIELD}", "avdelning"):
        assert shown(date(2027, 1, 2), group) == []
    (worker,) = workers(followed(date(2027, 1, 2), workflow.shielded_roles))
    assert (worker.name, worker.households, worker.first_due) == (WORKER, 2, SEEN + timedelta(days=14))


def test_that_each_household_is_shown_stands_in_the_journal(bench, end, shown):
    cases = [end("HAND-1"), end("HAND-2", household="sixten")]
    assert [bench.entries(case, "shown") for case in cases] == [[], []]
    shown()
    for case in cases:
        (entry,) = bench.entries(case, "shown")
        assert entry.actor == "person:hilda"


@pytest.mark.parametrize("reference", ["SKYDD-1", "MÄRKT-1"])
def test_a_household_that_is_shielded_is_taken_out_for_everybody_and_never_comes_back(end, shown, reference):
    end("HAND-1")
    end(reference)
    assert not FollowedHousehold.objects.exists()
    end("HAND-2")
    assert not FollowedHousehold.objects.exists()
    assert shown(SEEN, ROLE, f"avdelning: {SHIELD}") == []


def test_a_household_in_the_table_that_another_workflow_has_shielded_is_not_listed(bench, end, shown, workflow):
    end("HAND-1")
    bench_of_other = Bench({"annat": workflow.flow})
    bench_of_other.keys, bench_of_other.journal, bench_of_other.register = bench.keys, bench.journal, bench.register
    case = bench_of_other.receive("SKYDD-1", "tova")
    bench_of_other.work_on(case)
    assert FollowedHousehold.objects.exists()
    assert shown() == []


def test_a_mark_that_a_case_at_hand_has_just_met_hides_the_household_at_once(bench, end, shown):
    end("HAND-1")
    at_hand = bench.begin(bench.receive("REF-2", "tova"))
    at_hand.step("läs", lambda: {"namn": NAME, "skyddad": True}, dict[str, Any])
    assert shown() == []


def test_a_household_on_the_conflict_of_interest_list_is_not_listed_while_it_stands_there(end, shown):
    case = end("HAND-1")
    row = {"department": case.department, "pseudonym": case.household, "added_at": datetime.now(UTC)}
    Conflict.objects.create(**row, until=SEEN - timedelta(days=1))
    assert len(shown(SEEN)) == 1
    Conflict.objects.update(until=SEEN)
    assert shown(SEEN) == []


def test_a_statement_that_cannot_be_made_stops_no_case_and_leaves_what_was_stated(bench, end, shown, workflow):
    end("HAND-1")
    workflow.fails = True
    case = end("HAND-2")
    assert bench.status(case) == "överlämnad"
    assert shown(SEEN) == [("1 överlämnade.",)]


def test_retention_removes_what_is_stated_with_the_case(bench, end):
    case = end("REF-1")
    Case.objects.filter(pk=case.pk).update(finished_at=datetime.now(UTC) - timedelta(days=365 * 6))
    rule = RetentionRule(years=5, approved_by="Nämnden", decision_reference="1", valid_from=date(2026, 1, 1))
    settings = RetentionSettings(departments={bench.department: rule})
    assert Retention(bench.journal, settings, lambda: datetime.now(UTC)).run("kommandorad:it") == 1
    assert not FollowedHousehold.objects.exists()
    assert not Payload.objects.filter(leaf__case=case.handle).exists()
    assert bench.journal.verify().ok
