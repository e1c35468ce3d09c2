"""A question to several agencies, however it was put."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandkommun.system import System


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date


@dataclass(frozen=True)
class Question:
    """A question that may be asked. `agencies` are codes in the order of the answer."""

    number: str
    period: Period
    agencies: Sequence[str]


class Refused(Exception):
    """A question that may not be asked; the text is shown."""


def record(system: System, question: Question, user: str) -> None:
    """Write down who asked what, before it is answered."""
    asked = {
        "personnummer": question.number,
        "fran": question.period.start.isoformat(),
        "till": question.period.end.isoformat(),
        "myndigheter": list(question.agencies),
    }
    system.database.add("question", question.number, user, asked)
