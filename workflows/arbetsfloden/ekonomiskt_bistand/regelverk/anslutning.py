"""How each register is reached, or what the municipality has decided to accept instead: `register.yaml`."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from medarbetare.config import Strict

NARVARO = "Närvaro hos arbetsmarknadsenheten"
_EGNA_PORTALER = (Register.FK.value, Register.AF.value)
"""The agencies whose own portals the robot can read."""


class Kanal(StrEnum):
    """The way to a register: the multi-question portal, the same as a service (XML), the agency's own portal, or a page
    of the case system."""

    SSBTEK = "ssbtek"
    SSBTEK_V10 = "ssbtek_v10"
    EGEN = "egen"
    VERKSAMHET = "verksamhet"


class Ersattning(StrEnum):
    """What stands in for a register that the robot does not ask."""

    SOKANDENS_UPPGIFT = "sokandens_uppgift"
    PLANERING = "planering"
    OVERLAMNA = "overlamna"


class Anslutning(Strict):
    """One register: reached by `kanal`, unless something stands in for it: then it is not asked."""

    kanal: Kanal | None = None
    ersatts_av: Ersattning | None = None

    @model_validator(mode="after")
    def _some_way(self) -> Self:
        if self.kanal is None and self.ersatts_av is None:
            raise ValueError("ange kanal, eller ersatts_av när registret inte är anslutet")
        return self

    @property
    def ansluten(self) -> bool:
        """Whether the robot asks it."""
        return self.ersatts_av is None


class Fragestallare(Strict):
    """Who asks by SSBTEK v10: the municipality's number of twelve figures and the account; LEFI's own number for it."""

    organisationsnummer: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    handlaggare: str
    aktorsid: str = ""


class Anslutningar(Godkannande):
    """Every register that rules ask for. Försäkringskassan and Arbetsförmedlingen are always asked.

    The approval is of what is accepted instead of registers. `fragestallare` is needed where one is reached by SSBTEK
    v10.
    """

    fk: Anslutning
    pm: Anslutning
    af: Anslutning
    so: Anslutning
    csn: Anslutning
    skv: Anslutning
    ts: Anslutning
    miv: Anslutning
    narvaro: Anslutning
    fragestallare: Fragestallare | None = None

    @model_validator(mode="after")
    def _only_ways_that_there_are(self) -> Self:
        for name, one in self.alla():
            if one.kanal is not None and (one.kanal is Kanal.VERKSAMHET) != (name == "narvaro"):
                raise ValueError(f"{name}: verksamhet är kanal för narvaro, och bara för den")
            if one.kanal is Kanal.EGEN and name not in _EGNA_PORTALER:
                raise ValueError(
                    f"{name}: kanal egen finns bara för {' och '.join(_EGNA_PORTALER)}; välj ssbtek, ssbtek_v10 eller "
                    "ersatts_av"
                )
            if one.kanal is Kanal.SSBTEK_V10 and self.fragestallare is None:
                raise ValueError(f"{name}: kanal ssbtek_v10 kräver fragestallare")
        return self

    @model_validator(mode="after")
    def _only_what_can_stand_in(self) -> Self:
        for name, one in self.alla():
            accepted = one.ersatts_av
            if name in ("fk", "af") and accepted is not None:
                raise ValueError(f"{name}: ska vara ansluten; utan den kan ingen ansökan prövas")
            if name == "miv" and accepted not in (None, Ersattning.OVERLAMNA):
                raise ValueError("miv: formuläret frågar inte om uppehållstillstånd; välj overlamna")
            if name == "narvaro" and accepted is Ersattning.SOKANDENS_UPPGIFT:
                raise ValueError("narvaro: formuläret frågar inte om närvaro; välj planering eller overlamna")
            if name != "narvaro" and accepted is Ersattning.PLANERING:
                raise ValueError(f"{name}: planering kan bara ersätta narvaro")
        return self

    def alla(self) -> Iterator[tuple[str, Anslutning]]:
        """Every register by its code, and the attendance."""
        yield from ((register.value, self.till(register)) for register in Register)
        yield "narvaro", self.narvaro

    def till(self, register: Register) -> Anslutning:
        """How one agency's register is reached."""
        found: Anslutning = getattr(self, register.value)
        return found

    def accepts(self, one: Anslutning, day: date) -> bool:
        """Whether something is accepted instead of a register. Not approved is not accepted."""
        return one.ersatts_av is not Ersattning.OVERLAMNA and self.is_approved and self.in_force(day)

    @property
    def ersatter(self) -> bool:
        """Whether anything is accepted instead of a register, so that the approval matters."""
        return any(one.ersatts_av not in (None, Ersattning.OVERLAMNA) for _, one in self.alla())
