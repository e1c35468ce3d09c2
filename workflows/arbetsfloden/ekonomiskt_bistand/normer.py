"""Riksnormen: the national standard of 12 kap. 7 § SoL as dated tables, and the rows that a household gets from one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from arbetsfloden.ekonomiskt_bistand.ansokan import Boende
from arbetsfloden.ekonomiskt_bistand.belopp import Kronor, hela_kronor
from arbetsfloden.ekonomiskt_bistand.godkannande import Godkannande
from arbetsfloden.ekonomiskt_bistand.manad import Manad
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
        band: Decimal = getattr(self.barn, aldersband(alder))
        return band

    def per_dag(self, alder: int) -> Decimal:
        """Amount per day for a child present part of the month: monthly × 12 / 365, rounded to a krona."""
        return hela_kronor(self.barn_for(alder) * 12 / 365)


_BANDS = (
    (0, "u1"),
    (2, "ar_1_2"),
    (3, "ar_3"),
    (6, "ar_4_6"),
    (10, "ar_7_10"),
    (14, "ar_11_14"),
    (18, "ar_15_18"),
    (20, "ar_19_20"),
)


def aldersband(alder: int) -> str:
    """The band's name. Raises KeyError for an age that no band holds."""
    for last, name in _BANDS:
        if 0 <= alder <= last:
            return name
    raise KeyError(alder)


def aldersband_text(band: str) -> str:
    """For people: "11–14 år"."""
    return "under 1 år" if band == "u1" else f"{band.removeprefix('ar_').replace('_', '–')} år"


@dataclass(frozen=True)
class NormBarn:
    """A child as the norm sees it; `dagar` only for Umgänge."""

    alder: int
    boende: Boende = Boende.HELTID
    dagar: int | None = None


@dataclass(frozen=True)
class NormHushall:
    """`personer_i_hemmet` counts everybody in a home shared with others than the household, else it is None."""

    vuxna: int
    barn: tuple[NormBarn, ...] = ()
    personer_i_hemmet: int | None = None

    @property
    def antal(self) -> int:
        """Persons that share the common costs. A child on visits (umgänge) does not."""
        return self.vuxna + sum(1 for child in self.barn if child.boende is not Boende.UMGANGE)


@dataclass(frozen=True)
class Normbelopp:
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
    monthly = tabell.barn_for(child.alder)
    band = aldersband_text(aldersband(child.alder))
    if child.boende is Boende.UMGANGE:
        days = child.dagar or 0
        return Normbelopp(f"Barn {band}, umgänge {days} dagar", tabell.per_dag(child.alder) * days)
    if child.boende is Boende.VAXELVIS:
        return Normbelopp(f"Barn {band}, växelvis boende (hälften)", monthly / 2)
    return Normbelopp(f"Barn {band}", monthly)


def _gemensam_rad(tabell: Normtabell, hushall: NormHushall) -> Normbelopp:
    in_home = hushall.personer_i_hemmet
    if in_home is None or in_home <= hushall.antal:
        persons = "person" if hushall.antal == 1 else "personer"
        return Normbelopp(
            f"Gemensamma hushållskostnader, {hushall.antal} {persons}", tabell.gemensamt_for(hushall.antal)
        )
    share = tabell.gemensamt_for(in_home) * hushall.antal / in_home
    return Normbelopp(f"Gemensamma hushållskostnader, {hushall.antal} av {in_home} i delat hem", share)


def alder_i_manaden(fodd: date, manad: Manad) -> int:
    """Age in whole years on the month's last day: a child changes age band from the month of its birthday."""
    last = manad.last
    return last.year - fodd.year - ((last.month, last.day) < (fodd.month, fodd.day))
