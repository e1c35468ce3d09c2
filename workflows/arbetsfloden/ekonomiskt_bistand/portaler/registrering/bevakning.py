"""A reminder: what somebody must come back to, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.plats import Folded, Plats
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import PORTAL, visning
from arbetsfloden.ekonomiskt_bistand.portaler.visning import same_or_damaged
from medarbetare.engine import Mode, NaturalKey, Seen, Submit


class Bevakningspost(Fakta):
    """A reminder as registered."""

    datum: date
    ansvarig: str
    text: Folded

    @classmethod
    def av_rad(cls, rad: Mapping[str, str]) -> Self:
        """From a row of the list."""
        return cls(datum=visning.datum(rad["datum"]), ansvarig=rad["ansvarig"], text=rad["text"])


@dataclass(frozen=True)
class RegistreraBevakning:
    """Registers one reminder. `slag` tells those of one month apart, and so must `name`.

    The list does not tell which month a reminder is about: it is known by its day and text.
    """

    plats: Plats
    intended: Bevakningspost
    slag: str = ""
    name: str = "bevakning"
    portal: str = PORTAL
    needs: Mode = Mode.FORBERED

    @property
    def key(self) -> NaturalKey:
        """Household, month and kind of reminder."""
        return self.plats.key(f"bevakning {self.slag}".strip())

    def read(self) -> Sequence[Bevakningspost]:
        """Reminders for the same day with the same text, or with what is left of it, whoever has them."""
        rader = self.plats.lista("bevakningar")
        poster = (Bevakningspost.av_rad(rad) for rad in rader if rad["datum"] == self.intended.datum.isoformat())
        return Seen((post for post in poster if same_or_damaged(post.text, self.intended.text)), len(rader))

    def fill(self) -> Submit:
        """Fill in Ny bevakning."""
        sida = self.plats.portal.page("ny_bevakning", arende=self.plats.arende)
        post = self.intended
        sida.fill_all({"datum": post.datum.isoformat(), "ansvarig": post.ansvarig, "text": post.text})
        return lambda: sida.commit("spara")
