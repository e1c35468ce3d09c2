"""How often and how long a portal's trouble is waited out."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import stamina

from medarbetare.errors import Held, LoginRefused, PortalError

ResultT = TypeVar("ResultT")

_JITTER = 0.25


@dataclass(frozen=True)
class Retry:
    """How often something is tried, and the pauses in between: each twice the one before, a quarter more or less."""

    attempts: int = 3
    wait_initial: timedelta = timedelta(seconds=0.5)
    wait_max: timedelta = timedelta(seconds=5)

    def pause(self, failures: int) -> timedelta:
        """The pause after so many failures in a row."""
        return jittered(min(self.wait_initial * 2 ** min(failures - 1, 32), self.wait_max))


@dataclass(frozen=True)
class Patience:
    """How often and how long trouble is waited out: within a step, between the attempts at a case, in a write.

    `of_portal` is what holds for one portal instead of `retry`.
    """

    retry: Retry = Retry()
    of_portal: Mapping[str, Retry] = field(default_factory=dict)
    attempts_per_case: int = 5
    wait_between_attempts: timedelta = timedelta(minutes=10)
    longest_wait: timedelta = timedelta(hours=4)
    submits_per_write: int = 3
    submit_margin: timedelta = timedelta(seconds=5)

    def wait_after(self, attempts: int) -> timedelta:
        """How long a case waits after so many attempts that did not get through."""
        return jittered(min(self.wait_between_attempts * 2 ** min(max(attempts - 1, 0), 16), self.longest_wait))


def patiently(patience: Patience, action: Callable[[], ResultT], retry: Retry | None = None) -> ResultT:
    """Do something that a portal may fail at, a few times with growing pauses. Must have no effect there.

    `retry` holds for this action, before what holds for the portal. A refused log-in is never tried again.
    """
    failures: Counter[str] = Counter()
    last: list[PortalError] = []

    def once() -> ResultT:
        try:
            return action()
        except PortalError as error:
            last.append(error)
            raise
        except Held:
            # The portal rests because of this very action: it has failed, and is not excused as something that waits.
            if last:
                raise last[-1] from None
            raise

    def again(error: Exception) -> timedelta | bool:
        if not isinstance(error, PortalError) or isinstance(error, LoginRefused):
            return False
        failures[error.portal] += 1
        terms = retry or patience.of_portal.get(error.portal) or patience.retry
        return failures[error.portal] < terms.attempts and terms.pause(failures[error.portal])

    for attempt in stamina.retry_context(on=again, attempts=None, timeout=None):
        with attempt:
            return once()
    raise AssertionError("unreachable")


def jittered(pause: timedelta) -> timedelta:
    """A quarter more or less, so that those who stopped together do not all begin again at one moment."""
    return pause * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - to spread, not to hide
