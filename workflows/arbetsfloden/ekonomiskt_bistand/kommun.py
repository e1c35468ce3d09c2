"""The municipality's own guidelines and what stands in for registers that are not connected."""

from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from arbetsfloden.ekonomiskt_bistand.belopp import Kronor
from arbetsfloden.ekonomiskt_bistand.godkannande import Godkannande
from medarbetare.config import Strict

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
    """An income that may be counted without a person. `fk_former`: its benefit names at Försäkringskassan.

    `sjukforman` marks a benefit whose end is a rule of its own; `tillatna_avdrag` are the agency's deduction codes that
    do not stop the case.
    """

    fk_former: tuple[str, ...] = ()
    arbetsinkomst: bool = False
    sjukforman: bool = False
    tillatna_avdrag: tuple[str, ...] = ()


class Fritext(StrEnum):
    OVERLAMNA = "overlamna"
    FLAGGA = "flagga"


class StickprovNar(StrEnum):
    FORE = "fore"
    EFTER = "efter"


class Stickprov(Strict):
    """Random sample: `andel` per cent of the grants go to a person, before the decision or for review after it."""

    andel: Procent
    nar: StickprovNar


class Kommun(Godkannande):
    """Local guidelines ("riktlinjer"). Amounts are kronor a month."""

    kommun: str
    inkomstavvikelse_procent: Procent
    lon_enbart_ansokan_hogst: Kronor
    barns_lon_andel_av_prisbasbelopp_procent: Procent
    belopp_hogst_per_hushall: Kronor
    inkomster_kanda_fran_dag: Annotated[int, Field(ge=1, le=28)]
    avslutat_arende_dagar: Annotated[int, Field(ge=0)]
    registren_fragas_hogst: Annotated[int, Field(ge=1)] = 3
    uppgifter_hogst_dagar: Annotated[int, Field(ge=0)] = 3
    fritext_och_bilagor: Fritext
    stickprov: Stickprov
    radrum_manader: Annotated[int, Field(ge=1)] = 3
    hyrestak: Annotated[tuple[Hyrestak, ...], Field(min_length=1)]
    skaliga_kostnader: dict[str, SkaligKostnad]
    inkomstslag: dict[str, Inkomstslag]

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

    def slag_for_fk(self, forman: str) -> str | None:
        """The income kind that Försäkringskassan's benefit name belongs to, or None when it is not on the list."""
        return self._slag_by_forman.get(forman.strip().casefold())

    @cached_property
    def _slag_by_forman(self) -> dict[str, str]:
        return {name.casefold(): kind for kind, rule in self.inkomstslag.items() for name in rule.fk_former}


class Ersattning(StrEnum):
    """What stands in for a register that the robot cannot ask."""

    SOKANDENS_UPPGIFT = "sokandens_uppgift"
    PLANERING = "planering"
    OVERLAMNA = "overlamna"


class EjAnslutet(Godkannande):
    """A register that is not connected, and what the municipality has decided to accept instead."""

    namn: str
    ersatts_av: Ersattning

    @property
    def holds(self) -> bool:
        """Whether something is accepted instead. Not approved is not accepted."""
        return self.ersatts_av is not Ersattning.OVERLAMNA and self.is_approved


class Register(Strict):
    """Registers that rules ask for and the robot does not reach yet. Migrationsverket has no stand-in."""

    csn: EjAnslutet
    so: EjAnslutet
    pm: EjAnslutet
    skv: EjAnslutet
    ts: EjAnslutet
    miv: EjAnslutet
    narvaro: EjAnslutet

    @model_validator(mode="after")
    def _only_what_the_form_can_tell(self) -> Self:
        if self.miv.ersatts_av is not Ersattning.OVERLAMNA:
            raise ValueError("miv: formuläret frågar inte om uppehållstillstånd; välj overlamna")
        if self.narvaro.ersatts_av is Ersattning.SOKANDENS_UPPGIFT:
            raise ValueError("narvaro: formuläret frågar inte om närvaro; välj planering eller overlamna")
        if any(row.ersatts_av is Ersattning.PLANERING for row in (self.csn, self.so, self.pm, self.skv, self.ts)):
            raise ValueError("planering kan bara ersätta narvaro")
        return self
