"""How often and how long a portal's trouble is waited out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import stamina

from medarbetare.errors import PortalError

ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Patience:
    """How often and how long a portal's trouble is waited out."""

    attempts_per_step: int = 3
    wait_initial: timedelta = timedelta(seconds=0.5)
    wait_max: timedelta = timedelta(seconds=5)
    attempts_per_case: int = 5
    wait_between_attempts: timedelta = timedelta(minutes=10)
    submits_per_write: int = 3
    submit_margin: timedelta = timedelta(seconds=5)


def patiently(patience: Patience, action: Callable[[], ResultT]) -> ResultT:
    """Do something that a portal may fail at, a few times with growing pauses. Must have no effect there."""
    for attempt in stamina.retry_context(
        on=PortalError,
        attempts=patience.attempts_per_step,
        wait_initial=patience.wait_initial,
        wait_max=patience.wait_max,
        timeout=None,
    ):
        with attempt:
            return action()
    raise AssertionError("unreachable")
