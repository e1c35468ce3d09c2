"""What a workflow gives the reconciliation: reading again what its cases left in other people's systems."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel

from medarbetare.engine.effect import NaturalKey
from medarbetare.engine.original import Original


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


@dataclass(frozen=True)
class Application:
    """An application whose traces are sought; `inbox_portal` is where its status is shown, if anywhere.

    `fetch` gives its file, for a workflow that needs it. Raises what an inbox raises.
    """

    reference: str
    fetch: Callable[[], Original] = field(repr=False)
    inbox_portal: str | None = None

    @property
    def original(self) -> Original:
        """The application's file, fetched now."""
        return self.fetch()


@dataclass(frozen=True)
class Trace:
    """What the robot itself has registered of one write of the workflow. `name` is that write's.

    `decides`: a part of the decision and what follows from it; else what was prepared for it.
    """

    name: str
    portal: str
    key: NaturalKey
    records: tuple[BaseModel, ...] = field(repr=False)
    decides: bool


@dataclass(frozen=True)
class Traces:
    """Every trace that the robot has left of an application.

    `missing` names the writes without which a decision is not whole and that have left none. `shielded`: it concerns
    people whom the robot may not look up, so nothing more was read.
    """

    found: tuple[Trace, ...] = ()
    missing: tuple[str, ...] = ()
    shielded: bool = False


class Rereader(Protocol):
    """Reads one household's records again and writes nothing. Made anew for each household, so it may keep pages.

    `steps` are the results of a case's finished steps, as they stand in the journal. Every method raises PortalError
    and SelectorError.
    """

    def records(self, receipt: Receipt, steps: Mapping[str, Any]) -> Sequence[BaseModel] | None:
        """The records that the portal holds under the receipt's key now; None for a kind that is not compared."""

    def finished(self, steps: Mapping[str, Any]) -> Finished | None:
        """What has been decided since the case was read; None when nothing has, or when it cannot be told.

        Whether it was the robot that decided is not judged here.
        """

    def traces(self, application: Application, robot: Callable[[str], str]) -> Traces:
        """What the robot has registered of an application, from the portals alone: its own journal may have lost it.

        `robot` tells under which name a portal shows what the robot has registered. Raises BusinessError for an
        application that no workflow could ever have decided, since it cannot be read.
        """
