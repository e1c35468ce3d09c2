"""Rådrum: the months of notice in which a rent above the cap counts in full, before it may be cut.

The case system has no field for it. Staff write it where the next month's calculation shows it: the note on the rent
row, for example "Rådrum till 2026-11" or "Rådrum t.o.m. november 2026". The robot carries the note on.
"""

import re
from decimal import Decimal
from enum import StrEnum

from arbetsfloden.ekonomiskt_bistand.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.manad import MANADSNAMN, Manad
from arbetsfloden.ekonomiskt_bistand.underlag import TidigareKostnad

_NOTE = re.compile(
    rf"rådrum\D{{0,20}}?(?:(?P<manad>\d{{4}}-\d{{2}})|(?P<namn>{'|'.join(MANADSNAMN)})\s+(?P<ar>\d{{4}}))",
    re.IGNORECASE,
)


class Radrumslage(StrEnum):
    """Where a rent above the cap stands."""

    #: the rent is within the cap
    BEHOVS_INTE = "behovs_inte"
    #: the first month that this rent is above the cap: a person gives notice, and it counts in full
    FORSTA_MANADEN = "forsta_manaden"
    #: notice is given and runs on
    PAGAR = "pagar"
    #: notice has run out, or the rent was cut last month: it counts up to the cap
    SLUT = "slut"
    #: the same rent counted in full last month and nothing tells of notice: a person looks, the proposal is cut
    OKANT = "okant"


class Radrum(Fakta):
    """`till` is the last month of notice, when it is known."""

    lage: Radrumslage
    till: Manad | None = None

    @property
    def hela_hyran(self) -> bool:
        """Whether the rent counts in full although it is above the cap."""
        return self.lage in (Radrumslage.FORSTA_MANADEN, Radrumslage.PAGAR)

    @property
    def notering(self) -> str:
        """What the rent row carries on to the next month."""
        return f"Rådrum till {self.till}" if self.till else ""


def radrum(manad: Manad, hyra: Decimal, tak: Decimal, tidigare: TidigareKostnad | None, manader: int) -> Radrum:
    """Judge the rent of `manad` against last month's rent row. Notice of `manader` months begins with the first."""
    if hyra <= tak:
        return Radrum(lage=Radrumslage.BEHOVS_INTE)
    till = _noted(tidigare.notering) if tidigare else None
    if till is not None:
        return Radrum(lage=Radrumslage.PAGAR if manad <= till else Radrumslage.SLUT, till=till)
    if tidigare is None or tidigare.ansokt != hyra:
        return Radrum(lage=Radrumslage.FORSTA_MANADEN, till=manad.minus(1 - manader))
    return Radrum(lage=Radrumslage.SLUT if tidigare.godkant < tidigare.ansokt else Radrumslage.OKANT)


def _noted(text: str) -> Manad | None:
    match = _NOTE.search(text)
    if match is None:
        return None
    try:
        return Manad.parse(match["manad"]) if match["manad"] else Manad.named(match["namn"], int(match["ar"]))
    except ValueError:
        return None
