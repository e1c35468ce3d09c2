"""The municipality's own guidelines."""

from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import Kronor, kronor
from arbetsfloden.ekonomiskt_bistand.formular.inkommet import AnnatFormular
from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from medarbetare.config import Strict
from medarbetare.engine.ceiling import Ceiling

Procent = Annotated[Decimal, Field(ge=0, le=100)]


class Hyrestak(Strict):
    """Highest reasonable rent; the first row whose limits hold the household applies. No limit: any number."""

    belopp: Kronor
    barn_hogst: int | None = None
    rum_hogst: int | None = None


class SkaligKostnad(Strict):
    """Reasonable amount a month by number of persons; the last holds for more. `per_vuxen`: each adult has it once."""

    belopp: Annotated[tuple[Kronor, ...], Field(min_length=1)]
    per_vuxen: bool = False

    def for_hushall(self, personer: int, vuxna: int) -> Decimal:
        amount = self.belopp[min(personer, len(self.belopp)) - 1]
        return amount * vuxna if self.per_vuxen else amount


class Inkomstslag(Strict):
    """A kind of income: what the registers call it, and what the robot may do with it.

    `sjukforman` marks a benefit whose end is a rule of its own;
    `ej_arbetssokande` one whose receiver need not be a job seeker; `tillatna_avdrag` are the agency's deduction codes
    that do not stop the case.
    """

    fk_former: tuple[str, ...] = ()
    pm_former: tuple[str, ...] = ()
    so_former: tuple[str, ...] = ()
    csn_former: tuple[str, ...] = ()
    arbetsinkomst: bool = False
    sjukforman: bool = False
    ej_arbetssokande: bool = False
    tillatna_avdrag: tuple[str, ...] = ()

    @cached_property
    def former(self) -> dict[Register, tuple[str, ...]]:
        """What the registers that show it call it."""
        named = {
            Register.FK: self.fk_former,
            Register.PM: self.pm_former,
            Register.SO: self.so_former,
            Register.CSN: self.csn_former,
        }
        return {register: names for register, names in named.items() if names}


class Fritext(StrEnum):
    OVERLAMNA = "overlamna"
    FLAGGA = "flagga"


class StickprovNar(StrEnum):
    FORE = "fore"
    EFTER = "efter"


class ArbetsmarknadTill(StrEnum):
    """Who takes a case in which nothing but the labour market's rules stands in the way."""

    HANDLAGGARE = "handlaggare"
    ARBETSMARKNADSSEKRETERARE = "arbetsmarknadssekreterare"


class Stickprov(Strict):
    """Random sample: `andel` per cent of the grants go to a person, before the decision or for review after it."""

    andel: Procent
    nar: StickprovNar


class Overskott(StrEnum):
    """What becomes of last month's surplus: a person judges it, it is an income of this month, or it is not counted."""

    HANDLAGGARE = "handlaggare"
    RAKNAS = "raknas"
    RAKNAS_INTE = "raknas_inte"


class Komplettering(Strict):
    """How long the applicant has to complete an application, and when they are reminded, in days."""

    svarstid_dagar: Annotated[int, Field(ge=1)] = 10
    paminnelse_dagar: Annotated[int, Field(ge=1)] = 5

    @model_validator(mode="after")
    def _reminds_before_time_is_up(self) -> Self:
        if self.paminnelse_dagar >= self.svarstid_dagar:
            raise ValueError("paminnelse_dagar ska vara färre än svarstid_dagar")
        return self


BETALNINGSSTOPP = "egna beslut"
"""What is reserved under the payment stop: what the robot decides by itself, a case each."""


class Betalningsstopp(Strict):
    """Above so many kronor or cases in a day, what the robot would decide by itself waits for a person."""

    belopp_per_dag: Kronor = Decimal(5_000_000)
    antal_per_dag: Annotated[int, Field(ge=0)] = 500

    @property
    def tak(self) -> Ceiling:
        return Ceiling(self.belopp_per_dag, self.antal_per_dag)

    @property
    def skal(self) -> str:
        """Why a person is asked when there is no room left."""
        return (
            "Betalningsstopp: med det här beslutet skulle roboten i dag själv ha beslutat om mer än "
            f"{kronor(self.belopp_per_dag)} kr eller i fler än {self.antal_per_dag} ärenden. En handläggare godkänner."
        )


class Uppfoljning(Strict):
    """When a household is listed so that somebody gets in touch. Days and months are counted as `uppfoljning.py` says.

    Contact is due `kontakt_inom_dagar` after a fact began to hold; a household is listed until `visas_manader` after
    the month that it last applied for.
    """

    manader_med_bistand: Annotated[int, Field(ge=1)]
    planering_gar_ut_inom_dagar: Annotated[int, Field(ge=0)]
    overlamningar: Annotated[int, Field(ge=1)]
    overlamningar_inom_manader: Annotated[int, Field(ge=1, le=12)]
    avvikelser_inom_manader: Annotated[int, Field(ge=1, le=12)]
    ingen_ansokan_fran_dag: Annotated[int, Field(ge=1, le=28)]
    kontakt_inom_dagar: Annotated[int, Field(ge=0)]
    visas_manader: Annotated[int, Field(ge=1)]


class Kommun(Godkannande):
    """Local guidelines ("riktlinjer"). Amounts are kronor a month.

    Without `uppfoljning` no household is listed for follow-up.
    `inkomstslag` may be counted without a person; `andra_inkomster` are known and left to one. `annan_inkomst` is what
    the case system calls all other kinds.
    """

    kommun: str
    inkomstavvikelse_procent: Procent
    lon_enbart_ansokan_hogst: Kronor
    barns_lon_andel_av_prisbasbelopp_procent: Procent
    belopp_hogst_per_hushall: Kronor
    betalningsstopp: Betalningsstopp = Betalningsstopp()
    kapitalinkomst_hogst_per_ar: Kronor = Decimal(0)
    fordon_godtas_fran_alder: Annotated[int, Field(ge=1)] | None = None
    narvaro_minst_procent: Procent
    inkomster_kanda_fran_dag: Annotated[int, Field(ge=1, le=28)]
    avslutat_arende_dagar: Annotated[int, Field(ge=0)]
    registren_fragas_hogst: Annotated[int, Field(ge=1)] = 3
    uppgifter_hogst_dagar: Annotated[int, Field(ge=0)] = 3
    fritext_och_bilagor: Fritext
    stickprov: Stickprov
    arbetsmarknad_till: ArbetsmarknadTill = ArbetsmarknadTill.HANDLAGGARE
    overskott_forra_manaden: Overskott = Overskott.HANDLAGGARE
    yttrande_dagar: Annotated[int, Field(ge=7)] = 14
    komplettering: Komplettering = Komplettering()
    uppfoljning: Uppfoljning | None = None
    radrum_manader: Annotated[int, Field(ge=1)] = 3
    hyrestak: Annotated[tuple[Hyrestak, ...], Field(min_length=1)]
    skaliga_kostnader: dict[str, SkaligKostnad]
    inkomstslag: dict[str, Inkomstslag]
    andra_inkomster: dict[str, Inkomstslag] = Field(default_factory=dict)
    annan_inkomst: str = "Annat"
    andra_arenden: tuple[AnnatFormular, ...] = ()

    @model_validator(mode="after")
    def _last_rent_cap_holds_everybody(self) -> Self:
        last = self.hyrestak[-1]
        if last.barn_hogst is not None or last.rum_hogst is not None:
            raise ValueError("sista raden i hyrestak ska gälla alla: utan barn_hogst och rum_hogst")
        return self

    def hyrestak_for(self, barn: int, rum: int) -> Decimal:
        return next(
            row.belopp
            for row in self.hyrestak
            if (row.barn_hogst is None or barn <= row.barn_hogst) and (row.rum_hogst is None or rum <= row.rum_hogst)
        )

    def former(self, slag: str) -> dict[Register, tuple[str, ...]]:
        """What the registers that show a kind of income call it, whether the robot may count it or not."""
        known = [kinds[slag] for kinds in (self.andra_inkomster, self.inkomstslag) if slag in kinds]
        return {register: names for one in known for register, names in one.former.items()}

    def radtyp(self, slag: str) -> str:
        """What the case system's calculation calls a kind of income."""
        return slag if slag in self.inkomstslag or slag in self.andra_inkomster else self.annan_inkomst

    def slag_for(self, register: Register, forman: str) -> str | None:
        """The income kind that a register's name of a benefit belongs to, or None when no kind has it."""
        return self._slag_by_forman.get((register, forman.strip().casefold()))

    @cached_property
    def _slag_by_forman(self) -> dict[tuple[Register, str], str]:
        return {
            (register, name.casefold()): kind
            for kind in {**self.andra_inkomster, **self.inkomstslag}
            for register, names in self.former(kind).items()
            for name in names
        }
