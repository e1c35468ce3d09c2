"""Worker processes: who gets one, when they are started, and what is done when they do not start."""

import asyncio
import sys
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from medarbetare.engine.crew import Crew, NoWorker, Workers
from medarbetare.engine.messages import WITHOUT_DATABASE

WORKER = """
import os, pathlib, sys
from medarbetare.engine.progress import PROGRESS_VARIABLE, Stamps
if len(sys.argv) > 1 and not pathlib.Path(sys.argv[1]).exists():
    sys.exit(1)
Stamps(int(os.environ[PROGRESS_VARIABLE])).stamp()
sys.stdin.read()
"""
"""Ready at once and then idle; with the name of a file, only if it is there."""


def crew_of(size, *arguments):
    return Workers(Crew((sys.executable, "-c", WORKER, *arguments), size))


async def come_true(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


def test_workers_are_started_until_so_many_are_ready_as_are_wanted():
    async def started():
        workers = crew_of(3)
        workers.start(2)
        # Those that are starting count.
        workers.start(2)
        await come_true(lambda: workers.ready == 2)
        workers.start(9)
        await come_true(lambda: workers.ready == 3)
        await workers.close()
        return workers.ready

    assert asyncio.run(started()) == 0


def test_whoever_asks_gets_a_worker_that_is_ready_before_one_is_started():
    async def got():
        workers = crew_of(2)
        workers.start(1)
        await come_true(lambda: workers.ready == 1)
        [ready] = [child for child in workers._idle if child is not None]
        async with AsyncExitStack() as asking:
            first = await asking.enter_async_context(workers.one())
            second = await asking.enter_async_context(workers.one())
            assert first is ready
            assert second is not ready
            assert (workers.ready, workers.are_busy) == (0, True)
        await workers.close()

    asyncio.run(got())


def test_workers_that_are_starting_when_all_is_closed_are_ended():
    async def closed():
        workers = Workers(Crew((sys.executable, "-c", "import sys; sys.stdin.read()"), 2))
        workers.start(2)
        await come_true(lambda: not workers._idle)
        await workers.close()
        return list(workers._idle), workers.ready

    assert asyncio.run(closed()) == ([None, None], 0)


@pytest.mark.parametrize(("code", "in_crash_loop"), [(WITHOUT_DATABASE, False), (1, True)])
def test_a_worker_that_ends_for_want_of_a_database_says_nothing_about_the_machine(code, in_crash_loop):
    async def tried():
        workers = Workers(Crew([sys.executable, "-c", f"raise SystemExit({code})"]))
        with pytest.raises(NoWorker):
            async with workers.one():
                raise AssertionError("no worker was to start")
        assert workers.crash_loop.is_set() is in_crash_loop
        workers.start(1)
        # None is started in a crash loop but by whoever ends it.
        assert bool(workers._idle) is in_crash_loop
        await workers.close()

    asyncio.run(tried())


def test_workers_that_die_in_a_row_are_started_after_longer_and_longer_pauses(monkeypatch, tmp_path):
    gate, pauses = tmp_path / "gate", []

    def noted(pause):
        pauses.append(pause.total_seconds())
        if len(pauses) == 8:
            gate.touch()
        return timedelta(0)

    async def recovered():
        workers = crew_of(1, str(gate))
        for _ in range(3):
            workers.died()
        await workers.recover()
        assert not workers.crash_loop.is_set()
        await workers.close()

    monkeypatch.setattr("medarbetare.engine.crew.jittered", noted)
    asyncio.run(recovered())
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
