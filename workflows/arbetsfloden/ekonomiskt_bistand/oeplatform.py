"""Reads the e-service form "Återansökan ekonomiskt bistånd" from Open ePlatform (FlowInstance XML, schema 2.0)."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from arbetsfloden.ekonomiskt_bistand import ansokan as form
from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from medarbetare.errors import BusinessError

NAMESPACE = "http://www.oeplatform.org/version/2.0/schemas/flowinstance"
FORM_NAME = "Återansökan ekonomiskt bistånd"
FORM_FAMILY = "411"
FORM_VERSION = "7"

_AMOUNT = re.compile(r"[0-9]{1,7}(,[0-9]{1,2})?")
_COUNT = re.compile(r"[0-9]{1,2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ROW = re.compile(r"(childRow|costRow|incomeRow|attachmentRow)([1-9][0-9]?)")
_SINGLE = frozenset(
    {
        "applicant",
        "coApplicant",
        "period",
        "householdChanged",
        "housing",
        "assets",
        "vehicle",
        "studies",
        "pendingBenefits",
        "unemploymentFund",
        "stayElsewhere",
        "payment",
        "message",
        "attestation",
    }
)
_LONGEST_TEXT = 200
_LONGEST_MESSAGE = 5000


def las_ansokan(xml: bytes) -> form.Ansokan:
    """Read one application.

    Raises BusinessError, with a Swedish reason that names the form, or the field and what is wrong with it, when the
    XML is not readable, when it is another form or version, and when a field is missing, unknown or not of its kind.
    The reason never quotes what the applicant wrote.
    """
    root = _parse(xml)
    _check_form(root)
    reference = _header_text(root, "FlowInstanceID")
    if not re.fullmatch(r"[0-9A-Za-z-]{1,40}", reference):
        raise BusinessError("Formulärets ärendenummer (FlowInstanceID) saknas eller är ogiltigt.")
    values = root.find(_tag("Values"))
    if values is None:
        raise BusinessError("Formuläret är ofullständigt: delen Values saknas.")
    fields = _index(values)
    rows = {kind: _rows(fields, kind) for kind in ("childRow", "costRow", "incomeRow", "attachmentRow")}
    application = form.Ansokan(
        referens=reference,
        inkommen=_submitted(root),
        sokande=_applicant(_single(fields, "applicant")),
        medsokande=_co_applicant(fields.get("coApplicant")),
        manad=_month(_single(fields, "period")),
        barn=tuple(_child(row) for row in rows["childRow"]),
        hushallet_andrat=_answer(fields, "householdChanged"),
        bostad=_housing(_single(fields, "housing")),
        kostnader=tuple(_cost(row) for row in rows["costRow"]),
        inkomster=tuple(_income(row) for row in rows["incomeRow"]),
        tillgangar=_answer(fields, "assets"),
        fordon=_answer(fields, "vehicle"),
        studier=_answer(fields, "studies"),
        vantar_pa_ersattning=_answer(fields, "pendingBenefits"),
        akassa=_answer(fields, "unemploymentFund"),
        vistelse_utanfor=_answer(fields, "stayElsewhere"),
        utbetalning=_payment(_single(fields, "payment")),
        meddelande=_message(_single(fields, "message")),
        bilagor=tuple(_attachment(row) for row in rows["attachmentRow"]),
        intygad=_answer(fields, "attestation"),
    )
    _check_persons(application)
    return application


class _Field:
    """One element under Values, read part by part; every fault names the element and the part."""

    def __init__(self, name: str, parts: dict[str, str]) -> None:
        self.name = name
        self.parts = parts

    def fault(self, part: str, why: str) -> NoReturn:
        raise BusinessError(f"Fältet {self.name}.{part} i återansökan {why}.")

    def only(self, *allowed: str) -> None:
        for part in self.parts:
            if part not in allowed:
                self.fault(part, "är okänt för den här versionen av formuläret")

    def text(self, part: str, *, optional: bool = False, longest: int = _LONGEST_TEXT) -> str:
        value = self.parts.get(part, "").strip()
        if not value and not optional:
            self.fault(part, "saknas" if part not in self.parts else "är tomt")
        if len(value) > longest:
            self.fault(part, f"är längre än {longest} tecken")
        if any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs") and char not in "\r\n\t" for char in value):
            self.fault(part, "innehåller styrtecken")
        return value

    def person(self, part: str) -> Personnummer:
        try:
            return Personnummer(self.text(part))
        except ValueError:
            self.fault(part, "är inget personnummer med tolv siffror")

    def amount(self, part: str) -> Decimal:
        text = self.text(part)
        if not _AMOUNT.fullmatch(text):
            self.fault(part, "är inget belopp i hela kronor eller med decimalkomma (till exempel 612 eller 612,50)")
        return Decimal(text.replace(",", "."))

    def count(self, part: str) -> int:
        text = self.text(part)
        if not _COUNT.fullmatch(text):
            self.fault(part, "är inget antal mellan 0 och 99")
        return int(text)

    def day(self, part: str) -> date:
        text = self.text(part)
        try:
            if not _DATE.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            self.fault(part, "är inget datum (ÅÅÅÅ-MM-DD) som finns i kalendern")

    def yes(self, part: str) -> bool:
        text = self.text(part)
        if text not in ("Ja", "Nej"):
            self.fault(part, "är varken Ja eller Nej")
        return text == "Ja"


def _parse(xml: bytes) -> Element:
    try:
        root: Element = fromstring(xml)
    except DefusedXmlException:
        raise BusinessError("Formulärets XML innehåller entiteter och läses inte av säkerhetsskäl.") from None
    except ParseError as error:
        line, column = error.position
        raise BusinessError(f"Formulärets XML är trasig (rad {line}, tecken {column}) och kan inte läsas.") from None
    except (LookupError, ValueError):
        raise BusinessError("Formulärets XML har en okänd teckenkodning och kan inte läsas.") from None
    if root.tag != _tag("FlowInstance"):
        raise BusinessError("Filen är inget formulär från Open ePlatform (FlowInstance, schema 2.0).")
    return root


def _check_form(root: Element) -> None:
    name, family = _header_text(root, "Flow", "Name"), _header_text(root, "Flow", "FamilyID")
    version = _header_text(root, "Flow", "Version")
    if (name, family) != (FORM_NAME, FORM_FAMILY):
        raise BusinessError(
            f"Ärendet är en annan e-tjänst: «{_shown(name)}» (familj {_shown(family)}, version {_shown(version)}). "
            f"Roboten handlägger bara «{FORM_NAME}» (familj {FORM_FAMILY})."
        )
    if version != FORM_VERSION:
        raise BusinessError(
            f"Formuläret «{FORM_NAME}» har version {_shown(version)}; roboten känner bara version {FORM_VERSION}."
        )


def _shown(text: str) -> str:
    cleaned = "".join(char for char in text if char.isprintable() and unicodedata.category(char) != "Cf")
    return re.sub(r"[0-9]{5,}", "…", cleaned)[:80] or "saknas"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _header_text(root: Element, *path: str) -> str:
    return (root.findtext("/".join(_tag(part) for part in ("Header", *path))) or "").strip()


def _submitted(root: Element) -> datetime:
    text = _header_text(root, "LastSubmitted") or _header_text(root, "Posted")
    try:
        submitted = datetime.fromisoformat(text)
    except ValueError:
        raise BusinessError("Fältet Header.Posted i återansökan är ingen tidpunkt.") from None
    return submitted.replace(tzinfo=None)


def _index(values: Element) -> dict[str, _Field]:
    fields: dict[str, _Field] = {}
    for element in values:
        name = _local(element)
        if name not in _SINGLE and not _ROW.fullmatch(name):
            raise BusinessError(f"Fältet {_shown(name)} i återansökan är okänt för den här versionen av formuläret.")
        if name in fields:
            raise BusinessError(f"Fältet {name} i återansökan står två gånger.")
        fields[name] = _Field(name, _parts(name, element))
    return fields


def _parts(name: str, element: Element) -> dict[str, str]:
    parts: dict[str, str] = {}
    for child in element:
        part = _local(child)
        if part in parts or len(child):
            raise BusinessError(f"Fältet {name}.{_shown(part)} i återansökan står två gånger eller har delar i sig.")
        parts[part] = child.text or ""
    return {part: text for part, text in parts.items() if part not in ("QueryID", "Name")}


def _local(element: Element) -> str:
    tag = str(element.tag)
    if not tag.startswith(f"{{{NAMESPACE}}}"):
        raise BusinessError(f"Fältet {_shown(tag)} i återansökan hör till ett främmande namnområde.")
    return tag.removeprefix(f"{{{NAMESPACE}}}")


def _rows(fields: dict[str, _Field], kind: str) -> list[_Field]:
    numbers = sorted(int(match[2]) for name in fields if (match := _ROW.fullmatch(name)) and match[1] == kind)
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            raise BusinessError(f"Fältet {kind}{expected} i återansökan saknas, fast {kind}{number} finns.")
    return [fields[f"{kind}{number}"] for number in numbers]


def _single(fields: dict[str, _Field], name: str) -> _Field:
    if name not in fields:
        raise BusinessError(f"Fältet {name} i återansökan saknas.")
    return fields[name]


def _answer(fields: dict[str, _Field], name: str) -> bool:
    field = _single(fields, name)
    field.only("Value")
    return field.yes("Value")


def _applicant(field: _Field) -> form.Sokande:
    field.only("firstname", "lastname", "citizenIdentifier", "email", "phone")
    return form.Sokande(
        fornamn=field.text("firstname"),
        efternamn=field.text("lastname"),
        personnummer=field.person("citizenIdentifier"),
        epost=field.text("email", optional=True),
        telefon=field.text("phone", optional=True),
    )


def _co_applicant(field: _Field | None) -> form.Medsokande | None:
    if field is None:
        return None
    field.only("firstname", "lastname", "citizenIdentifier", "signed")
    return form.Medsokande(
        fornamn=field.text("firstname"),
        efternamn=field.text("lastname"),
        personnummer=field.person("citizenIdentifier"),
        har_undertecknat=field.yes("signed"),
    )


def _month(field: _Field) -> Manad:
    field.only("Value")
    try:
        return Manad.parse(field.text("Value"))
    except ValueError:
        field.fault("Value", "är ingen månad (ÅÅÅÅ-MM)")


def _child(field: _Field) -> form.Barn:
    field.only("firstname", "lastname", "citizenIdentifier", "residence", "days")
    residence = field.text("residence")
    if residence not in tuple(form.Boende):
        field.fault("residence", "är varken Heltid, Växelvis eller Umgänge")
    days = field.count("days") if residence == form.Boende.UMGANGE else None
    if days is None and field.text("days", optional=True):
        field.fault("days", "är ifyllt fast barnet inte bor hos sökanden som umgänge")
    if days is not None and not 1 <= days <= 31:
        field.fault("days", "är inget antal dagar i en månad")
    return form.Barn(
        fornamn=field.text("firstname"),
        efternamn=field.text("lastname"),
        personnummer=field.person("citizenIdentifier"),
        boende=form.Boende(residence),
        dagar=days,
    )


def _housing(field: _Field) -> form.Bostad:
    field.only("housingType", "rooms", "personsInHome", "sharedHome")
    return form.Bostad(
        typ=field.text("housingType"),
        rum=field.count("rooms"),
        personer=field.count("personsInHome"),
        delad=field.yes("sharedHome"),
    )


def _cost(field: _Field) -> form.Kostnad:
    field.only("kind", "amount", "payee")
    return form.Kostnad(
        slag=field.text("kind"), belopp=field.amount("amount"), mottagare=field.text("payee", optional=True) or None
    )


def _income(field: _Field) -> form.Inkomst:
    field.only("person", "kind", "amount", "paidDate", "periodFrom", "periodTo")
    has_from, has_to = (bool(field.text(part, optional=True)) for part in ("periodFrom", "periodTo"))
    if has_from != has_to:
        field.fault("periodTo" if has_from else "periodFrom", "saknas, fast periodens andra ände är ifylld")
    first = field.day("periodFrom") if has_from else None
    last = field.day("periodTo") if has_to else None
    if first and last and first > last:
        field.fault("periodTo", "är tidigare än periodFrom")
    return form.Inkomst(
        person=field.person("person"),
        slag=field.text("kind"),
        belopp=field.amount("amount"),
        betald=field.day("paidDate"),
        period_fran=first,
        period_till=last,
    )


def _payment(field: _Field) -> form.Utbetalningssatt:
    field.only("method", "clearing", "account", "changed")
    return form.Utbetalningssatt(
        metod=field.text("method"),
        clearing=field.text("clearing"),
        konto=field.text("account"),
        andrat=field.yes("changed"),
    )


def _message(field: _Field) -> str:
    field.only("Value")
    return field.text("Value", optional=True, longest=_LONGEST_MESSAGE)


def _attachment(field: _Field) -> form.Bilaga:
    field.only("filename", "fileID")
    return form.Bilaga(filnamn=field.text("filename"), fil_id=field.text("fileID"))


def _check_persons(application: form.Ansokan) -> None:
    persons = application.personer
    if len(set(persons)) != len(persons):
        raise BusinessError("Samma personnummer står på två personer i återansökan.")
    for number, income in enumerate(application.inkomster, start=1):
        if income.person not in persons:
            raise BusinessError(f"Fältet incomeRow{number}.person i återansökan hör inte till någon i ansökan.")
