"""Riksnormen: the national standard of 12 kap. 7 § SoL as dated tables, and the rows that a household gets from one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from typing import Annotated, NamedTuple

from pydantic import Field

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import Kronor, hela_kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Boende
from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from medarbetare.config import Strict

LAGRUM = "12 kap. 7 § SoL"
_LISTED_PERSONS = 7


class Status(StrEnum):
    """How sure a table is. An estimate may be shown to a person and never decides."""

    PUBLISHED = "published"
    DERIVED = "derived"
    ESTIMATE = "estimate"


class Barnbelopp(Strict):
    """Monthly amounts by age in whole years, both ends included. 19–20: school youth living at home only."""

    u1: Kronor
    ar_1_2: Kronor
    ar_3: Kronor
    ar_4_6: Kronor
    ar_7_10: Kronor
    ar_11_14: Kronor
    ar_15_18: Kronor
    ar_19_20: Kronor


class Lunchbelopp(Strict):
    """Monthly amounts for a child that eats lunch elsewhere five days a week. Shown to people, never used to decide."""

    status: Status
    u1: Kronor
    ar_1_2: Kronor
    ar_3: Kronor
    ar_4_6: Kronor


class Normtabell(Godkannande):
    """One year's table. `gemensamt` is the common household costs for one to seven persons."""

    namn: str
    status: Status
    prisbasbelopp: Kronor | None = None
    ensam: Kronor
    par: Kronor
    barn: Barnbelopp
    barn_lunch_borta: Lunchbelopp | None = None
    gemensamt: Annotated[tuple[Kronor, ...], Field(min_length=_LISTED_PERSONS, max_length=_LISTED_PERSONS)]

    @property
    def may_decide(self) -> bool:
        """Published and derived tables decide where the municipality has approved them; an estimate never does."""
        return self.is_approved and self.status is not Status.ESTIMATE

    def gemensamt_for(self, personer: int) -> Decimal:
        """Common costs for `personer` (at least one); above seven each person adds the step from six to seven."""
        if personer <= _LISTED_PERSONS:
            return self.gemensamt[personer - 1]
        step = self.gemensamt[-1] - self.gemensamt[-2]
        return self.gemensamt[-1] + (personer - _LISTED_PERSONS) * step

    def barn_for(self, alder: int) -> Decimal:
        """Monthly amount at `alder` whole years. Raises KeyError above twenty: no child then."""
        return self.barnbelopp[aldersband(alder)]

    @cached_property
    def barnbelopp(self) -> dict[str, Decimal]:
        """A child's monthly amount by the name of its band."""
        return dict(self.barn)

    @cached_property
    def barnrader(self) -> dict[str, "Normbelopp"]:
        """The row of a child that lives with the household, by the name of its band."""
        return {band: Normbelopp(f"Barn {aldersband_text(band)}", amount) for band, amount in self.barnbelopp.items()}

    @cached_property
    def gemensamma_rader(self) -> tuple["Normbelopp", ...]:
        """The row of the common costs for one person, two and so on up to seven, in a home of their own."""
        return tuple(_gemensamma(self, number) for number in range(1, _LISTED_PERSONS + 1))

    def per_dag(self, alder: int) -> Decimal:
        """Amount per day for a child present part of the month: monthly × 12 / 365, rounded to a krona."""
        return hela_kronor(self.barn_for(alder) * 12 / 365)


_BANDS = (
    *("u1", "ar_1_2", "ar_1_2", "ar_3"),
    *("ar_4_6",) * 3,
    *("ar_7_10",) * 4,
    *("ar_11_14",) * 4,
    *("ar_15_18",) * 4,
    *("ar_19_20",) * 2,
)
"""The band's name by age in whole years."""


def aldersband(alder: int) -> str:
    """The band's name. Raises KeyError for an age that no band holds."""
    if not har_band(alder):
        raise KeyError(alder)
    return _BANDS[alder]


def har_band(alder: int | None) -> bool:
    """Whether a band holds the age."""
    return alder is not None and 0 <= alder < len(_BANDS)


@cache
def aldersband_text(band: str) -> str:
    """For people: "11–14 år"."""
    return "under 1 år" if band == "u1" else f"{band.removeprefix('ar_').replace('_', '–')} år"


class NormBarn(NamedTuple):
    """A child as the norm sees it; `dagar` only for Umgänge."""

    alder: int
    boende: Boende = Boende.HELTID
    dagar: int | None = None
    person: Personnummer | None = None


@dataclass(frozen=True)
class NormHushall:
    """`personer_i_hemmet` counts everybody in a home shared with others than the household, else it is None."""

    vuxna: int
    barn: tuple[NormBarn, ...] = ()
    personer_i_hemmet: int | None = None

    @cached_property
    def antal(self) -> int:
        """Persons that share the common costs. A child on visits (umgänge) does not."""
        return self.vuxna + len([child for child in self.barn if child.boende is not Boende.UMGANGE])


class Normbelopp(NamedTuple):
    etikett: str
    orundat: Decimal

    @property
    def belopp(self) -> Decimal:
        return hela_kronor(self.orundat)


def tabell_for(tabeller: Sequence[Normtabell], manad: Manad) -> Normtabell | None:
    """The table in force the whole month, or None: then nothing may be calculated. Never another year's table."""
    return next((table for table in tabeller if table.in_force(manad.first) and table.in_force(manad.last)), None)


def normbelopp(tabell: Normtabell, hushall: NormHushall) -> list[Normbelopp]:
    """The household's norm rows: adults, each child, common costs.

    Raises KeyError when a child is older than twenty.
    """
    adults = (
        Normbelopp("Två vuxna, sammanboende", tabell.par)
        if hushall.vuxna == 2
        else Normbelopp("Ensamstående vuxen", tabell.ensam)
    )
    return [adults, *(_barnrad(tabell, child) for child in hushall.barn), _gemensam_rad(tabell, hushall)]


def _barnrad(tabell: Normtabell, child: NormBarn) -> Normbelopp:
    whole = tabell.barnrader[aldersband(child.alder)]
    if child.boende is Boende.UMGANGE:
        days = child.dagar or 0
        # A year's amount by the day: 31 of them would be more than the month's.
        amount = min(tabell.per_dag(child.alder) * days, whole.orundat)
        return Normbelopp(f"{whole.etikett}, umgänge {days} dagar", amount)
    if child.boende is Boende.VAXELVIS:
        return Normbelopp(f"{whole.etikett}, växelvis boende (hälften)", whole.orundat / 2)
    return whole


def _gemensam_rad(tabell: Normtabell, hushall: NormHushall) -> Normbelopp:
    in_home, number = hushall.personer_i_hemmet, hushall.antal
    if in_home is None or in_home <= number:
        return tabell.gemensamma_rader[number - 1] if number <= _LISTED_PERSONS else _gemensamma(tabell, number)
    share = tabell.gemensamt_for(in_home) * number / in_home
    return Normbelopp(f"Gemensamma hushållskostnader, {number} av {in_home} i delat hem", share)


def _gemensamma(tabell: Normtabell, number: int) -> Normbelopp:
    persons = "person" if number == 1 else "personer"
    return Normbelopp(f"Gemensamma hushållskostnader, {number} {persons}", tabell.gemensamt_for(number))


def alder_i_manaden(fodd: date, manad: Manad) -> int:
    """Age in whole years on the month's last day: a child changes age band from the month of its birthday."""
    return alder_den(fodd, manad.last)


def alder_den(fodd: date, dag: date) -> int:
    """Age in whole years on a day."""
    return dag.year - fodd.year - ((dag.month, dag.day) < (fodd.month, fodd.day))
