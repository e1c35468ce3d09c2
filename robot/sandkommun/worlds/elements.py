"""What the elements of a world are made of: personal numbers, months, money, keys."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from sandkommun.testpersoner import is_test_number


def _testperson(number: str) -> str:
    if not is_test_number(number):
        raise ValueError(
            "ska vara ett nummer ur sandkommuns serie (se testpersoner.txt), tolv siffror inom citattecken"
        )
    return number


Personnummer = Annotated[str, AfterValidator(_testperson)]
Manad = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Kronor = Annotated[Decimal, Field(decimal_places=2, max_digits=11)]
"""Swedish kronor, at most two decimals. May be negative only where the field says so."""
Belopp = Annotated[Kronor, Field(ge=0)]
Nyckel = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_åäö-]+$")]
"""How the world file itself calls a person or a household."""
Filnamn = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f/\\]+$")]
"""A file's name, without folders and control characters."""
Kortref = Annotated[str, StringConstraints(pattern=r"^\d{1,12}$")]


class Element(BaseModel):
    """One element of a world: nothing but the named keys, never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Konto(Element):
    """A bank account."""

    clearing: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    konto: Annotated[str, StringConstraints(pattern=r"^\d{5,10}$")]

    @property
    def text(self) -> str:
        return f"{self.clearing}-{self.konto}"


def formatted(number: str) -> str:
    """A personal number as the systems show it: 19850101-2384. Anything else comes back as it is."""
    return f"{number[:8]}-{number[8:]}" if re.fullmatch(r"\d{12}", number) else number
