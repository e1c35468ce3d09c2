"""Two robots at once, a session lost at the decision, no promise, an orderly stop, a database that is late."""

import asyncio
import signal
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from judging import WRITES
from own_server import FAST, OwnServer
from processes import below, is_browser, send

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.models import Case, Handoff
from medarbetare.engine.child import Child
from sandkommun import worlds
from sandkommun.worlds.faults import Fel
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


@pytest.mark.parametrize("victim", ["worker", "browser", "supervisor"])
def test_who_is_killed_while_the_decisions_request_is_under_way_makes_one_decision(chaos, households, victim):
    """It was sent and has not been answered: what was asked is done after the death of whoever asked."""
    slow = Fel(fel="langsam_sida", system="verksamhet", sida="/nytt_beslut.do", metod="POST", varde=4000)
    ruin = chaos(households(1).model_copy(update={"fel": (slow,)}))
    ruin.plan({})
    started = ruin.start(*ruin.practice.command("run", "--once"))
    robot = psutil.Process(started.pid)

    def under_way():
        return [one for one in ruin.practice.facit()["under_way"] if one["path"] == "/nytt_beslut.do"]

    deadline = time.monotonic() + SAFETY
    while not any(one["method"] == "POST" for one in under_way()):
        assert time.monotonic() < deadline, ruin.log()
        time.sleep(0.05)
    assert ruin.records("500001")["beslut"] == []
    worker = next(one for one in robot.children() if "medarbetare.cli.worker_process" in one.cmdline())
    send({"worker": [worker], "browser": below(worker, is_browser), "supervisor": [robot]}[victim])
    assert [one["method"] for one in under_way()] == ["POST"]
    assert started.wait(SAFETY) == (-signal.SIGKILL if victim == "supervisor" else 0), ruin.log()
    with ruin.practice.database():
        ruin.work_until_none_waits()
    ruin.assert_decided_once("500001")
    assert len(posts_of_decisions(ruin.practice)) == 1
    ruin.assert_journal_verifies()


def test_without_a_promise_an_absent_record_is_an_unknown_outcome_and_a_present_one_is_adopted(
    chaos, households, whole_matrix
):
    """Of the decision; with `--whole-matrix` of every write."""
    writes = WRITES if whole_matrix else ("beslut",)
    ruin = chaos(households(2 * len(writes)))

    def promise_nothing(content):
        for portal in content["portals"]:
            portal["visibility"]["guaranteed"] = False

    ruin.practice.configure("portals.yaml", promise_nothing)
    ruin.configure(duration=24, margin=6, silence=10)
    references = list(ruin.world.inkorg)
    absent = dict(zip(references, writes, strict=False))
    present = dict(zip(references[len(writes) :], writes, strict=True))
    ruin.plan(
        {ref: [(write, "submitting", "worker")] for ref, write in absent.items()}
        | {ref: [(write, "submit answered", "worker")] for ref, write in present.items()}
    )
    with ruin.practice.database():
        ruin.take_in()
        ruin.work_off(1 if len(writes) == 1 else 3)
        assert ruin.statuses() == dict.fromkeys(absent, "okänt utfall") | dict.fromkeys(present, "beslutad"), ruin.log()
        assert all(Handoff.objects.filter(case__reference=ref).count() == 1 for ref in absent)
    outcomes = ruin.practice.outcomes()
    for ref, write in absent.items():
        assert f"Okänt utfall för «{write}» i" in outcomes[ref]["summary"]
        assert "garanterar inte" in outcomes[ref]["summary"]
        held = {name: len(records) for name, records in ruin.records(ref).items()}
        before = WRITES[: WRITES.index(write)]
        assert held == {name: int(name in before) for name in held}
    for ref in present:
        ruin.assert_decided_once(ref)
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


def test_a_worker_that_is_started_while_the_database_restarts_waits_for_it(chaos, households, tmp_path):
    log = tmp_path / "worker.log"
    command = (sys.executable, "-P", str(Path(__file__).with_name("naming_worker.py")))
    with OwnServer() as server:
        ruin = chaos(households(1))
        ruin.use_database(server.conninfo)
        with ruin.practice.database():
            ruin.take_in()
        server.stop(FAST)

        async def started():
            with open(log, "ab") as end:
                child = await Child.spawn(command, end.fileno(), {"MEDARBETARE_CONFIG": str(ruin.practice.config)})
            try:
                deadline = asyncio.get_running_loop().time() + SAFETY
                while "Robotens databas svarar inte" not in log.read_text("utf-8"):
                    assert child.alive, log.read_text("utf-8")
                    assert asyncio.get_running_loop().time() < deadline
                    await asyncio.sleep(0.05)
                server.start()
                await child.until_ready(timedelta(seconds=SAFETY))
            finally:
                await child.close()
            return child

        assert not asyncio.run(started()).lacked_database
    assert "worker without database" not in log.read_text("utf-8")
