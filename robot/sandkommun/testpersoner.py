"""The one list of personal numbers that test people may have.

A personal number here is twelve digits. Its last four begin with 238, 239 or 98 and end with a right check digit (Luhn
over the last ten digits). `testpersoner.txt` is the hand-picked part of the same series, for whoever writes a world by
hand.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files

_SHAPE = re.compile(r"\d{8}(238|239|98\d)\d")
_SERIALS = ("238", "239", *(f"98{digit}" for digit in range(10)))

PER_DAY = len(_SERIALS)
"""How many numbers the series has for one day of birth."""


def check_digit(nine_digits: str) -> str:
    """The Luhn check digit of YYMMDDNNN."""
    total = 0
    for position, character in enumerate(nine_digits):
        product = int(character) * (2 - position % 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def personnummer(birth: date | int, n: int = 0) -> str:
    """The n-th (from 0) number of a day of birth, or of a year: then days from 1 January on, one number a day first.

    Raises ValueError when the series of that day or year has no n-th number.
    """
    if isinstance(birth, int):
        days = (date(birth, 12, 31) - date(birth, 1, 1)).days + 1
        return personnummer(date(birth, 1, 1) + timedelta(days=n % days), n // days)
    if not 0 <= n < PER_DAY:
        raise ValueError(f"the series has {PER_DAY} numbers a day, no number {n}")
    nine = f"{birth:%y%m%d}{_SERIALS[n]}"
    return f"{birth:%Y%m%d}{_SERIALS[n]}{check_digit(nine)}"


def is_test_number(number: str) -> bool:
    """Whether the number belongs to the series: shape, a day that exists, serial, check digit."""
    return bool(_SHAPE.fullmatch(number)) and _is_day(number[:8]) and check_digit(number[2:11]) == number[11]


def birth_date(number: str) -> date:
    """The day of birth in a twelve-digit number."""
    return date(int(number[:4]), int(number[4:6]), int(number[6:8]))


def same_age(number: str, today: date) -> Iterator[str]:
    """Other numbers of the same year of birth, of people as old on `today` and for the rest of the year."""
    born = birth_date(number)
    passed = (born.month, born.day) <= (today.month, today.day)
    day = date(born.year, 1, 1) if passed else date(born.year, today.month, today.day) + timedelta(days=1)
    last = date(born.year, today.month, min(today.day, 28)) if passed else date(born.year, 12, 31)
    while day <= last:
        yield from (personnummer(day, n) for n in range(PER_DAY))
        day += timedelta(days=1)


def listed() -> list[str]:
    """The hand-picked numbers shipped with the package, a few for each year of birth."""
    text = (files("sandkommun") / "testpersoner.txt").read_text("ascii")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True
