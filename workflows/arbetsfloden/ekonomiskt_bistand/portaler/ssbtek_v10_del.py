"""One part of an answer from SSBTEK v10, read strictly: its elements by local name, its texts as values.

Whatever is not as agreed is a PortalError that names the agency and the part, and never quotes what stood there.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.falt import visat
from medarbetare.errors import PortalError

ValueT = TypeVar("ValueT")

_DEEPEST = 30
_MOST_ELEMENTS = 50_000
_AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?")
_MOST_KRONOR = 10**9
_ORE = Decimal("0.01")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?|[0-9]{8}")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_TEN_FIGURES = re.compile(r"[0-9]{10}")


@dataclass(frozen=True)
class Avsandare:
    """Whose answer is read, and through which portal: what every fault tells."""

    portal: str
    namn: str

    def fel(self, why: str) -> PortalError:
        """A fault in this answer; `why` ends the sentence "Svaret från X i SSBTEK …"."""
        return PortalError(f"Svaret från {self.namn} i SSBTEK {why}.", portal=self.portal)

    def las(self, name: str, what: str, read: Callable[[str], ValueT], text: str) -> ValueT:
        """What `read` makes of a text. Its ValueError becomes a fault: `name` holds something else than `what`."""
        try:
            return read(text)
        except ValueError:
            raise self.fel(f"har något annat än {what} i {visat(name)}") from None

    def ratt_person(self, text: str, person: Personnummer) -> None:
        """Check whom an answer is about. Ten figures, as some write, are compared without the century."""
        figures = text.strip().replace("-", "")
        same = figures == person.digits[2:] if _TEN_FIGURES.fullmatch(figures) else figures == person.digits
        if not same:
            raise self.fel("gäller inte den person som frågan gällde")


class Del:
    """One element. Parts are found by local name, because prefixes and versions of namespaces differ."""

    def __init__(self, av: Avsandare, element: Element) -> None:
        self.av = av
        self._element = element

    def fran(self, av: Avsandare) -> "Del":
        """The same element as somebody else's answer."""
        return Del(av, self._element)

    @property
    def namn(self) -> str:
        return _local(self._element)

    @property
    def innehall(self) -> str:
        """The element's own text, white space around it removed."""
        return (self._element.text or "").strip()

    def delar(self, name: str | None = None) -> list["Del"]:
        """The elements directly within, all or those of one name."""
        return [Del(self.av, one) for one in self._element if name is None or _local(one) == name]

    def valfri(self, name: str) -> "Del | None":
        """The element of a name, which may be left out but not stand twice."""
        found = self.delar(name)
        if len(found) > 1:
            raise self.av.fel(f"har delen {name} två gånger")
        return found[0] if found else None

    def den(self, name: str) -> "Del":
        """The one element of a name, which must be there."""
        found = self.valfri(name)
        if found is None:
            raise self.av.fel(f"saknar {name}")
        return found

    def bara(self, *known: str) -> None:
        """Check that nothing else lies within than what is known: what cannot be read is not nothing."""
        for one in self.delar():
            if one.namn not in known:
                raise self.av.fel(f"har den okända delen {visat(one.namn)} i {self.namn}")

    def attribut(self, name: str) -> str | None:
        """An attribute, white space around it removed; None when it is left out."""
        found = self._element.get(name)
        return None if found is None else found.strip()

    def valfri_text(self, name: str) -> str:
        """A part's text, "" when it is empty or left out."""
        found = self.valfri(name)
        return found.innehall if found else ""

    def text(self, name: str) -> str:
        """A part's text, which must not be empty."""
        found = self.den(name).innehall
        if not found:
            raise self.av.fel(f"har inget i {name}")
        return found

    def belopp(self, name: str) -> Decimal:
        """An amount in kronor, as it stands: it may be negative."""
        return self.av.las(name, "ett belopp", belopp, self.text(name))

    def tal(self, name: str) -> Decimal:
        """A number that may have decimals."""
        return self.av.las(name, "ett tal", tal, self.text(name))

    def heltal(self, name: str) -> int:
        return self.av.las(name, "ett heltal", heltal, self.text(name))

    def datum(self, name: str) -> date:
        return self.av.las(name, "ett datum", datum, self.text(name))

    def valfritt_datum(self, name: str) -> date | None:
        return self.datum(name) if self.valfri_text(name) else None

    def ja(self, name: str) -> bool:
        """A truth value of XML."""
        return self.av.las(name, "ja eller nej", _truth, self.text(name))

    def base64(self, name: str) -> bytes:
        """What a part holds in base64, where line breaks say nothing."""
        return self.av.las(
            name, "base64", lambda text: base64.b64decode("".join(text.split()), validate=True), self.text(name)
        )

    def dokument(self, name: str) -> "Del":
        """The XML document that a part holds as text. What its own declaration says of bytes holds no longer."""
        return trad(_DECLARATION.sub("", self.text(name), count=1).encode(), self.av)


def trad(xml: bytes, av: Avsandare) -> Del:
    """The root of an XML document, without document types and entities, of bounded depth and size.

    Raises PortalError.
    """
    try:
        return Del(av, _tree(xml))
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        raise av.fel("är inte XML av det slag som roboten läser") from None


def _tree(xml: bytes) -> Element:
    root: Element | None = None
    depth = count = 0
    # Element by element, so that a document of nothing but tags is given up before it fills the memory.
    for event, element in iterparse(BytesIO(xml), events=("start", "end"), forbid_dtd=True):
        root = element if root is None else root
        depth, count = (depth + 1, count + 1) if event == "start" else (depth - 1, count)
        if depth > _DEEPEST or count > _MOST_ELEMENTS:
            raise ValueError
    if root is None:
        raise ValueError
    return root


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def tal(text: str) -> Decimal:
    """`4.5`. Raises ValueError."""
    if not _AMOUNT.fullmatch(text):
        raise ValueError
    return Decimal(text)


def belopp(text: str) -> Decimal:
    """`1250.5` with its two decimals, as the page writes it. Raises ValueError."""
    return tal(text).quantize(_ORE)


def exakt(number: object) -> Decimal:
    """An amount that JSON wrote as a number, read as int or Decimal; with its two decimals.

    Raises ValueError when it is no such number, when it is larger than any payment or has parts of an öre.
    """
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise ValueError
    amount = Decimal(number)
    # Compared before anything is calculated: an exponent may be beyond all arithmetic.
    if not -_MOST_KRONOR < amount < _MOST_KRONOR or amount != amount.quantize(_ORE):
        raise ValueError
    return amount.quantize(_ORE)


def heltal(text: str) -> int:
    """A whole number of at most nine figures. Raises ValueError."""
    if not _WHOLE.fullmatch(text):
        raise ValueError
    return int(text)


def datum(text: str) -> date:
    """`2016-11-18`, `2016-11-18+01:00` or `20161118`: the day as it was written, whatever the zone. Raises
    ValueError."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError
    return date.fromisoformat(match[1] or text)


def _truth(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError
    return text in ("true", "1")
