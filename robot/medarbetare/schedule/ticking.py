"""Cron through APScheduler. A tick defers one job; a job that still waits makes a further tick harmless."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from django.db import Error as DatabaseError
from django.db import close_old_connections
from procrastinate.exceptions import ConnectorException

from medarbetare.schedule.opening import why_closed
from medarbetare.schedule.settings import RECONCILIATION, ScheduleSettings
from medarbetare.schedule.standby import LOOKS_EVERY, SILENCE, SchedulerLock

log = structlog.get_logger()


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


class Ticker:
    """Ticks in threads of its own until it is stopped, while this process is the active scheduler."""

    def __init__(
        self,
        settings: ScheduleSettings,
        lock: SchedulerLock,
        defer_pull: Callable[[str], None],
        defer_reconciliation: Callable[[], None],
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings
        self._lock = lock
        self._clock = clock
        self._defers: dict[str, Callable[[], None]] = {name: partial(defer_pull, name) for name in settings.inboxes}
        self._defers[RECONCILIATION] = defer_reconciliation
        self._left_to_another: dict[str, datetime] = {}
        self._told_closed: dict[str, str] = {}
        self._scheduler = BackgroundScheduler(timezone=ZoneInfo(settings.timezone))
        for name, cron in settings.crons.items():
            self._scheduler.add_job(
                self._tick,
                settings.trigger(cron),
                args=[name],
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=int(settings.misfire_grace.total_seconds()),
            )

    def start(self) -> None:
        """Begin ticking, or standing by."""
        self._scheduler.add_job(
            self._look,
            IntervalTrigger(seconds=int(LOOKS_EVERY.total_seconds())),
            next_run_time=utc_now(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a tick at hand is finished first. Another may tick."""
        self._scheduler.shutdown(wait=True)
        self._lock.release()

    def _look(self) -> None:
        """Show that this process lives, or take over, with the ticks that nobody may have seen to in between."""
        if not self._lock.take():
            return
        for name, left in list(self._left_to_another.items()):
            del self._left_to_another[name]
            if self._clock() - left <= SILENCE + 2 * LOOKS_EVERY:
                self._defer(name)

    def _tick(self, name: str) -> None:
        if self._lock.take():
            self._defer(name)
        else:
            self._left_to_another[name] = self._clock()

    def _defer(self, name: str) -> None:
        hours = self._settings.opening_hours.get(name)
        now = self._clock().astimezone(ZoneInfo(self._settings.timezone))
        closed = why_closed(hours, self._settings.closed_eves, now) if hours is not None else None
        if closed is not None:
            if self._told_closed.get(name) != closed:
                log.info("tick passed over", tick=name, reason=closed)
            self._told_closed[name] = closed
            return
        self._told_closed.pop(name, None)
        close_old_connections()
        try:
            self._defers[name]()
        except (DatabaseError, ConnectorException) as error:
            log.error("tick lost", tick=name, error=type(error).__name__)
