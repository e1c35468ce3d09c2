"""How a run of a workflow ends."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from medarbetare.cases.status import CaseStatus


class Aside(BaseModel):
    """One part of a case that is handed over while the rest goes on.

    `about` says which part in a word or two and holds no personal data; `reasons` may.
    """

    model_config = ConfigDict(frozen=True)

    about: str = Field(max_length=64)
    reasons: tuple[str, ...]
    role: str = "handläggare"


class Outcome(BaseModel):
    """What became of a case. `summary` and `reasons` are Swedish, for people, and may hold personal data.

    `waits_at` is the step that goes on when a person approves, empty when nothing can be approved.
    """

    model_config = ConfigDict(frozen=True)

    status: CaseStatus
    summary: str
    reasons: tuple[str, ...] = ()
    role: str = "handläggare"
    waits_at: str = ""


class Approval(BaseModel):
    """A person's answer to a hand-off: `by` is the person's name, as it shall stand where decisions are signed."""

    model_config = ConfigDict(frozen=True)

    by: str
    at: AwareDatetime
    note: str = ""


class Suspended(BaseException):
    """The workflow waits for a person. Not an Exception, so that no workflow catches it by accident."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.status.value)
        self.outcome = outcome


def decided(summary: str) -> Outcome:
    """The decision is made and carried out."""
    return Outcome(status=CaseStatus.DECIDED, summary=summary)


def handed_over(summary: str, reasons: tuple[str, ...] = (), role: str = "handläggare") -> Outcome:
    """A person takes over, with everything prepared."""
    return Outcome(status=CaseStatus.HANDED_OVER, summary=summary, reasons=reasons or (summary,), role=role)


def shadowed(summary: str, reasons: tuple[str, ...] = ()) -> Outcome:
    """Computed and compared only; nothing was written anywhere."""
    return Outcome(status=CaseStatus.SHADOWED, summary=summary, reasons=reasons)


def stopped(summary: str, role: str) -> Outcome:
    """Stopped at once by a rule that forbids going on. The summary must not reveal why to anybody but `role`."""
    return Outcome(status=CaseStatus.STOPPED, summary=summary, reasons=(summary,), role=role)


def waiting(summary: str) -> Outcome:
    """Something is missing for now; the case is begun again later."""
    return Outcome(status=CaseStatus.WAITING, summary=summary)
