"""Queue, lease, supervisor and real worker processes together, on the embedded server and on one reached by a URL."""

import asyncio
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from medarbetare.cases.models import Case, Handoff, InboxReading, KnownReference
from medarbetare.cases.register import defer
from medarbetare.engine.child import LeaseTerms
from medarbetare.engine.crew import Crew
from medarbetare.engine.models import QueueWorker
from medarbetare.engine.owner import Owner
from medarbetare.engine.supervisor import Supervisor
from medarbetare.engine.tasks import defer_pull
from medarbetare.errors import TechnicalError
from medarbetare.journal.models import Leaf
from medarbetare.testing import Bench

BENCH = Path(__file__).parents[2] / "bench"
WORKER = (sys.executable, "-P", str(BENCH / "lean_worker.py"))
SAFETY = 90.0
SHORT = LeaseTerms(timedelta(seconds=8), timedelta(seconds=2), timedelta(seconds=6))
SLOW = LeaseTerms(timedelta(seconds=90), timedelta(seconds=10), timedelta(seconds=60))
"""On a slow machine a worker must not be taken for dead: its case would be begun again."""


@pytest.fixture
def crew(monkeypatch):
    """Makes a bench whose cases real worker processes work on, over the database at hand."""

    def make(conninfo):
        bench = Bench({"flode": lambda run: NotImplemented})
        signing = bench.keys.signing.private_bytes_raw().hex()
        monkeypatch.setenv("LEAN_DATABASE", conninfo)
        monkeypatch.setenv(
            "LEAN_KEYS", "\n".join((bench.origin, signing, bench.keys.departments[bench.department].hex()))
        )
        return bench

    return make


@pytest.fixture
def bench(crew, database):
    return crew(make_conninfo(**database.parameters))


@pytest.fixture
def log(tmp_path):
    with open(tmp_path / "log", "ab") as file:
        yield file


def supervise(bench, log, *, size=2, terms=SHORT, put_off=1.0, on_settled=lambda case, status, took: None):
    return Supervisor(
        bench.register,
        Crew(WORKER, size, log.fileno()),
        terms,
        put_off=timedelta(seconds=put_off),
        on_sweep=lambda: None,
        on_settled=on_settled,
    )


def receive(bench, *references):
    return {reference: bench.receive(reference, household=reference).handle for reference in references}


def statuses():
    return dict(Case.objects.values_list("reference", "status"))


def test_every_case_is_worked_on_once_and_no_job_is_left(crew, any_database, log):
    bench = crew(any_database)
    receive(bench, *(f"R{number}" for number in range(6)))
    asyncio.run(supervise(bench, log).serve(until_idle=True))

    assert set(statuses().values()) == {"beslutad"}
    assert set(Case.objects.values_list("lease_token", flat=True)) == {1}
    assert not ProcrastinateJob.objects.exists()


def test_a_case_that_kills_its_workers_ends_with_it_and_delays_no_other(bench, log, monkeypatch):
    monkeypatch.setenv("LEAN_ATTEMPTS", "3")
    receive(bench, "dör", *(f"R{number}" for number in range(4)))
    settled = []
    # The third death is followed by four seconds: longer than a worker takes to start.
    supervisor = supervise(bench, log, size=1, put_off=5, on_settled=lambda case, status, took: settled.append(case))
    asyncio.run(supervisor.serve(until_idle=True))

    poison = Case.objects.get(reference="dör")
    assert (poison.status, Handoff.objects.get().case, Handoff.objects.get().role) == ("överlämnad", poison, "it")
    assert poison.attempts == 4
    assert list(statuses().values()).count("beslutad") == 4
    # It came first and was tried first; others were done before it was given up.
    assert settled.index(poison.handle) > 0


def test_more_cases_that_kill_than_there_are_workers_leave_the_others_theirs(bench, log, monkeypatch):
    monkeypatch.setenv("LEAN_ATTEMPTS", "2")
    receive(bench, *(f"dör {number}" for number in range(4)), *(f"R{number}" for number in range(4)))
    asyncio.run(supervise(bench, log, size=2).serve(until_idle=True))

    ended = statuses()
    assert {ended[f"R{number}"] for number in range(4)} == {"beslutad"}
    assert {ended[f"dör {number}"] for number in range(4)} == {"överlämnad"}
    assert set(Case.objects.filter(status="överlämnad").values_list("attempts", flat=True)) == {3}


def test_what_a_person_has_answered_goes_before_what_is_new_and_a_near_deadline_before_both(bench, log):
    handles = receive(bench, "ny", "besvarad", "bråttom", "sen")
    today = date.today()  # noqa: DTZ011 - any day will do
    ProcrastinateJob.objects.all().delete()
    for reference, days in (("ny", 5), ("besvarad", 5), ("bråttom", 1), ("sen", 9)):
        Case.objects.filter(reference=reference).update(deadline=today + timedelta(days=days))
    Case.objects.filter(reference="besvarad").update(status="väntar")
    for case in Case.objects.order_by("-reference"):
        defer(case)
    settled = []
    supervisor = supervise(bench, log, size=1, terms=SLOW, on_settled=lambda case, status, took: settled.append(case))
    asyncio.run(supervisor.serve(until_idle=True))

    assert settled == [handles[one] for one in ("bråttom", "besvarad", "ny", "sen")]


@asynccontextmanager
async def at_work(supervisor):
    serving = asyncio.create_task(supervisor.serve())
    try:
        yield serving
    finally:
        supervisor.stop()
        await serving


async def until(condition):
    """Waits for something that comes by itself; what it gave."""
    deadline = time.monotonic() + SAFETY
    while not (found := await asyncio.to_thread(condition)):
        assert time.monotonic() < deadline, "it did not come in time"
        await asyncio.sleep(0.05)
    return found


def workers():
    return [one for one in psutil.Process().children() if str(BENCH / "lean_worker.py") in one.cmdline()]


def all_decided():
    return set(statuses().values()) == {"beslutad"}


def test_workers_that_do_not_start_end_a_run_to_the_end_but_not_the_service(bench, log, monkeypatch, tmp_path):
    gate = tmp_path / "gate"
    monkeypatch.setenv("LEAN_GATE", str(gate))
    receive(bench, "R")
    with pytest.raises(TechnicalError, match="Arbetarprocessen startar inte"):
        asyncio.run(supervise(bench, log, size=1).serve(until_idle=True))

    async def service():
        supervisor = supervise(bench, log, size=1)
        async with at_work(supervisor) as serving:
            await supervisor._workers.crash_loop.wait()
            # No case is taken from others meanwhile.
            assert not await asyncio.to_thread(Case.objects.filter(lease_token__gt=0).exists)
            assert not serving.done()
            gate.touch()
            await until(all_decided)

    asyncio.run(service())


def test_no_case_waits_at_a_machine_whose_workers_are_not_ready(bench, log):
    never_ready = Crew((sys.executable, "-c", "import sys; sys.stdin.read()"), 2)
    receive(bench, *(f"R{number}" for number in range(4)))

    async def service():
        stuck = Supervisor(bench.register, never_ready, SHORT, put_off=timedelta(seconds=1), on_sweep=lambda: None)
        async with at_work(stuck):
            # It has seen that there is work, and begun to start who shall do it.
            await until(lambda: len(stuck._workers._starting) == 2)
            assert not await asyncio.to_thread(ProcrastinateJob.objects.filter(status="doing").exists)
            async with at_work(supervise(bench, log)):
                await until(all_decided)

    asyncio.run(service())


def test_two_due_cases_of_one_household_are_never_at_work_at_once(bench, log, monkeypatch, tmp_path):
    go = tmp_path / "go"
    monkeypatch.setenv("LEAN_GO", str(go))
    first, second = (bench.receive(reference, household="tova") for reference in ("väntar", "R2"))
    bench.receive("R3", household="olle")

    def second_is_begun():
        return Case.objects.get(reference="R2").lease_token > 0

    async def service():
        async with at_work(supervise(bench, log, size=2, terms=SLOW)):
            await until(lambda: statuses()["R3"] == "beslutad")
            # A worker is idle and takes what comes after the household's second case, but not that one.
            await asyncio.to_thread(receive, bench, "R4")
            await until(lambda: statuses()["R4"] == "beslutad")
            assert not await asyncio.to_thread(second_is_begun)
            go.touch()
            # It finds what the first one has written for the household, which is a person's to judge.
            await until(lambda: statuses()["R2"] == "överlämnad")

    asyncio.run(service())
    [begun] = bench.entries(second, "run.started")
    [ended] = bench.entries(first, "case.outcome")
    assert begun.index > ended.index


@pytest.fixture
def kills(monkeypatch, tmp_path):
    """An inbox with two pages, and where the worker that reads it is killed."""
    folder = tmp_path / "kills"
    folder.mkdir()
    monkeypatch.setenv("LEAN_KILLS", str(folder))
    monkeypatch.setenv("LEAN_INBOX", "A1 A2;A3 A4")
    return folder


@pytest.mark.parametrize("point", ["före A1", "efter A1", "före A2", "efter A2", "sida A3", "före A3", "efter A4"])
def test_a_worker_killed_while_it_takes_applications_in_loses_none_and_takes_none_twice(bench, log, kills, point):
    (kills / point).touch()
    defer_pull("inkorg")
    supervisor = supervise(bench, log, size=1)
    asyncio.run(supervisor.serve(until_idle=True))

    assert not list(kills.iterdir()), "the worker was killed there"
    assert statuses() == dict.fromkeys(("A1", "A2", "A3", "A4"), "beslutad")
    assert KnownReference.objects.count() == 4
    for case in Case.objects.all():
        assert len(bench.entries(case, "case.created")) == len(bench.entries(case, "case.outcome")) == 1
    assert (InboxReading.objects.get().seen, supervisor.unread_inboxes) == (4, set())
    assert not ProcrastinateJob.objects.exists()
    assert bench.journal.verify().ok


def test_an_inbox_that_kills_whoever_reads_it_is_read_twice_and_delays_no_case(bench, log, kills, monkeypatch):
    monkeypatch.setenv("LEAN_INBOX", "A1;fatal;A3")
    receive(bench, "R")
    defer_pull("inkorg")
    supervisor = supervise(bench, log, size=1)
    with capture_logs() as logged:
        asyncio.run(supervisor.serve(until_idle=True))

    assert statuses() == {"R": "beslutad", "A1": "beslutad"}
    assert supervisor.unread_inboxes == {"inkorg"}
    told = [one["event"] for one in logged]
    assert (told.count("worker died"), told.count("inbox is read once more"), told.count("inbox not read")) == (2, 1, 1)
    assert not ProcrastinateJob.objects.exists()


def test_an_idle_worker_that_dies_is_replaced_before_it_is_needed(bench, log):
    receive(bench, "R")

    async def service():
        async with at_work(supervise(bench, log, size=1)):
            await until(all_decided)
            [first] = workers()
            first.kill()
            [second] = await until(lambda: [one for one in workers() if one.pid != first.pid])
            assert second.pid != first.pid

    asyncio.run(service())


def test_the_service_goes_on_when_the_database_has_been_restarted(crew, tcp_server, url_database, log):
    bench = crew(url_database)
    receive(bench, "före")

    async def service():
        async with at_work(supervise(bench, log)) as serving:
            await until(all_decided)
            # Not in a thread of its own: the server ends with the thread that starts it.
            tcp_server.restart()
            await asyncio.to_thread(lambda: (connections.close_all(), receive(bench, "efter"), connections.close_all()))
            await until(lambda: "efter" in statuses() and all_decided())
            assert not serving.done()

    asyncio.run(service())


def test_a_worker_that_is_held_up_when_the_database_restarts_holds_up_no_other(
    crew, tcp_server, url_database, log, monkeypatch, tmp_path
):
    monkeypatch.setenv("LEAN_GO", str(tmp_path / "go"))
    bench = crew(url_database)
    receive(bench, "väntar")

    async def service():
        async with at_work(supervise(bench, log, terms=SLOW)):
            await until(lambda: statuses() == {"väntar": "pågår"})
            tcp_server.restart()
            await asyncio.to_thread(lambda: (connections.close_all(), receive(bench, "efter"), connections.close_all()))
            await until(lambda: statuses().get("efter") == "beslutad")
            held_up = (await asyncio.to_thread(statuses))["väntar"]
            (tmp_path / "go").touch()
            await until(all_decided)
        return held_up

    assert asyncio.run(service()) == "pågår"


def test_three_machines_share_one_database_and_one_that_dies_loses_nothing(crew, url_database, tmp_path):
    bench = crew(url_database)
    receive(bench, *(f"R{number}" for number in range(24)))
    machine = [sys.executable, "-P", str(BENCH / "lean_machine.py")]
    # What the dead machine may have sent has gone with it, and is soon known not to have been saved.
    environment = {**os.environ, "LEAN_LATENCY": "0.02", "LEAN_VISIBLE": "1"}
    with open(tmp_path / "log", "ab") as log:
        machines = [subprocess.Popen(machine, stdout=log, stderr=log, env=environment) for _ in range(3)]
    try:
        asyncio.run(until(lambda: Case.objects.filter(status="beslutad").count() >= 3))
        machines[0].kill()
        ends = [one.wait(SAFETY) for one in machines]
    finally:
        for one in machines:
            one.kill()

    assert ends == [-9, 0, 0]
    assert set(statuses().values()) == {"beslutad"}
    assert set(Case.objects.values_list("attempts", flat=True)) <= {1, 2}


def killed_at_work(log):
    """The one case, as a machine that was killed at it has left it."""
    machine = subprocess.Popen([sys.executable, "-P", str(BENCH / "lean_machine.py")], stdout=log, stderr=log)
    try:
        asyncio.run(until(lambda: Case.objects.get().lease_token == 1))
    finally:
        machine.kill()
        machine.wait(SAFETY)
    return Case.objects.get()


def test_what_a_dead_supervisor_held_goes_on_before_its_leases_end(bench, log, monkeypatch, tmp_path):
    monkeypatch.setenv("LEAN_GO", str(tmp_path / "go"))
    monkeypatch.setenv("LEAN_LEASE", "3600")
    receive(bench, "väntar")
    held_until = killed_at_work(log).lease_until
    (tmp_path / "go").touch()
    asyncio.run(supervise(bench, log, size=1).serve(until_idle=True))

    assert all_decided()
    assert Case.objects.get().attempts == 2
    assert datetime.now(UTC) < held_until


def test_what_a_dead_machine_held_goes_on_when_its_leases_have_ended(bench, log, monkeypatch, tmp_path):
    monkeypatch.setenv("LEAN_GO", str(tmp_path / "go"))
    receive(bench, "väntar")
    held = killed_at_work(log)
    # Of another machine nobody can see that it is dead.
    elsewhere = replace(Owner.read(held.lease_owner), place="0" * 16)
    Case.objects.update(lease_owner=str(elsewhere))
    QueueWorker.objects.update(owner=str(elsewhere))
    (tmp_path / "go").touch()
    asyncio.run(supervise(bench, log, size=1).serve(until_idle=True))

    assert all_decided()
    began = Leaf.objects.filter(kind="run.started").order_by("index").last()
    assert began.time >= held.lease_until
