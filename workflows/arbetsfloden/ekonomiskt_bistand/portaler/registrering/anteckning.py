"""The journal note."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.plats import Folded, Plats
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import PORTAL, visning
from arbetsfloden.ekonomiskt_bistand.portaler.visning import same_or_damaged
from medarbetare.engine import Mode, NaturalKey, Seen, Submit


class Anteckningspost(Fakta):
    """A journal note as registered."""

    datum: date
    rubrik: str
    text: Folded

    @classmethod
    def av_rad(cls, rad: Mapping[str, str]) -> Self:
        """From a row of the list."""
        return cls(datum=visning.datum(rad["datum"]), rubrik=rad["rubrik"], text=rad["text"])


def ar_anteckningen(rad: Mapping[str, str], rubrik: str, datum: date) -> bool:
    """Whether a row of the journal has this heading, or is of this day and has what is left of it."""
    return rad["rubrik"] == rubrik or (rad["datum"] == datum.isoformat() and same_or_damaged(rad["rubrik"], rubrik))


@dataclass(frozen=True)
class SkrivAnteckning:
    """Writes the journal note. Its heading names the application, so that it is told from every other note."""

    plats: Plats
    intended: Anteckningspost
    text: str
    name: str = "journalanteckning"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """Household, month and heading."""
        return self.plats.key(f"journalanteckning {self.intended.rubrik}")

    def read(self) -> Sequence[Anteckningspost]:
        """Notes with the same heading, or of the same day with what is left of it."""
        rader = self.plats.lista("journal")
        poster = (
            Anteckningspost.av_rad(rad)
            for rad in rader
            if ar_anteckningen(rad, self.intended.rubrik, self.intended.datum)
        )
        return Seen(poster, len(rader))

    def fill(self) -> Submit:
        """Fill in Ny journalanteckning."""
        sida = self.plats.portal.page("ny_anteckning", arende=self.plats.arende)
        sida.fill_all(
            {"datum": self.intended.datum.isoformat(), "rubrik_text": self.intended.rubrik, "text": self.text}
        )
        return lambda: sida.commit("spara")
