"""Costs outside 12 kap. 7 § SoL (medicine, dental care, glasses, debt, …): decided apart, by a person."""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Kostnad
from medarbetare.engine import Aside

ANNAN_KOSTNAD = "Annan kostnad"
FORMULARETS_SLAG = frozenset({
    "Hyra", "Hushållsel", "Hemförsäkring", "Arbetsresor", "Fackavgift", "A-kasseavgift",
    "Medicin", "Tandvård", "Glasögon", "Skuld",
})  # fmt: skip
"""The kinds of cost that the form offers. Anything else is the applicant's own words and may tell who it is about."""


class Bradska(StrEnum):
    """A debt that costs the household its home or its electricity if nobody looks at it in time."""

    HYRA = "Hyresskuld"
    EL = "Elskuld"


_SKULD = re.compile(r"skuld|obetal|förfall|inkasso|kronofog|restera", re.IGNORECASE)
_HYRA = re.compile(r"hyra|hyres|hyror", re.IGNORECASE)
_EL = re.compile(r"\bel(?:\b|skuld|räkning|faktura|nät|handel|avgift|bolag)|hushållsel|elektri|\bström", re.IGNORECASE)
_AVHYSNING = re.compile(r"avhys|vräk", re.IGNORECASE)
_ATGARD = {
    Bradska.HYRA: (
        "Risk för avhysning: hör genast med hyresvärden hur långt det har gått. Hyresrätten är kvar om hyran betalas, "
        "eller nämnden skriftligen åtar sig att betala, inom tre veckor från delgivningen (12 kap. 44 § jordabalken)."
    ),
    Bradska.EL: (
        "Risk för avstängd el: hör genast med elbolaget. Elen får inte stängas av om skulden betalas, eller nämnden "
        "skriftligen åtar sig att betala, i tid (11 kap. 3-4 §§ ellagen)."
    ),
}


def bradska(slag: str, mottagare: str | None, hyresvardar: frozenset[str] = frozenset()) -> Bradska | None:
    """Whether the applicant's own words, or whom it is paid to, say that a cost is a debt for rent or electricity.

    `hyresvardar` are those whom the rent is paid to: a debt to one of them is for rent.
    """
    said = f"{slag} {mottagare or ''}"
    if _AVHYSNING.search(said):
        return Bradska.HYRA
    if not _SKULD.search(said):
        return None
    if _HYRA.search(said) or (mottagare and _folded(mottagare) in hyresvardar):
        return Bradska.HYRA
    return Bradska.EL if _EL.search(said) else None


def sidorad(kostnad: Kostnad, alla: Iterable[Kostnad], varfor: str = "") -> "Sidorad":
    """A cost as a row of its own; `alla` are all costs of the application, `varfor` as of `Sidorad`."""
    landlords = frozenset(_folded(one.mottagare) for one in alla if one.slag == HYRA and one.mottagare)
    urgent = bradska(kostnad.slag, kostnad.mottagare, landlords)
    return Sidorad(slag=kostnad.slag, belopp=kostnad.belopp, bradska=urgent, varfor=varfor)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


class Sidorad(Fakta):
    """A cost that was applied for and is decided apart, by a person (12 kap. 1-2 §§ SoL).

    `bradska`: it cannot wait for the rest. `varfor` is why it does not count although the municipality has listed its
    kind; empty for other kinds.
    """

    slag: str
    belopp: Decimal
    bradska: Bradska | None = None
    varfor: str = ""

    @property
    def benamning(self) -> str:
        """The kind in the form's or the municipality's words, free of personal data."""
        if self.bradska is not None:
            return self.bradska.value
        return self.slag if self.varfor or self.slag in FORMULARETS_SLAG else ANNAN_KOSTNAD

    @property
    def skal(self) -> str:
        """The sentence for whoever decides it."""
        told = (
            f"{self.benamning} {kronor(self.belopp)} kr prövas för sig (12 kap. 1-2 §§ SoL) och ingår inte i "
            "beräkningen."
        )
        told = f"{told} {self.varfor}".strip()
        return told if self.bradska is None else f"Brådskar: {told} {_ATGARD[self.bradska]}"

    @property
    def overlamning(self) -> Aside:
        """The row as a hand-off of its own."""
        return Aside(about=self.benamning, reasons=(self.skal,), urgent=self.bradska is not None)
