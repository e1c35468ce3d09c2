import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from django.db import OperationalError
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from structlog.testing import capture_logs

from medarbetare.database.dsn import Dsn
from medarbetare.engine.holds import EVERYTHING, of_portal, of_workflow
from medarbetare.engine.models import Hold, PortalStanding
from medarbetare.inbox import InboxSettings, PortalInboxSettings
from medarbetare.schedule.models import Tick
from medarbetare.schedule.plan import Errand, Plan
from medarbetare.schedule.queueing import Queued, queue_errand
from medarbetare.schedule.settings import Overlap, ScheduleSettings
from medarbetare.schedule.standby import SchedulerLock
from medarbetare.schedule.ticking import Ticker

INBOXES: dict[str, InboxSettings] = {
    "e_tjanst": PortalInboxSettings(portal="etjanst", department="eb", workflow="eb", statuses=("Inkommen",))
}
HOURLY = 'runs: {lasning: {workflow: eb, cron: "0 * * * *"}}'
NIGHTLY = 'runs: {natt: {reconciliation: true, cron: "30 5 * * *", misfire_grace: 14400}}'
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def plan(text: str) -> Plan:
    return Plan(ScheduleSettings.model_validate(yaml.safe_load(f"timezone: UTC\n{text}")), INBOXES)


class World:
    """A clock that a test sets, and services that look at it. `made` is when each errand was queued."""

    def __init__(self, dsn: Dsn, text: str, now: str = "2026-12-01T09:30") -> None:
        self.dsn = dsn
        self.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
        self.made: list[str] = []
        self.trouble = False
        self._plan = plan(text)
        self._locks: list[SchedulerLock] = []
        self.service = self.another_service()

    def another_service(self) -> Ticker:
        lock = SchedulerLock(self.dsn, f"service:{len(self._locks)}")
        self._locks.append(lock)
        return Ticker(self._plan, lock, queue=self._queue, clock=lambda: self.now)

    def _queue(self, errand: Errand, overlap: Overlap) -> Queued:
        if self.trouble:
            raise OperationalError
        self.made.append(f"{self.now:%d %H:%M}")
        return Queued.NOW

    def look(self, *, after: timedelta = timedelta(0)) -> list[str]:
        """Let time pass, let the service look; when anything has been queued so far."""
        self.now += after
        self.service.look()
        return self.made

    def live(self, time: timedelta, every: timedelta = MINUTE) -> list[str]:
        """Let time pass with the service at work."""
        for _ in range(time // every):
            self.look(after=every)
        return self.made

    def close(self) -> None:
        for lock in self._locks:
            lock.release()


@pytest.fixture
def world(database: Dsn, request: pytest.FixtureRequest) -> Callable[..., World]:
    def start(*arguments: str) -> World:
        made = World(database, *arguments)
        request.addfinalizer(made.close)
        return made

    return start


# -- in time, late, too late -------------------------------------------------------------------------------------------


def test_what_is_due_is_made_once_each_time(world: Callable[..., World]) -> None:
    one = world(HOURLY)
    assert one.live(2 * HOUR) == ["01 10:00", "01 11:00"]


def test_a_machine_that_slept_makes_up_once_for_all_that_it_missed(world: Callable[..., World]) -> None:
    one = world(HOURLY)
    one.look()
    assert one.look(after=5 * HOUR + 35 * MINUTE) == ["01 15:05"]
    assert one.live(HOUR) == ["01 15:05", "01 16:00"]


def test_what_is_later_than_the_grace_is_left_out_and_told(world: Callable[..., World]) -> None:
    one = world(HOURLY)
    one.look()
    with capture_logs() as told:
        assert one.look(after=5 * HOUR + 41 * MINUTE) == []
        one.look(after=MINUTE)
    missed = [line for line in told if line["event"] == "tick missed"]
    assert [line["due"] for line in missed] == ["2026-12-01T10:00:00+00:00"]


def test_a_service_that_was_restarted_over_a_nightly_run_makes_it_and_only_once(world: Callable[..., World]) -> None:
    one = world(NIGHTLY, "2026-12-01T05:00")
    one.look()
    one.service._lock.release()
    one.service = one.another_service()
    assert one.look(after=2 * HOUR) == ["01 07:00"]

    one.service._lock.release()
    one.service = one.another_service()
    assert one.look(after=MINUTE) == ["01 07:00"]


def test_what_the_database_does_not_take_is_made_when_it_does(world: Callable[..., World]) -> None:
    one = world(HOURLY)
    one.look()
    one.trouble = True
    with capture_logs() as told:
        one.live(32 * MINUTE)
    assert {"event": "schedule waits for the database", "log_level": "error", "error": "OperationalError"} in told
    one.trouble = False
    assert one.look(after=MINUTE) == ["01 10:03"]


# -- clocks that jump --------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_a_day_ahead_makes_what_is_within_the_grace_and_goes_on(world: Callable[..., World]) -> None:
    one = world(HOURLY)
    one.look()
    assert one.look(after=DAY + 35 * MINUTE) == ["02 10:05"]
    assert one.live(HOUR) == ["02 10:05", "02 11:00"]


def test_a_clock_that_went_a_day_ahead_and_is_put_right_does_not_silence_the_day(world: Callable[..., World]) -> None:
    one = world(HOURLY)
    one.look()
    one.look(after=DAY)
    with capture_logs() as told:
        one.look(after=-DAY)
    assert [line["seconds"] for line in told if line["event"] == "clock set back"] == [DAY.total_seconds()]
    assert one.live(2 * HOUR) == ["01 10:00", "01 11:00"]


def test_a_clock_that_is_set_back_an_hour_makes_the_hour_again_and_nothing_is_silent(
    world: Callable[..., World],
) -> None:
    one = world(HOURLY)
    one.live(HOUR)
    assert one.look(after=-HOUR) == ["01 10:00"]
    # A second reading of an inbox takes in only what is new.
    assert one.live(2 * HOUR) == ["01 10:00", "01 10:00", "01 11:00"]


def test_a_clock_that_is_set_back_some_seconds_makes_nothing_twice(world: Callable[..., World]) -> None:
    one = world(HOURLY)
    one.live(30 * MINUTE)
    one.look(after=timedelta(seconds=-20))
    assert one.live(5 * MINUTE, every=timedelta(seconds=5)) == ["01 10:00"]


# -- held back ---------------------------------------------------------------------------------------------------------


def test_what_is_due_while_its_portal_is_closed_is_made_when_it_opens(world: Callable[..., World]) -> None:
    hours = 'opening_hours: {etjanst: {days: {mon-fri: "06:00-20:00"}}}\nclosed_eves: [julafton]\n'
    one = world(hours + 'runs: {a: {workflow: eb, cron: "0 5,19 * * *"}}', "2026-12-23T18:00")
    assert one.live(5 * DAY, every=10 * MINUTE) == ["23 19:00", "28 06:00"]


@pytest.mark.parametrize("what", [EVERYTHING, of_portal("etjanst"), of_workflow("eb")])
def test_what_is_due_during_a_pause_is_made_once_when_it_ends_also_after_a_restart(
    world: Callable[..., World], what: str
) -> None:
    one = world(HOURLY)
    Hold.objects.create(what=what, since=one.now, by="anna")
    Hold.objects.create(what=of_portal("viva"), since=one.now, by="anna")
    with capture_logs() as told:
        assert one.live(3 * HOUR) == []
    assert len([line for line in told if line["event"] == "tick held back"]) == 1
    assert Tick.objects.get().owed

    Hold.objects.filter(what=what).delete()
    one.service._lock.release()
    one.service = one.another_service()
    assert one.live(5 * MINUTE) == ["01 12:31"]


def test_a_portal_that_does_not_answer_is_left_alone_until_its_breaker_lets_through(
    world: Callable[..., World],
) -> None:
    one = world(HOURLY)
    PortalStanding.objects.create(portal="etjanst", failures=5, open_until=one.now + 37 * MINUTE)
    assert one.live(HOUR) == ["01 10:07"]
    PortalStanding.objects.update(login_refused_at=one.now)
    assert one.live(HOUR) == ["01 10:07"]


# -- one at a time -----------------------------------------------------------------------------------------------------


def test_a_standby_makes_nothing_and_knows_what_was_made_when_it_takes_over(world: Callable[..., World]) -> None:
    one = world(HOURLY)
    standby = one.another_service()
    one.live(32 * MINUTE)
    standby.look()
    assert one.made == ["01 10:00"]

    # The active one dies two minutes before the hour; the other is slow to notice.
    one.now += 56 * MINUTE
    one.service.look()
    one.service._lock.release()
    one.service = standby
    one.look(after=3 * MINUTE)
    assert one.look() == ["01 10:00", "01 11:01"]


def test_a_ticker_looks_by_itself_until_it_is_stopped(database: Dsn) -> None:
    queued = threading.Event()

    def queue_it(errand: Errand, overlap: Overlap) -> Queued:
        queued.set()
        return Queued.NOW

    [errand] = plan('runs: {a: {workflow: eb, cron: "* * * * *"}}').errands
    Tick.objects.create(errand=errand.name, seen_to=datetime.now(UTC) - 2 * MINUTE)
    ticker = Ticker(
        plan('runs: {a: {workflow: eb, cron: "* * * * *"}}'), SchedulerLock(database, "a:1"), queue=queue_it
    )
    ticker.start()
    assert queued.wait(20)
    ticker.stop()
    assert not ticker._thread.is_alive()


# -- the real queue ----------------------------------------------------------------------------------------------------


def fetch(count: int) -> list[bool]:
    """As so many workers that ask for something to do, one after the other: whether each was given a job."""
    connector = queue.connector
    assert isinstance(connector, DjangoConnector)

    async def ask() -> list[bool]:
        async with queue.with_connector(connector.get_worker_connector()).open_async() as app:
            worker = await app.job_manager.register_worker()
            return [await app.job_manager.fetch_job(queues=None, worker_id=worker) is not None for _ in range(count)]

    return asyncio.run(ask())


@pytest.mark.parametrize("text", [HOURLY, NIGHTLY])
def test_while_one_is_at_work_a_second_waits_or_is_left_out_by_the_overlap(database: Dsn, text: str) -> None:
    [errand] = plan(text).errands
    assert queue_errand(errand, Overlap.SKIP) is Queued.NOW
    assert queue_errand(errand, Overlap.QUEUE) is Queued.WAITED
    assert fetch(2) == [True, False]

    assert queue_errand(errand, Overlap.SKIP) is Queued.SKIPPED
    assert queue_errand(errand, Overlap.QUEUE) is Queued.BEHIND
    assert queue_errand(errand, Overlap.QUEUE) is Queued.WAITED

    jobs = ProcrastinateJob.objects.order_by("id").values_list("status", flat=True)
    assert list(jobs) == ["doing", "todo"]
    assert fetch(1) == [False]


def test_a_tick_queues_a_job_that_a_supervisor_knows(database: Dsn) -> None:
    [errand] = plan(HOURLY).errands
    queue_errand(errand, errand.overlap)
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args, job.status) == ("pull_inbox", {"inbox": "e_tjanst"}, "todo")
