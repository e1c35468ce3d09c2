"""What a SOAP request asks: `hamtaBastjanstInformation` of SSBTEK v10, read and checked."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sandkommun.ssbtek.question import Period, Question
from sandkommun.system import typed_date

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
AGENCIES = {"AF": "AF", "CSN": "CSN", "FK": "FK", "SKV": "SKV", "SO": "SO", "TNS": "TS", "MIV": "MIV"}
"""The service's codes, in the order of its answer, and what the agencies are called elsewhere."""
_PURPOSE = re.compile("ekonomiskt? (bistånd|försörjningsstöd)|försörjningsstöd", re.IGNORECASE)


class Fault(Exception):
    """The request as such is refused: a code and a Swedish text that holds nothing of what was asked."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """A request that may be answered. `question.agencies` are the codes of elsewhere; `periods` those by agency.
    `echo` is the question's own XML, "" unless the asker wants it back."""

    question: Question
    periods: Mapping[str, Period]
    reference: str
    asker: Mapping[str, str]
    correlation: str
    time: str
    echo: str


def read(body: bytes) -> Asked:
    """Read a request. Raises Fault."""
    root = _question_of(body)
    general = _child(root, "generellaFrageparametrar")
    specific = _child(root, "specifikaFrageparametrar")
    number = _text(general, "personidentitet")
    if not re.fullmatch(r"\d{12}", number):
        raise Fault("SSBT-1003", "personidentitet ska vara tolv siffror.")
    if not _PURPOSE.search(_text(general, "syfte")) or not _text(general, "lagtext"):
        raise Fault("SSBT-1004", "Frågan är inte tillåten för detta ändamål (syfte, lagtext).")
    period = _period(_child(general, "tidsperiod"))
    asker = _child(general, "ingivare")
    periods: dict[str, Period] = {}
    for code, name in AGENCIES.items():
        part = _child(specific, code)
        if part.get("inkludera") in {"true", "1"}:
            own = part.find(_tag("tidsperiod"))
            periods |= dict.fromkeys(_insurers(part, number) if code == "FK" else [name], _period(own, period))
    if not periods:
        raise Fault("SSBT-1005", "Ingen myndighet är inkluderad i frågan.")
    return Asked(
        question=Question(number, period, list(periods)),
        periods=periods,
        reference=_text(general, "arendeidentitet"),
        asker={name: _text(asker, name) for name in ("organisationsnummer", "namn", "handlaggare")},
        correlation=_optional(general, "korrelationsid"),
        time=_optional(general, "frageTidpunkt"),
        echo=_inner(root) if _optional(general, "fraganSkallInkluderasISvaret") in {"true", "1"} else "",
    )


def _question_of(body: bytes) -> Element:
    try:
        envelope: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Fault("SSBT-1001", "Meddelandet är inte läsbar XML.") from None
    root = envelope.find(f"{{{SOAP}}}Body/{_tag('hamtaBastjanstInformation')}")
    if envelope.tag != f"{{{SOAP}}}Envelope" or root is None:
        raise Fault("SSBT-1002", f"hamtaBastjanstInformation ({SSBT}) saknas i soap:Body.")
    return root


def _inner(question: Element) -> str:
    """The XML inside an element, as it was asked."""
    try:
        return "".join(tostring(child, "unicode") for child in question)
    except RecursionError:
        raise Fault("SSBT-1001", "Meddelandets element ligger för djupt i varandra.") from None


def _insurers(part: Element, number: str) -> list[str]:
    """Försäkringskassan, and Pensionsmyndigheten unless the LEFI question asks for nothing of theirs."""
    encoded = part.find(f"{_tag('fraga')}/{_tag('lefiJsonFraga')}")
    if encoded is None:
        return ["FK", "PM"]
    try:
        asked: Any = json.loads(base64.b64decode(encoded.text or "", validate=True))
    except (ValueError, RecursionError):
        raise Fault("SSBT-1006", "lefiJsonFraga är inte JSON i base64.") from None
    if not isinstance(asked, dict) or asked.get("personnummer") != number:
        raise Fault("SSBT-1007", "lefiJsonFraga gäller inte samma person som personidentitet.")
    codes = [code for value in asked.values() if isinstance(value, list) for code in value]
    return ["FK", "PM"] if not codes or any(str(code).startswith("PM:") for code in codes) else ["FK"]


def _period(element: Element | None, usual: Period | None = None) -> Period:
    if element is None and usual is not None:
        return usual
    start, end = (_day(element, name) for name in ("fromDatum", "tomDatum"))
    if start is None or end is None or start > end:
        raise Fault("SSBT-1008", "tidsperiod ska ha fromDatum och tomDatum som ÅÅÅÅ-MM-DD.")
    return Period(start, end)


def _day(element: Element | None, name: str) -> date | None:
    return None if element is None else typed_date(_optional(element, name))


def _tag(name: str) -> str:
    return f"{{{SSBT}}}{name}"


def _child(element: Element, name: str) -> Element:
    child = element.find(_tag(name))
    if child is None:
        raise Fault("SSBT-1002", f"Elementet {name} saknas.")
    return child


def _text(element: Element, name: str) -> str:
    text = (_child(element, name).text or "").strip()
    if not text:
        raise Fault("SSBT-1002", f"Elementet {name} är tomt.")
    return text


def _optional(element: Element, name: str) -> str:
    child = element.find(_tag(name))
    return "" if child is None else (child.text or "").strip()
