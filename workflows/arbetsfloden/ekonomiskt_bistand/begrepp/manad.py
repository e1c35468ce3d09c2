"""A calendar month, the unit that försörjningsstöd is applied for and decided in."""

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

MANADSNAMN = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
_PATTERN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@lru_cache(maxsize=1024)
def _last_day(year: int, month: int) -> date:
    # Asked for dozens of times in one decision.
    return date(year, month, calendar.monthrange(year, month)[1])


class Manad(NamedTuple):
    """One month. Written "2026-12" in text and JSON."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError when `text` is not of the form "2026-12"."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            raise ValueError("en månad skrivs ÅÅÅÅ-MM, till exempel 2026-12")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def named(cls, name: str, year: int) -> Self:
        """ "december", 2026. Raises ValueError for a word that is no month."""
        return cls(year, MANADSNAMN.index(name.lower()) + 1)

    @classmethod
    def of(cls, day: date) -> Self:
        # So made in half the time; a decision asks for dozens of months.
        return tuple.__new__(cls, (day.year, day.month))

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return _last_day(self.year, self.month)

    @property
    def name(self) -> str:
        """In Swedish, for people: "december 2026"."""
        return f"{MANADSNAMN[self.month - 1]} {self.year}"

    def minus(self, months: int) -> "Manad":
        """The month `months` before this one (after it when negative)."""
        year, month = divmod(self.year * 12 + self.month - 1 - months, 12)
        return tuple.__new__(Manad, (year, month + 1))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from_text = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )
