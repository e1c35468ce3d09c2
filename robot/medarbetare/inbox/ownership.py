"""Whose an application is while the robot takes over from another robot or from a manual routine.

An application is the robot's when every condition that is given holds. What is not its own it leaves untouched and
counts; nothing about it is remembered, so that the robot takes it in when the rule is widened or removed, if it still
lies there as new then.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import Enum, auto
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from medarbetare.config import Strict

_DRAWN = 15
"""Hexadecimal digits of a pseudonym that the draw reads."""


class Whose(Enum):
    """Whose an application is."""

    OURS = auto()
    OTHERS = auto()
    #: nobody knows, since it is not told when it came in
    UNDATED = auto()


class Households(Strict):
    """The robot's share of all households, in per cent.

    Drawn from the household's pseudonym, so that a household stays where it is, and one that is the robot's at 25 is
    so at 50 too.
    """

    share: Annotated[int, Field(ge=0, le=100)]

    def hold(self, pseudonym: str) -> bool:
        """Whether a household is the robot's."""
        return int(pseudonym[:_DRAWN], 16) % 100 < self.share


class Ownership(Strict):
    """`ownership` of an inbox in config/inbox.yaml.

    `from`: came in on that day or later. `references`: the whole reference fits the pattern. `households`: the
    household is among the robot's.
    """

    since: date | None = Field(default=None, alias="from")
    references: str | None = None
    households: Households | None = None

    @field_validator("references")
    @classmethod
    def _a_pattern(cls, references: str | None) -> str | None:
        try:
            re.compile(references or "")
        except re.error:
            raise ValueError("väntade ett reguljärt uttryck som EB-[0-9]+") from None
        return references

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.since or self.references or self.households):
            raise ValueError("ange from, references eller households, eller ta bort ownership")
        return self

    def whose(self, reference: str, received: Callable[[], date | None], household: Callable[[], str]) -> Whose:
        """Whose an application is. What it takes to know is asked for only when needed; raises what asking raises."""
        if self.references and not re.fullmatch(self.references, reference):
            return Whose.OTHERS
        if self.since:
            day = received()
            if day is None:
                return Whose.UNDATED
            if day < self.since:
                return Whose.OTHERS
        if self.households and not self.households.hold(household()):
            return Whose.OTHERS
        return Whose.OURS
