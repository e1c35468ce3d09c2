"""What the agencies' registers answer about one person, as they wrote it. Nothing is interpreted here.

The same models hold the answers whichever way they came: from the multi-question portal, an agency's own portal, or
SSBTEK's XML. Amounts are kronor as Decimal; what an agency did not say is None, never zero.
"""

from datetime import date
from enum import IntEnum, StrEnum
from typing import ClassVar

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Belopp, Fakta, Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer

OK = "OK"
OBEHORIG = "OBEHORIG"
"""The deviation by which an agency says that the municipality may not ask."""


class Register(StrEnum):
    """The agencies, by the codes that SSBTEK calls them."""

    FK = "fk"
    PM = "pm"
    AF = "af"
    SO = "so"
    CSN = "csn"
    SKV = "skv"
    TS = "ts"
    MIV = "miv"

    @property
    def namn(self) -> str:
        """What the agency is called in texts for people."""
        return _NAMN[self]


_NAMN = {
    Register.FK: "Försäkringskassan",
    Register.PM: "Pensionsmyndigheten",
    Register.AF: "Arbetsförmedlingen",
    Register.SO: "A-kassan",
    Register.CSN: "CSN",
    Register.SKV: "Skatteverket",
    Register.TS: "Transportstyrelsen",
    Register.MIV: "Migrationsverket",
}


class Myndighetssvar(Fakta):
    """What every agency's answer on one person says.

    `kallstatus` is the agency's own word for how it answered (OK, FELANDE, OTILLGANGLIG …). `status` is
    EJ_KONTROLLERBART unless that is OK, nothing deviates and nobody is protected; INGET when the agency knows nothing
    about the person. `avvikelser` as written (INTERNT_FEL, OBEHORIG).
    """

    register: ClassVar[Register]
    person: Personnummer
    status: Svarsstatus
    lasning: Lasning
    kallstatus: str
    skyddad: bool = False
    avvikelser: tuple[str, ...] = ()

    @property
    def ar_kontrollerbart(self) -> bool:
        """Whether the agency has answered, be it with nothing."""
        return self.status is not Svarsstatus.EJ_KONTROLLERBART


# --- Försäkringskassan and Pensionsmyndigheten ------------------------------------------------------------------------


class Utbetalningstyp(IntEnum):
    """Kinds of payment."""

    LOKAL = 0
    MANADSVIS = 1
    DAGERSATTNING = 2
    RETROAKTIV = 3
    PRESUMERAD = 4


class Avdrag(Fakta):
    """A deduction by the agency. `kod` as written: KVI (set-off), INF (seizure), SOC (to the social services)."""

    kod: str
    belopp: Belopp


class Utbetalning(Fakta):
    """One payment. `typ` is the register's own number; one that is not an Utbetalningstyp is carried as it stands."""

    datum: date
    formansfamilj: str
    forman: str
    brutto: Belopp
    skatt: Belopp
    netto: Belopp
    typ: int
    period_fran: date | None = None
    period_till: date | None = None
    avdrag: tuple[Avdrag, ...] = ()


class VantandeArende(Fakta):
    """A matter that the agency has not decided yet."""

    forman: str
    inkommet: date | None = None


class Formanssvar(Myndighetssvar):
    """An insurer's answer. `status` SVAR needs at least one payment or pending matter."""

    utbetalningar: tuple[Utbetalning, ...] = ()
    vantande: tuple[VantandeArende, ...] = ()


class FkSvar(Formanssvar):
    register = Register.FK


class PmSvar(Formanssvar):
    register = Register.PM


# --- Arbetsförmedlingen and the a-kassor ------------------------------------------------------------------------------


class AfSvar(Myndighetssvar):
    """Arbetsförmedlingen's answer. `aktivitetsrapport`, the last one: 200 received, 500 missing, 501 not submitted,
    502 error."""

    register = Register.AF
    arbetssokande: bool | None = None
    kategori: str | None = None
    registrerad: date | None = None
    omfattning: int | None = None
    avaktualiserad: date | None = None
    aktivitetsrapport: str | None = None
    beslut: tuple[str, ...] = ()

    @property
    def ar_avaktualiserad(self) -> bool:
        """Whether the person is de-registered and has not been registered again on a later day."""
        left = self.avaktualiserad
        return left is not None and not self.inskriven_efter(left)

    def inskriven_efter(self, day: date) -> bool:
        """Whether the person looks for work and was registered after a day."""
        return bool(self.arbetssokande and self.registrerad and self.registrerad > day)


class AkassaUtbetalning(Fakta):
    """A payment of an a-kassa. The two net amounts differ by what was deducted after tax."""

    datum: date
    avser_fran: date
    avser_till: date
    dagar: Belopp
    netto_efter_skatt: Belopp
    netto_efter_avdrag: Belopp


class Avstangning(Fakta):
    """A suspension from the a-kassa; without `till` until further notice."""

    fran: date
    till: date | None = None
    orsak: str = ""


class SoSvar(Myndighetssvar):
    """The a-kassor's answer. `ansokt`: the day on which benefit was applied for, not decided yet."""

    register = Register.SO
    kassa: str | None = None
    ansokt: date | None = None
    utbetalningar: tuple[AkassaUtbetalning, ...] = ()
    avstangningar: tuple[Avstangning, ...] = ()


# --- CSN, Skatteverket, Transportstyrelsen, Migrationsverket --------------------------------------------------------


class CsnArende(Fakta):
    """A case of CSN. `lage` as written: BESLUTAD, INITIERAD, AVSLUTAD."""

    typ: str
    lage: str
    fran: date | None = None
    till: date | None = None


class CsnUtbetalning(Fakta):
    """A payment of CSN, made or planned."""

    datum: date
    typ: str
    belopp: Belopp
    utbetald: bool


class CsnSvar(Myndighetssvar):
    register = Register.CSN
    arenden: tuple[CsnArende, ...] = ()
    utbetalningar: tuple[CsnUtbetalning, ...] = ()


class Kapitaluppgift(Fakta):
    """Capital income of one assessment year."""

    taxeringsar: int
    intakter: Belopp
    overskott: Belopp


class SkvSvar(Myndighetssvar):
    register = Register.SKV
    kapital: tuple[Kapitaluppgift, ...] = ()


class Fordon(Fakta):
    """A vehicle that the person owns. `ar` is the model year."""

    regnr: str
    fabrikat: str
    modell: str = ""
    ar: int
    slag: str


class TsSvar(Myndighetssvar):
    register = Register.TS
    fordon: tuple[Fordon, ...] = ()


class Tillstand(Fakta):
    """A residence permit, permanent when it has no `till`."""

    slag: str
    fran: date
    till: date | None = None


class MivSvar(Myndighetssvar):
    register = Register.MIV
    tillstand: tuple[Tillstand, ...] = ()


INKOMSTREGISTER: tuple[type[Myndighetssvar], ...] = (FkSvar, PmSvar, SoSvar, CsnSvar)
"""The answers that may show an income."""
ALLA_REGISTER = tuple(Register)
"""Kept, since to walk an enumeration takes three times as long and every decision does it."""
SHOW_INCOMES = tuple(kind.register for kind in INKOMSTREGISTER)


class Registersvar(Fakta):
    """What the agencies answered about one person to one question; None for those that were not asked."""

    fk: FkSvar | None = None
    pm: PmSvar | None = None
    af: AfSvar | None = None
    so: SoSvar | None = None
    csn: CsnSvar | None = None
    skv: SkvSvar | None = None
    ts: TsSvar | None = None
    miv: MivSvar | None = None

    @property
    def alla(self) -> tuple[Myndighetssvar, ...]:
        """The answers that there are."""
        told = (self.fk, self.pm, self.af, self.so, self.csn, self.skv, self.ts, self.miv)
        return tuple(one for one in told if one is not None)
