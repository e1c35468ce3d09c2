"""The database goes away in the middle of a case, and comes back."""

import psutil
import pytest
from own_server import FAST, OwnServer
from troubled import REFERENCE, wait_for


@pytest.fixture
def url_server():
    with OwnServer() as server:
        yield server


def postmaster(practice):
    """The embedded server's first process."""
    [file] = (practice.folder / "database").glob("postgresql-*/postmaster.pid")
    return psutil.Process(int(file.read_text("utf-8").splitlines()[0]))


def test_an_embedded_server_that_is_killed_in_the_middle_of_a_case_is_started_again_and_the_case_goes_on(trouble):
    one = trouble()
    one.gate("beslut", "pre-read")
    robot = one.run()
    one.until_at_gate()
    postmaster(one.practice).kill()
    one.let_go()
    one.until_decided()
    one.ruin.assert_decided_once(REFERENCE)
    one.stop(robot)
    one.assert_told_without_tracebacks()
    assert "svarar inte" in one.events("database lost")[0]["message"]
    one.ruin.assert_journal_verifies()


@pytest.mark.usefixtures("in_chaos_only")
def test_while_a_server_is_away_its_worker_is_killed_in_time_and_the_operator_is_told_and_then_it_goes_on(
    trouble, url_server
):
    one = trouble(database=url_server.conninfo)
    one.gate("beslut", "submitting")
    robot = one.run()
    worker = one.until_at_gate()
    url_server.stop(FAST)
    told = one.until_logged("database lost")
    assert "svarar inte" in told["message"]
    for command in (("status",), ("cases", "list")):
        asked = one.practice.medarbetare(*command)
        assert asked.returncode == 1
        assert asked.stderr.startswith("Fel: Robotens databas svarar inte")
        assert "Traceback" not in asked.stderr
    wait_for(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, "the worker's end")
    one.let_go()
    assert one.decisions_posted() == 0

    url_server.start()
    one.until_decided()
    one.ruin.assert_decided_once(REFERENCE)
    assert one.decisions_posted() == 1
    one.stop(robot)
    one.assert_told_without_tracebacks()
    one.ruin.assert_journal_verifies()
