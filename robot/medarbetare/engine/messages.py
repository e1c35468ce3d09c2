"""What a supervisor and its worker processes say to each other: one JSON object a line. No personal data."""

import os
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

WITHOUT_DATABASE = os.EX_TEMPFAIL
"""How a worker process ends that starts, or goes on, where the database does not answer."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class WorkOnCase(_Message):
    """To the worker: take this case a stretch further under this lease."""

    do: Literal["case"] = "case"
    case: str
    token: int


class PullInbox(_Message):
    """To the worker: read this inbox's list and take in what is new."""

    do: Literal["inbox"] = "inbox"
    inbox: str


class Reconcile(_Message):
    """To the worker: compare receipts and open hand-offs with what the portals hold."""

    do: Literal["reconciliation"] = "reconciliation"


Order = Annotated[WorkOnCase | PullInbox | Reconcile, Field(discriminator="do")]


class Passed(_Message):
    """From the worker: a durable point of a step has been passed."""

    tell: Literal["passed"] = "passed"
    case: str
    step: str
    point: str


class Done(_Message):
    """From the worker: the order is carried out; the case's status, or how many cases an inbox gave, or what agrees."""

    tell: Literal["done"] = "done"
    status: str = ""
    new_cases: int = 0
    reconciled: dict[str, int] = {}


class Stopped(_Message):
    """From the worker: it left after a step because a stop was asked for."""

    tell: Literal["stopped"] = "stopped"


class Failed(_Message):
    """From the worker: the order could not be carried out nor settled. `of_database`: the robot's own one failed."""

    tell: Literal["failed"] = "failed"
    error: str
    of_database: bool = False


Told = Annotated[Passed | Done | Stopped | Failed, Field(discriminator="tell")]

ORDERS: TypeAdapter[Order] = TypeAdapter(Order)
TOLD: TypeAdapter[Told] = TypeAdapter(Told)
