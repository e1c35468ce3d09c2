"""Can the judge of the random kills find anything? What it is shown here went wrong on purpose."""

from decimal import Decimal

import pytest
from crowd import Expected
from judging import WRITES, Household, asked_without_lease, complaints_about, judge_writes, was_overtaken
from resuming import resumed
from violence import Act
from witness import Leases, Log, Noted, Term

GRANT, PERSON = Expected(Decimal(3590)), Expected(None)
AMOUNT = {"belopp": "3590"}


def household(writes=WRITES, **more):
    one = Household("500001", "100001")
    for place, write in enumerate(writes):
        one.robot[write].append({"time": 10.0 + place, **AMOUNT})
    for write, records in more.items():
        one.robot[write] += records
    return one


def test_a_case_that_is_decided_once_and_paid_is_right():
    assert complaints_about(household(), GRANT, "beslutad", "") == []


@pytest.mark.parametrize(
    ("one", "expected", "status", "summary"),
    [
        (household(beslut=[{"time": 99.0, **AMOUNT}]), GRANT, "beslutad", ""),
        (household(utbetalning=[{"time": 99.0, **AMOUNT}]), GRANT, "beslutad", ""),
        (household(WRITES[:3]), GRANT, "beslutad", ""),
        (household(), Expected(Decimal(3591)), "beslutad", ""),
        (household(), PERSON, "beslutad", ""),
        (household(WRITES[:1]), GRANT, "överlämnad", "Roboten kom inte vidare"),
        (household(WRITES[:1]), GRANT, "väntar", ""),
        (household(WRITES[:1]), GRANT, "okänt utfall", "Något gick fel."),
    ],
    ids=["two decisions", "two payments", "not paid", "amount", "not the robot's", "given up", "unsettled", "no story"],
)
def test_what_is_double_wrong_or_lost_is_complained_about(one, expected, status, summary):
    assert complaints_about(one, expected, status, summary)


def test_staff_and_robot_may_not_both_decide_unless_staff_overtook_the_robots_last_look():
    one = household()
    one.staff["beslut"].append({"time": 11.9, **AMOUNT})
    assert complaints_about(one, GRANT, "beslutad", "")
    looked = {"path": "/beslut.do?arende=100001"}
    assert was_overtaken(one, {"requests": [{"time": 11.5, **looked}]})
    assert was_overtaken(one, {"requests": [{"time": 11.5, "path": "/api/arende/100001/beslut"}]})
    assert not was_overtaken(one, {"requests": [{"time": 11.95, **looked}]})


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"beslut": [{"time": 99.0, **AMOUNT}]}, GRANT),
        ({"utbetalning": [{"time": 99.0, **AMOUNT}]}, GRANT),
        ({"underrättelse": [{"time": 99.0}]}, GRANT),
        ({}, Expected(Decimal(3591))),
        ({}, PERSON),
    ],
    ids=["two decisions", "two payments", "told twice", "amount", "not the robot's"],
)
def test_what_staff_overtook_is_judged_in_all_else(more, expected):
    one = household()
    one.staff["beslut"].append({"time": 11.9, **AMOUNT})
    assert complaints_about(one, GRANT, "beslutad", "", overtaken=True) == []
    one = household(**more)
    one.staff["beslut"].append({"time": 11.9, **AMOUNT})
    assert complaints_about(one, expected, "beslutad", "", overtaken=True)


@pytest.mark.parametrize(
    ("terms", "announced", "found"),
    [
        ([Term(1, 1, 20)], [9.0], (0, 0, 0)),
        ([Term(1, 1, 5), Term(4, 1, 20)], [9.0], (0, 0, 0)),
        ([Term(1, 1, 20), Term(9.5, 1, None)], [9.0], (1, 0, 0)),
        ([Term(1, 1, 6)], [3.0], (0, 1, 0)),
        ([Term(1, 1, 6), Term(7, 2, 20)], [3.0], (0, 1, 0)),
        ([Term(1, 1, 20)], [], (0, 0, 1)),
    ],
    ids=["live", "renewed", "just given back", "ended", "under its successor's lease", "unannounced"],
)
def test_a_write_after_its_lease_is_found(terms, announced, found):
    one = household(["beslut"])
    journal = {"h": [Noted(time, "write.submitting", "beslut") for time in announced]}
    judged = judge_writes({"500001": one}, {"500001": "h"}, Leases({"h": terms}), journal)
    assert (judged.on_their_way, len(judged.late), len(judged.unannounced)) == found


@pytest.mark.parametrize(
    ("terms", "time", "method", "user", "late"),
    [
        ([Term(1, 1, 20)], 10.0, "POST", "robot", 0),
        ([Term(1, 1, 20), Term(9, 1, None)], 9.5, "POST", "robot", 0),
        ([Term(1, 1, 20), Term(9, 1, None)], 10.5, "POST", "robot", 1),
        ([Term(1, 1, 6)], 10.0, "POST", None, 1),
        ([Term(1, 1, 6), Term(9, 2, 20)], 10.0, "POST", "robot", 0),
        ([Term(11, 1, 20)], 10.0, "PUT", "robot", 1),
        ([Term(1, 1, 6)], 10.0, "GET", "robot", 0),
        ([Term(1, 1, 6)], 10.0, "POST", "Hilda Handläggarsson", 0),
    ],
    ids=["live", "just given back", "given back", "ended", "a successor's", "before any", "a look", "staff"],
)
def test_a_request_to_change_a_case_that_nobody_holds_is_found_also_when_it_was_refused(
    terms, time, method, user, late
):
    asked = {"time": time, "method": method, "path": "/nytt_beslut.do?arende=100001", "user": user, "status": 409}
    one, leases = household(), Leases({"h": terms})
    assert len(asked_without_lease({"500001": one}, {"500001": "h"}, leases, {"requests": [asked]})) == late
    elsewhere = {**asked, "path": "/nytt_beslut.do?arende=100002"}
    assert asked_without_lease({"500001": one}, {"500001": "h"}, leases, {"requests": [elsewhere]}) == []


def test_a_case_that_never_goes_on_is_found_and_one_that_does_is_timed():
    log = Log(
        f'{{"event": "run started", "pid": {pid}, "case": "{case}", "timestamp": "1970-01-01T00:00:05+00:00"}}'
        for pid, case in ((1, "goes on"), (2, "does not"), (3, "was done"))
    )
    acts = [Act(10.0, "kill supervisor", (1, 2, 3, 4))]
    journal = {
        "goes on": [Noted(6.0, "step", "läs ärende"), Noted(14.0, "run.started", "")],
        "does not": [Noted(6.0, "step", "läs ärende")],
        "was done": [Noted(9.9, "case.outcome", "")],
    }
    found = resumed(acts, log, journal)
    assert (found.kills, found.stops, found.never) == ([4.0], [], ["does not: kill supervisor"])


@pytest.mark.parametrize(
    ("second_worker", "kills", "hit_again"),
    [(2, [4.0, 26.0], 1), (1, [30.0, 26.0], 0), (9, [30.0], 0)],
    ids=["whoever had begun it", "who had left it", "somebody at something else"],
)
def test_a_case_hit_anew_had_been_begun_again_only_if_its_own_worker_was_hit(second_worker, kills, hit_again):
    log = Log(
        f'{{"event": "run started", "pid": {pid}, "case": "c", "timestamp": "1970-01-01T00:00:{second}+00:00"}}'
        for pid, second in ((1, "05"), (2, "14"))
    )
    journal = {"c": [Noted(6.0, "step", "läs ärende"), Noted(40.0, "run.started", "")]}
    acts = [Act(10.0, "kill worker", (1,)), Act(14.0, "kill worker", (second_worker,))]
    found = resumed(acts, log, journal)
    assert (found.kills, found.never, found.hit_again) == (kills, [], hit_again)
