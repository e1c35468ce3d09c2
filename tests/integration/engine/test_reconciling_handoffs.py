"""Open hand-offs against a portal that staff also work in: which are closed, and which must stay open."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Closing, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.effect import NaturalKey
from medarbetare.engine.models import WriteState

TOVA = Person("tova", "Tova Testsson")


def test_a_hand_off_that_staff_have_decided_in_the_case_system_is_closed(kassa):
    done = kassa.worked("pia")
    waits = kassa.worked("pialotta")
    kassa.decided_by_staff.add("pia")

    report = kassa.reconcile()

    assert report.closed == [done.handle]
    assert kassa.bench.status(done) is CaseStatus.FINISHED_ELSEWHERE
    handoff = Handoff.objects.get(case=done)
    assert (handoff.closed_as, handoff.closed_by) == (Closing.FINISHED_ELSEWHERE, "robot")
    (entry,) = kassa.bench.entries(done, "handoff.")
    assert (entry.kind, entry.payload["beslut"]) == ("handoff.finished elsewhere", "01")
    assert kassa.bench.status(waits) is CaseStatus.HANDED_OVER
    assert kassa.reconcile().closed == []


def test_a_hand_off_that_nobody_has_decided_stays_open(kassa):
    case = kassa.worked("pia")
    assert kassa.reconcile().closed == []
    assert kassa.asked == ["pia"]
    assert kassa.bench.status(case) is CaseStatus.HANDED_OVER
    assert Handoff.objects.get().closed_at is None


@pytest.mark.parametrize("state", [WriteState.SUBMITTING, WriteState.UNKNOWN, WriteState.RECEIPT])
@pytest.mark.parametrize("whose", ["the same case", "another household's name"])
def test_a_decision_that_may_be_the_robots_own_closes_no_hand_off(kassa, state, whose):
    case = kassa.worked("pia")
    other = case if whose == "the same case" else kassa.bench.receive("oklar-1", "oklar")
    kassa.decided_by_staff.add("pia")
    # Begun after the case was taken up here, and noted before the list of decisions was read.
    kassa.while_reading = lambda: kassa.note_write(other, state, NaturalKey("pia", "2026-12", "beslut"))

    assert kassa.reconcile().closed == []

    assert kassa.bench.status(case) is CaseStatus.HANDED_OVER
    assert Handoff.objects.get(case=case).closed_at is None


def test_a_decision_of_the_robots_that_was_never_sent_or_is_of_another_month_is_none(kassa):
    case = kassa.worked("pia")
    kassa.decided_by_staff.add("pia")
    kassa.note_write(case, WriteState.INTENDED, NaturalKey("pia", "2026-12", "beslut"))
    kassa.note_write(case, WriteState.RECEIPT, NaturalKey("pia", "2026-11", "beslut"))

    assert kassa.reconcile().closed == [case.handle]


def test_a_hand_off_whose_case_is_taken_up_meanwhile_is_left_alone(kassa):
    case = kassa.worked("pia")
    kassa.decided_by_staff.add("pia")
    lease = datetime.now(UTC) + timedelta(minutes=1)
    kassa.while_reading = lambda: Case.objects.filter(handle=case.handle).update(lease_until=lease)

    report = kassa.reconcile()

    assert (report.closed, report.busy) == ([], [case.handle])


def test_a_receipt_whose_case_is_taken_up_meanwhile_is_not_told_to_agree(kassa):
    case = kassa.worked("tova")
    (row,) = kassa.rows
    kassa.rows.clear()
    kassa.reconcile()
    kassa.rows.append(row)
    lease = datetime.now(UTC) + timedelta(minutes=1)
    kassa.while_reading = lambda: Case.objects.filter(handle=case.handle).update(lease_until=lease)

    report = kassa.reconcile()

    assert report.busy == [case.handle]
    assert Handoff.objects.get(case=case).closed_at is None
    assert not kassa.bench.entries(case, "reconciliation.agrees")


def locked_by(act: Callable[[], object]) -> list[str]:
    """The tables in which something locks rows, in order."""
    with CaptureQueriesContext(connection) as done:
        act()
    locks = [query["sql"] for query in done if "FOR UPDATE" in query["sql"]]
    return [re.findall(r'FROM "?(\w+)', sql)[-1] for sql in locks]


def test_whoever_closes_a_hand_off_locks_its_case_first(kassa):
    kassa.worked("tova")
    (row,) = kassa.rows
    kassa.rows.clear()
    kassa.reconcile()
    kassa.rows.append(row)
    staff_decided, by_hand = kassa.worked("pia"), kassa.worked("pialotta")
    kassa.decided_by_staff.add("pia")
    number = Handoff.objects.get(case=by_hand).pk

    closing_two = locked_by(kassa.reconcile)
    taking_over = locked_by(lambda: Handoffs(kassa.bench.journal).take_over(number, TOVA, datetime.now(UTC)))

    assert kassa.bench.status(staff_decided) is CaseStatus.FINISHED_ELSEWHERE
    assert closing_two.count("cases_handoff") == 2
    for locks in (closing_two, taking_over):
        assert locks[0] == "cases_case"
        assert locks.index("cases_case") < locks.index("cases_handoff")
    assert taking_over == ["cases_case", "cases_handoff", "journal_head"]
