"""Where records are written, and how texts are compared."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded
from medarbetare.engine import NaturalKey, Portal

Folded = Annotated[str, AfterValidator(folded)]
"""Text as a page shows it. What is typed keeps its line breaks; what is compared does not."""


def skrivningens_namn(name: str, number: int) -> str:
    """The name of one write of several of a kind, from 1: the first has the bare name."""
    return name if number == 1 else f"{name} {number}"


@dataclass(frozen=True)
class Plats:
    """Where in the case system records of one application belong."""

    portal: Portal
    arende: str
    sokande: Personnummer
    manad: Manad

    def key(self, kind: str, payee: str = "") -> NaturalKey:
        """The natural key of a record of this kind."""
        return NaturalKey(household=self.sokande.digits, month=str(self.manad), kind=kind, payee=payee)

    def lista(self, name: str) -> list[dict[str, str]]:
        """The rows of one of the case's lists, by fresh navigation."""
        return self.portal.page(name, arende=self.arende).table(name)
