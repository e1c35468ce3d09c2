"""How a run of a workflow ends."""

from pydantic import BaseModel, ConfigDict

from medarbetare.cases.status import CaseStatus


class Outcome(BaseModel):
    """What became of a case. `summary` and `reasons` are Swedish, for people, and may hold personal data."""

    model_config = ConfigDict(frozen=True)

    status: CaseStatus
    summary: str
    reasons: tuple[str, ...] = ()
    role: str = "handläggare"


def decided(summary: str) -> Outcome:
    """The robot decided and carried the decision out."""
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
