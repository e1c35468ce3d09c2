"""What is done to a running world as a whole: its time moves, and it begins again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sandkommun.accounts import Accounts
from sandkommun.clock import Clock
from sandkommun.laying_down import beginning
from sandkommun.storage import Database
from sandkommun.stubbornness.hitting import Faults
from sandkommun.worlds.model import Kommun
from sandkommun.worlds.systems import Systemnamn


@dataclass(frozen=True)
class Control:
    """A running world: its clock, the databases by name, the faults and the accounts of each system."""

    kommun: Kommun
    folder: Path
    clock: Clock
    databases: Mapping[str, Database]
    faults: Mapping[Systemnamn, Faults]
    accounts: Mapping[Systemnamn, Accounts]

    def tick(self, *, days: int = 0, months: int = 0) -> date:
        """Move the world's date; returns the new one."""
        return self.clock.forward(days=days, months=months)

    def reset(self) -> None:
        """Everything as it was at the start: nobody is logged in, nothing is registered, no request was made."""
        for name, database in self.databases.items():
            database.restore(beginning(self.folder, name))
        for faults in self.faults.values():
            faults.reset()
        for accounts in self.accounts.values():
            accounts.restore()
        self.clock.today = self.kommun.today
