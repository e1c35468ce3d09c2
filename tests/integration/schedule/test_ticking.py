import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django.models import ProcrastinateJob

from medarbetare.database.dsn import Dsn
from medarbetare.engine.supervisor import defer_pull
from medarbetare.schedule import ScheduleSettings, Ticker

HOURLY = ScheduleSettings(inboxes={"e_tjanst": "0 * * * *"}, misfire_grace=timedelta(hours=10))


def tick(defer: Callable[[str], None], late: timedelta) -> list[str]:
    """Let a ticker find a tick that was due `late` ago; the inboxes that it then deferred."""
    deferred: list[str] = []
    done = threading.Event()

    def once(inbox: str) -> None:
        defer(inbox)
        deferred.append(inbox)
        done.set()

    ticker = Ticker(HOURLY, once)
    ticker.start()
    ticker._scheduler.modify_job("e_tjanst", next_run_time=datetime.now(UTC) - late)
    assert done.wait(20)
    ticker.stop()
    return deferred


def test_a_tick_queues_one_job_and_a_job_that_still_waits_is_enough(database: Dsn) -> None:
    assert tick(defer_pull, timedelta(0)) == ["e_tjanst"]
    assert tick(defer_pull, timedelta(0)) == ["e_tjanst"]

    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args, job.status) == ("pull_inbox", {"inbox": "e_tjanst"}, "todo")
    assert job.lock == job.queueing_lock == "inbox:e_tjanst"


def test_ticks_that_were_missed_are_one_tick() -> None:
    assert tick(lambda inbox: None, late=timedelta(hours=5)) == ["e_tjanst"]
