"""How the e-service's pages have changed since the first version: where and how a status is changed."""

from dataclasses import dataclass

from sandkommun.storage import Database
from sandkommun.stubbornness.hitting import Hits

REASONS = ("Handläggning pågår", "Beslut är fattat", "Uppgifter saknas", "Annat")


@dataclass(frozen=True)
class Looks:
    """The form of a status change in one version of the pages; each version has the changes of those before it."""

    version: int

    @property
    def label(self) -> str:
        return "Ny status" if self.version < 1 else "Välj status"

    @property
    def below_the_form(self) -> bool:
        return self.version >= 2

    @property
    def button(self) -> str:
        return "Ändra status" if self.version < 3 else "Spara"

    @property
    def asks_why(self) -> bool:
        return self.version >= 4

    @property
    def asks_again(self) -> bool:
        return self.version >= 5


def looks(database: Database, usual: int, hits: Hits) -> Looks:
    """The looks of this moment; a fault that brings a later version is for good."""
    come = database.document("looks", "version")
    version = max(usual, int(come["version"]) if come else 0)
    if "ny_version" in hits and hits.number("ny_version") > version:
        version = hits.number("ny_version")
        hits.happened("ny_version")
        database.put("looks", "version", {"version": version}, user="systemet")
    return Looks(version)
