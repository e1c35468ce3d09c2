"""What every inbox connector does: list what has arrived, and fetch one application as it lies there."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Annotated, Protocol

from pydantic import Field

from medarbetare.config import Strict
from medarbetare.engine.original import Original
from medarbetare.inbox.ownership import Ownership

LARGEST_ORIGINAL = 32_000_000
"""Bytes. What is larger is handed over without being read; up to here it is kept in the journal whole."""

_PLAIN = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,62}[0-9A-Za-z])?")
_IDENTITY_NUMBER = re.compile(r"(?:18|19|20)([0-9]{2}(?:0[1-9]|1[0-2])[0-9]{2})[-_]?([0-9]{4})")
_STANDS_IN = "oanvandbar-"


class InboxEntry(Strict):
    """What every inbox in config/inbox.yaml has: whose it is, and what handles its applications.

    `decide_within_days` from the day it was taken in, an application shall be decided; the nearest such day goes first,
    and people are told once it has passed (11 § förvaltningslagen).
    `ownership` is for a cutover: which of the applications there are the robot's. Without it all are.
    """

    department: str
    workflow: str
    decide_within_days: Annotated[int, Field(gt=0)] = 14
    ownership: Ownership | None = None


@dataclass(frozen=True)
class Seen:
    """One application that lies in an inbox.

    `household` tells whose it is, in clear, or None; `received` on which day it came in, or None when that is not told.
    Both are called only for an application never seen before. `is_new`: its status says that nobody has taken it up.
    """

    reference: str
    household: Callable[[], str | None] = field(repr=False)
    received: Callable[[], date | None] = field(default=lambda: None, repr=False)
    is_new: bool = True


class Inbox(Protocol):
    """A connector. It changes nothing where the applications lie."""

    @property
    def portal(self) -> str | None:
        """The portal in which an application's status is shown and set, if there is one."""

    def arrivals(self) -> Iterator[Sequence[Seen]]:
        """Everything that is new there, a batch at a time, as it is written there: references are not yet checked.

        Raises MedarbetareError when the inbox cannot be read; what was given before stands.
        """

    def everything(self) -> Iterator[Sequence[Seen]]:
        """Everything that lies there, whatever its status, a batch at a time. Raises MedarbetareError."""

    def original(self, reference: str) -> Original:
        """One application as it lies there now.

        Raises BusinessError when a person must take it, TechnicalError when it cannot be read now.
        """


def usable(reference: str) -> str:
    """The reference itself when it is plain, else a stand-in for it that is the same every time.

    Plain is 1 to 64 letters a-z, digits, and . _ - inside: what can safely be a file's name, part of an address and a
    database column; and no identity number, since a reference stands in clear. A stand-in becomes a case as any other,
    so that a person hears of the application.
    """
    if _PLAIN.fullmatch(reference) and not reference.startswith(_STANDS_IN) and not _is_identity_number(reference):
        return reference
    return _STANDS_IN + sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def stands_in(reference: str) -> bool:
    """Whether a reference is such a stand-in."""
    return reference.startswith(_STANDS_IN)


def _is_identity_number(reference: str) -> bool:
    match = _IDENTITY_NUMBER.fullmatch(reference)
    if match is None:
        return False
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(match[1] + match[2])]
    return sum(product // 10 + product % 10 for product in doubled) % 10 == 0
