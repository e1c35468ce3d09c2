"""Numbers that stand in the law, each dated and sourced in `lag.yaml`, and those that hold a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from medarbetare.config import Strict


class Lagvarde(Strict):
    """A value, from which day, and where that stands. Limits have an end: beyond it a rule would be silently off."""

    galler_fran: date
    varde: int
    kalla: Annotated[str, Field(min_length=1)]


class MyndigAlder(Lagvarde):
    varde: Annotated[int, Field(ge=18, le=21)]


class StudiehjalpAlder(Lagvarde):
    varde: Annotated[int, Field(ge=15, le=18)]


class Riktalder(Lagvarde):
    varde: Annotated[int, Field(ge=65, le=72)]


class JobbstimulansProcent(Lagvarde):
    varde: Annotated[int, Field(ge=5, le=75)]


class JobbstimulansEfterManader(Lagvarde):
    varde: Annotated[int, Field(ge=1, le=24)]


class JobbstimulansAr(Lagvarde):
    varde: Annotated[int, Field(ge=1, le=5)]


@dataclass(frozen=True)
class Lagtal:
    """The numbers that hold one month. Read once, so that a decision looks nothing up."""

    myndig_alder: int
    studiehjalp_alder: int
    riktalder: int
    jobbstimulans_procent: int
    jobbstimulans_efter_manader: int
    jobbstimulans_ar: int

    @cached_property
    def efter_jobbstimulans(self) -> Decimal:
        """The share of a wage that counts where jobbstimulans holds."""
        return 1 - Decimal(self.jobbstimulans_procent) / 100


class Lag(Godkannande):
    """Each number with its values in order of date; the last that has begun on the first of a month holds the month."""

    myndig_alder: Annotated[tuple[MyndigAlder, ...], Field(min_length=1)]
    studiehjalp_alder: Annotated[tuple[StudiehjalpAlder, ...], Field(min_length=1)]
    riktalder: Annotated[tuple[Riktalder, ...], Field(min_length=1)]
    jobbstimulans_procent: Annotated[tuple[JobbstimulansProcent, ...], Field(min_length=1)]
    jobbstimulans_efter_manader: Annotated[tuple[JobbstimulansEfterManader, ...], Field(min_length=1)]
    jobbstimulans_ar: Annotated[tuple[JobbstimulansAr, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _every_month_has_one_value(self) -> Self:
        for name in _TAL:
            values: Sequence[Lagvarde] = getattr(self, name)
            days = [one.galler_fran for one in values]
            if any(day.day != 1 for day in days):
                raise ValueError(f"{name}: galler_fran ska vara den första i en månad, som 2027-01-01")
            if days != sorted(set(days)):
                raise ValueError(f"{name}: skriv värdena i tidsordning, med högst ett från samma dag")
            if days[0] > self.valid_from:
                raise ValueError(
                    f"{name}: inget värde gäller från valid_from, {self.valid_from}; lägg till det som gällde då"
                )
        return self

    def for_manad(self, manad: Manad) -> Lagtal:
        """The numbers that hold a month; before the first of them, the first."""
        return Lagtal(**{name: _som_galler(getattr(self, name), manad.first) for name in _TAL})


_TAL = tuple(Lagtal.__dataclass_fields__)


def _som_galler(values: Sequence[Lagvarde], day: date) -> int:
    begun = [one.varde for one in values if one.galler_fran <= day]
    return begun[-1] if begun else values[0].varde


def med_kalla(values: Sequence[Lagvarde], unit: str) -> str:
    """A number for people: each value, from when, and where it stands."""
    return "; ".join(f"{one.varde} {unit} från {one.galler_fran} ({one.kalla})" for one in values)


def _som_forr(varde: int) -> list[dict[str, object]]:
    return [{"galler_fran": date(2000, 1, 1), "varde": varde, "kalla": "regelverket före lag.yaml"}]


INNAN_FILEN = Lag.model_validate(
    {
        "source": "regelverket före lag.yaml",
        "valid_from": date(2000, 1, 1),
        "approved_by": "regelverket",
        "decision_reference": "före lag.yaml",
        "myndig_alder": _som_forr(18),
        "studiehjalp_alder": _som_forr(16),
        "riktalder": _som_forr(67),
        "jobbstimulans_procent": _som_forr(25),
        "jobbstimulans_efter_manader": _som_forr(6),
        "jobbstimulans_ar": _som_forr(2),
    }
)
"""What every version of the rules that was kept before there was a file had: such a one must decide as it did."""
