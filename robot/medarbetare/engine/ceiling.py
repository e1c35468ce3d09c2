"""A ceiling on what the robot decides to pay by itself in one day: above it a person looks first.

It bounds what a fault in rules or facts can cost before anybody has seen it. Free of models, since workflows' own
configuration imports it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True)
class Ceiling:
    """The most that may be reserved in one day by all cases of a workflow in a department: kronor, and cases."""

    amount: Decimal
    count: int


class Reserved(BaseModel):
    """What a case was answered when it asked for room under the ceiling, and on which day."""

    model_config = ConfigDict(frozen=True)

    day: date
    amount: Decimal
    within: bool
