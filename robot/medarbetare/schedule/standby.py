"""One scheduler ticks at a time, however many run on the same database; the others stand by.

The right to tick is a PostgreSQL advisory lock of a session that is used for nothing else, so it goes with the process:
a killed one's socket is closed and the server lets go at once. A process that is stopped, or a machine that is gone
from the network, says nothing more, and the server ends the session of whoever is silent for too long. Works with
PostgreSQL 14 and later, and not through a pooler that hands one session to several clients.
"""

import threading
from datetime import timedelta
from typing import Any

import psycopg
import structlog
from django.db import connection as models_connection
from psycopg import sql

from medarbetare.database.dsn import Dsn

log = structlog.get_logger()

LOOKS_EVERY = timedelta(seconds=4)
"""How often the active one shows itself and a standby tries."""

SILENCE = timedelta(seconds=16)
"""How long the active one may be silent. With the pause between two tries, another is active within 20 seconds."""

_LOCK = (0x6D656461, 1)
_APPLICATION = "medarbetare scheduler "
# A server that has gone away is noticed in as long as it takes the server to notice that we have.
_KEEPALIVE = {"keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "4", "tcp_user_timeout": "13000"}


class SchedulerLock:
    """The right to tick. `owner` (machine and process) tells others who has it. Safe to use from several threads."""

    def __init__(self, dsn: Dsn, owner: str, *, silence: timedelta = SILENCE) -> None:
        self._dsn = Dsn({**_KEEPALIVE, **dsn.parameters, "application_name": (_APPLICATION + owner)[:63]})
        self._owner = owner
        self._silence = silence
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._is_mine: bool | None = None
        self._one_at_a_time = threading.Lock()

    def take(self) -> bool:
        """Whether this process is the active scheduler now: asks the server each time, and takes what is free."""
        with self._one_at_a_time:
            try:
                mine = self._is_held() if self._is_mine else self._try()
            except psycopg.Error as error:
                log.warning("scheduler lock not reached", error=type(error).__name__)
                self._let_go()
                mine = False
            if mine is not self._is_mine:
                log.info("scheduler active" if mine else "scheduler standing by", owner=self._owner)
            self._is_mine = mine
            return mine

    def release(self) -> None:
        """End the session; another may tick at once."""
        with self._one_at_a_time:
            self._unlock()
            self._let_go()
            self._is_mine = None

    def _try(self) -> bool:
        if self._connection is None:
            connection = self._dsn.connect()
            self._connection = connection
            connection.execute(
                sql.SQL("SET idle_session_timeout = {}").format(sql.Literal(int(self._silence.total_seconds() * 1000)))
            )
        row = self._connection.execute("SELECT pg_try_advisory_lock(%s, %s)", _LOCK).fetchone()
        return row is not None and bool(row[0])

    def _is_held(self) -> bool:
        # A session that has ended took the lock with it and raises here.
        assert self._connection is not None
        self._connection.execute("SELECT 1")
        return True

    def _unlock(self) -> None:
        # A session that is closed keeps its lock until the server has seen it.
        if self._connection is None or not self._is_mine:
            return
        try:
            self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", _LOCK)
        except psycopg.Error as error:
            log.warning("scheduler lock not reached", error=type(error).__name__)

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def active_scheduler() -> str | None:
    """Who ticks now, as machine and process; None when nobody does."""
    with models_connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE l.locktype = 'advisory' AND l.granted AND (l.classid, l.objid, l.objsubid) = (%s, %s, 2)"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            _LOCK,
        )
        row = cursor.fetchone()
    return None if row is None else str(row[0]).removeprefix(_APPLICATION)
