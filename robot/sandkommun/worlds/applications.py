"""What lies in the e-service's inbox."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from sandkommun.worlds.elements import Belopp, Element, Filnamn, Konto, Manad, Nyckel

Arendestatus = Literal[
    "Inkommen",
    "Väntar på signering",
    "Under handläggning",
    "Väntar på komplettering",
    "Komplettering inkommen",
    "Beslutad",
    "Överlämnad till handläggare",
]
Bilageslag = Literal["handling", "kvitto", "hyresavi", "kontoutdrag", "lönespecifikation", "intyg", "foto"]
_MADE = (".pdf", ".png", ".jpg", ".jpeg")
"""Files that the e-service can make from a kind and a few words."""


class Medsokande(Element):
    """The co-applicant of an application, who signs it at once, after some days, or never."""

    person: Nyckel
    signerat: bool = True
    signerar_efter_dagar: int | None = Field(None, ge=0, le=366)
    """Days of the world from when the application came; until then it has the status Väntar på signering."""

    @model_validator(mode="after")
    def _signs_once(self) -> Self:
        if self.signerat and self.signerar_efter_dagar is not None:
            raise ValueError("signerar_efter_dagar förutsätter signerat: false")
        return self


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
    """An attachment: a file that is made from its kind and a few words, or one that lies at a path."""

    filnamn: Filnamn
    fil_id: str = Field(pattern=r"^[\w-]{1,40}$")
    slag: Bilageslag = "handling"
    text: str = ""
    fil: str | None = None

    @model_validator(mode="after")
    def _can_be_fetched(self) -> Self:
        if self.fil is None and not self.filnamn.lower().endswith(_MADE):
            raise ValueError(f"filnamn ska sluta på {', '.join(_MADE)}, eller så ska fil ange var filen ligger")
        return self

    @field_validator("fil")
    @classmethod
    def _lies_there(cls, fil: str | None) -> str | None:
        if fil is not None and not Path(fil).is_file():
            raise ValueError(f"filen {fil} finns inte")
        return fil


class Kompletteringssvar(Element):
    """What the applicant answers to a message, and after how many days of the world."""

    pa: int = Field(1, ge=1)
    """Which of the handlers' messages is answered: 1 is the first."""
    efter_dagar: int = Field(1, ge=0, le=366)
    text: str
    bilagor: tuple[Bilaga, ...] = ()


class Ansokan(Element):
    """A re-application in the inbox. Everything that is asked and not said here is answered Nej."""

    inkommet: datetime
    """An application of a day that the world has not come to is not shown until then."""
    status: Arendestatus = "Inkommen"
    handlaggare: str = ""
    """The e-service's user who has taken the errand."""
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
    svar: tuple[Kompletteringssvar, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        files = Counter(one.fil_id for one in self.alla_bilagor)
        answered = Counter(one.pa for one in self.svar)
        twice = [f"fil_id {one} finns flera gånger" for one, times in files.items() if times > 1]
        twice += [f"meddelande {one} har flera svar" for one, times in answered.items() if times > 1]
        if twice:
            raise ValueError("; ".join(twice))
        return self

    @property
    def alla_bilagor(self) -> list[Bilaga]:
        """The application's own attachments and those of the answers to come."""
        return [*self.bilagor, *(one for answer in self.svar for one in answer.bilagor)]

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
    handlaggare: str = ""
    e_tjanst: str
    fil: str


def _entry_kind(entry: object) -> str:
    return "blankett" if isinstance(entry, Franmande) or (isinstance(entry, dict) and "fil" in entry) else "ansokan"


Inkorgspost = Annotated[
    Annotated[Ansokan, Tag("ansokan")] | Annotated[Franmande, Tag("blankett")], Discriminator(_entry_kind)
]
