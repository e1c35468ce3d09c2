import time
from collections.abc import Callable
from datetime import timedelta

from structlog.testing import capture_logs

from medarbetare.database.dsn import Dsn
from medarbetare.schedule.standby import SchedulerLock, active_scheduler


def until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Ask again and again until it holds; whether it did in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end_session(dsn: Dsn, owner: str) -> None:
    with dsn.connect() as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            (f"medarbetare scheduler {owner}",),
        )


def test_one_of_two_is_active_and_the_other_takes_over_when_it_lets_go(database: Dsn) -> None:
    first, second = SchedulerLock(database, "first:1"), SchedulerLock(database, "second:2")
    assert active_scheduler() is None
    assert first.take()
    assert not second.take()
    assert first.take()
    assert active_scheduler() == "first:1"

    first.release()

    assert until(second.take)
    assert active_scheduler() == "second:2"
    assert not first.take()
    second.release()


def test_who_has_lost_its_session_knows_before_the_next_tick(database: Dsn) -> None:
    first, second = SchedulerLock(database, "first:1"), SchedulerLock(database, "second:2")
    assert first.take()
    end_session(database, "first:1")
    assert until(second.take)
    with capture_logs() as told:
        assert not first.take()
        assert not first.take()
    assert [line["event"] for line in told] == ["scheduler lock not reached", "scheduler standing by"]
    first.release()
    second.release()


def test_who_is_silent_too_long_loses_the_right_to_tick(database: Dsn) -> None:
    stopped = SchedulerLock(database, "stopped:1", silence=timedelta(milliseconds=200))
    other = SchedulerLock(database, "other:2")
    assert stopped.take()
    assert until(other.take)
    assert not stopped.take()
    other.release()
    stopped.release()


def test_a_server_that_is_gone_makes_nobody_active(database: Dsn) -> None:
    nowhere = Dsn({**database.parameters, "host": "/nowhere/at/all"})
    assert not SchedulerLock(nowhere, "mine:1").take()
