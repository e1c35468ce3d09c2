"""What a workflow says of the rules that it decides by: they are kept, used again, and tried before they hold.

Free of models, since workflows import it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from medarbetare.engine.presentation import Section


def version_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 in hex over the names and contents of the files in which a workflow's rules stand."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


class Redecider(Protocol):
    """Makes a case's proposals again from what was read, by the rules that held then. Pure: no clock, no portal."""

    @property
    def proposal(self) -> str:
        """What the names of the steps begin with whose results are proposals."""

    def made_by(self, result: Any) -> str:
        """The version of the rules that a step's proposal says it was made by. Raises ValueError, KeyError."""

    def rules(self, files: Mapping[str, bytes]) -> Any:
        """The rules that such files give, for `again`. Raises ConfigurationError when this release cannot read them."""

    def again(self, step: str, result: Any, before: Mapping[str, Any], rules: Any) -> tuple[Any, Any]:
        """The proposal of a step as it stands in the journal and as it is made again, both as JSON holds them.

        `before` is every step that was finished before it, in their order. Raises ValueError, KeyError or BusinessError
        when they are not what this release reads.
        """


@dataclass(frozen=True)
class NewFile:
    """A file to be put among a workflow's rules; `name` is its place within the workflow's own configuration folder.

    `told` is what the municipality does when it lies there, and from when it holds.
    """

    name: str
    content: bytes
    told: str


class Placed(Enum):
    """Where a case lies beside the month that norms are tried on."""

    EARLIER = "earlier"
    WITHIN = "within"
    ASIDE = "aside"
    """Later, or nothing was calculated in it."""


class NormTrial(Protocol):
    """A new table of amounts, held against the one before it and tried on cases as if it had been in force then.

    Nothing that it shows is personal data; a case is named by its handle.
    """

    @property
    def compared(self) -> Section:
        """The table beside the one before it, row by row."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What it lacks before the robot may decide by it, as sentences."""

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Those of `missing` that an approval does not mend: it cannot be added with them."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """Those of `missing` that it may be added with."""

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Amounts that look mistyped, a sentence each."""

    @property
    def next_steps(self) -> str:
        """What the municipality does next to put it in force."""

    def take(self, case: str, steps: Mapping[str, Any]) -> Placed:
        """Try it on one case; the newest comes first. Raises ValueError, KeyError or BusinessError when unreadable."""

    def approved(self, by: str, reference: str) -> NewFile:
        """The table as it is put in, approved by somebody in a decision.

        Raises BusinessError when something stands in the way.
        """

    def effect(self) -> tuple[Section, ...]:
        """What became of the cases that lay within the month; empty when there were none."""
