"""Reads the e-service form "Återansökan ekonomiskt bistånd" from Open ePlatform (FlowInstance XML, schema 2.0)."""

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import NoReturn, TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular import ansokan as form
from arbetsfloden.ekonomiskt_bistand.formular import falt
from arbetsfloden.ekonomiskt_bistand.formular.falt import visat
from arbetsfloden.ekonomiskt_bistand.formular.inkommet import Formular
from medarbetare.errors import BusinessError

NAMESPACE = "http://www.oeplatform.org/version/2.0/schemas/flowinstance"
FORM_NAME = "Återansökan ekonomiskt bistånd"
FORM_FAMILY = "411"
FORM_VERSION = "7"

ValueT = TypeVar("ValueT")

_DEEPEST = 20
_MOST_ELEMENTS = 20_000
_MOMENT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_ROW = re.compile(r"(childRow|costRow|incomeRow|attachmentRow)([1-9][0-9]{0,3})")
_ROWS = {"childRow": "barn", "costRow": "kostnader", "incomeRow": "inkomster", "attachmentRow": "bilagor"}
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


def las_ansokan(xml: bytes) -> form.Ansokan:
    """Read one application.

    Raises BusinessError, with a Swedish reason that names the form, or the field and what is wrong with it, when the
    XML is not readable, when it is another form or version, and when a field is missing, unknown or not of its kind.
    The reason never quotes what the applicant wrote.
    """
    root = _parse(xml)
    _check_form(root)
    values = _only_child(root, "Values")
    if values is None:
        raise BusinessError("Formuläret är ofullständigt: delen Values saknas.")
    fields = _index(values)
    rows = {kind: _rows(fields, kind) for kind in _ROWS}
    application = form.Ansokan(
        referens=_reference(root),
        inkommen=_submitted(root),
        sokande=_applicant(_single(fields, "applicant")),
        medsokande=_co_applicant(fields.get("coApplicant")),
        manad=_only_value(fields, "period").take("Value", falt.manad),
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
        meddelande=_only_value(fields, "message").take("Value", falt.meddelande, optional=True),
        bilagor=tuple(_attachment(row) for row in rows["attachmentRow"]),
        intygad=_answer(fields, "attestation"),
    )
    falt.granska_personer(application, lambda number: f"Fältet incomeRow{number}.person")
    return application


def sokande(xml: bytes) -> Personnummer:
    """Whose application it is, without reading the rest. Raises BusinessError."""
    values = _only_child(_parse(xml), "Values")
    found = _only_child(values, "applicant") if values is not None else None
    if found is None:
        raise BusinessError("Fältet applicant i återansökan saknas.")
    return _Field("applicant", _parts("applicant", found)).person("citizenIdentifier")


def annat_formular(xml: bytes) -> Formular | None:
    """What a form calls itself that is not "Återansökan ekonomiskt bistånd". Raises BusinessError."""
    root = _parse(xml)
    name, family = _header_text(root, "Flow", "Name"), _header_text(root, "Flow", "FamilyID")
    if (name, family) == (FORM_NAME, FORM_FAMILY):
        return None
    try:
        return Formular((name, family), _submitted(root).date())
    except BusinessError:
        return Formular((name, family), None)


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
                self.fault(visat(part), "är okänt för den här versionen av formuläret")

    def take(self, part: str, check: Callable[[str], ValueT], *, optional: bool = False) -> ValueT:
        """What `check` makes of the part's text. A part that is not there is empty, if it is optional."""
        if part not in self.parts and not optional:
            self.fault(part, "saknas")
        try:
            return check(self.parts.get(part, ""))
        except ValueError as error:
            self.fault(part, str(error))

    def text(self, part: str) -> str:
        return self.take(part, falt.ifylld)

    def optional(self, part: str) -> str:
        return self.take(part, falt.rad, optional=True)

    def person(self, part: str) -> Personnummer:
        return self.take(part, falt.person)


def _parse(xml: bytes) -> Element:
    falt.granska_storlek(xml)
    try:
        root = _tree(xml)
    except DefusedXmlException:
        raise BusinessError(
            "Formulärets XML innehåller en dokumenttyp med entiteter eller liknande och läses inte av säkerhetsskäl."
        ) from None
    except ParseError as error:
        line, column = error.position
        raise BusinessError(f"Formulärets XML är trasig (rad {line}, tecken {column}) och kan inte läsas.") from None
    except (LookupError, ValueError):
        raise BusinessError("Formulärets XML har en okänd teckenkodning och kan inte läsas.") from None
    if root is None or root.tag != _tag("FlowInstance"):
        raise BusinessError("Filen är inget formulär från Open ePlatform (FlowInstance, schema 2.0).")
    return root


def _tree(xml: bytes) -> Element | None:
    root: Element | None = None
    depth = count = 0
    # Element by element, so that a file of nothing but tags is given up before it fills the memory.
    for event, element in iterparse(BytesIO(xml), events=("start", "end"), forbid_dtd=True):
        root = element if root is None else root
        depth, count = (depth + 1, count + 1) if event == "start" else (depth - 1, count)
        if depth > _DEEPEST or count > _MOST_ELEMENTS:
            raise BusinessError("Formulärets XML har fler delar eller nivåer än något formulär och läses inte.")
    return root


def _check_form(root: Element) -> None:
    name, family = _header_text(root, "Flow", "Name"), _header_text(root, "Flow", "FamilyID")
    version = _header_text(root, "Flow", "Version")
    if (name, family) != (FORM_NAME, FORM_FAMILY):
        raise BusinessError(
            f"Ärendet är en annan e-tjänst: «{visat(name)}» (familj {visat(family)}, version {visat(version)}). "
            f"Roboten handlägger bara «{FORM_NAME}» (familj {FORM_FAMILY})."
        )
    if version != FORM_VERSION:
        raise BusinessError(
            f"Formuläret «{FORM_NAME}» har version {visat(version)}; roboten känner bara version {FORM_VERSION}."
        )


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _only_child(parent: Element, name: str) -> Element | None:
    # Of two, nobody can tell which one the applicant means.
    found = parent.findall(_tag(name))
    if len(found) > 1:
        raise BusinessError(f"Formulärets del {name} står två gånger.")
    return found[0] if found else None


def _header_text(root: Element, *path: str) -> str:
    found: Element | None = root
    for name in ("Header", *path):
        found = _only_child(found, name) if found is not None else None
    return ((found.text if found is not None else None) or "").strip()


def _reference(root: Element) -> str:
    try:
        return falt.referens(_header_text(root, "FlowInstanceID"))
    except ValueError:
        raise BusinessError("Formulärets ärendenummer (FlowInstanceID) saknas eller är ogiltigt.") from None


def _submitted(root: Element) -> datetime:
    part = "LastSubmitted" if _header_text(root, "LastSubmitted") else "Posted"
    text = _header_text(root, part)
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text)
    except ValueError:
        raise BusinessError(f"Fältet Header.{part} i återansökan är ingen tidpunkt.") from None


def _index(values: Element) -> dict[str, _Field]:
    fields: dict[str, _Field] = {}
    for element in values:
        name = _local(element)
        if name not in _SINGLE and not _ROW.fullmatch(name):
            raise BusinessError(f"Fältet {visat(name)} i återansökan är okänt för den här versionen av formuläret.")
        if name in fields:
            raise BusinessError(f"Fältet {name} i återansökan står två gånger.")
        fields[name] = _Field(name, _parts(name, element))
    return fields


def _parts(name: str, element: Element) -> dict[str, str]:
    parts: dict[str, str] = {}
    for child in element:
        part = _local(child)
        if part in parts or len(child):
            raise BusinessError(f"Fältet {name}.{visat(part)} i återansökan står två gånger eller har delar i sig.")
        parts[part] = child.text or ""
    return {part: text for part, text in parts.items() if part not in ("QueryID", "Name")}


def _local(element: Element) -> str:
    tag = str(element.tag)
    if not tag.startswith(f"{{{NAMESPACE}}}"):
        raise BusinessError(f"Fältet {visat(tag)} i återansökan hör till ett främmande namnområde.")
    return tag.removeprefix(f"{{{NAMESPACE}}}")


def _rows(fields: dict[str, _Field], kind: str) -> list[_Field]:
    numbers = sorted(int(match[2]) for name in fields if (match := _ROW.fullmatch(name)) and match[1] == kind)
    falt.granska_antal_rader(_ROWS[kind], len(numbers))
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            raise BusinessError(f"Fältet {kind}{expected} i återansökan saknas, fast {kind}{number} finns.")
    return [fields[f"{kind}{number}"] for number in numbers]


def _single(fields: dict[str, _Field], name: str) -> _Field:
    if name not in fields:
        raise BusinessError(f"Fältet {name} i återansökan saknas.")
    return fields[name]


def _only_value(fields: dict[str, _Field], name: str) -> _Field:
    field = _single(fields, name)
    field.only("Value")
    return field


def _answer(fields: dict[str, _Field], name: str) -> bool:
    return _only_value(fields, name).take("Value", falt.ja)


def _applicant(field: _Field) -> form.Sokande:
    field.only("firstname", "lastname", "citizenIdentifier", "email", "phone")
    return form.Sokande(
        fornamn=field.text("firstname"),
        efternamn=field.text("lastname"),
        personnummer=field.person("citizenIdentifier"),
        epost=field.optional("email"),
        telefon=field.optional("phone"),
    )


def _co_applicant(field: _Field | None) -> form.Medsokande | None:
    if field is None:
        return None
    field.only("firstname", "lastname", "citizenIdentifier", "signed")
    return form.Medsokande(
        fornamn=field.text("firstname"),
        efternamn=field.text("lastname"),
        personnummer=field.person("citizenIdentifier"),
        har_undertecknat=field.take("signed", falt.ja),
    )


def _child(field: _Field) -> form.Barn:
    field.only("firstname", "lastname", "citizenIdentifier", "residence", "days")
    residence = field.take("residence", falt.boende)
    days = field.take("days", falt.dagar) if residence is form.Boende.UMGANGE else None
    if days is None and field.optional("days"):
        field.fault("days", falt.DAGAR_UTAN_UMGANGE)
    return form.Barn(
        fornamn=field.text("firstname"),
        efternamn=field.text("lastname"),
        personnummer=field.person("citizenIdentifier"),
        boende=residence,
        dagar=days,
    )


def _housing(field: _Field) -> form.Bostad:
    field.only("housingType", "rooms", "personsInHome", "sharedHome")
    return form.Bostad(
        typ=field.text("housingType"),
        rum=field.take("rooms", falt.antal),
        personer=field.take("personsInHome", falt.antal),
        delad=field.take("sharedHome", falt.ja),
    )


def _cost(field: _Field) -> form.Kostnad:
    field.only("kind", "amount", "payee")
    return form.Kostnad(
        slag=field.text("kind"), belopp=field.take("amount", falt.belopp), mottagare=field.optional("payee") or None
    )


def _income(field: _Field) -> form.Inkomst:
    field.only("person", "kind", "amount", "paidDate", "periodFrom", "periodTo")
    has_from, has_to = (bool(field.optional(part)) for part in ("periodFrom", "periodTo"))
    if has_from != has_to:
        field.fault("periodTo" if has_from else "periodFrom", "saknas, fast periodens andra ände är ifylld")
    first = field.take("periodFrom", falt.dag) if has_from else None
    last = field.take("periodTo", falt.dag) if has_to else None
    if first and last and first > last:
        field.fault("periodTo", "är tidigare än periodFrom")
    return form.Inkomst(
        person=field.person("person"),
        slag=field.text("kind"),
        belopp=field.take("amount", falt.belopp),
        betald=field.take("paidDate", falt.dag),
        period_fran=first,
        period_till=last,
    )


def _payment(field: _Field) -> form.Utbetalningssatt:
    field.only("method", "clearing", "account", "changed")
    return form.Utbetalningssatt(
        metod=field.text("method"),
        clearing=field.text("clearing"),
        konto=field.text("account"),
        andrat=field.take("changed", falt.ja),
    )


def _attachment(field: _Field) -> form.Bilaga:
    field.only("filename", "fileID")
    return form.Bilaga(filnamn=field.text("filename"), fil_id=field.text("fileID"))
