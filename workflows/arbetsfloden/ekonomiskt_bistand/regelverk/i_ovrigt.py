"""Costs beside 12 kap. 7 § SoL ("levnadskostnader i övrigt") that the municipality lets the robot count."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import Kronor
from medarbetare.config import Strict

LAGRUM_I_OVRIGT = "12 kap. 1 § SoL"
_DEBT = "skuld"


class KostnadIOvrigt(Strict):
    """Highest amount a month of a kind, for the household.

    `rad` is what the case system's calculation calls it where it has no such kind: the kind is then in the row's note.
    """

    belopp_hogst: Annotated[Kronor, Field(gt=0, le=5_000)]
    rad: str = ""

    def ar_raden(self, slag: str, rad: str, notering: str) -> bool:
        """Whether a row of the case system is of this kind."""
        return rad == self.rad and _folded(notering) == _folded(slag) if self.rad else rad == slag


def fel_i(listade: Mapping[str, KostnadIOvrigt], andras: Collection[str], annat: str) -> Iterator[str]:
    """What is wrong with the list.

    `andras` are the kinds that already mean something else in a calculation; `annat` is what means anything.
    """
    others = set(map(_folded, andras))
    taken = {_folded(annat), *(_folded(rule.rad) for rule in listade.values() if rule.rad)}
    for kind, rule in listade.items():
        if _DEBT in _folded(kind):
            yield f"{kind}: skulder prövas alltid av en handläggare"
        if _folded(kind) in others | taken or _folded(rule.rad) in others:
            yield f"{kind}: slaget eller raden används redan för något annat"


def _folded(name: str) -> str:
    return name.strip().casefold()
