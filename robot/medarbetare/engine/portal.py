"""What the engine expects of a portal. The browser room implements it; workflow authors use it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from medarbetare.errors import ConfigurationError

Value = str | int | bool
"""What can be put into a field: text, a whole number, or a tick."""


@dataclass(frozen=True)
class File:
    """A file to send with a form: its name and kind (`application/pdf`) as the portal is told them."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Visibility:
    """How soon a saved record can be read back in a portal.

    `guaranteed` is the portal owner's promise that a record absent after `limit` was never saved. Without it an absent
    record is an unknown outcome.
    """

    limit: timedelta
    guaranteed: bool


class Page(Protocol):
    """One page of a portal. Elements are named in `selectors/<portal>.yaml`.

    Every method raises SelectorError when an element is missing or ambiguous, SessionLost when the portal has logged
    the robot out, and PortalError when the portal fails.
    """

    def read(self, element: str) -> str:
        """The text of one element, white space folded."""

    def read_all(self, *elements: str) -> dict[str, str]:
        """The texts of several elements in one round trip."""

    def has(self, element: str) -> bool:
        """Whether the element is on the page now."""

    def table(self, element: str) -> list[dict[str, str]]:
        """All rows of a table in one round trip, by column name."""

    def fill(self, element: str, value: Value) -> None:
        """Put a value into one field and check that the field holds it."""

    def fill_all(self, values: Mapping[str, Value]) -> None:
        """Put values into several fields that do not react to each other, in one round trip."""

    def attach(self, element: str, files: Sequence[File]) -> None:
        """Choose files in a file field, in place of those chosen before, and check that it holds them."""

    def click(self, element: str) -> None:
        """Follow a link or press a button that saves nothing (`does: navigate`)."""

    def commit(self, element: str) -> None:
        """Press the one button that saves (`does: commit`). Never repeated by the browser room.

        A SelectorError always comes before the click. A PortalError or SessionLost may come after it: read back.
        """

    def download(self, element: str) -> bytes:
        """Follow a link to a file and return its bytes."""


class Portal(Protocol):
    """A system that belongs to somebody else, driven through its pages."""

    name: str
    visibility: Visibility

    def page(self, name: str, **parameters: str) -> Page:
        """Go to a page by fresh navigation and return it once it has arrived."""


@dataclass(frozen=True)
class Reply:
    """What a service answered: the HTTP status, and the body as it came."""

    status: int
    body: bytes = field(repr=False)


class Service(Protocol):
    """A system that belongs to somebody else and answers questions without pages. Nothing is written through it."""

    name: str

    def ask(self, body: bytes, *, content_type: str) -> Reply:
        """Send one question and give the answer, whatever its status.

        Raises PortalError when the service cannot be reached, does not answer in time or refuses the robot's proof of
        who it is.
        """


def no_services(name: str) -> Service:
    """Where there are no services. Raises ConfigurationError."""
    raise ConfigurationError(f"Tjänsten «{name}» är inte konfigurerad.")


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: what a portal showed at a moment. `name` says which window or frame, in clear."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


class EvidenceRecorder(Protocol):
    """Takes down what a portal shows, around a write. Never fails: what cannot be taken down is not there."""

    def take(self, portal: str) -> Sequence[Piece]:
        """What the portal shows now, without asking it for anything; empty when nothing is open."""
