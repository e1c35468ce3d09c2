"""What a field of an application may hold, in whatever format it came. Each function takes the text as it was sent.

They raise ValueError with the end of a Swedish sentence that says what is wrong ("är tomt") and never quotes the text.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Boende
from medarbetare.errors import BusinessError

STORSTA_FIL = 10_000_000
"""Bytes. A form is some ten thousand, and a posting may hold the same once more as a PDF; attachments lie elsewhere."""
FLEST_RADER = {"barn": 20, "kostnader": 50, "inkomster": 50, "bilagor": 100}
"""Rows of each kind. More than that is no household's monthly application."""
DAGAR_UTAN_UMGANGE = "är ifyllt fast barnet inte bor hos sökanden som umgänge"
LANGSTA_TEXT = 200
LANGSTA_MEDDELANDE = 5000

_AMOUNT = re.compile(r"[0-9]{1,7}(,[0-9]{1,2})?")
_COUNT = re.compile(r"[0-9]{1,2}")
_DATE = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_REFERENCE = re.compile(r"[0-9A-Za-z-]{1,40}")
# Controls, formatting (bidi overrides, invisible joiners), private use, surrogates, unassigned, line separators.
_UNWELCOME = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_LINE_BREAKS = frozenset("\r\n\t")


def rad(text: str) -> str:
    """One line of text, white space around it removed; may be empty."""
    return _clean(text, LANGSTA_TEXT, frozenset())


def meddelande(text: str) -> str:
    """Text of several lines; may be empty."""
    return _clean(text, LANGSTA_MEDDELANDE, _LINE_BREAKS)


def ifylld(text: str) -> str:
    """One line of text that is not empty."""
    cleaned = rad(text)
    if not cleaned.strip():
        raise ValueError("är tomt")
    return cleaned


def referens(text: str) -> str:
    """The application's own number in the e-service."""
    if not _REFERENCE.fullmatch(text.strip()):
        raise ValueError("är inget ärendenummer")
    return text.strip()


def person(text: str) -> Personnummer:
    """A personal identity number; one that fails its check digit is carried, and met by a rule."""
    written = ifylld(text)
    try:
        return Personnummer(written)
    except ValueError:
        raise ValueError("är inget personnummer med tolv siffror") from None


def belopp(text: str) -> Decimal:
    """Kronor as the forms write them: whole, or with a decimal comma.

    Nothing else is guessed at: a space, a point or a semicolon may be a slip, so a person reads it.
    """
    written = ifylld(text)
    if not _AMOUNT.fullmatch(written):
        raise ValueError("är inget belopp i hela kronor eller med decimalkomma (till exempel 612 eller 612,50)")
    return Decimal(written.replace(",", "."))


def antal(text: str) -> int:
    """A number between 0 and 99."""
    if not _COUNT.fullmatch(ifylld(text)):
        raise ValueError("är inget antal mellan 0 och 99")
    return int(text)


def dagar(text: str) -> int:
    """A number of days in a month."""
    number = antal(text)
    if not 1 <= number <= 31:
        raise ValueError("är inget antal dagar i en månad")
    return number


def dag(text: str) -> date:
    """A day between 1900 and 2099."""
    written = ifylld(text)
    try:
        if _DATE.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise ValueError("är inget datum (ÅÅÅÅ-MM-DD) som finns i kalendern")


def manad(text: str) -> Manad:
    """A month between 2000 and 2099."""
    if not _MONTH.fullmatch(ifylld(text)):
        raise ValueError("är ingen månad (ÅÅÅÅ-MM)")
    return Manad.parse(text)


def ja(text: str) -> bool:
    """Ja or Nej."""
    if ifylld(text) not in ("Ja", "Nej"):
        raise ValueError("är varken Ja eller Nej")
    return text.strip() == "Ja"


def boende(text: str) -> Boende:
    """Where a child lives, in the form's own words."""
    written = ifylld(text)
    if written not in tuple(Boende):
        raise ValueError("är varken Heltid, Växelvis eller Umgänge")
    return Boende(written)


def visat(text: str) -> str:
    """A name that came with a file, fit to be shown: short, printable, without anything like an identity number."""
    printable = "".join(
        char for char in text[:200] if char.isprintable() and unicodedata.category(char) not in _UNWELCOME
    )
    return re.sub(r"[0-9](?:[ +_.-]*[0-9]){4,}", "…", printable)[:80] or "saknas"


def granska_storlek(content: bytes) -> None:
    """Raises BusinessError for a file that is larger than any form."""
    if len(content) > STORSTA_FIL:
        raise BusinessError(
            f"Ansökans fil är {len(content) / 1_000_000:.0f} MB; ett formulär får vara högst "
            f"{STORSTA_FIL // 1_000_000} MB. Den är sparad men inte läst."
        )


def granska_antal_rader(kind: str, count: int) -> None:
    """Raises BusinessError when there are more rows of a kind than the robot reads."""
    if count > FLEST_RADER[kind]:
        raise BusinessError(f"Ansökan har {count} rader med {kind}; roboten tar högst {FLEST_RADER[kind]}.")


def granska_personer(application: Ansokan, income_field: Callable[[int], str]) -> None:
    """Raises BusinessError when two persons have one number, or an income belongs to nobody in the application.

    `income_field` names the field with the person of an income, counted from 1.
    """
    persons = application.personer
    if len(set(persons)) != len(persons):
        raise BusinessError("Samma personnummer står på två personer i återansökan.")
    for number, income in enumerate(application.inkomster, start=1):
        if income.person not in persons:
            raise BusinessError(f"{income_field(number)} i återansökan hör inte till någon i ansökan.")


def _clean(text: str, longest: int, allowed: frozenset[str]) -> str:
    cleaned = text.strip(" \t\r\n")
    if len(cleaned) > longest:
        raise ValueError(f"är längre än {longest} tecken")
    if any(char not in allowed and unicodedata.category(char) in _UNWELCOME for char in cleaned):
        raise ValueError("innehåller styrtecken")
    return cleaned
