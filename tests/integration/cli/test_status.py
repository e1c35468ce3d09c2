from collections.abc import Callable
from typing import Any

from medarbetare.database.dsn import Dsn
from medarbetare.schedule.standby import SchedulerLock


def test_status_tells_who_ticks_and_when_it_is_next(medarbetare: Callable[..., Any], database: Dsn) -> None:
    assert "Schemat sköts av: ingen, medarbetare run är inte igång" in medarbetare("status").out

    lock = SchedulerLock(database, "server-1:4242")
    assert lock.take()
    status = medarbetare("status")
    lock.release()

    assert (status.exit_code, status.err) == (0, "")
    assert "Schemat sköts av: server-1:4242" in status.out
    assert "Nästa gång för ansokningar: " in status.out
    assert "Nästa gång för avstamning: " in status.out
