"""The application, registered on arrival with the files that came with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.dokument import filer_till
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.plats import Folded, Plats
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import PORTAL, visning
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded
from medarbetare.engine import File, Mode, NaturalKey, Seen, Submit
from medarbetare.errors import BusinessError

Filnamn = Annotated[tuple[Folded, ...], AfterValidator(lambda names: tuple(sorted(names)))]
"""Names of files, in order of name."""


class Aktualiseringspost(Fakta):
    """An application as registered. `filer` are the files that it holds."""

    ankomstdatum: date
    arendetyp: str
    referens: str
    bilagor: Folded
    filer: Filnamn = ()

    @classmethod
    def av_rad(cls, rad: Mapping[str, str], filer: tuple[str, ...] = ()) -> Self:
        """From a row of the list, and the files that the list of documents has with it."""
        return cls(
            ankomstdatum=visning.datum(rad["ankomstdatum"]),
            arendetyp=rad["arendetyp"],
            referens=rad["referens"],
            bilagor=rad["bilagor"],
            filer=filer,
        )


@dataclass(frozen=True)
class RegistreraAktualisering:
    """Registers the application on arrival. One per reference, so the reference is part of what makes it the same.

    `hamta` gives the files just before they are sent, so that they stand in no journal; which they are, the record
    says. They are read back in the case's list of documents, as belonging to this registration.
    """

    plats: Plats
    intended: Aktualiseringspost
    hamta: Callable[[], Sequence[File]] = tuple
    name: str = "aktualisering"
    portal: str = PORTAL
    needs: Mode = Mode.FORBERED

    @property
    def key(self) -> NaturalKey:
        """Household, month and the e-service's reference."""
        return self.plats.key(f"aktualisering {self.intended.referens}")

    def read(self) -> Sequence[Aktualiseringspost]:
        """Registrations with the same reference; their files, where there should be any."""
        rader = self.plats.lista("aktualiseringar")
        egna = [rad for rad in rader if rad["referens"] == self.intended.referens]
        dokument = self.plats.lista("dokument") if egna and self.intended.filer else []
        poster = (Aktualiseringspost.av_rad(rad, filer_till(dokument, "aktualisering", rad["nr"])) for rad in egna)
        return Seen(poster, len(rader))

    def fill(self) -> Submit:
        """Fill in Ny aktualisering. Raises BusinessError when the files are others than those that were read of."""
        filer = self.hamta()
        if tuple(sorted(folded(fil.name) for fil in filer)) != self.intended.filer:
            raise BusinessError("Ansökans filer är andra nu än när ansökan lästes. Registrera ansökan för hand.")
        sida = self.plats.portal.page("ny_aktualisering", arende=self.plats.arende)
        sida.fill_all(
            {
                "ankomstdatum": self.intended.ankomstdatum.isoformat(),
                "arendetyp": self.intended.arendetyp,
                "referens": self.intended.referens,
                "bilagor": self.intended.bilagor,
            }
        )
        if filer:
            sida.attach("filer", filer)
        return lambda: sida.commit("spara")
