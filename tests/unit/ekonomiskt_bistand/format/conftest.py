"""Writes an application in both formats, leaf by leaf, so that tests can spoil any one of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest

from arbetsfloden.ekonomiskt_bistand.formular import oeplatform, viva
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.formular.viva_format import ANNAN, INKOMSTER, KOSTNADER
from medarbetare.engine import Original

SWEDEN = ZoneInfo("Europe/Stockholm")
ANSOKAN = {
    "referens": "260107",
    "inkommen": "2026-12-01T06:44:58",
    "sokande": {
        "fornamn": "Linn",
        "efternamn": "Lönesson",
        "personnummer": "198802189897",
        "epost": "linn@example.com",
        "telefon": "0701740605",
    },
    "medsokande": {
        "fornamn": "Pål",
        "efternamn": "Parsson",
        "personnummer": "198603069876",
        "har_undertecknat": True,
    },
    "manad": "2026-12",
    "barn": [
        {"fornamn": "Femma", "efternamn": "Lönesson", "personnummer": "202101109839", "boende": "Heltid"},
        {
            "fornamn": "Tolva",
            "efternamn": "Lönesson",
            "personnummer": "201401279888",
            "boende": "Umgänge",
            "dagar": 10,
        },
    ],
    "hushallet_andrat": False,
    "bostad": {"typ": "Hyresrätt", "rum": 3, "personer": 4, "delad": False},
    "kostnader": [
        {"slag": "Hyra", "belopp": "6800", "mottagare": "Bolaget AB"},
        {"slag": "Hushållsel", "belopp": "612.50"},
        {"slag": "Cykelhjälm", "belopp": "199"},
    ],
    "inkomster": [
        {"person": "198802189897", "slag": "Lön", "belopp": "6000", "betald": "2026-11-25"},
        {
            "person": "198603069876",
            "slag": "Aktivitetsstöd",
            "belopp": "3400.75",
            "betald": "2026-11-25",
            "period_fran": "2026-11-01",
            "period_till": "2026-11-30",
        },
        {"person": "202101109839", "slag": "Tidningsutdelning", "belopp": "150", "betald": "2026-11-02"},
    ],
    **dict.fromkeys(("tillgangar", "fordon", "studier", "vantar_pa_ersattning", "akassa"), False),
    "vistelse_utanfor": True,
    "utbetalning": {"metod": "Konto", "clearing": "9999", "konto": "1000007", "andrat": False},
    "meddelande": "Rad ett.\nRad två.",
    "bilagor": [{"filnamn": "lön.pdf", "fil_id": "77"}],
    "intygad": True,
}


@dataclass
class Leaf:
    """One leaf of a form: an XML part (`where` is field and part) or a tagged answer (`where` is its tags)."""

    where: list[str]
    value: Any


@dataclass(frozen=True)
class Format:
    """A way to write an application. `parse` reads what `write` made of leaves."""

    name: str
    leaves: Callable[[Ansokan], list[Leaf]]
    write: Callable[[list[Leaf]], bytes]
    parse: Callable[[bytes], Ansokan]

    def read(self, leaves: list[Leaf]) -> Ansokan:
        return self.parse(self.write(leaves))

    def through_inbox(self, content: bytes) -> Ansokan:
        return las_ansokan(Original.of(content))


def yes(value: bool) -> str:
    return "Ja" if value else "Nej"


def amount(value: Decimal) -> str:
    return str(value).replace(".", ",")


def xml_leaves(one: Ansokan) -> list[Leaf]:
    fields: dict[str, dict[str, str]] = {"applicant": identity(one.sokande)}
    fields["applicant"] |= {"email": one.sokande.epost, "phone": one.sokande.telefon}
    if one.medsokande:
        fields["coApplicant"] = identity(one.medsokande) | {"signed": yes(one.medsokande.har_undertecknat)}
    fields["period"] = {"Value": str(one.manad)}
    for n, child in enumerate(one.barn, 1):
        days = {"days": str(child.dagar)} if child.dagar is not None else {}
        fields[f"childRow{n}"] = identity(child) | {"residence": child.boende} | days
    fields["housing"] = {
        "housingType": one.bostad.typ,
        "rooms": str(one.bostad.rum),
        "personsInHome": str(one.bostad.personer),
        "sharedHome": yes(one.bostad.delad),
    }
    for n, cost in enumerate(one.kostnader, 1):
        payee = {"payee": cost.mottagare} if cost.mottagare else {}
        fields[f"costRow{n}"] = {"kind": cost.slag, "amount": amount(cost.belopp)} | payee
    for n, income in enumerate(one.inkomster, 1):
        ends = {"periodFrom": income.period_fran, "periodTo": income.period_till}
        fields[f"incomeRow{n}"] = {
            "person": income.person.digits,
            "kind": income.slag,
            "amount": amount(income.belopp),
            "paidDate": income.betald.isoformat(),
        } | {part: day.isoformat() for part, day in ends.items() if day}
    answers = {
        "householdChanged": one.hushallet_andrat,
        "assets": one.tillgangar,
        "vehicle": one.fordon,
        "studies": one.studier,
        "pendingBenefits": one.vantar_pa_ersattning,
        "unemploymentFund": one.akassa,
        "stayElsewhere": one.vistelse_utanfor,
        "attestation": one.intygad,
    }
    fields |= {name: {"Value": yes(answer)} for name, answer in answers.items()}
    pay = one.utbetalning
    fields["payment"] = {
        "method": pay.metod,
        "clearing": pay.clearing,
        "account": pay.konto,
        "changed": yes(pay.andrat),
    }
    fields["message"] = {"Value": one.meddelande}
    for n, attachment in enumerate(one.bilagor, 1):
        fields[f"attachmentRow{n}"] = {"filename": attachment.filnamn, "fileID": attachment.fil_id}
    head = {"FlowInstanceID": one.referens, "Posted": one.inkommen.isoformat()}
    return [
        *(Leaf(["", part], value) for part, value in head.items()),
        *(Leaf([name, part], value) for name, parts in fields.items() for part, value in parts.items()),
    ]


def identity(person: Any) -> dict[str, str]:
    number = person.personnummer.digits
    return {"firstname": person.fornamn, "lastname": person.efternamn, "citizenIdentifier": number}


def write_xml(leaves: list[Leaf]) -> bytes:
    head, body, now = "", "", ""
    for leaf in leaves:
        name, part = leaf.where
        text = f"<{part}>{escape(str(leaf.value))}</{part}>"
        if not name:
            head += text
            continue
        if name != now:
            body += (f"</{now}>" if now else "") + f"<{name}><QueryID>1</QueryID><Name>Fråga</Name>"
            now = name
        body += text
    body += f"</{now}>" if now else ""
    return (
        '<?xml version="1.0" encoding="ISO-8859-1" standalone="no"?>'
        f'<FlowInstance xmlns="{oeplatform.NAMESPACE}"><Header><Flow><FamilyID>411</FamilyID><Version>7</Version>'
        f"<Name>{oeplatform.FORM_NAME}</Name></Flow>{head}</Header><Values>{body}</Values></FlowInstance>"
    ).encode("iso-8859-1", "xmlcharrefreplace")


def milliseconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=SWEDEN).astimezone(UTC).timestamp() * 1000)


def day(value: date) -> int:
    return milliseconds(datetime(value.year, value.month, value.day))  # noqa: DTZ001 - the zone is set there


def number(value: Decimal) -> int | str:
    return int(value) if value == int(value) else amount(value)


def json_leaves(one: Ansokan) -> list[Leaf]:
    made: list[tuple[str, Any]] = [
        ("application reference", one.referens),
        ("application submitted", milliseconds(one.inkommen)),
        ("application month", str(one.manad)),
        *json_person(one.sokande, "applicant client"),
        *[("personInfo email applicant client", one.sokande.epost)] * bool(one.sokande.epost),
        *[("personInfo phoneNumber applicant client", one.sokande.telefon)] * bool(one.sokande.telefon),
    ]
    if one.medsokande:
        made += json_person(one.medsokande, "coApplicant partner")
        made.append(("personInfo signed coApplicant partner", one.medsokande.har_undertecknat))
    for n, child in enumerate(one.barn):
        made += json_person(child, f"children group:{n}")
        made.append((f"personInfo residence children group:{n}", child.boende))
        made += [(f"personInfo days children group:{n}", child.dagar)] * (child.dagar is not None)
    made += json_money(one)
    made += [
        ("household changed", one.hushallet_andrat),
        ("housing type", one.bostad.typ),
        ("housing rooms", one.bostad.rum),
        ("housing persons", one.bostad.personer),
        ("housing shared", one.bostad.delad),
        ("declaration assets", one.tillgangar),
        ("declaration vehicle", one.fordon),
        ("declaration studies", one.studier),
        ("declaration pendingBenefits", one.vantar_pa_ersattning),
        ("declaration unemploymentFund", one.akassa),
        ("declaration stayElsewhere", one.vistelse_utanfor),
        ("payment method", one.utbetalning.metod),
        ("payment clearing", one.utbetalning.clearing),
        ("payment account", one.utbetalning.konto),
        ("payment changed", one.utbetalning.andrat),
        ("attestation truthful", one.intygad),
        *[("message text", one.meddelande)] * bool(one.meddelande),
    ]
    for n, attachment in enumerate(one.bilagor):
        made += [(f"attachments name group:{n}", attachment.filnamn), (f"attachments id group:{n}", attachment.fil_id)]
    return [Leaf(tags.split(), value) for tags, value in made]


def json_money(one: Ansokan) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    for n, cost in enumerate(one.kostnader):
        row = json_row("expenses", KOSTNADER, cost.slag, n)
        made += [*row.kind, (row.part("amount"), number(cost.belopp))]
        made += [(row.part("payee"), cost.mottagare)] * bool(cost.mottagare)
    for n, income in enumerate(one.inkomster):
        row = json_row("incomes", INKOMSTER, income.slag, n)
        made += [*row.kind, (row.part("amount"), number(income.belopp)), (row.part("date"), day(income.betald))]
        made.append((row.part("personalNumber"), income.person.digits))
        ends = {"periodFrom": income.period_fran, "periodTo": income.period_till}
        made += [(row.part(part), day(end)) for part, end in ends.items() if end]
    return made


@dataclass(frozen=True)
class Row:
    begins: str
    group: int
    kind: list[tuple[str, Any]]

    def part(self, name: str) -> str:
        return f"{self.begins} {name} group:{self.group}"


def json_row(about: str, kinds: dict[str, str], kind: str, group: int) -> Row:
    tag = next((tag for tag, word in kinds.items() if word == kind), ANNAN)
    said = [(f"{about} {ANNAN} type group:{group}", kind)] if tag == ANNAN else []
    return Row(f"{about} {tag}", group, said)


def json_person(person: Any, who: str) -> list[tuple[str, Any]]:
    return [
        (f"personInfo firstName {who}", person.fornamn),
        (f"personInfo lastName {who}", person.efternamn),
        (f"personInfo personalNumber {who}", person.personnummer.digits),
    ]


def write_json(leaves: list[Leaf]) -> bytes:
    answers = [{"field": {"id": f"id{n}", "tags": leaf.where}, "value": leaf.value} for n, leaf in enumerate(leaves, 1)]
    posting = {"applicationType": "recurrent", "hashid": "x", "workflowId": "", "answers": answers}
    return json.dumps(posting | {"rawDataType": "pdf", "rawData": ""}, ensure_ascii=False, indent=1).encode()


XML = Format("xml", xml_leaves, write_xml, oeplatform.las_ansokan)
JSON = Format("json", json_leaves, write_json, viva.las_ansokan)


@pytest.fixture(params=[XML, JSON], ids=lambda one: one.name, scope="session")
def one_format(request: pytest.FixtureRequest) -> Format:
    chosen: Format = request.param
    return chosen


@pytest.fixture(scope="session")
def formats() -> dict[str, Format]:
    return {"xml": XML, "json": JSON}


@pytest.fixture
def ansokan() -> Ansokan:
    return Ansokan.model_validate(ANSOKAN)
