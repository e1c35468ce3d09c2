"""The facts of one application, and what a person answers."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from medarbetare.engine import Approval


class Ansokan(BaseModel):
    """What the department's system shows of an application. `personnummer` is twelve digits."""

    model_config = ConfigDict(frozen=True)

    namn: str
    personnummer: str
    adress: str
    avser: str
    tidigare_tillstand: str
    beskrivning: str

    @property
    def ar_skyddad(self) -> bool:
        """Whether the system hides where the applicant lives."""
        return self.adress == "Skyddade uppgifter"


class Utlatande(BaseModel):
    """The doctor's statement. Distances in metres, as written."""

    model_config = ConfigDict(frozen=True)

    datum: date
    lakare: str
    diagnos: str
    gangstracka: str
    varaktighet: str
    bedomning: str


class Bedomning(Approval):
    """What the person who decides answers. The robot never judges who can walk (trafikförordningen 13 kap. 8 §)."""

    beslut: Literal["Bevilja", "Avslå"] = Field(title="Beslut")
    giltigt_till: date | None = Field(default=None, title="Giltigt till, om det beviljas (högst fem år)")
    motivering: str = Field(title="Motivering")
