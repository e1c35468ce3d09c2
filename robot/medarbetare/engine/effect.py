"""Effects in somebody else's system: what a write is made of."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

from pydantic import BaseModel

from medarbetare.engine.mode import Mode

RecordT = TypeVar("RecordT", bound=BaseModel)
RecordT_co = TypeVar("RecordT_co", bound=BaseModel, covariant=True)

Submit = Callable[[], None]
"""Presses the one button that saves. Called at most once."""


@dataclass(frozen=True)
class NaturalKey:
    """What makes a record in another system *the same record*, though that system knows no idempotency key.

    Amounts and texts are compared, never part of the key. `household` is the applicant's identity number; only its
    pseudonym is stored.
    """

    household: str
    month: str
    kind: str
    payee: str = ""

    def canonical(self) -> str:
        """One text for the whole key, to be pseudonymised; no two keys have the same."""
        return json.dumps([self.household, self.month, self.kind, self.payee], ensure_ascii=False)


class Seen(tuple[RecordT, ...]):
    """The records under a key, read from a list that showed `shown` records in all, whoever made them.

    With it a record that the portal has damaged beyond recognition is not taken for absent: the list has grown.
    """

    shown: int

    def __new__(cls, records: Iterable[RecordT], shown: int) -> Self:
        """`records`: those under the key. `shown`: how long the whole list is."""
        seen = super().__new__(cls, records)
        seen.shown = shown
        return seen


class Effect(Protocol[RecordT_co]):
    """A write into a portal: one record with a natural key.

    `read` is used both before (is it there already?) and after (did it land as intended?), by fresh navigation and
    never from the page that answered the submit. `fill` has no effect in the portal; what it returns has.
    """

    @property
    def name(self) -> str:
        """The step's name, unique within the workflow."""

    @property
    def portal(self) -> str:
        """Which portal holds the record."""

    @property
    def key(self) -> NaturalKey:
        """The record's natural key."""

    @property
    def needs(self) -> Mode:
        """The lowest mode in which this may be written."""

    @property
    def intended(self) -> RecordT_co:
        """The record as it shall stand, every field that `read` gives."""

    def read(self) -> Sequence[RecordT_co]:
        """The records that the portal holds under the key now; from a list, as `Seen`."""

    def fill(self) -> Submit:
        """Go to the form and fill it in without saving; return the one click that saves."""


def plain(record: BaseModel) -> dict[str, Any]:
    """A record as JSON values, as it stands in the journal."""
    return record.model_dump(mode="json")
