"""Plans: which faults happen, where, and at which request."""

from datetime import time
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from sandkommun.worlds.elements import Element
from sandkommun.worlds.faultlist import CATALOGUE, GREATEST, Fault


class Tider(Element):
    """Hours of a day of the world, possibly across midnight."""

    fran: time
    till: time

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.fran == self.till:
            raise ValueError("fran och till är samma klockslag; utelämna tider för hela dygnet")
        return self

    def holds(self, moment: time) -> bool:
        """Whether a time of day is within."""
        if self.fran <= self.till:
            return self.fran <= moment < self.till
        return moment >= self.fran or moment < self.till


class Fel(Element):
    """One fault of a plan. Of the requests that match system, page and method it hits `antal` from the `gang`-th on."""

    fel: str
    system: str
    sida: str = Field("*", min_length=1)
    """The path without what follows `?`; `*` stands for anything."""
    metod: Literal["GET", "POST"] | None = None
    gang: int = Field(1, ge=1, strict=True)
    antal: int | Literal["alltid"] = 1
    varde: int | str | None = None
    tider: Tider | None = None

    @field_validator("fel")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in CATALOGUE:
            raise ValueError(f"okänt fel; de som finns: {', '.join(CATALOGUE)}")
        return name

    @field_validator("antal", mode="before")
    @classmethod
    def _is_a_number_of_times(cls, antal: object) -> object:
        if antal != "alltid" and (type(antal) is not int or antal < 1):
            raise ValueError("väntade ett heltal från 1, eller alltid")
        return antal

    @field_validator("varde", mode="before")
    @classmethod
    def _is_plain(cls, varde: object) -> object:
        if varde is not None and type(varde) not in (int, str):
            raise ValueError("väntade ett heltal eller ett ord")
        return varde

    @model_validator(mode="after")
    def _fits_the_system(self) -> Self:
        fault = CATALOGUE[self.fel]
        if self.system == "start":
            raise ValueError("startsidan har inga fel; ange ett annat system")
        if fault.systems and self.system not in fault.systems:
            raise ValueError(f"{self.fel} finns bara i {', '.join(fault.systems)}")
        if fault.only and self.metod not in (None, fault.method):
            raise ValueError(f"{self.fel} kan bara träffa {fault.method}; utelämna metod")
        if self.varde is not None:
            self._check_value(fault, self.varde)
        return self

    def _check_value(self, fault: Fault, value: int | str) -> None:
        if not fault.value:
            raise ValueError(f"{self.fel} har inget varde")
        if fault.choices and value not in fault.choices:
            raise ValueError(f"{self.fel}: varde ska vara {fault.value}")
        if not fault.choices and (not isinstance(value, int) or not fault.least <= value <= GREATEST):
            raise ValueError(f"{self.fel}: varde ska vara {fault.value}, ett heltal från {fault.least} till {GREATEST}")


class Plan(Element):
    """The faults of one run."""

    fel: tuple[Fel, ...] = ()
