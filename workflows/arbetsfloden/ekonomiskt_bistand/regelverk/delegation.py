"""Which decisions the robot may take, in which mode and in whose name (kommunallagen 6 kap. 37 §)."""

from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from medarbetare.engine import Mode

BIFALL = "bifall_forsorjningsstod"
DELVIS_BIFALL = "delvis_bifall_forsorjningsstod"
AVSLAG = "avslag_forsorjningsstod"


class Beslutstyp(Godkannande):
    """One decision type of the delegation order. `kod` is the case system's, `beslutsfattare` the decision maker."""

    namn: str
    kod: str
    mode: Mode
    delegation: str
    beslutsfattare: str


class Delegation(Godkannande):
    """The delegation order's automated decisions, by the names that the workflow uses.

    `handlaggares_koder` are the case system's codes with which only people decide on försörjningsstöd.
    """

    beslutstyper: dict[str, Beslutstyp]
    handlaggares_koder: tuple[str, ...] = ()

    @property
    def koder(self) -> frozenset[str]:
        """Every code that decides an application for försörjningsstöd, whoever uses it."""
        return frozenset({*(one.kod for one in self.beslutstyper.values()), *self.handlaggares_koder})
