"""SSBTEK v10 as a service: the multi-question portal's question and answers as XML instead of pages."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek import avbruten
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10_del import Avsandare, Del, trad
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10_lefi import formaner, lefi_fraga
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10_myndigheter import (
    SAKNAS,
    Om,
    akassorna,
    arbetsformedlingen,
    csn,
    migrationsverket,
    skatteverket,
    transportstyrelsen,
)
from arbetsfloden.ekonomiskt_bistand.register.registersvar import OK, Myndighetssvar, Register, Registersvar
from medarbetare.engine import Reply, Service
from medarbetare.errors import AnswerMissing, PortalError

SERVICE = "ssbtek_v10"
"""What the service is called in `portals.yaml`."""
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
_CONTENT_TYPE = "text/xml; charset=utf-8"
_PURPOSE = "Ekonomiskt bistånd"
_LAW = "15 kap. 10 § socialtjänstlagen (2025:400)"
_LARGEST = 10_000_000
"""Bytes. An answer with every agency is some ten thousand."""
_CODE = re.compile(r"[A-Za-z][A-Za-z_.:-]{0,30}[0-9]{0,6}")
"""What a code may be to be quoted: nothing that could hold an identity number."""
_PROTECTED = "BT-SKYDD"
_ERROR_STATUS = {"SSBT": "OTILLGANGLIG", "BT": "FELANDE"}
"""What an error in an agency's place means: the service waited in vain, or the agency said so itself."""

_READERS: dict[str, tuple[tuple[Register, Callable[[Del, Om], Myndighetssvar]], ...]] = {
    "AF": ((Register.AF, arbetsformedlingen),),
    "CSN": ((Register.CSN, csn),),
    "FK": ((Register.FK, formaner), (Register.PM, formaner)),
    "SKV": ((Register.SKV, skatteverket),),
    "SO": ((Register.SO, akassorna),),
    "TNS": ((Register.TS, transportstyrelsen),),
    "MIV": ((Register.MIV, migrationsverket),),
}
"""The service's elements in its order, whose answers each holds, and how they are read."""


@dataclass(frozen=True)
class Ingivare:
    """Who asks: the municipality's number of twelve figures, its name, and the officer or account.

    `aktorsid` is what LEFI calls the municipality; "" where the agreement gives no other than the number.
    """

    organisationsnummer: str
    namn: str
    handlaggare: str
    aktorsid: str = field(default="", kw_only=True)


def fraga(
    tjanst: Service,
    person: Personnummer,
    register: Collection[Register],
    *,
    ingivare: Ingivare,
    fran: date,
    till: date,
    now: datetime,
    accept_silence: bool,
) -> Registersvar:
    """Ask one question about one person to some agencies, about payments made from `fran` to `till`.

    What an agency does not answer is *not checkable*, never nothing.

    Raises AnswerMissing when an agency is down, unless `accept_silence`: then that is the answer, for a person to see.
    Raises PortalError when the service refuses the question, and when the answer is about another person or question,
    is not what was agreed or lacks what must be there.
    """
    correlation = str(uuid4())
    question = _question(person, register, ingivare, fran, till, correlation)
    av = Avsandare(tjanst.name, "tjänsten")
    told = _told(tjanst.ask(question, content_type=_CONTENT_TYPE), correlation, av)
    svar: dict[str, Myndighetssvar] = {}
    for element, readers in _READERS.items():
        for one, read in readers:
            if one in register:
                om = Om(one, person, now, Avsandare(tjanst.name, one.namn))
                svar[one.value] = _answer(told, element, om, read)
    for answer in svar.values():
        if avbruten(answer) and not accept_silence:
            raise AnswerMissing(f"{answer.register.namn} svarar inte i SSBTEK just nu. Frågan ställs igen senare.")
    return Registersvar.model_validate(svar)


def _question(
    person: Personnummer, register: Collection[Register], asker: Ingivare, fran: date, till: date, correlation: str
) -> bytes:
    envelope = Element(f"{{{SOAP}}}Envelope")
    root = _add(SubElement(envelope, f"{{{SOAP}}}Body"), "hamtaBastjanstInformation")
    general = _add(root, "generellaFrageparametrar")
    _add(general, "korrelationsid", correlation)
    _add(general, "fraganSkallInkluderasISvaret", "false")
    who = _add(general, "ingivare")
    _add(who, "organisationsnummer", asker.organisationsnummer)
    _add(who, "namn", asker.namn)
    _add(who, "handlaggare", asker.handlaggare)
    _add(general, "personidentitet", person.digits)
    _add(general, "arendeidentitet", correlation)
    period = _add(general, "tidsperiod")
    _add(period, "fromDatum", fran.isoformat())
    _add(period, "tomDatum", till.isoformat())
    _add(general, "syfte", _PURPOSE)
    _add(general, "lagtext", _LAW)
    specific = _add(root, "specifikaFrageparametrar")
    for element, readers in _READERS.items():
        asked = any(one in register for one, _ in readers)
        part = _add(specific, element)
        part.set("inkludera", "true" if asked else "false")
        if asked and element == "FK":
            own = _add(part, "fraga")
            _add(own, "aktorsid", asker.aktorsid or asker.organisationsnummer)
            _add(own, "lefiJsonFraga", lefi_fraga(person, register, fran, till))
    question: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return question


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    child = SubElement(parent, f"{{{SSBT}}}{name}")
    child.text = text
    return child


def _told(reply: Reply, correlation: str, av: Avsandare) -> Del:
    """The part of a reply that holds the agencies' answers."""
    if len(reply.body) > _LARGEST:
        raise av.fel("är större än något svar")
    unanswered = PortalError(f"SSBTEK svarade med HTTP {reply.status} och inget svar.", portal=av.portal)
    try:
        body = trad(reply.body, av).den("Body")
    except PortalError:
        if reply.status == HTTPStatus.OK:
            raise
        raise unanswered from None
    fault = body.valfri("Fault")
    if fault is not None:
        raise PortalError(f"SSBTEK tog inte emot frågan (felkod {_fault_code(fault)}).", portal=av.portal)
    if reply.status != HTTPStatus.OK:
        raise unanswered
    response = body.den("hamtaBastjanstInformationResponse")
    if response.valfri_text("korrelationsid") not in ("", correlation):
        raise av.fel("hör till en annan fråga")
    return response.den("svarsdata")


def _fault_code(fault: Del) -> str:
    detail = fault.valfri("detail")
    codes = [one.valfri_text("felkod") for one in (detail.delar() if detail else ())]
    codes.append(fault.valfri_text("faultcode"))
    return next((code for code in codes if _CODE.fullmatch(code)), "okänd")


def _answer(told: Del, element: str, om: Om, read: Callable[[Del, Om], Myndighetssvar]) -> Myndighetssvar:
    part = told.valfri(element)
    if part is None:
        return om.ej_kontrollerbart(SAKNAS)
    part = part.fran(om.av)
    error = part.valfri("error")
    if error is None:
        return read(part.den("data"), om)
    code = error.text("felkod")
    if code == _PROTECTED:
        return om.ej_kontrollerbart(OK, skyddad=True)
    return om.ej_kontrollerbart(_ERROR_STATUS.get(error.text("kalla"), code))
