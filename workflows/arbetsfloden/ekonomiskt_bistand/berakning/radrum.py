"""Rådrum: the months of notice in which a rent above the cap counts in full, before it may be cut.

The case system has no field for it. Staff write it where the next month's calculation shows it: the note on the rent
row, as "Rådrum till 2026-11" or "Rådrum t.o.m. november 2026" and nothing else. The robot carries the note on, and may
add what was reasonable. Any other note about rådrum is for a person to read.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import MANADSNAMN, Manad
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Kostnad
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareKostnad

_NOTE = re.compile(
    r"rådrum (?:till (?P<manad>[0-9]{4}-[0-9]{2})"
    rf"|t\.o\.m\. (?P<namn>{'|'.join(MANADSNAMN)}) (?P<ar>[0-9]{{4}}))"
    r"(?:\. Skäligt belopp [0-9 ]+ kr)?",
    re.IGNORECASE,
)
_SUBJECT = "rådrum"


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
    #: the same rent counted in full last month and nothing tells of notice, or a note about it cannot be read for
    #: certain: a person looks, the proposal is cut
    OKANT = "okant"


class Radrum(Fakta):
    """`till` is the last month of notice, when it is known; `skaligt` the cap, for a rent that is above it."""

    lage: Radrumslage
    till: Manad | None = None
    skaligt: Decimal | None = None

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
    if hela_kronor(hyra) <= tak:
        return Radrum(lage=Radrumslage.BEHOVS_INTE)
    first = Radrum(lage=Radrumslage.FORSTA_MANADEN, till=manad.minus(1 - manader), skaligt=tak)
    unknown = Radrum(lage=Radrumslage.OKANT, skaligt=tak)
    if tidigare is None:
        return first
    till = _noted(tidigare.notering)
    if till is not None:
        return Radrum(lage=Radrumslage.PAGAR if manad <= till else Radrumslage.SLUT, till=till, skaligt=tak)
    if _SUBJECT in tidigare.notering.casefold():
        return unknown
    if tidigare.godkant < hela_kronor(tidigare.ansokt):
        return Radrum(lage=Radrumslage.SLUT, skaligt=tak)
    return first if tidigare.ansokt != hyra else unknown


def hela_hyran(rader: Iterable[Kostnad]) -> Decimal:
    """The rent that is applied for; the same row entered twice is one rent."""
    rows = dict.fromkeys([(row.belopp, row.mottagare) for row in rader])
    return sum([amount for amount, _ in rows], Decimal(0))


def samlad_hyra(rader: Sequence[TidigareKostnad]) -> TidigareKostnad | None:
    """Last month's rows of rent as one. Notes that do not all tell the same of rådrum are all kept: unreadable."""
    if len(rader) < 2:
        return rader[0] if rader else None
    notes = list(dict.fromkeys([row.notering for row in rader if row.notering]))
    agreed = len({_noted(note) for note in notes}) == 1
    return rader[0].model_copy(
        update={
            "ansokt": sum([row.ansokt for row in rader], Decimal(0)),
            "godkant": sum([row.godkant for row in rader], Decimal(0)),
            "notering": notes[0] if agreed else "; ".join(notes),
        }
    )


def _noted(text: str) -> Manad | None:
    match = _NOTE.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    try:
        return Manad.parse(match["manad"]) if match["manad"] else Manad.named(match["namn"], int(match["ar"]))
    except ValueError:
        return None
