"""Days and times as people here write them."""

from datetime import datetime

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SWEDISH_DAYS = ("mån", "tis", "ons", "tor", "fre", "lör", "sön")
_MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")


def in_swedish(weekdays: str) -> str:
    """`mon-fri` as `mån-fre`."""
    for english, swedish in zip(WEEKDAYS, _SWEDISH_DAYS, strict=True):
        weekdays = weekdays.replace(english, swedish)
    return weekdays


def told(moment: datetime, now: datetime) -> str:
    """`tor 24 dec 07:00`, with the year when it is another than now's. Both local."""
    year = f" {moment.year}" if moment.year != now.year else ""
    return f"{_SWEDISH_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}{year} {moment:%H:%M}"
