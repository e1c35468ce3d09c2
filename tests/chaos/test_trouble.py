"""Two robots at once, a session lost at the decision, a portal that promises nothing, and an orderly stop."""

from collections import Counter

import pytest

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.models import Case, Handoff
from sandkommun import worlds
from sandkommun.worlds.systems import Session, Systemval

SAFETY = 120


@pytest.fixture
def households():
    return lambda n: worlds.copies(worlds.load("demo"), "260107", n)


def test_two_robots_started_together_decide_each_case_once(chaos, households):
    ruin = chaos(households(2))
    robots = [ruin.start(*ruin.practice.command("run", "--once")) for _ in range(2)]
    assert [robot.wait(SAFETY) for robot in robots] == [0, 0], ruin.log()
    for reference in ruin.world.inkorg:
        ruin.assert_decided_once(reference)
    ruin.assert_journal_verifies()


def posts_of_decisions(practice):
    return [one for one in practice.facit()["requests"] if one["method"] == "POST" and "/nytt_beslut.do" in one["path"]]


def test_a_session_lost_at_the_decisions_own_click_makes_one_decision(chaos, households):
    lossy = Systemval(session=Session(borta_vid_post=("/nytt_beslut.do",)))
    ruin = chaos(households(1).model_copy(update={"system": {"verksamhet": lossy}}))
    assert ruin.start(*ruin.practice.command("run", "--once")).wait(SAFETY) == 0, ruin.log()
    ruin.assert_decided_once("500001")
    assert [one["user"] for one in posts_of_decisions(ruin.practice)] == [None, "robot"]
    ruin.assert_journal_verifies()


def test_without_a_promise_an_absent_decision_is_an_unknown_outcome_and_a_present_one_is_adopted(chaos, households):
    ruin = chaos(households(2))

    def promise_nothing(content):
        for portal in content["portals"]:
            portal["visibility"]["guaranteed"] = False

    ruin.practice.configure("portals.yaml", promise_nothing)
    ruin.configure(duration=24, margin=6, silence=10)
    ruin.plan(
        {
            "500001": [("beslut", "submitting", "worker")],
            "500002": [("beslut", "submit answered", "worker")],
        }
    )
    with ruin.practice.database():
        ruin.take_in()
        ruin.work_off()
        assert ruin.statuses() == {"500001": "okänt utfall", "500002": "beslutad"}, ruin.log()
        assert Handoff.objects.filter(case__reference="500001").count() == 1
    outcome = ruin.practice.outcomes()["500001"]
    assert "Okänt utfall för «beslut» i verksamhet" in outcome["summary"]
    assert "garanterar inte" in outcome["summary"]
    held = {write: len(records) for write, records in ruin.records("500001").items()}
    assert held == {**dict.fromkeys(held, 0), "aktualisering": 1, "beräkning": 1}
    ruin.assert_decided_once("500002")
    ruin.assert_journal_verifies()


def test_sigterm_finishes_the_write_at_hand_and_the_next_run_repeats_nothing(chaos, households):
    ruin = chaos(households(1))
    ruin.plan({"500001": [("beräkning", "read-back", "ask to stop")]})
    with ruin.practice.database():
        ruin.take_in()
        assert ruin.start().wait(SAFETY) == 0, ruin.log()
        assert ruin.statuses() == {"500001": "pågår"}
        held = {write: len(records) for write, records in ruin.records("500001").items()}
        assert held == {**dict.fromkeys(held, 0), "aktualisering": 1, "beräkning": 1}
        case = Case.objects.get()
        assert case.lease_until is None
        journal = build_journal(read_configuration(ruin.practice.config))
        before = journal.entries(case.handle)
        assert before[-1].kind == "write.receipt"
        assert ruin.start(*ruin.practice.command("run", "--once")).wait(SAFETY) == 0, ruin.log()
        done = Counter((entry.kind, entry.name) for entry in journal.entries(case.handle))
    assert {name: count for (kind, name), count in done.items() if kind != "run.started" and count > 1} == {}
    assert done["run.started", ""] == 2
    ruin.assert_decided_once("500001")
    assert ruin.complaints() == ""
    ruin.assert_journal_verifies()
