"""The decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.plats import Folded, Plats
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import PORTAL, visning
from arbetsfloden.ekonomiskt_bistand.portaler.visning import typed_kronor
from medarbetare.engine import Mode, NaturalKey, Seen, Submit


class Beslutspost(Fakta):
    """A decision as registered."""

    kod: str
    fran: date
    till: date
    belopp: Decimal
    motivering: Folded
    beslutsfattare: str

    @classmethod
    def av_rad(cls, rad: Mapping[str, str]) -> Self:
        """From a row of the list."""
        return cls(
            kod=rad["kod"],
            fran=visning.datum(rad["fran"]),
            till=visning.datum(rad["till"]),
            belopp=visning.kronor(rad["belopp"]),
            motivering=rad["motivering"],
            beslutsfattare=rad["beslutsfattare"],
        )


@dataclass(frozen=True)
class RegistreraBeslut:
    """Registers the decision. `motivering` is the text with its line breaks, as it is typed."""

    plats: Plats
    intended: Beslutspost
    motivering: str
    name: str = "beslut"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """Household and month."""
        return self.plats.key("beslut")

    def read(self) -> Sequence[Beslutspost]:
        """Decisions whose period touches the month, by whomever."""
        manad, rader = self.plats.manad, self.plats.lista("beslut")
        poster = [Beslutspost.av_rad(rad) for rad in rader]
        return Seen((post for post in poster if post.fran <= manad.last and post.till >= manad.first), len(rader))

    def fill(self) -> Submit:
        """Fill in Nytt beslut."""
        sida = self.plats.portal.page("nytt_beslut", arende=self.plats.arende)
        sida.fill_all(
            {
                "kod": self.intended.kod,
                "fran": self.intended.fran.isoformat(),
                "till": self.intended.till.isoformat(),
                "belopp": typed_kronor(self.intended.belopp),
                "motivering": self.motivering,
                "beslutsfattare": self.intended.beslutsfattare,
            }
        )
        return lambda: sida.commit("spara")
