"""How facts are written where people read them."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer

VARDE = ("Uppgift", "Värde")
_SVERIGE = ZoneInfo("Europe/Stockholm")
_STATUS = {
    Svarsstatus.SVAR: "",
    Svarsstatus.INGET: "Inga uppgifter finns.",
    Svarsstatus.EJ_KONTROLLERBART: "Kunde inte kontrolleras: inget svar betyder inte att inget finns.",
}


def visat_personnummer(number: Personnummer) -> str:
    """The number in full, for a person who must know whom a decision concerns."""
    return f"{number.digits[:8]}-{number.digits[8:]}"


def varden(*pairs: tuple[str, str | None]) -> tuple[tuple[str, ...], ...]:
    """Rows of `VARDE`, without those that have nothing to say."""
    return tuple((what, value) for what, value in pairs if value)


def kalla(status: Svarsstatus, lasning: Lasning) -> str:
    """Where and when something was read, and what asking gave."""
    return f"{_STATUS[status]} Källa: {lasning.kalla}, läst {last(lasning)}.".strip()


def last(lasning: Lasning) -> str:
    return tid(lasning.tidpunkt)


def tid(moment: datetime) -> str:
    return f"{moment.astimezone(_SVERIGE):%Y-%m-%d %H:%M}"


def dag(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def period(first: date | None, last_day: date | None) -> str:
    return " – ".join(filter(None, (dag(first), dag(last_day))))


def belopp(amount: Decimal | None) -> str:
    return "" if amount is None else kronor(amount)


def ja_nej(value: bool | None) -> str | None:
    return None if value is None else "ja" if value else "nej"
