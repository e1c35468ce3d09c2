"""The calculation, saved as a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.portaler.registrering.plats import Plats
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import PORTAL, las_berakning
from arbetsfloden.ekonomiskt_bistand.portaler.visning import shown_personnummer, typed_kronor
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning
from medarbetare.engine import Mode, NaturalKey, Seen, Submit


@dataclass(frozen=True)
class SparaBerakning:
    """Saves the calculation as a draft, with the norm chosen by its name.

    A calculation made anew goes beside the earlier ones, which cannot be changed there: it has a name of its own, and
    `tidigare` are the calculations of the month that were there when it was made.
    """

    plats: Plats
    intended: TidigareBerakning
    name: str = "beräkning"
    tidigare: tuple[TidigareBerakning, ...] = ()
    portal: str = PORTAL
    needs: Mode = Mode.FORBERED

    @property
    def key(self) -> NaturalKey:
        """Household, month, and for a calculation made anew which one."""
        return self.plats.key(self.name)

    def read(self) -> Sequence[TidigareBerakning]:
        """Calculations of the month, with all rows, except the earlier ones."""
        lista = self.plats.lista("berakningar")
        numbers = [rad["nr"] for rad in lista if rad["manad"] == str(self.intended.manad)]
        found = [las_berakning(self.plats.portal, self.plats.arende, nr) for nr in numbers]
        for one in self.tidigare:
            if one in found:
                found.remove(one)
        return Seen(found, len(lista))

    def fill(self) -> Submit:
        """Fill in Ny beräkning."""
        sida = self.plats.portal.page("ny_berakning", arende=self.plats.arende)
        post = self.intended
        values: dict[str, str | int | bool] = {
            "norm": str(post.norm_namn),
            "manad": str(post.manad),
            "antal": str(post.antal_personer),
            "normsumma": typed_kronor(post.normsumma or Decimal(0)),
            "resultat": typed_kronor(post.resultat or Decimal(0)),
        }
        for number, inkomst in enumerate(post.inkomster, 1):
            values[f"inkomst.{number}.slag"] = inkomst.slag
            if inkomst.person is not None:
                values[f"inkomst.{number}.person"] = shown_personnummer(inkomst.person)
            values[f"inkomst.{number}.belopp"] = typed_kronor(inkomst.belopp)
            values[f"inkomst.{number}.datum"] = inkomst.datum.isoformat() if inkomst.datum else ""
            values[f"inkomst.{number}.notering"] = inkomst.notering
        for number, kostnad in enumerate(post.kostnader, 1):
            values[f"kostnad.{number}.slag"] = kostnad.slag
            values[f"kostnad.{number}.ansokt"] = typed_kronor(kostnad.ansokt)
            values[f"kostnad.{number}.godkant"] = typed_kronor(kostnad.godkant)
            values[f"kostnad.{number}.notering"] = kostnad.notering
        sida.fill_all(values)
        return lambda: sida.commit("spara")
