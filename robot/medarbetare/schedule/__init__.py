"""The schedule: when inboxes are read and the case system is compared. It only ever defers jobs."""

from medarbetare.schedule.settings import ScheduleSettings
from medarbetare.schedule.standby import SchedulerLock, active_scheduler
from medarbetare.schedule.ticking import Ticker

__all__ = ["ScheduleSettings", "SchedulerLock", "Ticker", "active_scheduler"]
