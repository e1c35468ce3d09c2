"""Fetching jobs from the queue: only when a worker is ready for one.

A job that is fetched is nobody else's. One that waited here for a worker to start, which takes seconds and may fail,
would wait while other machines have workers that are idle.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from medarbetare.engine.crew import Workers

_WAITING = (
    "SELECT count(*) AS number FROM (SELECT FROM procrastinate_jobs WHERE status = 'todo' LIMIT %(size)s) AS waiting"
)
_LOOKS_EVERY = 0.02
_ASKS_EVERY = 1.0
"""Seconds."""


class FetchingWhenReady(JobManager):
    """The queue's job manager, but no job is fetched before a worker is ready; workers are started for jobs that wait.

    `is_over` says that no job shall be fetched any more. `note` is called with what the queue calls this machine,
    before the first job is fetched under that number.
    """

    def __init__(
        self,
        connector: BaseConnector,
        workers: Workers,
        size: int,
        *,
        is_over: Callable[[], bool],
        note: Callable[[int], Awaitable[object]],
    ) -> None:
        super().__init__(connector)
        self._workers = workers
        self._size = size
        self._is_over = is_over
        self._note = note
        self._noted: int | None = None

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next job, or None when there is none or no worker to carry it out."""
        if self._noted != worker_id:
            await self._note(worker_id)
            self._noted = worker_id
        return await super().fetch_job(queues, worker_id) if await self._has_worker() else None

    async def _has_worker(self) -> bool:
        """Whether a worker is ready, which is waited for as long as jobs wait."""
        asked_at = float("-inf")
        while not self._workers.ready:
            if self._is_over():
                return False
            if time.monotonic() - asked_at > _ASKS_EVERY:
                asked_at = time.monotonic()
                row = await self.connector.execute_query_one_async(_WAITING, size=self._size)
                if not row["number"]:
                    return False
                self._workers.start(row["number"])
            await asyncio.sleep(_LOOKS_EVERY)
        return not self._is_over()
