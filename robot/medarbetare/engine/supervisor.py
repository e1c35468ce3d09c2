"""The supervisor: one process a machine that owns worker processes and keeps their leases.

Jobs from the queue wake it. It takes the lease of a case, gives the case to an idle worker, renews the lease while the
worker makes progress, and kills the worker before the lease ends when it does not.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog
from django.db import connections
from procrastinate import App
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from medarbetare.cases.register import CaseRegister, defer
from medarbetare.database.trouble import why_unavailable
from medarbetare.engine import lease as leases
from medarbetare.engine.child import Child, ChildDied, LeaseTerms, Watch, kill_when_silent
from medarbetare.engine.crew import TOLD, Crew, NoWorker, Workers
from medarbetare.engine.database_thread import TROUBLE, DatabaseThread, ask, session_number
from medarbetare.engine.fetching import FetchingWhenReady
from medarbetare.engine.holds import not_held
from medarbetare.engine.messages import Done, Failed, Order, Passed, PullInbox, Reconcile, Stopped, Told, WorkOnCase
from medarbetare.engine.owner import OWNER_VARIABLE, Owner, give_up_jobs, note_fetching, release_of_dead
from medarbetare.engine.tasks import (
    SUPERVISOR,
    clear_failed_jobs,
    defer_pull,
    defer_reconciliation,
    end_stalled_jobs,
    worker_connector,
)
from medarbetare.errors import DatabaseUnavailable, TechnicalError

log = structlog.get_logger()

_LONGEST_SILENCE = timedelta(seconds=60)
_IS_AWAITED = timedelta(minutes=5)
_CLEARS_JOBS_EVERY = timedelta(hours=1)
_LONGEST_PAUSE = 30.0
_IS_BACK_AFTER = 10.0
"""Seconds: a database that has answered for so long was really back, also when it is lost anew."""
_CRASH_PAUSE = timedelta(seconds=16)


class _DatabaseLost(Exception):
    """The database does not answer, or the queue has stopped by itself, which it does then."""


class Supervisor:
    """Owns the worker processes of this machine. Runs on asyncio; the ORM is used from one thread of its own.

    `on_sweep` is called before the first job is taken and at each sweep, in the thread that uses the ORM.
    `unread_inboxes` names the inboxes that could not be read.
    """

    def __init__(
        self,
        register: CaseRegister,
        crew: Crew,
        terms: LeaseTerms,
        *,
        put_off: timedelta,
        on_sweep: Callable[[], object],
        keep_failed_jobs: timedelta = timedelta(days=30),
        on_passed: Callable[[Passed], None] = lambda passed: None,
        on_settled: Callable[[str, str, timedelta], None] = lambda case, status, took: None,
    ) -> None:
        self._register = register
        self._size = crew.size
        self._owner = str(Owner.this_process())
        self._workers = Workers(replace(crew, environment={**crew.environment, OWNER_VARIABLE: self._owner}))
        self._terms = terms
        self._pause = min(terms.duration.total_seconds() / 12, 5.0)
        self._put_off = put_off
        self._crash_pause = min(put_off, _CRASH_PAUSE)
        self._on_sweep = on_sweep
        self._keep_failed_jobs = keep_failed_jobs
        self._on_passed = on_passed
        self._on_settled = on_settled
        self.unread_inboxes: set[str] = set()
        self._died_at: set[str] = set()
        """Inboxes whose last reading killed its worker, and that are read once more."""
        self._at_hand: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._leaving = False
        self._lost = asyncio.Event()
        self._trouble: BaseException | None = None
        self._jobs_cleared_at = float("-inf")
        self._database = DatabaseThread()

    async def serve(self, *, until_idle: bool = False) -> None:
        """Work until `stop` is called, or, with `until_idle`, until nothing is left to do now.

        When the database goes away nothing new is begun, and the work goes on when it answers again, however long that
        takes. With `until_idle`: raises DatabaseUnavailable when it does not within five minutes, and TechnicalError
        when worker processes do not start on this machine.
        """
        pause, began = 1.0, time.monotonic()
        try:
            while not await self._served(until_idle):
                # What comes back only to fail again, such as a disk that is full, is tried less and less often.
                pause = 1.0 if time.monotonic() - began > _IS_BACK_AFTER else min(2 * pause, _LONGEST_PAUSE)
                await self._until_database_answers(pause, _IS_AWAITED if until_idle else None)
                began = time.monotonic()
        finally:
            await asyncio.gather(*self._at_hand, return_exceptions=True)
            await self._workers.close()
            self._database.close()

    def stop(self) -> None:
        """Ask every worker to leave after its step, then end. Safe to call more than once, from the event loop."""
        self._stopping.set()
        self._workers.ask_to_stop()

    # -- called by the queue's jobs --------------------------------------------------------------------------------

    async def run_case(self, handle: str) -> None:
        """Take the case's lease if it is free and let a worker take it a stretch further.

        When the database is lost the job ends at once, so that the other workers go on as soon as it is back; this one,
        which may be in the middle of a page, when it can.
        """
        work = asyncio.create_task(self._run_case(handle, self._lost))
        self._at_hand.add(work)
        work.add_done_callback(self._at_hand.discard)
        lost = asyncio.create_task(self._lost.wait())
        try:
            await asyncio.wait({work, lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
        if work.done():
            work.result()

    async def _run_case(self, handle: str, lost: asyncio.Event) -> None:
        with self._noticing_loss(), contextlib.suppress(NoWorker):
            # Without a worker the case is as due as before, for whichever machine has one.
            async with self._workers.one() as child:
                if lost.is_set() or self._leaving or self._stopping.is_set():
                    return
                taken_at = time.monotonic()
                lease = await self._database.do(leases.take, handle, self._owner, self._terms.duration)
                if lease is None:
                    return
                told = await self._under_lease(child, lease, taken_at)
                await self._conclude(lease, told, timedelta(seconds=time.monotonic() - taken_at))

    async def pull_inbox(self, inbox: str) -> None:
        """Let a worker read an inbox and take in what is new. When the worker dies of it, another tries at once."""
        try:
            told = await self._without_lease(PullInbox(inbox=inbox))
        except NoWorker:
            with self._noticing_loss():
                await self._database.do(defer_pull, inbox)
            return
        if told is None and inbox not in self._died_at:
            # Once: what lies there may be what kills, and must not take worker after worker with it.
            self._died_at.add(inbox)
            log.warning("inbox is read once more", inbox=inbox)
            with self._noticing_loss():
                await self._database.do(defer_pull, inbox)
            return
        self._died_at.discard(inbox)
        if isinstance(told, Done):
            log.info("inbox pulled", inbox=inbox, new_cases=told.new_cases)
        elif not isinstance(told, Stopped):
            self.unread_inboxes.add(inbox)
            log.error("inbox not read", inbox=inbox)

    async def reconcile(self) -> None:
        """Let a worker compare receipts and open hand-offs with what the portals hold."""
        try:
            told = await self._without_lease(Reconcile())
        except NoWorker:
            with self._noticing_loss():
                await self._database.do(defer_reconciliation)
            return
        if not isinstance(told, Done):
            log.error("reconciliation not finished", stopped=isinstance(told, Stopped))

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _served(self, until_idle: bool) -> bool:
        """Work; whether it is over. False when the database was lost."""
        self._leaving, self._trouble = False, None
        self._lost = asyncio.Event()
        try:
            await self._database.surely(self._on_sweep)
            # What a server that went away did not let this supervisor finish. A case that a worker is still at is held
            # by its lease, and its household with it.
            await self._database.surely(give_up_jobs, self._owner)
            async with queue.with_connector(worker_connector()).open_async() as worker_app:
                worker_app.job_manager = FetchingWhenReady(
                    worker_app.connector,
                    self._workers,
                    self._size,
                    is_over=self._fetches_no_more,
                    note=lambda number: self._database.do(note_fetching, self._owner, number),
                )
                tasks: list[asyncio.Task[object]] = [
                    asyncio.create_task(one)
                    for one in (
                        self._stopping.wait(),
                        self._lost.wait(),
                        self._sweep(worker_app, until_idle),
                        self._workers.tend(self._pause),
                        self._fetch(worker_app, until_idle),
                    )
                ]
                try:
                    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                    self._tell_loss([one.exception() for one in done if not one.cancelled()])
                    if not self._stopping.is_set() and any(one.exception() for one in done):
                        self._lost.set()
                finally:
                    await self._wind_up(tasks)
            if self._lost.is_set() and not self._stopping.is_set():
                raise _DatabaseLost from self._trouble
        except (_DatabaseLost, *TROUBLE):
            return self._stopping.is_set()
        return True

    def _tell_loss(self, errors: "Sequence[BaseException | None]") -> None:
        """Tell of it before all else is put away, which takes its time without a database."""
        error = next((one for one in (*errors, self._trouble) if isinstance(one, (_DatabaseLost, *TROUBLE))), None)
        if error is not None and not self._stopping.is_set():
            log.error("database lost", error=type(error).__name__, message=why_unavailable(error))

    async def _fetch(self, worker_app: App, until_idle: bool) -> None:
        """Carry out the queue's jobs. None is fetched while this machine's workers neither start nor get anywhere.

        Raises TechnicalError then, with `until_idle`; _DatabaseLost when the queue ends by itself.
        """
        duration = self._terms.duration.total_seconds()
        while True:
            fetching = asyncio.create_task(
                worker_app.run_worker_async(
                    concurrency=self._size,
                    install_signal_handlers=False,
                    additional_context={SUPERVISOR: self},
                    update_heartbeat_interval=duration / 6,
                    stalled_worker_timeout=duration,
                    fetch_job_polling_interval=1.0,
                    delete_jobs="successful",
                    # Django's own would tidy the connections of a thread that has none.
                    task_middleware=[],
                )
            )
            in_crash_loop = asyncio.create_task(self._workers.crash_loop.wait())
            try:
                await asyncio.wait({fetching, in_crash_loop}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                # Jobs at hand are finished first.
                for task in (in_crash_loop, fetching):
                    task.cancel()
                _, ended = await asyncio.gather(in_crash_loop, fetching, return_exceptions=True)
            if not isinstance(ended, asyncio.CancelledError):
                raise ended or _DatabaseLost
            # Three cases in a row that kill their workers look the same as a machine that is out of order.
            if not await self._workers.recover(patiently=not until_idle):
                raise TechnicalError(TOLD)

    async def _under_lease(self, child: Child, lease: leases.Lease, taken_at: float) -> Told | None:
        def renew() -> "asyncio.Future[bool]":
            return asyncio.ensure_future(self._database.surely(leases.renew, lease, self._terms.duration))

        watch = Watch(child, self._terms, renew)
        keeping = asyncio.create_task(watch.keep(taken_at))
        try:
            return await self._give(child, WorkOnCase(case=lease.case, token=lease.token))
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping

    async def _without_lease(self, order: Order) -> Told | None:
        """What a worker answers to an order that concerns no single case; it is killed when it gets nowhere."""
        async with self._workers.one() as child:
            watching = asyncio.create_task(kill_when_silent(child, _LONGEST_SILENCE))
            try:
                return await self._give(child, order)
            finally:
                watching.cancel()

    async def _give(self, child: Child, order: Order) -> Told | None:
        """The worker's answer, or None when the worker died."""
        got_somewhere = False

        def passed(told: Passed) -> None:
            nonlocal got_somewhere
            got_somewhere = True
            self._on_passed(told)

        try:
            told = await child.carry_out(order, passed)
            got_somewhere = True
        except ChildDied:
            await child.kill()
            log.warning("worker died", pid=child.pid)
            told = None
        if got_somewhere:
            self._workers.worked()
        else:
            self._workers.died()
        return told

    async def _conclude(self, lease: leases.Lease, told: Told | None, took: timedelta) -> None:
        if told is None:
            await self._database.surely(leases.release_dead, lease, self._crash_pause)
            await self._database.surely(self._defer_if_due, lease.case)
        elif isinstance(told, Failed) and told.of_database:
            # Says nothing about the case: no attempt is counted, and it is due at once.
            await self._database.surely(leases.give_back, lease)
        elif isinstance(told, Failed):
            await self._database.surely(leases.put_off, lease, self._put_off)
        elif isinstance(told, Done):
            self._on_settled(lease.case, told.status, took)
        elif isinstance(told, Stopped):
            log.info("case left after its step", case=lease.case)

    def _defer_if_due(self, handle: str) -> None:
        for case in self._register.due().filter(handle=handle):
            defer(case)

    async def _sweep(self, worker_app: App, until_idle: bool) -> None:
        """Re-defer cases that are due and that nobody holds; end when there is nothing left, if asked to."""
        next_sweep, session = 0.0, await self._database.do(session_number)
        while True:
            if time.monotonic() >= next_sweep:
                # First, since it fails at once when the database is gone; the queue's pool waits half a minute.
                await self._database.surely(release_of_dead, self._crash_pause)
                await self._database.surely(self._defer_due)
                if session != await self._database.do(session_number):
                    # The server was away for a moment, and the queue ended with it: it only waits for its jobs.
                    raise _DatabaseLost
                if await end_stalled_jobs(worker_app, self._terms.duration):
                    # Their households are free now.
                    await self._database.surely(self._defer_due)
                await self._database.surely(self._on_sweep)
                await self._clear_jobs(worker_app)
                next_sweep = time.monotonic() + self._pause
            if until_idle and not self._workers.are_busy and await self._database.do(self._is_idle):
                return
            await asyncio.sleep(0.2 if until_idle else self._pause)

    def _fetches_no_more(self) -> bool:
        ends = (self._stopping, self._lost, self._workers.crash_loop)
        return self._leaving or any(one.is_set() for one in ends)

    def _defer_due(self) -> None:
        if deferred := self._register.defer_due(not_held()):
            log.info("due cases queued", count=deferred)

    async def _clear_jobs(self, worker_app: App) -> None:
        if time.monotonic() - self._jobs_cleared_at >= _CLEARS_JOBS_EVERY.total_seconds():
            self._jobs_cleared_at = time.monotonic()
            await clear_failed_jobs(worker_app, self._keep_failed_jobs)

    def _is_idle(self) -> bool:
        jobs = ProcrastinateJob.objects.filter(status__in=(Status.TODO.value, Status.DOING.value))
        return not jobs.exists() and self._register.is_idle(not_held())

    @contextlib.contextmanager
    def _noticing_loss(self) -> Iterator[None]:
        try:
            yield
        except TROUBLE as error:
            self._trouble = error
            self._lost.set()

    async def _until_database_answers(self, pause: float, longest: timedelta | None) -> None:
        """Raises DatabaseUnavailable when it does not for `longest`."""
        began = time.monotonic()
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            try:
                await self._database.do(ask)
                log.info("database answers again")
                return
            except TROUBLE as error:
                if longest is not None and time.monotonic() - began > longest.total_seconds():
                    raise DatabaseUnavailable(why_unavailable(error)) from None

    async def _wind_up(self, tasks: "Sequence[asyncio.Task[object]]") -> None:
        self._leaving = True
        self._workers.ask_to_stop()
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await self._database.do(connections.close_all)
        for result in results:
            if isinstance(result, Exception):
                raise result
