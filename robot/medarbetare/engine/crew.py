"""The worker processes of one machine: started when they are needed, replaced when they die.

A worker that does not start, or that dies before it has got anywhere, several times in a row says something about the
machine, not about a case: then no case is given to this machine's workers until one has been started again, with
growing pauses.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from medarbetare.engine.child import Child, ChildDied
from medarbetare.engine.patience import jittered

log = structlog.get_logger()

TO_GET_READY = timedelta(seconds=60)

_IN_A_ROW = 3
_HOPELESS = 12
"""Failures in a row after which whoever works to an end gives up: so many cases that kill do not follow each other."""
_LONGEST_PAUSE = timedelta(seconds=60)
TOLD = "Arbetarprocessen startar inte. Loggen säger varför; se också medarbetare config check."


@dataclass(frozen=True)
class Crew:
    """How many worker processes there are and how each is started; `environment` is given to them beside our own."""

    command: Sequence[str]
    size: int = 1
    log_to: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class NoWorker(Exception):
    """No worker process gets ready on this machine now. Nothing was begun."""


class Workers:
    """Hands out idle worker processes, one to each who asks.

    `crash_loop` is set while workers neither start nor get anywhere; `recover` ends it.
    """

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._idle: deque[Child | None] = deque([None] * crew.size)
        self._returned = asyncio.Event()
        self._busy: set[Child] = set()
        self._starting: set[asyncio.Task[Child | None]] = set()
        self._failures = 0
        self.crash_loop = asyncio.Event()

    @property
    def are_busy(self) -> bool:
        """Whether any worker is carrying out an order."""
        return bool(self._busy)

    @property
    def ready(self) -> int:
        """How many workers an order can be given to at once."""
        return sum(map(_is_ready, self._idle))

    def start(self, wanted: int) -> None:
        """Begin to start workers until so many are ready or starting, or all are; none while they die in a row."""
        missing = [child for child in self._idle if not _is_ready(child)]
        under_way = sum(not task.done() for task in self._starting)
        if not self.crash_loop.is_set():
            for child in missing[: max(wanted - self.ready - under_way, 0)]:
                self._restart(child)

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[Child]:
        """A worker that is ready, as soon as one is idle. Raises NoWorker."""
        child = await self._take()
        try:
            if child is None or not child.alive:
                child = await self._started(child)
            self._busy.add(child)
            yield child
        finally:
            if child is not None:
                self._busy.discard(child)
            self._put_back(child)

    async def tend(self, pause: float) -> None:
        """Replace idle workers that have died, so that the next order need not wait for one to start, until cancelled.

        They are looked for every `pause` seconds.
        """
        while True:
            for task in [one for one in self._starting if one.done()]:
                self._starting.discard(task)
                task.result()
            if not self.crash_loop.is_set():
                for child in [one for one in self._idle if one is not None and not one.alive]:
                    log.warning("idle worker died", pid=child.pid)
                    self._restart(child)
            await asyncio.sleep(pause)

    def worked(self) -> None:
        """A worker has got somewhere: the machine is in order."""
        self._failures = 0
        self.crash_loop.clear()

    def died(self) -> None:
        """A worker died before it had got anywhere with its order."""
        self._failures += 1
        if self._failures >= _IN_A_ROW:
            self.crash_loop.set()

    async def recover(self, *, patiently: bool = True) -> bool:
        """Start workers with growing pauses until one gets ready; whether one did.

        Not `patiently`: one is started, after one pause, and none after a long row of failures.
        """
        while self.crash_loop.is_set():
            if not patiently and self._failures >= _HOPELESS:
                return False
            grown = timedelta(seconds=2 ** min(self._failures - _IN_A_ROW, 8))
            pause = jittered(min(grown, _LONGEST_PAUSE)).total_seconds()
            log.error("workers die in a row", failures=self._failures, again_in_s=round(pause, 1), message=TOLD)
            await asyncio.sleep(pause)
            child = await self._take()
            try:
                if child is None or not child.alive:
                    child = await self._replaced(child)
            finally:
                self._put_back(child)
            if child is not None:
                # What it is worth shows with its first order: the failures are not forgotten yet.
                self.crash_loop.clear()
            elif not patiently:
                return False
        return True

    def ask_to_stop(self) -> None:
        """Ask every busy worker to leave after its step."""
        for child in self._busy:
            child.ask_to_stop()

    async def close(self) -> None:
        """End all idle workers, and those that are starting."""
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        self._starting.clear()
        for place, child in enumerate(self._idle):
            if child is not None:
                await child.close()
            self._idle[place] = None

    async def _take(self) -> Child | None:
        """The place of an idle worker, one that is ready before one that must be started."""
        while not self._idle:
            self._returned.clear()
            await self._returned.wait()
        child = next(filter(_is_ready, self._idle), self._idle[0])
        self._idle.remove(child)
        return child

    def _put_back(self, child: Child | None) -> None:
        self._idle.append(child)
        self._returned.set()

    def _restart(self, child: Child | None) -> None:
        def put_back(task: "asyncio.Task[Child | None]") -> None:
            self._put_back(None if task.cancelled() or task.exception() else task.result())

        self._idle.remove(child)
        task = asyncio.create_task(self._replaced(child))
        task.add_done_callback(put_back)
        self._starting.add(task)

    async def _started(self, child: Child | None) -> Child:
        for failed in range(_IN_A_ROW):
            await asyncio.sleep(failed)
            if (child := await self._replaced(child)) is not None:
                return child
            if self.crash_loop.is_set():
                break
        raise NoWorker(TOLD)

    async def _replaced(self, child: Child | None) -> Child | None:
        """A new worker that is ready in the place of one that is not, or None when it does not start."""
        if child is not None:
            await child.close()
        child = await Child.spawn(self._crew.command, self._crew.log_to, self._crew.environment)
        try:
            await child.until_ready(TO_GET_READY)
        except ChildDied:
            await child.close()
            if child.lacked_database:
                # Its time comes when the database answers again; no pause may be the longer for it.
                return None
            self.died()
            log.error("worker does not start", failures=self._failures)
            return None
        except asyncio.CancelledError:
            await child.kill()
            raise
        return child


def _is_ready(child: Child | None) -> bool:
    return child is not None and child.alive
