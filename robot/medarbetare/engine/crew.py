"""The worker processes of one machine: started when they are needed, replaced when they die.

A worker that does not start, or that dies before it has got anywhere, several times in a row says something about the
machine, not about a case: then no case is given to this machine's workers until one has been started again, with
growing pauses.
"""

import asyncio
import contextlib
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
        self._idle: asyncio.Queue[Child | None] = asyncio.Queue()
        for _ in range(crew.size):
            self._idle.put_nowait(None)
        self._busy: set[Child] = set()
        self._failures = 0
        self.crash_loop = asyncio.Event()

    @property
    def are_busy(self) -> bool:
        """Whether any worker is carrying out an order."""
        return bool(self._busy)

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[Child]:
        """A worker that is ready, as soon as one is idle. Raises NoWorker."""
        child = await self._idle.get()
        try:
            if child is None or not child.alive:
                child = await self._started(child)
            self._busy.add(child)
            yield child
        finally:
            if child is not None:
                self._busy.discard(child)
            self._idle.put_nowait(child)

    async def tend(self) -> None:
        """Replace idle workers that have died, so that the next order need not wait for one to start."""
        for _ in range(self._idle.qsize()):
            child = self._idle.get_nowait()
            try:
                if child is not None and not child.alive and not self.crash_loop.is_set():
                    log.warning("idle worker died", pid=child.pid)
                    child = await self._replaced(child)
            finally:
                self._idle.put_nowait(child)

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
            child = await self._idle.get()
            try:
                if child is None or not child.alive:
                    child = await self._replaced(child)
            finally:
                self._idle.put_nowait(child)
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
        """End all idle workers."""
        children = [self._idle.get_nowait() for _ in range(self._idle.qsize())]
        for child in children:
            if child is not None:
                await child.close()
            self._idle.put_nowait(None)

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
