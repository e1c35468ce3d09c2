"""What lies in the e-service's inbox."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from sandkommun.worlds.elements import Belopp, Element, Konto, Manad, Nyckel

Arendestatus = Literal["Inkommen", "Under handläggning", "Beslutad", "Överlämnad till handläggare"]


class Medsokande(Element):
    """The co-applicant of an application."""

    person: Nyckel
    signerat: bool = True


class Barnrad(Element):
    """A child as the applicant states it."""

    person: Nyckel
    boende: Literal["Heltid", "Växelvis", "Umgänge"] = "Heltid"
    dagar: int | None = Field(None, ge=1, le=31)


class Boende(Element):
    """The home as the applicant states it."""

    typ: str = "Hyresrätt"
    rum: int = Field(ge=1)
    personer: int = Field(ge=1)
    delar: bool = False


class Soktkostnad(Element):
    """A cost applied for."""

    typ: str
    belopp: Belopp
    mottagare: str = ""


class Uppgiveninkomst(Element):
    """An income stated by the applicant."""

    person: Nyckel
    typ: str
    belopp: Belopp
    datum: date
    fran: date | None = None
    till: date | None = None


class Uppgivetkonto(Konto):
    """The account stated in an application."""

    andrat: bool = False


class Bilaga(Element):
    """An attachment of an application."""

    filnamn: str
    fil_id: str


class Ansokan(Element):
    """A re-application in the inbox. Everything that is asked and not said here is answered Nej."""

    inkommet: datetime
    status: Arendestatus = "Inkommen"
    manad: Manad
    sokande: Nyckel
    epost: str = "test@example.com"
    telefon: str = "0701740605"
    medsokande: Medsokande | None = None
    barn: tuple[Barnrad, ...] = ()
    hushall_andrat: bool = False
    boende: Boende
    kostnader: tuple[Soktkostnad, ...] = ()
    inkomster: tuple[Uppgiveninkomst, ...] = ()
    tillgangar: bool = False
    fordon: bool = False
    studier: bool = False
    vantar_formaner: bool = False
    akassa: bool = False
    vistelse_annan_ort: bool = False
    konto: Uppgivetkonto
    meddelande: str = ""
    bilagor: tuple[Bilaga, ...] = ()
    intygat: bool = True

    @property
    def namnda(self) -> list[str]:
        """Keys of everybody whom the application names."""
        co_applicant = [self.medsokande.person] if self.medsokande else []
        children = [row.person for row in self.barn]
        return [self.sokande, *co_applicant, *children, *(row.person for row in self.inkomster)]


class Franmande(Element):
    """A form of another e-service, sent as it is. `fil`: a file in `sandkommun/worlds`, or a path."""

    inkommet: datetime
    status: Arendestatus = "Inkommen"
    e_tjanst: str
    fil: str


def _entry_kind(entry: object) -> str:
    return "blankett" if isinstance(entry, Franmande) or (isinstance(entry, dict) and "fil" in entry) else "ansokan"


Inkorgspost = Annotated[
    Annotated[Ansokan, Tag("ansokan")] | Annotated[Franmande, Tag("blankett")], Discriminator(_entry_kind)
]
