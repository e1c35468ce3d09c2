"""What is done to a running world as a whole: its time moves, and it begins again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sandkommun.clock import Clock
from sandkommun.entrances.accounts import Accounts
from sandkommun.entrances.tickets import Tickets
from sandkommun.laying_down import PEOPLE, beginning
from sandkommun.storage import Database, Json
from sandkommun.stubbornness.hitting import Faults
from sandkommun.worlds.model import Kommun
from sandkommun.worlds.systems import Systemnamn

WHO = "startsidan"
"""Who moves a world and begins it again, in the list of changes."""


@dataclass(frozen=True)
class Control:
    """A running world: its clock, the databases by name, the faults and the accounts of each system."""

    kommun: Kommun
    folder: Path
    clock: Clock
    databases: Mapping[str, Database]
    faults: Mapping[Systemnamn, Faults]
    accounts: Mapping[Systemnamn, Accounts]
    tickets: Tickets

    def tick(self, *, days: int = 0, months: int = 0) -> date:
        """Move the world's date; returns the new one."""
        before = self.clock.today
        today = self.clock.forward(days=days, months=months)
        self._note("framflyttat", "datum", {"fran": before.isoformat(), "till": today.isoformat()})
        return today

    def reset(self) -> None:
        """Everything as it was at the start: nobody is logged in, nothing is registered, no request was made."""
        for name, database in self.databases.items():
            database.restore(beginning(self.folder, name))
        for faults in self.faults.values():
            faults.reset()
        for accounts in self.accounts.values():
            accounts.restore()
        self.tickets.clear()
        self.clock.today = self.kommun.today
        self._note("nollställt", "varld", {"today": self.clock.today.isoformat()})

    def _note(self, what: str, kind: str, content: Json) -> None:
        for name, database in self.databases.items():
            if name != PEOPLE:
                database.note(WHO, what, kind, self.kommun.kommun, content)
