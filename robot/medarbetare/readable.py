"""Times and amounts as people here read them: one zone and one way of writing, at the command line and on the pages."""

import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

_zone: list[tzinfo] = [ZoneInfo("Europe/Stockholm")]

_AMOUNT = re.compile(r"(?<![\d,.])(\d{1,3}(?: \d{3})+|\d+)((?:,\d{1,2})? kr\b)")
_HARD = "\N{NO-BREAK SPACE}"


def use_zone(zone: tzinfo) -> None:
    """Tell times by this zone's clock from now on, whatever the machine's own zone is."""
    _zone[:] = [zone]


def local(moment: datetime) -> datetime:
    """The moment by the clock on the wall."""
    return moment.astimezone(_zone[0])


def day_and_time(moment: datetime) -> str:
    """`2026-12-01 14:05`."""
    return f"{local(moment):%Y-%m-%d %H:%M}"


def day_and_second(moment: datetime) -> str:
    """`2026-12-01 14:05:09`."""
    return f"{local(moment):%Y-%m-%d %H:%M:%S}"


def clock(moment: datetime) -> str:
    """`14:05:09`."""
    return f"{local(moment):%H:%M:%S}"


def amounts(text: str) -> str:
    """The text with every amount in it ("3997 kr", "3 997,50 kr") grouped by thousands and kept on one line."""
    return _AMOUNT.sub(lambda found: _grouped(found[1]) + found[2].replace(" ", _HARD), text)


def amount(text: str) -> str:
    """The text of a cell that holds an amount and nothing else ("6 800", "-3997,50"), grouped and kept on one line."""
    whole, comma, rest = text.partition(",")
    if not re.fullmatch(r"[-−]?\d[\d ]*", whole):
        return amounts(text)
    sign = whole[0] if not whole[0].isdigit() else ""
    return sign + _grouped(whole.removeprefix(sign)) + comma + rest


def _grouped(digits: str) -> str:
    return f"{int(digits.replace(' ', '')):,}".replace(",", _HARD)
