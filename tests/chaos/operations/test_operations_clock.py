"""Clocks that are wrong, and clocks that are set while the robot works."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now
from troubled import REFERENCE, SAFETY

from medarbetare.cases.models import Case
from medarbetare.engine.models import Write

HOUR = timedelta(hours=1)


def set_the_databases_clock(by):
    """What the database's clock looks like to it when it is set: every moment that it remembers lies elsewhere."""
    Case.objects.filter(lease_until__isnull=False).update(lease_until=F("lease_until") - by)
    Case.objects.update(due_at=F("due_at") - by)
    Write.objects.filter(submitting_at__isnull=False).update(submitting_at=F("submitting_at") - by)


@pytest.mark.usefixtures("in_chaos_only")
def test_machines_whose_clocks_are_an_hour_wrong_work_together_and_decide_each_case_once(trouble):
    one = trouble(2)
    robots = [one.run("--once", MEDARBETARE_CLOCK_WRONG_BY=by) for by in ("3600", "-3600")]
    assert [robot.wait(SAFETY) for robot in robots] == [0, 0], one.ruin.log()
    for reference in one.ruin.world.inkorg:
        one.ruin.assert_decided_once(reference)
    one.ruin.assert_journal_verifies()


def test_the_databases_clock_that_is_set_forward_at_a_submit_takes_the_lease_and_makes_no_second_decision(trouble):
    one = trouble()
    one.gate("beslut", "submit answered")
    robot = one.run()
    with one.practice.database():
        one.until_at_gate()
        set_the_databases_clock(HOUR)
        one.let_go()
        one.until_decided()
        one.stop(robot)
    one.ruin.assert_decided_once(REFERENCE)
    assert one.decisions_posted() == 1
    one.ruin.assert_journal_verifies()


@pytest.mark.usefixtures("in_chaos_only")
def test_the_databases_clock_that_is_set_back_while_a_case_is_worked_on_stops_nothing(trouble):
    one = trouble()
    one.gate("beräkning", "read-back")
    robot = one.run()
    with one.practice.database():
        one.until_at_gate()
        set_the_databases_clock(-HOUR)
        one.let_go()
        one.until_decided()
        one.stop(robot)
    one.ruin.assert_decided_once(REFERENCE)


@pytest.mark.usefixtures("in_chaos_only")
def test_a_case_that_waits_when_the_clock_is_set_back_waits_that_much_longer_and_is_not_lost(trouble):
    one = trouble()
    with one.practice.database():
        Case.objects.update(status="väntar", due_at=Now() + timedelta(seconds=1))
        set_the_databases_clock(-HOUR)
        assert one.run("--once").wait(SAFETY) == 0, one.ruin.log()
        assert one.ruin.statuses() == {REFERENCE: "väntar"}
        set_the_databases_clock(HOUR + timedelta(seconds=2))
        assert one.run("--once").wait(SAFETY) == 0, one.ruin.log()
    one.ruin.assert_decided_once(REFERENCE)
