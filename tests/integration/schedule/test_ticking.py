import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.events import EVENT_JOB_MISSED
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from structlog.testing import capture_logs

from medarbetare.database.dsn import Dsn
from medarbetare.engine.supervisor import defer_pull, defer_reconciliation
from medarbetare.schedule import SchedulerLock, ScheduleSettings, Ticker
from medarbetare.schedule.opening import OpeningHours

HOURLY = ScheduleSettings(inboxes={"e_tjanst": "0 * * * *"}, misfire_grace=timedelta(hours=10))
SAFETY = 20


@contextmanager
def ticking(dsn: Dsn, defer: Callable[[str], None], settings: ScheduleSettings = HOURLY) -> Iterator[Ticker]:
    """A scheduler at work."""
    ticker = Ticker(settings, SchedulerLock(dsn, "test:1"), defer, lambda: None)
    ticker.start()
    yield ticker
    ticker.stop()


def tick(dsn: Dsn, defer: Callable[[str], None], late: timedelta) -> list[str]:
    """Let a ticker find a tick that was due `late` ago; the inboxes that it then deferred."""
    deferred: list[str] = []
    done = threading.Event()

    def once(inbox: str) -> None:
        defer(inbox)
        deferred.append(inbox)
        done.set()

    with ticking(dsn, once) as ticker:
        ticker._scheduler.modify_job("e_tjanst", next_run_time=datetime.now(UTC) - late)
        assert done.wait(SAFETY)
    return deferred


def test_a_tick_queues_one_job_and_a_job_that_still_waits_is_enough(database: Dsn) -> None:
    assert tick(database, defer_pull, timedelta(0)) == ["e_tjanst"]
    assert tick(database, defer_pull, timedelta(0)) == ["e_tjanst"]

    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args, job.status) == ("pull_inbox", {"inbox": "e_tjanst"}, "todo")
    assert job.lock == job.queueing_lock == "inbox:e_tjanst"


@pytest.mark.parametrize("defer", [lambda: defer_pull("e_tjanst"), defer_reconciliation])
def test_while_one_is_at_work_one_more_waits_and_it_is_not_begun_beside_it(
    database: Dsn, defer: Callable[[], None]
) -> None:
    connector = queue.connector
    assert isinstance(connector, DjangoConnector)

    async def fetch() -> list[int | None]:
        """As two workers that ask for something to do, one after the other."""
        async with queue.with_connector(connector.get_worker_connector()).open_async() as app:
            manager = app.job_manager
            worker = await manager.register_worker()
            jobs = [await manager.fetch_job(queues=None, worker_id=worker) for _ in range(2)]
            return [job.id if job is not None else None for job in jobs]

    defer()
    running, nothing = asyncio.run(fetch())
    assert running is not None
    assert nothing is None
    for _ in range(3):
        defer()

    jobs = ProcrastinateJob.objects.order_by("id").values_list("id", "status")
    assert [status for _, status in jobs] == ["doing", "todo"]
    assert asyncio.run(fetch()) == [None, None]


def test_ticks_that_were_missed_are_one_tick(database: Dsn) -> None:
    assert tick(database, lambda inbox: None, late=timedelta(hours=5)) == ["e_tjanst"]


def test_a_tick_that_is_later_than_the_grace_is_left_out(database: Dsn) -> None:
    deferred: list[str] = []
    missed = threading.Event()
    # Once a year, so that the hours since then hold no other tick.
    settings = ScheduleSettings(inboxes={"e_tjanst": "0 0 1 1 *"}, misfire_grace=timedelta(minutes=10))
    with ticking(database, deferred.append, settings) as ticker:
        ticker._scheduler.add_listener(lambda event: missed.set(), EVENT_JOB_MISSED)
        ticker._scheduler.modify_job("e_tjanst", next_run_time=datetime.now(UTC) - timedelta(minutes=11))
        assert missed.wait(SAFETY)
    assert deferred == []


def test_a_tick_outside_opening_hours_queues_nothing_and_is_told_once(database: Dsn) -> None:
    now = [datetime(2026, 12, 24, 9, tzinfo=UTC)]
    deferred: list[str] = []
    settings = ScheduleSettings(
        inboxes={"e_tjanst": "*/10 * * * *"},
        opening_hours={"e_tjanst": OpeningHours(days={"mon-fri": "06:00-20:00"})},
        closed_eves=frozenset({"julafton"}),
    )
    lock = SchedulerLock(database, "test:1")
    ticker = Ticker(settings, lock, deferred.append, lambda: None, clock=lambda: now[0])
    with capture_logs() as told:
        for moment in (
            *(datetime(2026, 12, 24, 9, minute, tzinfo=UTC) for minute in (0, 10, 20)),
            *(datetime(2026, 12, 28, 4, minute, tzinfo=UTC) for minute in (40, 50)),
            datetime(2026, 12, 28, 5, 0, tzinfo=UTC),
            datetime(2026, 12, 28, 19, 0, tzinfo=UTC),
        ):
            now[0] = moment
            ticker._tick("e_tjanst")
    lock.release()

    assert deferred == ["e_tjanst"]
    passed_over = [line["reason"] for line in told if line["event"] == "tick passed over"]
    assert passed_over == ["helgdag (Julafton)", "utanför öppettiden", "utanför öppettiden"]


def test_a_tick_that_the_database_does_not_take_does_not_end_the_schedule(database: Dsn) -> None:
    from django.db import OperationalError

    def fail(inbox: str) -> None:
        raise OperationalError

    lock = SchedulerLock(database, "test:1")
    with capture_logs() as told:
        Ticker(HOURLY, lock, fail, lambda: None)._tick("e_tjanst")
    lock.release()
    assert {"event": "tick lost", "log_level": "error", "tick": "e_tjanst", "error": "OperationalError"} in told
