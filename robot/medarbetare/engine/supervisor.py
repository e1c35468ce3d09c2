"""The supervisor: one process a machine that owns worker processes and keeps their leases.

Jobs from the queue wake it. It takes the lease of a case, gives the case to an idle worker, renews the lease while the
worker makes progress, and kills the worker before the lease ends when it does not.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

import structlog
from django.db import connections
from procrastinate import App
from procrastinate.connector import BaseAsyncConnector
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from psycopg.errors import RaiseException

from medarbetare.cases.models import Case
from medarbetare.cases.register import CaseRegister, defer
from medarbetare.cases.status import RUNNABLE
from medarbetare.engine import lease as leases
from medarbetare.engine.child import Child, ChildDied, LeaseTerms, Watch, kill_when_silent
from medarbetare.engine.messages import Done, Failed, Order, Passed, PullInbox, Reconcile, Stopped, Told, WorkOnCase
from medarbetare.engine.tasks import PULL_INBOX, RECONCILE, SUPERVISOR
from medarbetare.errors import TechnicalError

log = structlog.get_logger()

_STARTS = 3
_TO_GET_READY = timedelta(seconds=60)
_LONGEST_SILENCE = timedelta(seconds=60)
P = ParamSpec("P")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Crew:
    """How many worker processes there are and how each is started."""

    command: Sequence[str]
    size: int = 1
    log_to: int | None = None


class Supervisor:
    """Owns the worker processes of this machine. Runs on asyncio; the ORM is used from one thread of its own.

    `unread_inboxes` names the inboxes that could not be read.
    """

    def __init__(
        self,
        register: CaseRegister,
        clock: Callable[[], datetime],
        crew: Crew,
        terms: LeaseTerms,
        *,
        put_off: timedelta,
        sign_when_due: Callable[[], object],
        on_passed: Callable[[Passed], None] = lambda passed: None,
        on_settled: Callable[[str, str, timedelta], None] = lambda case, status, took: None,
    ) -> None:
        self._register = register
        self._clock = clock
        self._crew = crew
        self._terms = terms
        self._put_off = put_off
        self._sign_when_due = sign_when_due
        self._on_passed = on_passed
        self._on_settled = on_settled
        self.unread_inboxes: set[str] = set()
        self._broken: TechnicalError | None = None
        self._owner = f"{os.uname().nodename}:{os.getpid()}"[-64:]
        self._idle: asyncio.Queue[Child | None] = asyncio.Queue()
        self._busy: set[Child] = set()
        self._stopping = asyncio.Event()
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="supervisor-database")

    async def serve(self, *, until_idle: bool = False) -> None:
        """Work until `stop` is called, or, with `until_idle`, until nothing is left to do now.

        Raises TechnicalError when worker processes do not start on this machine.
        """
        for _ in range(self._crew.size):
            self._idle.put_nowait(None)
        worker_app = queue.with_connector(_worker_connector())
        async with worker_app.open_async():
            working = asyncio.create_task(
                worker_app.run_worker_async(
                    concurrency=self._crew.size,
                    install_signal_handlers=False,
                    additional_context={SUPERVISOR: self},
                    update_heartbeat_interval=self._terms.duration.total_seconds() / 6,
                    stalled_worker_timeout=self._terms.duration.total_seconds(),
                    fetch_job_polling_interval=1.0,
                    delete_jobs="successful",
                )
            )
            sweeping = asyncio.create_task(self._sweep(worker_app, until_idle))
            stopped = asyncio.create_task(self._stopping.wait())
            try:
                await asyncio.wait({working, sweeping, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await self._wind_up(working, sweeping, stopped)
        if self._broken is not None:
            raise self._broken

    def stop(self) -> None:
        """Ask every worker to leave after its step, then end. Safe to call more than once, from the event loop."""
        self._stopping.set()
        for child in self._busy:
            child.ask_to_stop()

    # -- called by the queue's jobs --------------------------------------------------------------------------------

    async def run_case(self, handle: str) -> None:
        """Take the case's lease if it is free and let a worker take it a stretch further."""
        async with self._worker() as child:
            if self._stopping.is_set():
                return
            taken_at = time.monotonic()
            lease = await self._in_database(leases.take, handle, self._owner, self._terms.duration)
            if lease is None:
                return
            watch = Watch(child, self._terms, lambda: self._renewal(lease))
            keeping = asyncio.create_task(watch.keep(taken_at))
            try:
                told = await self._give(child, WorkOnCase(case=handle, token=lease.token))
            finally:
                keeping.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await keeping
            await self._conclude(lease, told, timedelta(seconds=time.monotonic() - taken_at))

    async def pull_inbox(self, inbox: str) -> None:
        """Let a worker read an inbox and take in what is new."""
        told = await self._without_lease(PullInbox(inbox=inbox))
        if isinstance(told, Done):
            log.info("inbox pulled", inbox=inbox, new_cases=told.new_cases)
        elif not isinstance(told, Stopped):
            self.unread_inboxes.add(inbox)
            log.error("inbox not read", inbox=inbox)

    async def reconcile(self) -> None:
        """Let a worker compare receipts and open hand-offs with what the portals hold."""
        told = await self._without_lease(Reconcile())
        if not isinstance(told, Done):
            log.error("reconciliation not finished", stopped=isinstance(told, Stopped))

    # -- inside ----------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[Child]:
        child = await self._idle.get()
        try:
            if child is None or not child.alive:
                if child is not None:
                    await child.close()
                child = None
                child = await self._new_worker()
            self._busy.add(child)
            yield child
        finally:
            if child is not None:
                self._busy.discard(child)
            self._idle.put_nowait(child)

    async def _new_worker(self) -> Child:
        """A worker that is ready. Several in a row that do not get ready end the supervisor."""
        for failures in range(1, _STARTS + 1):
            child = await Child.spawn(self._crew.command, self._crew.log_to)
            try:
                await child.until_ready(_TO_GET_READY)
                return child
            except ChildDied:
                await child.close()
                log.error("worker does not start", failures=failures)
                await asyncio.sleep(failures)
        self._broken = TechnicalError(
            "Arbetarprocessen startar inte. Loggen säger varför; se också medarbetare config check."
        )
        self.stop()
        raise self._broken

    async def _without_lease(self, order: Order) -> Told | None:
        """What a worker answers to an order that concerns no single case; it is killed when it gets nowhere."""
        async with self._worker() as child:
            watching = asyncio.create_task(kill_when_silent(child, _LONGEST_SILENCE))
            try:
                return await self._give(child, order)
            finally:
                watching.cancel()

    async def _give(self, child: Child, order: Order) -> Told | None:
        """The worker's answer, or None when the worker died."""
        try:
            return await child.carry_out(order, self._on_passed)
        except ChildDied:
            await child.kill()
            log.warning("worker died", pid=child.pid)
            return None

    async def _conclude(self, lease: leases.Lease, told: Told | None, took: timedelta) -> None:
        if told is None:
            await self._in_database(leases.release_dead, lease)
            await self._in_database(_defer_by_handle, lease.case)
        elif isinstance(told, Failed):
            await self._in_database(leases.put_off, lease, self._put_off)
        elif isinstance(told, Done):
            self._on_settled(lease.case, told.status, took)
        elif isinstance(told, Stopped):
            log.info("case left after its step", case=lease.case)

    def _renewal(self, lease: leases.Lease) -> "asyncio.Future[bool]":
        return asyncio.ensure_future(self._is_renewed(lease))

    async def _is_renewed(self, lease: leases.Lease) -> bool:
        return await self._in_database(leases.renew, lease, self._terms.duration) is not None

    async def _sweep(self, worker_app: App, until_idle: bool) -> None:
        """Re-defer cases that are due and that nobody holds; end when there is nothing left, if asked to."""
        pause = min(self._terms.duration.total_seconds() / 6, 5.0)
        next_sweep = 0.0
        while True:
            if time.monotonic() >= next_sweep:
                await self._end_stalled_jobs(worker_app)
                for case in await self._in_database(self._register.due, self._clock()):
                    await self._in_database(defer, case)
                await self._in_database(self._sign_when_due)
                next_sweep = time.monotonic() + pause
            if until_idle and not self._busy and await self._in_database(self._is_idle):
                return
            await asyncio.sleep(0.2 if until_idle else pause)

    async def _end_stalled_jobs(self, worker_app: App) -> None:
        """End the jobs of supervisors not heard of, so that their locks are free; the sweep defers their cases anew."""
        stalled = await worker_app.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=self._terms.duration.total_seconds()
        )
        for job in stalled:
            try:
                await worker_app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
            except ConnectorException as error:
                # Another supervisor has ended it since it was listed.
                if not isinstance(error.__cause__, RaiseException):
                    raise

    def _is_idle(self) -> bool:
        # A due case counts whoever holds its lease: its holder may be dead, and then it is ours when the lease ends.
        jobs = ProcrastinateJob.objects.filter(status__in=(Status.TODO.value, Status.DOING.value))
        due = Case.objects.filter(status__in=RUNNABLE, due_at__lte=self._clock())
        return not jobs.exists() and not due.exists()

    async def _wind_up(self, working: "asyncio.Task[None]", *others: "asyncio.Task[object]") -> None:
        self.stop()
        for task in (*others, working):
            task.cancel()
        results = await asyncio.gather(*others, working, return_exceptions=True)
        while not self._idle.empty():
            child = self._idle.get_nowait()
            if child is not None:
                await child.close()
        await self._in_database(connections.close_all)
        self._database.shutdown()
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _in_database(self, work: Callable[P, ResultT], *args: P.args, **kwargs: P.kwargs) -> ResultT:
        return await asyncio.get_running_loop().run_in_executor(self._database, lambda: work(*args, **kwargs))


def _worker_connector() -> BaseAsyncConnector:
    connector = queue.connector
    assert isinstance(connector, DjangoConnector)
    return connector.get_worker_connector()


def _defer_by_handle(handle: str) -> None:
    defer(Case.objects.get(handle=handle))


def defer_pull(inbox: str) -> None:
    """Queue a job that reads an inbox, unless one already waits."""
    with contextlib.suppress(AlreadyEnqueued):
        queue.configure_task(PULL_INBOX, queueing_lock=f"inbox:{inbox}", lock=f"inbox:{inbox}").defer(inbox=inbox)


def defer_reconciliation() -> None:
    """Queue a job that reconciles, unless one already waits."""
    with contextlib.suppress(AlreadyEnqueued):
        queue.configure_task(RECONCILE, queueing_lock=RECONCILE, lock=RECONCILE).defer()
