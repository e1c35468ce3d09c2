"""The tickets with which the common log-in sends people on to the systems that trust it."""

import secrets
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from sandkommun.clock import Clock

LASTS = 60
"""So many seconds a ticket is good, and never into another day of the world."""


@dataclass(frozen=True)
class _Ticket:
    user: str
    system: str
    day: date
    issued: float


@dataclass
class Tickets:
    """Tickets that were issued and not used yet. Each is good once, for one system."""

    clock: Clock
    _issued: dict[str, _Ticket] = field(default_factory=dict)

    def issue(self, user: str, system: str) -> str:
        """A ticket with which a user gets into a system."""
        number = secrets.token_urlsafe(24)
        self._issued[number] = _Ticket(user, system, self.clock.today, monotonic())
        return number

    def clear(self) -> None:
        """None of those that were issued is good any more."""
        self._issued.clear()

    def use(self, number: str, system: str) -> str | None:
        """Whose ticket it is, or None when it is used, too old, or for another system."""
        ticket = self._issued.pop(number, None)
        if ticket is None or ticket.system != system or ticket.day != self.clock.today:
            return None
        return ticket.user if monotonic() - ticket.issued < LASTS else None
