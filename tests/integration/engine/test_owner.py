"""Who holds leases, and when it is certain that it holds them no more."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest
from django.db import connection
from procrastinate.contrib.django import app as queue

from medarbetare.cases.models import Case
from medarbetare.engine.lease import take
from medarbetare.engine.models import QueueWorker
from medarbetare.engine.owner import OWNER_VARIABLE, Owner, _seen, note_fetching, release_of_dead
from medarbetare.engine.tasks import worker_connector
from medarbetare.testing import Bench

PAUSE = timedelta(seconds=1)
TELL = """
from medarbetare.database.connection import load_models
load_models()
from medarbetare.engine.owner import Owner
print(Owner.this_process())
"""
SLEEP = (sys.executable, "-c", "import sys; print('sover', flush=True); sys.stdin.read()")


@pytest.fixture
def dead() -> Owner:
    """A supervisor of this machine that has ended."""
    told = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=True).stdout
    owner = Owner.read(told.strip())
    assert owner is not None
    return owner


@pytest.fixture
def case(database) -> Case:
    return Bench({"flode": lambda run: NotImplemented}).receive("500001", household="A")


def sleeping(owner: Owner) -> "subprocess.Popen[bytes]":
    """A process below a worker of that supervisor's."""
    process = subprocess.Popen(
        SLEEP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, OWNER_VARIABLE: str(owner)}
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def test_an_owner_is_dead_when_its_process_has_ended_or_its_number_is_anothers(dead):
    mine = Owner.this_process()
    assert dead.is_dead
    assert not mine.is_dead
    assert replace(mine, started=mine.started - 1).is_dead
    assert Owner.read(str(mine)) == mine


def test_a_stopped_owner_lives_and_one_that_nobody_has_taken_note_of_is_dead():
    process = subprocess.Popen(SLEEP, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    owner = replace(Owner.this_process(), pid=process.pid, started=_seen(process.pid)[1])
    psutil.Process(process.pid).suspend()
    assert not owner.is_dead
    process.kill()
    # Until it has ended, without taking note of it.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert owner.is_dead
    process.communicate()


def test_of_another_machine_or_another_users_sight_nothing_is_known(dead):
    assert not replace(dead, place="0" * 16).is_dead
    # Another user's process, which this one may not signal.
    assert not Owner(dead.place, 1, _seen(1)[1] or 0).is_dead
    assert Owner.read("servern:4711") is None


def test_the_leases_of_the_dead_end_at_once_and_those_of_the_living_do_not(case, dead):
    assert take(case.handle, str(Owner.this_process()), timedelta(hours=1))
    assert release_of_dead(PAUSE) == []

    Case.objects.update(lease_owner=str(replace(dead, place="0" * 16)))
    assert release_of_dead(PAUSE) == []

    Case.objects.update(lease_owner=str(dead))
    assert release_of_dead(PAUSE) == [case.handle]
    assert take(case.handle, "efter", timedelta(hours=1))


def test_jobs_that_the_dead_had_fetched_are_free_and_those_of_the_living_are_not(case, dead):
    others = Bench({"flode": lambda run: NotImplemented}).receive("500002", household="B")
    with connection.cursor() as cursor:
        for one, owner in ((case, dead), (others, Owner.this_process())):
            cursor.execute("SELECT procrastinate_register_worker_v1()")
            (worker,) = cursor.fetchone()
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE queueing_lock = %s",
                [worker, f"case:{one.handle}"],
            )
            note_fetching(str(owner), worker)
    release_of_dead(PAUSE)

    async def stalled():
        async with queue.with_connector(worker_connector()).open_async() as app:
            return [
                job.task_kwargs["case"] for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=60)
            ]

    assert asyncio.run(stalled()) == [case.handle]
    assert [one.owner for one in QueueWorker.objects.all()] == [str(Owner.this_process())]


def test_what_the_workers_of_the_dead_have_left_is_killed_first_also_when_it_is_stopped(case, dead):
    left, others = sleeping(dead), sleeping(Owner.this_process())
    try:
        psutil.Process(left.pid).suspend()
        assert take(case.handle, str(dead), timedelta(hours=1))
        release_of_dead(PAUSE)
        assert not psutil.pid_exists(left.pid)
        assert others.poll() is None
    finally:
        for one in (left, others):
            one.kill()
            one.communicate()
