"""The monthly re-application (återansökan), as the applicant sent it. Nothing is interpreted here."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer


class Boende(StrEnum):
    """Where a child lives, in the form's own words."""

    HELTID = "Heltid"
    VAXELVIS = "Växelvis"
    UMGANGE = "Umgänge"


class Sokande(Fakta):
    fornamn: str
    efternamn: str
    personnummer: Personnummer
    epost: str = ""
    telefon: str = ""

    @property
    def namn(self) -> str:
        return f"{self.fornamn} {self.efternamn}"


class Medsokande(Fakta):
    fornamn: str
    efternamn: str
    personnummer: Personnummer
    har_undertecknat: bool


class Barn(Fakta):
    """`dagar` is the number of days in the month, only for Umgänge."""

    fornamn: str
    efternamn: str
    personnummer: Personnummer
    boende: Boende
    dagar: int | None = None


class Bostad(Fakta):
    """`personer` is everybody in the home; `delad`: shared with others than the household."""

    typ: str
    rum: int
    personer: int
    delad: bool


class Kostnad(Fakta):
    slag: str
    belopp: Decimal
    mottagare: str | None = None


class Inkomst(Fakta):
    """`belopp` is net, as paid out."""

    person: Personnummer
    slag: str
    belopp: Decimal
    betald: date
    period_fran: date | None = None
    period_till: date | None = None


class Utbetalningssatt(Fakta):
    metod: str
    clearing: str
    konto: str
    andrat: bool

    @property
    def till_konto(self) -> bool:
        """Whether the applicant wants it to an account: the only way of payment that the robot carries out."""
        return self.metod == _TILL_KONTO


_TILL_KONTO = "Konto"
"""In the form's words."""


class Bilaga(Fakta):
    filnamn: str
    fil_id: str


class Ansokan(Fakta):
    """One application. `inkommen` is local time without zone, as the e-service writes it."""

    referens: str
    inkommen: datetime
    sokande: Sokande
    medsokande: Medsokande | None = None
    manad: Manad
    barn: tuple[Barn, ...] = ()
    hushallet_andrat: bool
    bostad: Bostad
    kostnader: tuple[Kostnad, ...] = ()
    inkomster: tuple[Inkomst, ...] = ()
    tillgangar: bool
    fordon: bool
    studier: bool
    vantar_pa_ersattning: bool
    akassa: bool
    vistelse_utanfor: bool
    utbetalning: Utbetalningssatt
    meddelande: str = ""
    bilagor: tuple[Bilaga, ...] = ()
    intygad: bool

    @property
    def vuxna(self) -> tuple[Personnummer, ...]:
        """The applicant first, then the co-applicant."""
        return (self.sokande.personnummer, *((self.medsokande.personnummer,) if self.medsokande else ()))

    @property
    def personer(self) -> tuple[Personnummer, ...]:
        """Everybody the application concerns: adults first, then children in the form's order."""
        return (*self.vuxna, *(barn.personnummer for barn in self.barn))
