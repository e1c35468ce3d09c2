"""Personal identity numbers (personnummer and samordningsnummer), masked wherever they are shown by accident."""

from datetime import date
from functools import cached_property
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_SAMORDNING = 60


class Personnummer:
    """A Swedish personal identity number of twelve digits (folkbokföringslagen 18 §; samordningsnummer: lag 2022:1697).

    A number with a wrong check digit or an impossible date is carried and marked (`is_valid`), never refused: it is
    what the applicant or a register wrote. `str()` and `repr()` are masked; `digits` is the explicit way to the number.
    In pydantic models it is read from text and written as twelve digits in JSON.

    Raises ValueError when the text does not hold exactly twelve digits (a hyphen before the last four is allowed).
    """

    def __init__(self, text: str) -> None:
        stripped = text.strip()
        digits = stripped[:8] + stripped[9:] if len(stripped) == 13 and stripped[8] in "-+" else stripped
        if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
            raise ValueError("ett personnummer ska ha tolv siffror")
        self.digits = digits

    @cached_property
    def birth_date(self) -> date | None:
        """The date of birth, or None when the first eight digits are no date."""
        day = int(self.digits[6:8])
        try:
            return date(int(self.digits[:4]), int(self.digits[4:6]), day - _SAMORDNING if day > _SAMORDNING else day)
        except ValueError:
            return None

    @property
    def is_samordningsnummer(self) -> bool:
        return int(self.digits[6:8]) > _SAMORDNING

    @cached_property
    def is_valid(self) -> bool:
        """Whether the date exists and the check digit is right (Luhn over the last ten digits)."""
        return self.birth_date is not None and _luhn(self.digits[2:]) == 0

    def age_on(self, day: date) -> int:
        """Whole years on `day`. Raises ValueError when the number holds no date of birth."""
        if self.birth_date is None:
            raise ValueError("personnumret innehåller inget giltigt födelsedatum")
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def __str__(self) -> str:
        return f"{self.digits[:8]}-****"

    def __repr__(self) -> str:
        return f"Personnummer({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personnummer) and self.digits == other.digits

    def __hash__(self) -> int:
        return hash(self.digits)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from_text = core_schema.no_info_after_validator_function(cls, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda number: number.digits, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )


def _luhn(digits: str) -> int:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10
