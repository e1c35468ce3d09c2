"""A supervisor's hold on one worker process: its orders, its lease while it works, its end."""

import asyncio
import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import psutil
import structlog

from medarbetare.engine.messages import TOLD, WITHOUT_DATABASE, Order, Passed, Told
from medarbetare.engine.progress import PROGRESS_VARIABLE, Stamps

log = structlog.get_logger()

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class LeaseTerms:
    """How long leases last, and when a worker that gets nowhere is killed.

    `margin` is how long before the end of its lease a worker is dead at the latest; `silence` is how old its last
    progress stamp may be for the lease to be renewed.
    """

    duration: timedelta = timedelta(seconds=24)
    margin: timedelta = timedelta(seconds=6)
    silence: timedelta = timedelta(seconds=10)


class ChildDied(Exception):
    """The worker process ended before it had carried out its order, or before it was ready for one."""


class Child:
    """One worker process in a process group of its own, with its driver and browser below it."""

    def __init__(self, process: asyncio.subprocess.Process, stamps: Stamps) -> None:
        self._process = process
        self._stamps = stamps

    @classmethod
    async def spawn(cls, command: Sequence[str], log_to: int | None, environment: Mapping[str, str]) -> "Child":
        """Start a worker process. It dies with this process, also when this process is killed."""
        stamps = Stamps.create()
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log_to,
            start_new_session=True,
            pass_fds=(stamps.descriptor,),
            # One malloc arena: worker, driver and browser use memory from one thread nearly all the time.
            env={
                **os.environ,
                **environment,
                "MALLOC_ARENA_MAX": "1",
                PROGRESS_VARIABLE: str(stamps.descriptor),
            },
            preexec_fn=_die_with(os.getpid()),
        )
        return cls(process, stamps)

    async def until_ready(self, longest: timedelta) -> None:
        """Wait until the worker is ready for orders, which it shows by its first stamp. Raises ChildDied."""
        deadline = time.monotonic() + longest.total_seconds()
        while not self._stamps.begun:
            if not self.alive or time.monotonic() > deadline:
                await self.kill()
                raise ChildDied
            await asyncio.sleep(0.02)

    @property
    def pid(self) -> int:
        """The process id, which is also its process group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.returncode is None

    @property
    def lacked_database(self) -> bool:
        """Whether the process ended because the database did not answer: that says nothing about this machine."""
        return self._process.returncode == WITHOUT_DATABASE

    def is_silent(self, longer_than: timedelta) -> bool:
        """Whether the worker has not got anywhere for so long."""
        return self._stamps.age() > longer_than

    async def carry_out(self, order: Order, passed: Callable[[Passed], None]) -> Told:
        """Give an order and wait for its end. Raises ChildDied when the process ends first."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stamps.stamp()
        try:
            self._process.stdin.write(order.model_dump_json().encode() + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise ChildDied from None
        while line := await self._process.stdout.readline():
            told = TOLD.validate_json(line)
            if isinstance(told, Passed):
                passed(told)
            else:
                return told
        raise ChildDied

    def ask_to_stop(self) -> None:
        """SIGTERM: leave after the step at hand."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    async def kill(self) -> None:
        """SIGKILL the process and everything below it, and wait until it is gone."""
        for victim in _tree(self.pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        await self._process.wait()

    async def close(self, patience: timedelta = timedelta(seconds=15)) -> None:
        """Close the pipe so that the worker ends by itself; kill it if it does not. Lets go of what it used, once."""
        if self.alive and self._process.stdin is not None:
            self._process.stdin.close()
            try:
                await asyncio.wait_for(self._process.wait(), patience.total_seconds())
            except TimeoutError:
                await self.kill()
        self._stamps.close()


class Watch:
    """Keeps one lease alive while its worker makes progress, and kills the worker in time when it does not.

    The kill does not depend on the database: it follows this machine's own clock from the last renewal that is known
    to have succeeded.
    """

    def __init__(self, child: Child, terms: LeaseTerms, renew: Callable[[], "asyncio.Future[bool]"]) -> None:
        self._child = child
        self._terms = terms
        self._renew = renew

    async def keep(self, taken_at: float) -> None:
        """Run until cancelled. `taken_at` is the monotonic time just before the lease was taken."""
        terms = self._terms
        ends = taken_at + terms.duration.total_seconds()
        pause = min(terms.duration.total_seconds() / 10, 2.0)
        while True:
            await asyncio.sleep(pause)
            if time.monotonic() >= ends - terms.margin.total_seconds():
                await self._child.kill()
                return
            if self._child.is_silent(terms.silence):
                continue
            asked = time.monotonic()
            left = ends - terms.margin.total_seconds() - asked
            try:
                renewed = await asyncio.wait_for(self._renew(), max(left, 0.01))
            except Exception as error:  # noqa: BLE001 - whatever hinders it, the lease is not known to be renewed
                log.warning("lease not renewed", error=type(error).__name__)
                continue
            if not renewed:
                # Ended by the database's clock, or another's: this worker may be in the middle of a submit.
                await self._child.kill()
                return
            ends = asked + terms.duration.total_seconds()


async def kill_when_silent(child: Child, longest: timedelta) -> None:
    """Run until cancelled: kill a worker that has no lease to lose but has not got anywhere for `longest`."""
    while not child.is_silent(longest):
        await asyncio.sleep(1)
    await child.kill()


def _tree(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _die_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
