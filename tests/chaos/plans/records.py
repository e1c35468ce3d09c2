"""What the fakes of a plan write down of their own: the judge's evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.portaler.visning import shown_kronor

Rows = tuple[Mapping[str, str], ...]


@dataclass
class Record:
    """One record of a case. `fields` as the system shows them; `press` is the robot's press that made it, 0: staff.

    `is_struck`: staff have found that it should not be there.
    """

    kind: str
    number: int
    case: str
    fields: dict[str, str]
    registered: datetime
    visible_from: datetime
    press: int = 0
    damaged: bool = False
    changed_by_staff: bool = False
    is_struck: bool = False
    rows: Mapping[str, Rows] = field(default_factory=dict)

    @property
    def month(self) -> str:
        """The month that a calculation, decision or payment is about."""
        return self.fields.get("manad") or self.fields.get("fran", "")[:7]

    @property
    def payee(self) -> str:
        """Of a payment; nobody of anything else."""
        return self.fields.get("mottagare", "")

    @property
    def amount(self) -> Decimal:
        """Of a decision or payment."""
        return decimal(self.fields["belopp"])


@dataclass
class Press:
    """One press of a button that saves, by a worker.

    `had_lease`: whether the worker held the case then. `had_looked`: whether it had read the list before; `saw` is the
    numbers of the records of the same kind and key that were shown to it. `made` is what came of the press.
    """

    number: int
    worker: int
    portal: str
    page: str
    case: str
    typed: dict[str, str]
    at: datetime
    had_lease: bool
    had_looked: bool
    saw: tuple[int, ...]
    made: list[Record] = field(default_factory=list)


@dataclass
class Worker:
    """A worker as the fakes know it: the robot's lease token, and until when it holds the case."""

    token: int
    until: datetime
    is_superseded: bool = False


def decimal(text: str) -> Decimal:
    """An amount as typed or shown."""
    return Decimal(text.replace(" ", "").replace(",", "."))


def shown(text: str) -> str:
    """A typed amount as it is shown."""
    return shown_kronor(decimal(text))
