"""The one thread in which a supervisor, which runs on asyncio, uses the ORM."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ParamSpec, TypeVar

from django.db import connection, connections
from procrastinate.exceptions import ConnectorException

from medarbetare.database.trouble import DATABASE_TROUBLE

TROUBLE = (*DATABASE_TROUBLE, ConnectorException)
"""What the ORM and the queue raise when the database does not answer."""

_TRIES_AGAIN_FOR = timedelta(seconds=6)
P = ParamSpec("P")
ResultT = TypeVar("ResultT")


class DatabaseThread:
    """Does one thing after another. Both ways raise what `work` raises."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="supervisor-database")

    async def do(self, work: Callable[P, ResultT], *args: P.args, **kwargs: P.kwargs) -> ResultT:
        """Do it once."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*args, **kwargs))

    async def surely(self, work: Callable[P, ResultT], *args: P.args, **kwargs: P.kwargs) -> ResultT:
        """What may be done twice without harm is tried again for some seconds: a server that restarts is soon back."""
        until = time.monotonic() + _TRIES_AGAIN_FOR.total_seconds()
        while True:
            try:
                return await self.do(work, *args, **kwargs)
            except TROUBLE:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.3)

    def close(self) -> None:
        """End the thread when it has done what it was given."""
        self._thread.shutdown()


def ask() -> None:
    """Whether the database answers, on a new connection. Raises one of `TROUBLE` when it does not."""
    connections.close_all()
    connection.ensure_connection()


def session_number() -> int:
    """What the server calls the session of the thread's connection: another one when it had to be made anew."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)
