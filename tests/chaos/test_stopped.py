"""Processes that are stopped, not killed: nothing is written by a worker whose lease has ended."""

import signal
import time

import psutil
import pytest
from processes import send

from medarbetare.cases.models import Case
from sandkommun import worlds

SAFETY = 120.0


@pytest.fixture
def ruin(chaos):
    one = chaos(worlds.copies(worlds.load("demo"), "260107", 2))
    one.configure(duration=16, margin=4, silence=8, workers=2)
    with one.practice.database():
        one.take_in()
        yield one


def wait_for(condition):
    """Waits for something that comes by itself; what it gave."""
    deadline = time.monotonic() + SAFETY
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come in time")


def is_gone(process):
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Stopped:
    """The processes of a stopped worker, and the end of its lease as it was last seen in the database."""

    def __init__(self, reference, deed):
        self.reference = reference
        self.processes = [psutil.Process(pid) for pid in (deed["worker"], *deed["below"])]
        self.was_stopped = self.processes[0].status() == psutil.STATUS_STOPPED
        self.token = Case.objects.get(reference=reference).lease_token
        self.lease_until = 0.0
        self.gone_at = 0.0

    def is_gone(self):
        if not self.gone_at:
            case = Case.objects.get(reference=self.reference)
            if case.lease_token == self.token and case.lease_until is not None:
                self.lease_until = case.lease_until.timestamp()
            if all(is_gone(process) for process in self.processes):
                self.gone_at = time.time()
        return bool(self.gone_at)


def decision_posts(ruin, records):
    path = f"/nytt_beslut.do?arende={records['beslut'][0]['arende']}"
    return [one for one in ruin.practice.facit()["requests"] if (one["method"], one["path"]) == ("POST", path)]


def test_a_stopped_worker_is_dead_before_its_lease_ends_and_never_writes_late(ruin):
    ruin.plan(
        {
            "500001": [("beslut", "submitting", "stop worker")],
            "500002": [("beslut", "submitting", "stop worker and browser")],
        }
    )
    robot = ruin.start()
    deeds = {reference: wait_for(lambda it=reference: ruin.deeds(it))[0] for reference in ("500001", "500002")}
    wait_for(lambda: all(psutil.Process(one["worker"]).status() == psutil.STATUS_STOPPED for one in deeds.values()))
    stopped = [Stopped(reference, deed) for reference, deed in deeds.items()]
    wait_for(lambda: sum(one.is_gone() for one in stopped) == len(stopped))
    for one in stopped:
        send(one.processes, signal.SIGCONT)
        assert all(is_gone(process) for process in one.processes)
        assert one.was_stopped
        assert one.gone_at < one.lease_until
    assert robot.wait(SAFETY) == 0, ruin.log()
    for one in stopped:
        posts = decision_posts(ruin, ruin.assert_decided_once(one.reference))
        assert len(posts) == 1
        assert posts[0]["time"] > one.gone_at
    ruin.assert_journal_verifies()


def test_a_worker_whose_supervisor_is_stopped_loses_its_lease_and_writes_nothing_more(ruin):
    ruin.plan({"500001": [("beslut", "pre-read", "stop supervisor")]})
    first = ruin.start()
    deed = wait_for(lambda: ruin.deeds("500001"))[0]
    second = ruin.start()
    assert second.wait(SAFETY) == 0, ruin.log()
    records = ruin.assert_decided_once("500001")
    posts = decision_posts(ruin, records)
    assert len(posts) == 1
    assert posts[0]["time"] > deed["time"]
    assert ruin.has_logged("lease lost")
    ruin.assert_decided_once("500002")
    psutil.Process(deed["supervisor"]).resume()
    assert first.wait(SAFETY) == 0, ruin.log()
    assert decision_posts(ruin, records) == posts
    assert ruin.complaints() == ""
    ruin.assert_journal_verifies()
