"""What makes the schedule's errands when they are due. A tick queues one job; a job that still waits is enough."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from procrastinate.exceptions import ConnectorException

from medarbetare.clock import utc_now
from medarbetare.schedule.models import Tick
from medarbetare.schedule.obstacles import Obstacles
from medarbetare.schedule.plan import Errand, Plan
from medarbetare.schedule.queueing import Queued, queue_errand
from medarbetare.schedule.settings import Overlap
from medarbetare.schedule.standby import LOOKS_EVERY, SchedulerLock

log = structlog.get_logger()

SMALL_STEP = timedelta(minutes=1)
"""A clock that is set back no more than this is waited for; what was made is not made again."""


def owe(errand: Errand, now: datetime) -> None:
    """Let the active scheduler make an errand as soon as nothing holds it back, whenever it is due."""
    Tick.objects.update_or_create(
        errand=errand.name, defaults={"owed": True}, create_defaults={"owed": True, "seen_to": now}
    )


class Ticker:
    """Looks every few seconds, in a thread of its own, while this process is the active scheduler.

    How far each errand has been seen to stands in the database, and each look asks only what has become due since: so a
    restart, a standby that takes over, a machine that slept and a clock that was put right lose nothing that is younger
    than the errand's grace, and make several that were missed once. APScheduler's own scheduler sleeps until a time of
    day: set the clock back an hour, and it is silent for an hour.
    """

    def __init__(
        self,
        plan: Plan,
        lock: SchedulerLock,
        *,
        queue: Callable[[Errand, Overlap], Queued] = queue_errand,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._plan = plan
        self._lock = lock
        self._queue = queue
        self._clock = clock
        self._told: dict[Errand, str] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="schedule", daemon=True)

    def start(self) -> None:
        """Begin ticking, or standing by."""
        self._thread.start()

    def stop(self) -> None:
        """Stop ticking; a tick at hand is finished first. Another may tick."""
        self._stopping.set()
        self._thread.join()
        self._lock.release()

    def look(self) -> None:
        """Show that this process lives, or try to take over; then make what is due."""
        if not self._lock.take():
            return
        close_old_connections()
        try:
            now = self._clock()
            for errand, tick in self._remembered(now).items():
                self._see_to(errand, tick, now)
        except (DatabaseError, ConnectorException) as error:
            # Nothing is lost: what is due is so still at the next look.
            log.error("schedule waits for the database", error=type(error).__name__)

    def _work(self) -> None:
        while True:
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 - a fault with one look must not end the schedule
                log.error("schedule look failed", error=type(error).__name__)
            if self._stopping.wait(LOOKS_EVERY.total_seconds()):
                connections.close_all()
                return

    def _remembered(self, now: datetime) -> dict[Errand, Tick]:
        known = {tick.errand: tick for tick in Tick.objects.all()}
        new = [errand.name for errand in self._plan.errands if errand.name not in known]
        known |= {tick.errand: tick for tick in Tick.objects.bulk_create(Tick(errand=n, seen_to=now) for n in new)}
        return {errand: known[errand.name] for errand in self._plan.errands}

    def _see_to(self, errand: Errand, tick: Tick, now: datetime) -> None:
        if tick.seen_to - now > SMALL_STEP:
            log.warning("clock set back", tick=errand.name, seconds=(tick.seen_to - now).total_seconds())
            tick.seen_to = now
            tick.save(update_fields=["seen_to"])
        became_due = self._is_due(errand, tick, now)
        if not (became_due or tick.owed):
            return
        held_back = self._why_held_back(errand, now)
        if held_back is None:
            queued = self._queue(errand, errand.overlap)
            if queued is Queued.SKIPPED:
                log.info("tick left out", tick=errand.name, reason="at work already")
        elif self._told.get(errand) != held_back:
            log.info("tick held back", tick=errand.name, reason=held_back)
        self._told[errand] = held_back or ""
        if became_due or held_back is None:
            tick.seen_to, tick.owed = max(now, tick.seen_to), held_back is not None
            tick.save()

    def _is_due(self, errand: Errand, tick: Tick, now: datetime) -> bool:
        """Whether anything has become due that is not too old. What is too old is told and forgotten."""
        if self._first(errand, max(tick.seen_to, now - errand.misfire_grace)) <= now:
            return True
        if (missed := self._first(errand, tick.seen_to)) <= now:
            log.warning("tick missed", tick=errand.name, due=missed.isoformat())
            tick.seen_to = now
            tick.save(update_fields=["seen_to"])
        return False

    def _first(self, errand: Errand, since: datetime) -> datetime:
        return next((planned.made for planned in self._plan.upcoming(errand, since)), datetime.max.replace(tzinfo=UTC))

    def _why_held_back(self, errand: Errand, now: datetime) -> str | None:
        closed = self._plan.hours.closed(errand.portals, now)
        obstacle = None if closed is not None else Obstacles.read().of(errand, now, self._plan.zone)
        return closed.why if closed is not None else obstacle.why if obstacle is not None else None
