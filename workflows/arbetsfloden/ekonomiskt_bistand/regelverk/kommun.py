"""The municipality's own guidelines."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self, TypeVar

from pydantic import Field, model_validator

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import Kronor, kronor
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Inkomst, Kostnad
from arbetsfloden.ekonomiskt_bistand.formular.inkommet import AnnatFormular
from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from arbetsfloden.ekonomiskt_bistand.regelverk.i_ovrigt import KostnadIOvrigt, fel_i
from arbetsfloden.ekonomiskt_bistand.regelverk.inkomstmanad import Inkomstmanad
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from medarbetare.config import Strict
from medarbetare.engine.ceiling import Ceiling

Procent = Annotated[Decimal, Field(ge=0, le=100)]


class Hyrestak(Strict):
    """Highest reasonable rent; the first row whose limits hold the household applies. No limit: any number."""

    belopp: Annotated[Kronor, Field(le=100_000)]
    barn_hogst: int | None = None
    rum_hogst: int | None = None


class SkaligKostnad(Strict):
    """Reasonable amount a month by number of persons; the last holds for more. `per_vuxen`: each adult has it once."""

    belopp: Annotated[tuple[Annotated[Kronor, Field(le=100_000)], ...], Field(min_length=1)]
    per_vuxen: bool = False

    def for_hushall(self, personer: int, vuxna: int) -> Decimal:
        amounts = self.belopp
        amount = amounts[min(personer, len(amounts)) - 1]
        return amount * vuxna if self.per_vuxen else amount


class Inkomstslag(Strict):
    """A kind of income: what the registers call it, and what the robot may do with it.

    `sjukforman` marks a benefit whose end is a rule of its own;
    `ej_arbetssokande` one whose receiver need not be a job seeker; `tillatna_avdrag` are the agency's deduction codes
    that do not stop the case. `rad` is what the case system's calculation calls it, where that has no word for it.
    """

    fk_former: tuple[str, ...] = ()
    pm_former: tuple[str, ...] = ()
    so_former: tuple[str, ...] = ()
    csn_former: tuple[str, ...] = ()
    arbetsinkomst: bool = False
    sjukforman: bool = False
    ej_arbetssokande: bool = False
    tillatna_avdrag: tuple[str, ...] = ()
    rad: str = ""

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


class PlaneringGaller(StrEnum):
    """Whom the plan is for that the case system shows for a case."""

    HUSHALLET = "hushallet"
    SOKANDEN = "sokanden"


class MedsokandenUnderrattas(StrEnum):
    """When a person tells the co-applicant the decision too: where somebody was heard, or every decision (33 § FL)."""

    NAR_NAGON_HORS = "nar_nagon_hors"
    ALLTID = "alltid"


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


class Bevakningsmanader(Strict):
    """How many months after the applied one somebody is reminded of what ends within them."""

    planering: Annotated[int, Field(ge=1, le=12)] = 1
    uppehallstillstand: Annotated[int, Field(ge=1, le=12)] = 2


class Betalningsstopp(Strict):
    """Above so many kronor or cases in a day, what the robot would decide by itself waits for a person."""

    belopp_per_dag: Annotated[Kronor, Field(le=20_000_000)] = Decimal(5_000_000)
    antal_per_dag: Annotated[int, Field(ge=0, le=2000)] = 500

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
    ej_verkstallt_dagar: Annotated[int, Field(ge=1, le=90)] = 30
    visas_manader: Annotated[int, Field(ge=1)]


class Kommun(Godkannande):
    """Local guidelines ("riktlinjer"). Amounts are kronor a month.

    Without `uppfoljning` no household is listed for follow-up, without `betalningsstopp` the robot decides nothing by
    itself. `planering_galler`: whose plan it is that the case shows.
    Limits have an end: one that nobody can reach would be a rule that is silently off.
    `inkomstslag` may be counted without a person; `andra_inkomster` are known and left to one; `raknas_aldrig` are no
    incomes in the law's sense, whoever shows them. `levnadskostnader_i_ovrigt` are costs beside 12 kap. 7 § SoL that
    count without a person, up to a limit. `annan_inkomst` is what the case system calls all other kinds.
    """

    kommun: str
    inkomstavvikelse_procent: Annotated[Procent, Field(le=50)]
    lon_enbart_ansokan_hogst: Annotated[Kronor, Field(le=50_000)]
    barns_lon_andel_av_prisbasbelopp_procent: Procent
    belopp_hogst_per_hushall: Annotated[Kronor, Field(le=100_000)]
    betalningsstopp: Betalningsstopp = Betalningsstopp(belopp_per_dag=Decimal(0), antal_per_dag=0)
    kapitalinkomst_hogst_per_ar: Annotated[Kronor, Field(le=100_000)] = Decimal(0)
    kapitalinkomst_ar: Annotated[int, Field(ge=1, le=5)] = 2
    fordon_godtas_fran_alder: Annotated[int, Field(ge=5)] | None = None
    af_beslut_manader: Annotated[int, Field(ge=1, le=12)] = 2
    narvaro_minst_procent: Annotated[Procent, Field(ge=1)]
    planering_galler: PlaneringGaller = PlaneringGaller.HUSHALLET
    inkomster_kanda_fran_dag: Annotated[int, Field(ge=1, le=28)]
    inkomstmanad: Inkomstmanad = Inkomstmanad()
    nasta_manad_soks_fran_dag: Annotated[int, Field(ge=1, le=28)] = 15
    avslutat_arende_dagar: Annotated[int, Field(ge=0, le=366)]
    registren_fragas_hogst: Annotated[int, Field(ge=1, le=20)] = 3
    uppgifter_hogst_dagar: Annotated[int, Field(ge=0, le=31)] = 3
    fritext_och_bilagor: Fritext
    stickprov: Stickprov
    arbetsmarknad_till: ArbetsmarknadTill = ArbetsmarknadTill.HANDLAGGARE
    overskott_forra_manaden: Overskott = Overskott.HANDLAGGARE
    yttrande_dagar: Annotated[int, Field(ge=7)] = 14
    medsokanden_underrattas: MedsokandenUnderrattas = MedsokandenUnderrattas.NAR_NAGON_HORS
    komplettering: Komplettering = Komplettering()
    uppfoljning: Uppfoljning | None = None
    bevakning_dagar_fore: Annotated[int, Field(ge=1, le=60)] = 14
    bevakning_manader: Bevakningsmanader = Bevakningsmanader()
    radrum_manader: Annotated[int, Field(ge=1, le=12)] = 3
    hyrestak: Annotated[tuple[Hyrestak, ...], Field(min_length=1)]
    skaliga_kostnader: dict[str, SkaligKostnad]
    levnadskostnader_i_ovrigt: dict[str, KostnadIOvrigt] = Field(default_factory=dict)
    inkomstslag: dict[str, Inkomstslag]
    andra_inkomster: dict[str, Inkomstslag] = Field(default_factory=dict)
    annan_inkomst: str = "Annat"
    raknas_aldrig: tuple[str, ...] = ()
    andra_arenden: tuple[AnnatFormular, ...] = ()

    @model_validator(mode="after")
    def _last_rent_cap_holds_everybody(self) -> Self:
        last = self.hyrestak[-1]
        if last.barn_hogst is not None or last.rum_hogst is not None:
            raise ValueError("sista raden i hyrestak ska gälla alla: utan barn_hogst och rum_hogst")
        return self

    @model_validator(mode="after")
    def _nothing_that_counts_is_never_counted(self) -> Self:
        counted = {_folded(kind) for kind in (*self.inkomstslag, *self.andra_inkomster)}
        if both := [kind for kind in self.raknas_aldrig if _folded(kind) in counted]:
            raise ValueError(f"{', '.join(both)} står både i raknas_aldrig och bland inkomsterna")
        return self

    @model_validator(mode="after")
    def _listed_costs_are_of_kinds_of_their_own(self) -> Self:
        known = ("Hyra", *self.skaliga_kostnader)
        if faults := [*fel_i(self.levnadskostnader_i_ovrigt, known, self.annan_inkomst)]:
            raise ValueError(f"levnadskostnader_i_ovrigt: {'; '.join(faults)}")
        return self

    def __copy__(self) -> Self:
        # `model_copy` gives other guidelines: what follows from these is not theirs.
        copied = super().__copy__()
        for derived in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[derived]
        return copied

    def hyrestak_for(self, barn: int, rum: int) -> Decimal:
        for row in self.hyrestak:
            if (row.barn_hogst is None or barn <= row.barn_hogst) and (row.rum_hogst is None or rum <= row.rum_hogst):
                return row.belopp
        raise AssertionError("sista raden i hyrestak gäller alla")

    def skaliga_for(self, personer: int, vuxna: int) -> Mapping[str, Decimal]:
        """The reasonable amount a month for each kind of cost, for so many persons of whom so many are adults."""
        asked = (personer, vuxna)
        if asked not in self._known_skaliga:
            self._known_skaliga[asked] = {
                kind: rule.for_hushall(personer, vuxna) for kind, rule in self.skaliga_kostnader.items()
            }
        return self._known_skaliga[asked]

    @cached_property
    def _known_skaliga(self) -> dict[tuple[int, int], dict[str, Decimal]]:
        return {}

    @cached_property
    def arbetsinkomster(self) -> frozenset[str]:
        """The kinds of income that are wages."""
        return frozenset(kind for kind, rule in self.inkomstslag.items() if rule.arbetsinkomst)

    @cached_property
    def sjukformaner(self) -> frozenset[str]:
        """The kinds of income that are sick benefits."""
        return frozenset(kind for kind, rule in self.inkomstslag.items() if rule.sjukforman)

    def former(self, slag: str) -> Mapping[Register, tuple[str, ...]]:
        """What the registers that show a kind of income call it, whether the robot may count it or not."""
        return self._former.get(slag, {})

    @cached_property
    def _former(self) -> dict[str, dict[Register, tuple[str, ...]]]:
        found: dict[str, dict[Register, tuple[str, ...]]] = {}
        for kinds in (self.andra_inkomster, self.inkomstslag):
            for kind, rule in kinds.items():
                found.setdefault(kind, {}).update(rule.former)
        return found

    def radtyp(self, slag: str) -> str:
        """What the case system's calculation calls a kind of income."""
        rule = self.inkomstslag.get(slag) or self.andra_inkomster.get(slag)
        return rule.rad or slag if rule else self.annan_inkomst

    def raknas_inte(self, slag: str) -> bool:
        """Whether a kind of income, in the form's words or a register's, is never counted."""
        return _folded(slag) in self._aldrig

    def visat_slag(self, slag: str) -> str:
        """A stated kind as it may stand in a sentence: what is written freely may be about somebody."""
        return self._kanda_slag.get(_folded(slag), "En annan inkomst")

    def med_kanda_slag(self, ansokan: Ansokan) -> Ansokan:
        """The application with its kinds of incomes and costs as written here, however the form writes them."""
        if all(row.slag in self._skrivna_slag for rows in (ansokan.inkomster, ansokan.kostnader) for row in rows):
            return ansokan
        kinds = self._kanda_slag
        return ansokan.model_copy(
            update={
                "inkomster": tuple(_called(row, kinds) for row in ansokan.inkomster),
                "kostnader": tuple(_called(row, kinds) for row in ansokan.kostnader),
            }
        )

    @cached_property
    def _aldrig(self) -> frozenset[str]:
        return frozenset(map(_folded, self.raknas_aldrig))

    @cached_property
    def _kanda_slag(self) -> dict[str, str]:
        """Every kind that is written in these guidelines, by how it is compared."""
        costs = ("Hyra", *self.skaliga_kostnader, *self.levnadskostnader_i_ovrigt)
        kinds = (*costs, *self.andra_inkomster, *self.inkomstslag, *self.raknas_aldrig, self.annan_inkomst)
        return {_folded(kind): kind for kind in kinds}

    @cached_property
    def _skrivna_slag(self) -> frozenset[str]:
        return frozenset(self._kanda_slag.values())

    def slag_for(self, register: Register, forman: str) -> str | None:
        """The income kind that a register's name of a benefit belongs to, or None when no kind has it."""
        return self._slag_by_forman.get((register, forman.strip().casefold()))

    @cached_property
    def _slag_by_forman(self) -> dict[tuple[Register, str], str]:
        return {
            (register, name.casefold()): kind
            for kind, former in self._former.items()
            for register, names in former.items()
            for name in names
        }


RadT = TypeVar("RadT", Inkomst, Kostnad)


def _called(row: RadT, kinds: Mapping[str, str]) -> RadT:
    return row.model_copy(update={"slag": kinds.get(_folded(row.slag), row.slag)})


def _folded(name: str) -> str:
    return name.strip().casefold()
