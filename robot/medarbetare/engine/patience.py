"""How often and how long a portal's trouble is waited out."""

from dataclasses import dataclass
from datetime import timedelta


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
