"""The case system's cases and their history."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from sandkommun.worlds.elements import Belopp, Element, Konto, Kronor, Manad, Nyckel


class Inkomstrad(Element):
    """An income row of a calculation; `person` is the key of somebody in the case."""

    typ: str
    person: Nyckel
    belopp: Belopp
    datum: date | None = None
    notering: str = ""


class Kostnadsrad(Element):
    """A cost row of a calculation."""

    typ: str
    sokt: Belopp
    godkant: Belopp
    notering: str = ""


class Registrering(Element):
    """What every record of the case system says of its making."""

    registrerad: datetime
    av: str


class Berakning(Registrering):
    """A calculation of one month. `resultat` is negative for an underskott."""

    manad: Manad
    norm: str
    antal: int = Field(ge=1)
    inkomster: tuple[Inkomstrad, ...] = ()
    kostnader: tuple[Kostnadsrad, ...] = ()
    normsumma: Belopp
    resultat: Kronor
    status: Literal["Utkast", "Slutlig"] = "Slutlig"


class Beslut(Registrering):
    """A decision."""

    kod: str
    fran: date
    till: date
    belopp: Belopp
    motivering: str
    beslutsfattare: str


class Utbetalning(Registrering):
    """A payment."""

    mottagare: str
    konto: str
    manad: Manad
    datum: date
    belopp: Belopp


class Aktualisering(Registrering):
    """An application or other matter registered in the case."""

    ankomst: date
    typ: str
    referens: str
    bilagor: str = ""


class Anteckning(Registrering):
    """A journal note."""

    datum: date
    rubrik: str
    text: str


class Bevakning(Registrering):
    """A reminder in a case."""

    datum: date
    ansvarig: str
    text: str


class Dokument(Registrering):
    """A letter or other paper of the past; the case system prints its text when somebody fetches it."""

    namn: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f/\\]+\.pdf$")]
    """The file's name."""
    rubrik: str
    text: str


class Narvaro(Element):
    """A month's attendance at the labour-market unit, in hours."""

    manad: Manad
    planerat: int = Field(ge=0)
    narvaro: int = Field(ge=0)
    giltig_franvaro: int = Field(0, ge=0)


class Planering(Element):
    """The plan with the labour-market unit."""

    innehall: str
    till: date


class Jobbstimulans(Element):
    """The two years in which a quarter of a wage is disregarded."""

    fran: date
    till: date


class Arende(Element):
    """One case of the case system, with its history."""

    sokande: Nyckel
    medsokande: Nyckel | None = None
    barn: tuple[Nyckel, ...] = ()
    status: Literal["Pågående", "Avslutat"] = "Pågående"
    avslutat: date | None = None
    handlaggare: str = ""
    arbetsmarknadssekreterare: str = ""
    planering: Planering | None = None
    jobbstimulans: Jobbstimulans | None = None
    bistandsmanader: tuple[Manad, ...] = ()
    mottagare: str = ""
    konto: Konto | None = None
    berakningar: tuple[Berakning, ...] = ()
    beslut: tuple[Beslut, ...] = ()
    utbetalningar: tuple[Utbetalning, ...] = ()
    aktualiseringar: tuple[Aktualisering, ...] = ()
    anteckningar: tuple[Anteckning, ...] = ()
    bevakningar: tuple[Bevakning, ...] = ()
    dokument: tuple[Dokument, ...] = ()
    narvaro: tuple[Narvaro, ...] = ()

    @property
    def medlemmar(self) -> list[str]:
        return [self.sokande, *([self.medsokande] if self.medsokande else []), *self.barn]
