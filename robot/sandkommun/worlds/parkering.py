"""Another department's system: parking permits for people who cannot walk far."""

from collections.abc import Set
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from sandkommun.worlds.elements import Element, Kortref, Nyckel

Som = Literal["förare", "passagerare"]
Parkeringsstatus = Literal["Inkommen", "Under utredning", "Väntar på komplettering"]
Tillstandsnummer = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{1,6}$")]


class Parkeringsansokan(Element):
    """An application for a permit. A day that the world has not come to: it is not shown until then."""

    inkommet: date
    sokande: Nyckel
    som: Som = "förare"
    """Whether the applicant drives, or is driven by somebody else."""
    tidigare_tillstand: Tillstandsnummer | None = None
    """The permit that the applicant says to have; left out: a first application."""
    beskrivning: str = ""
    """The applicant's own words."""
    fotografi: bool = True
    underskrift: bool = True
    status: Parkeringsstatus = "Inkommen"


class Utlatande(Element):
    """A doctor's statement to an application."""

    datum: date
    lakare: str
    vardenhet: str
    diagnos: str
    gangstracka_m: int | None = Field(None, ge=0, le=5000)
    """How far the patient can walk, in metres; left out: the doctor has not said."""
    hjalpmedel: str = ""
    varaktighet_manader: int | None = Field(None, ge=1, le=120)
    """How long the impairment is expected to last; left out: for good."""
    hjalp_utanfor_fordonet: bool = False
    """Needs the driver's constant help outside the vehicle (asked of passengers)."""
    text: str = ""


class Tillstand(Element):
    """A permit in the register."""

    innehavare: Nyckel
    som: Som = "förare"
    fran: date
    till: date
    aterkallat: date | None = None
    skal: str = ""
    """Why it was revoked."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.till < self.fran:
            raise ValueError("till ligger före fran")
        return self


class Parkering(Element):
    """The parking permits' applications by reference, medical statements by the application's reference, and the
    register by the permit's number."""

    ansokningar: dict[Kortref, Parkeringsansokan] = Field(default_factory=dict)
    utlatanden: dict[Kortref, Utlatande] = Field(default_factory=dict)
    tillstand: dict[Tillstandsnummer, Tillstand] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _belongs(self) -> Self:
        stray = sorted(set(self.utlatanden) - set(self.ansokningar))
        if stray:
            raise ValueError(f"utlatanden utan ansökan: {', '.join(stray)}")
        return self

    @property
    def namnda(self) -> list[str]:
        """Keys of everybody whom the department knows."""
        applicants = [one.sokande for one in self.ansokningar.values()]
        return [*applicants, *(one.innehavare for one in self.tillstand.values())]

    def only(self, people: Set[str]) -> "Parkering":
        """What concerns these people and nobody else."""
        ansokningar = {ref: one for ref, one in self.ansokningar.items() if one.sokande in people}
        return Parkering(
            ansokningar=ansokningar,
            utlatanden={ref: one for ref, one in self.utlatanden.items() if ref in ansokningar},
            tillstand={number: one for number, one in self.tillstand.items() if one.innehavare in people},
        )
