"""The facts that a decision rests on, as read from folkbokföring, the case system and the registers.

Nothing is interpreted here. The portals' readers make these; the rules read them. Amounts are kronor as Decimal.
What a system did not show is None, never zero and never an empty guess.
"""

from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum

from arbetsfloden.ekonomiskt_bistand.fakta import Fakta, Lasning
from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer


class Svarsstatus(StrEnum):
    """What asking gave. "Not checkable" is never the same as nothing."""

    SVAR = "svar"
    INGET = "inget"
    EJ_KONTROLLERBART = "ej_kontrollerbart"


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
    belopp: Decimal
    person: Personnummer | None = None
    datum: date | None = None
    notering: str = ""


class TidigareKostnad(Fakta):
    slag: str
    ansokt: Decimal
    godkant: Decimal
    notering: str = ""


class TidigareBerakning(Fakta):
    """A calculation in the case system. `resultat`: negative = underskott (granted), zero or positive = överskott."""

    manad: Manad
    slutlig: bool
    norm_namn: str | None = None
    antal_personer: int | None = None
    normsumma: Decimal | None = None
    resultat: Decimal | None = None
    inkomster: tuple[TidigareInkomst, ...] = ()
    kostnader: tuple[TidigareKostnad, ...] = ()


class TidigareBeslut(Fakta):
    """A decision. `datum` is the day it was registered, `nummer` the case system's, which stays when it is changed."""

    manad: Manad
    kod: str
    belopp: Decimal
    datum: date | None = None
    beslutsfattare: str | None = None
    nummer: str | None = None


class TidigareUtbetalning(Fakta):
    manad: Manad
    mottagare: str
    belopp: Decimal
    konto: str | None = None
    datum: date | None = None


class Aktualisering(Fakta):
    """An application registered in the case system. `referens` is the e-service's number; `manad` None: not shown."""

    manad: Manad | None
    referens: str | None
    datum: date | None = None


class Bankkonto(Fakta):
    clearing: str
    konto: str

    @property
    def siffror(self) -> str:
        """The digits alone, by which two ways of writing an account are compared."""
        return "".join(char for char in self.clearing + self.konto if char.isdigit())


class Arende(Fakta):
    """The applicant's case in the case system. `status` INGET: the person has no case there.

    `hushall` is everybody in the case, adults and children. `annan_mottagare`: payments go to somebody else than the
    applicant, such as a god man.
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

    def senaste_berakning(self, fore: Manad) -> TidigareBerakning | None:
        """The finished calculation nearest before the month `fore`."""
        tidigare = [berakning for berakning in self.berakningar if berakning.slutlig and berakning.manad < fore]
        return max(tidigare, key=lambda berakning: berakning.manad, default=None)


# --- Registers -----------------------------------------------------------------------------------------------------


class Utbetalningstyp(IntEnum):
    """Försäkringskassan's kinds of payment."""

    LOKAL = 0
    MANADSVIS = 1
    DAGERSATTNING = 2
    RETROAKTIV = 3
    PRESUMERAD = 4


class Avdrag(Fakta):
    """A deduction by the agency. `kod` as written: KVI (set-off), INF (seizure), SOC (to the social services)."""

    kod: str
    belopp: Decimal


class FkUtbetalning(Fakta):
    """One payment. `typ` is the register's own number; one that is not an Utbetalningstyp is carried as it stands."""

    datum: date
    formansfamilj: str
    forman: str
    brutto: Decimal
    skatt: Decimal
    netto: Decimal
    typ: int
    period_fran: date | None = None
    period_till: date | None = None
    avdrag: tuple[Avdrag, ...] = ()


class VantandeArende(Fakta):
    """A matter that the agency has not decided yet."""

    forman: str
    inkommet: date | None = None


class FkSvar(Fakta):
    """Försäkringskassan's answer on one person.

    `kallstatus` (OK, FELANDE, OTILLGANGLIG) and `avvikelser` (INTERNT_FEL, OBEHORIG) as written. `status` is
    EJ_KONTROLLERBART unless kallstatus is OK; SVAR needs at least one payment, deviation or pending matter.
    """

    person: Personnummer
    status: Svarsstatus
    lasning: Lasning
    kallstatus: str
    skyddad: bool = False
    avvikelser: tuple[str, ...] = ()
    utbetalningar: tuple[FkUtbetalning, ...] = ()
    vantande: tuple[VantandeArende, ...] = ()


class AfSvar(Fakta):
    """Arbetsförmedlingen's answer on one person.

    `aktivitetsrapport`, the last one: 200 received, 500 missing, 501 not submitted, 502 error.
    """

    person: Personnummer
    status: Svarsstatus
    lasning: Lasning
    kallstatus: str
    sekretess: bool = False
    arbetssokande: bool | None = None
    kategori: str | None = None
    registrerad: date | None = None
    omfattning: int | None = None
    avaktualiserad: date | None = None
    aktivitetsrapport: str | None = None
    beslut: tuple[str, ...] = ()


class Underlag(Fakta):
    """Everything that was read for one application. `arende` is None until the case system has been read."""

    folkbokforing: tuple[Folkbokforing, ...] = ()
    arende: Arende | None = None
    fk: tuple[FkSvar, ...] = ()
    af: tuple[AfSvar, ...] = ()

    def folkbokforing_for(self, person: Personnummer) -> Folkbokforing | None:
        return next((uppgift for uppgift in self.folkbokforing if uppgift.person == person), None)

    def fk_for(self, person: Personnummer) -> FkSvar | None:
        return next((svar for svar in self.fk if svar.person == person), None)

    def af_for(self, person: Personnummer) -> AfSvar | None:
        return next((svar for svar in self.af if svar.person == person), None)
