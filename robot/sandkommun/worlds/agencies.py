"""What the agencies answer about one person: one element an agency."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from sandkommun.worlds.elements import Belopp, Element, Kronor, Manad

Myndighetsstatus = Literal["OK", "FELANDE", "OTILLGANGLIG", "BEGRANSAD"]
"""Answers, in error, unavailable; BEGRANSAD stands for a status that no documentation mentions."""
Ar = Annotated[int, Field(ge=1900, le=2100)]


class Myndighet(Element):
    """What every agency's answer says besides its facts."""

    status: Myndighetsstatus = "OK"
    felkod: str = ""
    """The code that comes with a status other than OK; left out: one for the status."""
    svar: tuple[Myndighetsstatus, ...] = ()
    """Instead of `status`: what the 1st, 2nd, 3rd … question about the person gets. The last one stays."""
    sekretess: bool = False
    """The agency's own secrecy mark on a person who has none in folkbokföringen."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.svar and self.status != "OK":
            raise ValueError("ange status eller svar, inte båda")
        return self


class Fkutbetalning(Element):
    """A payment. `typ` 0 local, 1 monthly, 2 daily, 3 retroactive, 4 presumed (announced, not paid yet)."""

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


class Fk(Myndighet):
    """Försäkringskassan's answer, or Pensionsmyndigheten's: both answer in the same terms."""

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


class Af(Myndighet):
    """Arbetsförmedlingen's answer."""

    arbetssokande: bool = False
    kategori: str = ""
    registrerad: date | None = None
    omfattning: int | None = Field(None, ge=0, le=100)
    avaktualiserad: date | None = None
    aktivitetsrapport: Aktivitetsrapport | None = None
    beslut: tuple[Afbeslut, ...] = ()


class Akassautbetalning(Element):
    """A payment of an a-kassa. `dagar` may have a half; the two net amounts differ by what was deducted after tax."""

    datum: date
    fran: date
    till: date
    dagar: Annotated[Decimal, Field(ge=0, decimal_places=1, max_digits=4)]
    netto_efter_skatt: Belopp
    netto_efter_avdrag: Belopp

    @model_validator(mode="after")
    def _deducted(self) -> Self:
        if self.netto_efter_avdrag > self.netto_efter_skatt:
            raise ValueError("netto_efter_avdrag får inte vara mer än netto_efter_skatt")
        return self


class Avstangning(Element):
    """A suspension from the a-kassa; without `till` until further notice."""

    fran: date
    till: date | None = None
    orsak: str = ""


class So(Myndighet):
    """The a-kassor's answer. `ansokt`: the day on which benefit was applied for, not decided yet."""

    kassa: str = ""
    ansokt: date | None = None
    utbetalningar: tuple[Akassautbetalning, ...] = ()
    avstangningar: tuple[Avstangning, ...] = ()


class Csnarende(Element):
    """A case of CSN with the time that it is about."""

    typ: str
    status: Literal["BESLUTAD", "INITIERAD", "AVSLUTAD"]
    fran: date
    till: date


class Csnutbetalning(Element):
    """A payment of CSN: paid when the world has come to its date, planned until then."""

    datum: date
    typ: str
    belopp: Annotated[Decimal, Field(ge=0, decimal_places=0, max_digits=7)]


class Csn(Myndighet):
    """CSN's answer. No hit ("Ej träff") when there is neither case nor payment."""

    arenden: tuple[Csnarende, ...] = ()
    utbetalningar: tuple[Csnutbetalning, ...] = ()


class Kapitaluppgift(Element):
    """Capital income of one assessment year."""

    taxeringsar: Ar
    intakter: Belopp
    overskott: Kronor


class Skv(Myndighet):
    """Skatteverket's answer."""

    kapital: tuple[Kapitaluppgift, ...] = ()


class Fordon(Element):
    """A vehicle that somebody owns."""

    regnr: Annotated[str, StringConstraints(pattern=r"^[A-ZÅÄÖ]{3}\d{2}[A-ZÅÄÖ0-9]$")]
    fabrikat: str
    modell: str = ""
    ar: Ar
    slag: str = "PERSONBIL"


class Ts(Myndighet):
    """Transportstyrelsen's answer."""

    fordon: tuple[Fordon, ...] = ()


class Tillstand(Element):
    """A residence permit, permanent when it has no `till`."""

    slag: str
    fran: date
    till: date | None = None


class Miv(Myndighet):
    """Migrationsverket's answer."""

    tillstand: tuple[Tillstand, ...] = ()
