"""Which month's incomes count in an applied month."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from medarbetare.config import Strict


class Tillhor(StrEnum):
    """The month that a payment is an income of: the one that its period lies in, or always the one of payment."""

    PERIOD = "period"
    UTBETALNINGSDAG = "utbetalningsdag"

    @property
    def text(self) -> str:
        """For people."""
        return _TILLHOR[self]


_TILLHOR = {
    Tillhor.PERIOD: "månaden som den avser, annars månaden då den betalades ut",
    Tillhor.UTBETALNINGSDAG: "månaden då den betalades ut",
}


class Inkomstmanad(Strict):
    """Which incomes count in an applied month: those of the month before it, or of the month itself."""

    manader_fore: Annotated[int, Field(ge=0, le=1)] = 1
    tillhor: Tillhor = Tillhor.PERIOD

    @property
    def text(self) -> str:
        """Whose incomes count, for people."""
        return "de för månaden före den sökta" if self.manader_fore else "de för den sökta månaden"

    def raknas_for(self, sokt: Manad) -> Manad:
        """The month whose incomes count when `sokt` is applied for."""
        return sokt.minus(self.manader_fore)

    def betalningens(self, betald: date, fran: date | None, till: date | None) -> Manad:
        """The month that a payment belongs to. A period that is open, or in two months, leaves it where it was paid."""
        if self.tillhor is Tillhor.PERIOD and fran is not None and till is not None:
            covered = Manad.of(fran)
            if covered == Manad.of(till):
                return covered
        return Manad.of(betald)
