"""Payments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.plats import Plats
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import PORTAL, visning
from arbetsfloden.ekonomiskt_bistand.portaler.visning import typed_kronor
from medarbetare.engine import Mode, NaturalKey, Seen, Submit


class Utbetalningspost(Fakta):
    """A payment as registered."""

    mottagare: str
    konto: str
    manad: Manad
    datum: date
    belopp: Decimal

    @classmethod
    def av_rad(cls, rad: Mapping[str, str]) -> Self:
        """From a row of the list."""
        return cls(
            mottagare=rad["mottagare"],
            konto=rad["konto"],
            manad=visning.manad(rad["manad"]),
            datum=visning.datum(rad["datum"]),
            belopp=visning.kronor(rad["belopp"]),
        )


@dataclass(frozen=True)
class RegistreraUtbetalning:
    """Registers one payment.

    `ovriga` are the other payees of the same decision, by name: what goes to them is not taken for this payment, though
    it goes to the same account.
    """

    plats: Plats
    intended: Utbetalningspost
    ovriga: tuple[str, ...] = ()
    name: str = "utbetalning"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """Household, month and payee."""
        return self.plats.key("utbetalning", self.intended.mottagare)

    def read(self) -> Sequence[Utbetalningspost]:
        """Payments of the month to the payee, by whomever."""
        rader = self.plats.lista("utbetalningar")
        poster = (
            Utbetalningspost.av_rad(rad)
            for rad in rader
            if rad["manad"] == str(self.intended.manad) and self._to_the_payee(rad)
        )
        return Seen(poster, len(rader))

    def _to_the_payee(self, rad: dict[str, str]) -> bool:
        """By name; or, since systems damage names, by account together with the day or the amount."""
        if rad["mottagare"] == self.intended.mottagare:
            return True
        if rad["mottagare"] in self.ovriga:
            return False
        same = visning.datum(rad["datum"]) == self.intended.datum, visning.kronor(rad["belopp"]) == self.intended.belopp
        return rad["konto"] == self.intended.konto and any(same)

    def fill(self) -> Submit:
        """Fill in Ny utbetalning."""
        sida = self.plats.portal.page("ny_utbetalning", arende=self.plats.arende)
        sida.fill_all(
            {
                "mottagare": self.intended.mottagare,
                "konto": self.intended.konto,
                "manad": str(self.intended.manad),
                "datum": self.intended.datum.isoformat(),
                "belopp": typed_kronor(self.intended.belopp),
            }
        )
        return lambda: sida.commit("spara")
