"""The facts that a decision rests on: folkbokföring, the case system and the registers (see `registersvar.py`).

Nothing is interpreted here. The portals' readers make these; the rules read them. Amounts are kronor as Decimal.
What a system did not show is None, never zero and never an empty guess.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Self, TypeVar

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Belopp, Fakta, Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    AfSvar,
    CsnSvar,
    FkSvar,
    MivSvar,
    Myndighetssvar,
    PmSvar,
    Register,
    Registersvar,
    SkvSvar,
    SoSvar,
    TsSvar,
)

SvarT = TypeVar("SvarT", bound=Myndighetssvar)

# --- Folkbokföring -------------------------------------------------------------------------------------------------


class Skydd(StrEnum):
    INGET = "inget"
    SEKRETESSMARKERING = "sekretessmarkering"
    SKYDDAD_FOLKBOKFORING = "skyddad_folkbokforing"


class Hushallsmedlem(Fakta):
    """`personnummer` is None for a member whom the register hides: that person is protected."""

    personnummer: Personnummer | None
    namn: str
    relation: str


class Folkbokforing(Fakta):
    """One person in the population register. With protection nothing but the mark is read, so the rest is None.

    `skydd` is None only when the register could not be read (`status` EJ_KONTROLLERBART) or has no such person (INGET).
    """

    person: Personnummer
    status: Svarsstatus
    lasning: Lasning
    skydd: Skydd | None = None
    namn: str | None = None
    adress: str | None = None
    kommun: str | None = None
    medborgarskap: str | None = None
    civilstand: str | None = None
    hushall: tuple[Hushallsmedlem, ...] | None = None


# --- Case system ---------------------------------------------------------------------------------------------------


class Planering(Fakta):
    """The plan with the labour-market unit. `aktiv` as the case system marks it; `till` is its last day."""

    aktiv: bool
    till: date | None = None


class Narvaro(Fakta):
    """Hours at the labour-market unit in one month."""

    manad: Manad
    planerat: int
    narvaro: int
    giltig_franvaro: int = 0


class Jobbstimulans(Fakta):
    """History that 12 kap. 8 § SoL asks for, per adult; what the case system does not show is None.

    `manader` is the number of consecutive months with aid up to the one before the applied; `fran` and `till` are the
    first and last day of the two years, once they have begun.
    """

    person: Personnummer
    manader: int | None = None
    fran: date | None = None
    till: date | None = None


class TidigareInkomst(Fakta):
    """An income row of an earlier calculation. `belopp` is what counted, a wage after jobbstimulans."""

    slag: str
    belopp: Belopp
    person: Personnummer | None = None
    datum: date | None = None
    notering: str = ""


class TidigareKostnad(Fakta):
    slag: str
    ansokt: Belopp
    godkant: Belopp
    notering: str = ""


class TidigareBerakning(Fakta):
    """A calculation in the case system. `resultat`: negative = underskott (granted), zero or positive = överskott."""

    manad: Manad
    slutlig: bool
    norm_namn: str | None = None
    antal_personer: int | None = None
    normsumma: Belopp | None = None
    resultat: Belopp | None = None
    inkomster: tuple[TidigareInkomst, ...] = ()
    kostnader: tuple[TidigareKostnad, ...] = ()


class TidigareBeslut(Fakta):
    """A decision. `datum` is the day it was registered, `nummer` the case system's, which stays when it is changed."""

    manad: Manad
    kod: str
    belopp: Belopp
    datum: date | None = None
    beslutsfattare: str | None = None
    nummer: str | None = None


class TidigareUtbetalning(Fakta):
    manad: Manad
    mottagare: str
    belopp: Belopp
    konto: str | None = None
    datum: date | None = None


class Aktualisering(Fakta):
    """An application registered in the case system. `referens` is the e-service's number; `manad` None: not shown."""

    manad: Manad | None
    referens: str | None
    datum: date | None = None


def siffror(konto: str) -> str:
    """The digits alone, by which two ways of writing an account are compared."""
    return "".join(filter(str.isdigit, konto))


class Bankkonto(Fakta):
    clearing: str
    konto: str

    @property
    def siffror(self) -> str:
        """The digits of the whole account."""
        return siffror(self.clearing + self.konto)


class Arende(Fakta):
    """The applicant's case in the case system. `status` INGET: the person has no case there.

    `hushall` is everybody in the case, adults and children. `annan_mottagare`: payments go to somebody else than the
    applicant, such as a god man. `narvaro` is None when it was not asked for.
    """

    status: Svarsstatus
    lasning: Lasning
    nummer: str | None = None
    aktivt: bool | None = None
    avslutat: date | None = None
    handlaggare: str | None = None
    arbetsmarknadssekreterare: str | None = None
    hushall: tuple[Personnummer, ...] | None = None
    planering: Planering | None = None
    jobbstimulans: tuple[Jobbstimulans, ...] = ()
    konto: Bankkonto | None = None
    annan_mottagare: bool = False
    berakningar: tuple[TidigareBerakning, ...] = ()
    beslut: tuple[TidigareBeslut, ...] = ()
    utbetalningar: tuple[TidigareUtbetalning, ...] = ()
    aktualiseringar: tuple[Aktualisering, ...] = ()
    narvaro: tuple[Narvaro, ...] | None = None

    def senaste_berakning(self, fore: Manad) -> TidigareBerakning | None:
        """The finished calculation nearest before the month `fore`."""
        tidigare = [berakning for berakning in self.berakningar if berakning.slutlig and berakning.manad < fore]
        return max(tidigare, key=lambda berakning: berakning.manad, default=None)


class Skriftvaxling(Fakta):
    """What stands in the e-service beside the application: how many messages the applicant has written there."""

    lasning: Lasning
    fran_sokanden: int


class Underlag(Fakta):
    """Everything that was read for one application. `arende` is None until the case system has been read.

    `skriftvaxling` is None where the inbox has no messages, and until they have been read.
    """

    folkbokforing: tuple[Folkbokforing, ...] = ()
    arende: Arende | None = None
    fk: tuple[FkSvar, ...] = ()
    pm: tuple[PmSvar, ...] = ()
    af: tuple[AfSvar, ...] = ()
    so: tuple[SoSvar, ...] = ()
    csn: tuple[CsnSvar, ...] = ()
    skv: tuple[SkvSvar, ...] = ()
    ts: tuple[TsSvar, ...] = ()
    miv: tuple[MivSvar, ...] = ()
    skriftvaxling: Skriftvaxling | None = None

    def folkbokforing_for(self, person: Personnummer) -> Folkbokforing | None:
        return next((uppgift for uppgift in self.folkbokforing if uppgift.person == person), None)

    def fran(self, register: Register) -> tuple[Myndighetssvar, ...]:
        """One agency's answers, one a person."""
        answers: tuple[Myndighetssvar, ...] = getattr(self, register)
        return answers

    def svar_for(self, kind: type[SvarT], person: Personnummer) -> SvarT | None:
        """One agency's answer about somebody."""
        answers: tuple[SvarT, ...] = getattr(self, kind.register)
        return next((svar for svar in answers if svar.person == person), None)

    @property
    def registersvar(self) -> tuple[Myndighetssvar, ...]:
        """Every agency's answers."""
        return (*self.fk, *self.pm, *self.af, *self.so, *self.csn, *self.skv, *self.ts, *self.miv)

    def med(self, svar: Iterable[Registersvar]) -> Self:
        """The same facts with what the agencies answered."""
        answers = [one for told in svar for one in told.alla]
        by_register = {
            register.value: tuple(one for one in answers if one.register is register) for register in Register
        }
        return self.model_copy(update=by_register)
