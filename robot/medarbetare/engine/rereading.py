"""What a workflow gives the reconciliation: reading again what its cases left in other people's systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel

from medarbetare.engine.effect import NaturalKey


@dataclass(frozen=True)
class Receipt:
    """One record that the robot has written and read back. `record` is as read back, as JSON values."""

    name: str
    portal: str
    key: NaturalKey
    record: Mapping[str, Any]


@dataclass(frozen=True)
class Finished:
    """A decision by somebody else: what stands there, and the key that a decision of the robot's would have."""

    key: NaturalKey
    found: Mapping[str, object] = field(repr=False)


class Rereader(Protocol):
    """Reads one household's records again and writes nothing. Made anew for each household, so it may keep pages.

    `steps` are the results of a case's finished steps, as they stand in the journal. Both methods raise PortalError and
    SelectorError.
    """

    def records(self, receipt: Receipt, steps: Mapping[str, Any]) -> Sequence[BaseModel] | None:
        """The records that the portal holds under the receipt's key now; None for a kind that is not compared."""

    def finished(self, steps: Mapping[str, Any]) -> Finished | None:
        """What has been decided since the case was read; None when nothing has, or when it cannot be told.

        Whether it was the robot that decided is not judged here.
        """
