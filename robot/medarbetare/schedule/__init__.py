"""The schedule: when inboxes are read. It only ever defers jobs."""

from medarbetare.schedule.ticking import ScheduleSettings, Ticker

__all__ = ["ScheduleSettings", "Ticker"]
