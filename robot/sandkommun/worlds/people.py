"""People, where they live, and what the agencies answer about them."""

from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from sandkommun.worlds.elements import Belopp, Element, Manad, Nyckel, Personnummer

Myndighetsstatus = Literal["OK", "FELANDE", "OTILLGANGLIG"]


class Fkutbetalning(Element):
    """A payment of Försäkringskassan. `typ` 0 local, 1 monthly, 2 daily, 3 retroactive, 4 presumed."""

    datum: date
    fran: date | None = None
    till: date | None = None
    formansfamilj: str
    forman: str
    typ: Literal[0, 1, 2, 3, 4] = 1
    brutto: Belopp
    skatt: Belopp = Decimal(0)
    avdrag: Belopp = Decimal(0)
    avdragstyp: Literal["", "KVI", "INF", "SOC"] = ""
    netto: Belopp

    @model_validator(mode="after")
    def _sums(self) -> Self:
        if self.brutto - self.skatt - self.avdrag != self.netto:
            raise ValueError("netto ska vara brutto minus skatt minus avdrag")
        return self


class Fkarende(Element):
    """A benefit that is applied for and not decided."""

    forman: str
    inkom: date
    status: str = "Under handläggning"


class Fk(Element):
    """Försäkringskassan's answer about one person."""

    status: Myndighetsstatus = "OK"
    avvikelse: Literal["", "INTERNT_FEL", "OBEHORIG"] = ""
    utbetalningar: tuple[Fkutbetalning, ...] = ()
    arenden: tuple[Fkarende, ...] = ()


class Aktivitetsrapport(Element):
    """The last activity report: 200 received, 500 missing, 501 not submitted, 502 error."""

    period: Manad
    kod: Literal[200, 500, 501, 502]


class Afbeslut(Element):
    """A decision of Arbetsförmedlingen."""

    datum: date
    beslut: str


class Af(Element):
    """Arbetsförmedlingen's answer about one person."""

    status: Myndighetsstatus = "OK"
    arbetssokande: bool = False
    kategori: str = ""
    registrerad: date | None = None
    omfattning: int | None = Field(None, ge=0, le=100)
    avaktualiserad: date | None = None
    aktivitetsrapport: Aktivitetsrapport | None = None
    beslut: tuple[Afbeslut, ...] = ()


class Person(Element):
    """A person: what folkbokföringen knows, and what the agencies answer about them."""

    personnummer: Personnummer
    fornamn: str
    efternamn: str
    civilstand: Literal["Ogift", "Gift", "Skild", "Änka/änkling"] = "Ogift"
    medborgarskap: str = "Sverige"
    kommun: str | None = None
    """Registered in another municipality than the world's."""
    skydd: Literal["Skyddad folkbokföring", "Sekretessmarkering"] | None = None
    fk: Fk = Fk()
    af: Af = Af()

    @property
    def namn(self) -> str:
        return f"{self.fornamn} {self.efternamn}"


class Hushall(Element):
    """People at one address, as folkbokföringen has it."""

    adress: str
    vuxna: list[Nyckel] = Field(min_length=1)
    barn: tuple[Nyckel, ...] = ()
    ovriga: tuple[Nyckel, ...] = ()

    @property
    def medlemmar(self) -> list[str]:
        return [*self.vuxna, *self.barn, *self.ovriga]
