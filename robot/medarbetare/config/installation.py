"""config/medarbetare.yaml: what belongs to one installation."""

from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from medarbetare.config.loading import Strict, in_order
from medarbetare.config.secret import SecretReference

Seconds = Annotated[int, Field(gt=0)]


class DatabaseSettings(Strict):
    """Either the embedded server in a folder of its own, or the municipality's own server by its URL."""

    embedded: Path | None = None
    url: SecretReference | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.embedded is None) == (self.url is None):
            raise ValueError("ange antingen embedded (en mapp) eller url (en hemlighet)")
        return self


class JournalSettings(Strict):
    """The journal's name and keys. `origin` names the log in every checkpoint and never changes."""

    origin: str
    signing_key: SecretReference
    department_keys: dict[str, SecretReference]


class LeaseSettings(Strict):
    """How long a worker may hold a case, when it is killed before that, and how long it may be silent. Seconds."""

    duration: Seconds = 24
    margin: Seconds = 6
    silence: Seconds = 10

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.margin + self.silence > self.duration:
            raise ValueError(
                f"margin ({self.margin} s) + silence ({self.silence} s) får inte vara längre än duration "
                f"({self.duration} s): en arbetare som har tystnat ska vara avslutad innan en annan får ta ärendet. "
                "Höj duration eller sänk de andra"
            )
        return self


class PatienceSettings(Strict):
    """How often a case is begun before a person takes over, and how long it waits in between (seconds).

    The wait is doubled for each further attempt, up to `longest_wait`.
    """

    attempts_per_case: Annotated[int, Field(gt=0)] = 5
    wait_between_attempts: Seconds = 600
    longest_wait: Seconds = 14_400

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        in_order("wait_between_attempts", self.wait_between_attempts, "longest_wait", self.longest_wait)
        return self


class BreakerSettings(Strict):
    """After so many pages in a row that did not come a portal is left alone: seconds, doubled up to the longest."""

    failures: Annotated[int, Field(gt=0)] = 5
    first_pause: Seconds = 30
    longest_pause: Seconds = 600

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        in_order("first_pause", self.first_pause, "longest_pause", self.longest_pause)
        return self


class EvidenceSettings(Strict):
    """Whether what portals show around each write is kept, sealed with the case, and for how many days."""

    keep: bool = True
    days: Annotated[int, Field(gt=0)] = 90


class QueueSettings(Strict):
    """How many days the queue keeps its jobs that failed; those that succeeded are removed at once."""

    keep_failed_days: Annotated[int, Field(gt=0)] = 30


class WebSettings(Strict):
    """`address`: where people find the pages, when a proxy on this machine encrypts (https://…)."""

    address: Annotated[str, Field(pattern=r"^https?://[^/\s]+/?$")] | None = None


class Installation(Strict):
    """The whole of config/medarbetare.yaml. `practice_date` replaces today's date, for practice systems only.

    `outside`: a folder beside the database with what must outlive a restore of it (see `medarbetare.database.mark`).
    """

    municipality: str
    database: DatabaseSettings
    journal: JournalSettings
    workers: Annotated[int, Field(gt=0, le=64)] = 1
    lease: LeaseSettings = LeaseSettings()
    patience: PatienceSettings = PatienceSettings()
    queue: QueueSettings = QueueSettings()
    breaker: BreakerSettings = BreakerSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    web: WebSettings = WebSettings()
    browser: Path | None = None
    outside: Path | None = None
    practice_date: date | None = None

    @field_validator("outside", mode="before")
    @classmethod
    def _names_a_folder(cls, outside: object) -> object:
        # An empty text would mean the configuration's own folder.
        if isinstance(outside, str) and not outside.strip():
            raise ValueError("ange en mapp utanför databasen, eller ta bort raden")
        return outside
