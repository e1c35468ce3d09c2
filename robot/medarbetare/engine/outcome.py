"""How a run of a workflow ends."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from medarbetare.cases.questions import Kind, Question
from medarbetare.cases.status import CaseStatus


class Aside(BaseModel):
    """One part of a case that is handed over while the rest goes on.

    `about` says which part in a word or two and holds no personal data; `reasons` may. `worker` is as in Outcome.
    `urgent`: it stands first in the lists.
    """

    model_config = ConfigDict(frozen=True)

    about: str = Field(max_length=64)
    reasons: tuple[str, ...]
    role: str = "handläggare"
    worker: str = ""
    urgent: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """As it stands in the journal. What is not urgent stands there as it did before anything could be."""
        return self.model_dump(mode="json", exclude={"worker"} if self.urgent else {"worker", "urgent"})


class Outcome(BaseModel):
    """What became of a case. `summary` and `reasons` are Swedish, for people, and may hold personal data.

    `worker` is whom of the role it goes to, as the case system names that person; empty: the run's (`Run.worker`).
    `waits_at` is the step that goes on when a person approves, empty when nothing can be approved; `questions` are what
    the person must answer then, and `follows` says what the robot does then, where it is something else than to carry
    out the decision. `until` is when a waiting case is taken up again, None: after the usual pause.
    `ends_at`, set by the engine alone: the step of a wait that a person may end.
    `gave_up`, set by the engine alone: the attempts ran out, and a person may let the robot try again.
    """

    model_config = ConfigDict(frozen=True)

    status: CaseStatus
    summary: str
    reasons: tuple[str, ...] = ()
    role: str = "handläggare"
    worker: str = ""
    waits_at: str = ""
    questions: tuple[Question, ...] = ()
    follows: str = ""
    until: AwareDatetime | None = None
    ends_at: str = ""
    gave_up: bool = False


class Past:
    """Marks a date of an answer (`Annotated[date, Past()]`): the day must have been."""


@dataclass(frozen=True)
class Unless:
    """Marks an answer that is required, unless the answer of this name is given. Its type must allow None."""

    name: str


class Approval(BaseModel):
    """A person's answer to a hand-off: `by` is the person's name, as it shall stand where decisions are signed.

    A workflow that needs more than yes derives a model of its own. Each field is a question: its `title` is what people
    are asked, its type says what may be answered (str, bool, date, Decimal, or a Literal of texts to choose from),
    and `Past` and `Unless` bound it.
    """

    model_config = ConfigDict(frozen=True)

    by: str
    at: AwareDatetime
    note: str = ""

    @classmethod
    def questions(cls) -> tuple[Question, ...]:
        """What the derived model's own fields ask. Raises TypeError for a type that nobody can be asked for."""
        own = {name: field for name, field in cls.model_fields.items() if name not in Approval.model_fields}
        return tuple(_question(name, field) for name, field in own.items())


_KINDS: dict[object, Kind] = {str: Kind.TEXT, bool: Kind.YES_NO, date: Kind.DATE, Decimal: Kind.AMOUNT}


def _question(name: str, field: FieldInfo) -> Question:
    asked: Any = field.annotation
    if get_origin(asked) in (Union, UnionType):
        asked = next(one for one in get_args(asked) if one is not NoneType)
    label, required = field.title or name, field.is_required()
    if get_origin(asked) is Literal:
        return Question(name=name, label=label, kind=Kind.CHOICE, choices=get_args(asked), required=required)
    unless = next((one.name for one in field.metadata if isinstance(one, Unless)), "")
    past = any(isinstance(one, Past) for one in field.metadata)
    if asked not in _KINDS:
        raise TypeError(f"{name}: a person can be asked for str, bool, date, Decimal or a Literal, not {asked}")
    return Question(name=name, label=label, kind=_KINDS[asked], required=required, past=past, unless=unless)


class WaitEnded(BaseModel):
    """What a person noted who ended a wait: `note` is what they have been told, `by` the person's name."""

    model_config = ConfigDict(frozen=True)

    by: str
    at: AwareDatetime
    note: str


class Suspended(BaseException):
    """The workflow waits, for a person or a time. Not an Exception, so that no workflow catches it by accident."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.status.value)
        self.outcome = outcome


def decided(summary: str) -> Outcome:
    """The decision is made and carried out."""
    return Outcome(status=CaseStatus.DECIDED, summary=summary)


def handed_over(summary: str, reasons: tuple[str, ...] = (), role: str = "handläggare", *, worker: str = "") -> Outcome:
    """A person takes over, with everything prepared. `worker`: which one of the role, as the case system names them."""
    return Outcome(
        status=CaseStatus.HANDED_OVER, summary=summary, reasons=reasons or (summary,), role=role, worker=worker
    )


def shadowed(summary: str, reasons: tuple[str, ...] = ()) -> Outcome:
    """Computed and compared only; nothing was written anywhere."""
    return Outcome(status=CaseStatus.SHADOWED, summary=summary, reasons=reasons)


def stopped(summary: str, role: str) -> Outcome:
    """Stopped at once by a rule that forbids going on. The summary must not reveal why to anybody but `role`."""
    return Outcome(status=CaseStatus.STOPPED, summary=summary, reasons=(summary,), role=role)


def waiting(summary: str, until: datetime | None = None, *, ends_at: str = "") -> Outcome:
    """Something is missing for now; the case is begun again at `until`, or after the usual pause."""
    return Outcome(status=CaseStatus.WAITING, summary=summary, until=until, ends_at=ends_at)
