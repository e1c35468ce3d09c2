"""A day as it stands in texts to applicants."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad

_SVERIGE = ZoneInfo("Europe/Stockholm")


def i_ord(dag: date) -> str:
    """In Swedish, for people: "6 december 2026"."""
    return f"{dag.day} {Manad.of(dag).name}"


def svensk_dag(tidpunkt: datetime) -> date:
    """The day that it was in Sweden."""
    return tidpunkt.astimezone(_SVERIGE).date()
