"""Plans: which faults happen, where, and at which request."""

from datetime import time
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from sandkommun.worlds.elements import Element
from sandkommun.worlds.faultlist import CATALOGUE


class Tider(Element):
    """Hours of a day of the world, possibly across midnight."""

    fran: time
    till: time

    def holds(self, moment: time) -> bool:
        """Whether a time of day is within."""
        if self.fran <= self.till:
            return self.fran <= moment < self.till
        return moment >= self.fran or moment < self.till


class Fel(Element):
    """One fault of a plan. Of the requests that match system, page and method it hits `antal` from the `gang`-th on."""

    fel: str
    system: str
    sida: str = "*"
    """The path without what follows `?`; `*` stands for anything."""
    metod: Literal["GET", "POST"] | None = None
    gang: int = Field(1, ge=1)
    antal: int | Literal["alltid"] = 1
    varde: int | str | None = None
    tider: Tider | None = None

    @field_validator("fel")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in CATALOGUE:
            raise ValueError(f"okänt fel; de som finns: {', '.join(CATALOGUE)}")
        return name

    @model_validator(mode="after")
    def _fits_the_system(self) -> Self:
        fault = CATALOGUE[self.fel]
        if fault.systems and self.system not in fault.systems:
            raise ValueError(f"{self.fel} finns bara i {', '.join(fault.systems)}")
        if self.varde is not None and not fault.value:
            raise ValueError(f"{self.fel} har inget varde")
        wrong = self.varde not in fault.choices if fault.choices else not isinstance(self.varde, int) or self.varde < 0
        if self.varde is not None and wrong:
            raise ValueError(f"{self.fel}: varde ska vara {fault.value}")
        return self


class Plan(Element):
    """The faults of one run."""

    fel: tuple[Fel, ...] = ()
