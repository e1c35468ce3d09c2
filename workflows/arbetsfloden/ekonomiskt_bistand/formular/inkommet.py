"""Other forms in the same inbox: known by what they call themselves, and never handled as applications."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from medarbetare.config import Strict

_FIELD = re.compile(r"\{([^{}]*)\}")
_FIELDS = {"inkommen", "senast"}


class Slag(StrEnum):
    """What a letter is."""

    OMPROVNING = "omprovning"
    OVERKLAGANDE = "overklagande"
    ATERKRAV = "aterkrav"
    ANNAT = "annat"


_NAMN = {
    Slag.OMPROVNING: "En begäran om omprövning",
    Slag.OVERKLAGANDE: "Ett överklagande",
    Slag.ATERKRAV: "En skrivelse om återkrav",
    Slag.ANNAT: "Ett annat formulär",
}


class AnnatFormular(Strict):
    """One form that goes to people. `formular` is its name or family in Open ePlatform, its applicationType in Viva.

    `till` is the role that takes it. `text` tells a person what is to be done; its {inkommen} is the day when it came
    in and its {senast} the day `inom_dagar` later.
    """

    formular: Annotated[str, Field(min_length=1)]
    slag: Slag
    till: Annotated[str, Field(min_length=1, max_length=64)]
    inom_dagar: Annotated[int, Field(ge=1)] | None = None
    text: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _text_can_be_filled_in(self) -> Self:
        used = set(_FIELD.findall(self.text))
        if unknown := sorted(used - _FIELDS):
            raise ValueError(f"okända fält i texten: {', '.join(unknown)}. Kända: {', '.join(sorted(_FIELDS))}")
        if ("senast" in used) != (self.inom_dagar is not None):
            raise ValueError("ange både inom_dagar och {senast} i texten, eller ingen av dem")
        return self


@dataclass(frozen=True)
class Formular:
    """What a form of any kind says of itself: what it may be called by, and on which day it came in, if it says so."""

    kallas: tuple[str, ...]
    inkommen: date | None


@dataclass(frozen=True)
class AnnatArende:
    """A form that was recognised as another than an application."""

    formular: AnnatFormular
    inkommen: date | None

    @property
    def namn(self) -> str:
        """What it is, in a few words that begin a sentence."""
        return f"{_NAMN[self.formular.slag]} («{self.formular.formular}»)"

    @property
    def text(self) -> str:
        """What a person must know of it."""
        days = self.formular.inom_dagar
        last = self.inkommen + timedelta(days=days) if self.inkommen and days else None
        values = {
            "inkommen": str(self.inkommen or "en dag som inte framgår"),
            "senast": str(last or "omgående"),
        }
        return _FIELD.sub(lambda match: values[match[1]], self.formular.text).strip()


def kanns_igen(formular: Formular, andra: Iterable[AnnatFormular]) -> AnnatArende | None:
    """Which of the other forms it is; None when it is none of them."""
    called = {_folded(name) for name in formular.kallas if name}
    found = next((one for one in andra if _folded(one.formular) in called), None)
    return AnnatArende(found, formular.inkommen) if found is not None else None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
