"""The form "Återansökan ekonomiskt bistånd" as questions and answers: one list for the page, the XML and the PDF."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal

from defusedxml import ElementTree

from sandkommun.storage import Json
from sandkommun.system import yes_no
from sandkommun.worlds.applications import Ansokan
from sandkommun.worlds.model import World
from sandkommun.worlds.people import Person

FLOW = "Återansökan ekonomiskt bistånd"
_NAMESPACE = "{http://www.oeplatform.org/version/2.0/schemas/flowinstance}"


@dataclass(frozen=True)
class Answer:
    """One field of a question: its XML element, its label for people, its value, and if a person typed it freely."""

    element: str
    label: str
    value: str
    free: bool = False


@dataclass(frozen=True)
class Question:
    """One question (a "query" of Open ePlatform)."""

    element: str
    query_id: int
    name: str
    answers: list[Answer]


@dataclass(frozen=True)
class Form:
    """A submitted form. `xml` is kept verbatim for a form that is not ours."""

    reference: str
    flow: str
    applicant: str
    posted: str
    questions: list[Question]
    firstname: str = ""
    lastname: str = ""
    email: str = ""
    xml: bytes | None = None

    def as_json(self) -> Json:
        """The form as `of_json` reads it back."""
        verbatim = None if self.xml is None else b64encode(self.xml).decode("ascii")
        return {**asdict(self), "xml": verbatim}


def of_json(content: Json) -> Form:
    """A form from what `as_json` made of it."""
    questions = [
        Question(one["element"], one["query_id"], one["name"], [Answer(**answer) for answer in one["answers"]])
        for one in content["questions"]
    ]
    xml = None if content["xml"] is None else b64decode(content["xml"])
    return Form(**{**content, "questions": questions, "xml": xml})


def signed(form: Form) -> Form:
    """The same form when the co-applicant has signed it."""
    questions = [
        replace(
            question,
            answers=[replace(one, value="Ja") if one.element == "signed" else one for one in question.answers],
        )
        for question in form.questions
    ]
    return replace(form, questions=questions)


def of_application(reference: str, application: Ansokan, world: World) -> Form:
    """The form that an application of the world's inbox is."""
    poster = world.personer[application.sokande]
    return Form(
        reference=reference,
        flow=FLOW,
        applicant=poster.personnummer,
        posted=application.inkommet.isoformat("T", "seconds"),
        questions=list(_questions(application, world)),
        firstname=poster.fornamn,
        lastname=poster.efternamn,
        email=application.epost,
    )


def of_foreign(reference: str, flow: str, posted: str, xml: bytes) -> Form:
    """A form of another e-service: its questions read from the XML, the XML itself as it came."""
    root = ElementTree.fromstring(xml)
    values = root.find(f"{_NAMESPACE}Values")
    questions = []
    applicant = ""
    for query in values if values is not None else ():
        fields = {child.tag.removeprefix(_NAMESPACE): (child.text or "").strip() for child in query}
        applicant = applicant or fields.get("citizenIdentifier", "")
        query_id, name = int(fields.pop("QueryID", "0")), fields.pop("Name", "")
        answers = [Answer(element, element, value) for element, value in fields.items()]
        questions.append(Question(query.tag.removeprefix(_NAMESPACE), query_id, name, answers))
    return Form(reference, flow, applicant, posted, questions, xml=xml)


def _questions(one: Ansokan, world: World) -> Iterator[Question]:
    applicant = world.personer[one.sokande]
    contact = [Answer("email", "E-post", one.epost, True), Answer("phone", "Telefon", one.telefon, True)]
    yield Question("applicant", 90001, "Sökande", [*_identity(applicant), *contact])
    if one.medsokande:
        signed = Answer("signed", "Signerat", yes_no(one.medsokande.signerat))
        co_applicant = world.personer[one.medsokande.person]
        yield Question("coApplicant", 90002, "Medsökande", [*_identity(co_applicant), signed])
    yield _single("period", 90003, "Vilken månad söker du för?", one.manad)
    for n, child in enumerate(one.barn, 1):
        days = [Answer("days", "Antal dagar", str(child.dagar))] if child.dagar is not None else []
        residence = Answer("residence", "Boende", child.boende)
        identity = _identity(world.personer[child.person])
        yield Question(f"childRow{n}", 90100 + n, "Barn i hushållet", [*identity, residence, *days])
    yield _single(
        "householdChanged", 90004, "Har hushållet förändrats sedan förra månaden?", yes_no(one.hushall_andrat)
    )
    yield Question(
        "housing",
        90005,
        "Boende",
        [
            Answer("housingType", "Boendeform", one.boende.typ),
            Answer("rooms", "Antal rum", str(one.boende.rum)),
            Answer("personsInHome", "Antal personer i bostaden", str(one.boende.personer)),
            Answer("sharedHome", "Delar bostad med andra", yes_no(one.boende.delar)),
        ],
    )
    yield from _costs(one)
    yield from _incomes(one, world)
    yield from _yes_and_no(one)
    yield from _rest(one)


def _costs(one: Ansokan) -> Iterator[Question]:
    for n, cost in enumerate(one.kostnader, 1):
        payee = [Answer("payee", "Mottagare", cost.mottagare, True)] if cost.mottagare else []
        row = [Answer("kind", "Kostnad", cost.typ, True), Answer("amount", "Belopp", _amount(cost.belopp)), *payee]
        yield Question(f"costRow{n}", 90200 + n, "Kostnader", row)


def _incomes(one: Ansokan, world: World) -> Iterator[Question]:
    for n, income in enumerate(one.inkomster, 1):
        period = [("periodFrom", "Period från", income.fran), ("periodTo", "Period till", income.till)]
        row = [
            Answer("person", "Person", world.personer[income.person].personnummer, True),
            Answer("kind", "Inkomst", income.typ, True),
            Answer("amount", "Belopp", _amount(income.belopp)),
            Answer("paidDate", "Utbetald", income.datum.isoformat()),
            *(Answer(element, label, _day(day)) for element, label, day in period if day),
        ]
        yield Question(f"incomeRow{n}", 90300 + n, "Inkomster", row)


def _yes_and_no(one: Ansokan) -> Iterator[Question]:
    yield _single("assets", 90006, "Har någon i hushållet tillgångar?", yes_no(one.tillgangar))
    yield _single("vehicle", 90007, "Har någon i hushållet ett fordon?", yes_no(one.fordon))
    yield _single("studies", 90008, "Studerar någon i hushållet?", yes_no(one.studier))
    yield _single("pendingBenefits", 90009, "Väntar någon på besked om en förmån?", yes_no(one.vantar_formaner))
    yield _single(
        "unemploymentFund", 90010, "Har någon ersättning från a-kassa eller är avstängd från den?", yes_no(one.akassa)
    )
    yield _single(
        "stayElsewhere", 90011, "Har någon vistats utanför kommunen under månaden?", yes_no(one.vistelse_annan_ort)
    )


def _rest(one: Ansokan) -> Iterator[Question]:
    yield Question(
        "payment",
        90012,
        "Utbetalning",
        [
            Answer("method", "Sätt", "Konto"),
            Answer("clearing", "Clearingnummer", one.konto.clearing, True),
            Answer("account", "Kontonummer", one.konto.konto, True),
            Answer("changed", "Ändrat sedan förra månaden", yes_no(one.konto.andrat)),
        ],
    )
    message = Answer("Value", "Svar", one.meddelande, bool(one.meddelande))
    yield Question("message", 90013, "Meddelande", [message])
    for n, attachment in enumerate(one.bilagor, 1):
        row = [
            Answer("filename", "Fil", attachment.filnamn, True),
            Answer("fileID", "Filens nummer", attachment.fil_id),
        ]
        yield Question(f"attachmentRow{n}", 90400 + n, "Bilagor", row)
    yield _single("attestation", 90014, "Jag intygar att uppgifterna är riktiga", yes_no(one.intygat))


def _identity(person: Person) -> list[Answer]:
    return [
        Answer("firstname", "Förnamn", person.fornamn, True),
        Answer("lastname", "Efternamn", person.efternamn, True),
        Answer("citizenIdentifier", "Personnummer", person.personnummer, True),
    ]


def _single(element: str, query_id: int, name: str, value: str) -> Question:
    return Question(element, query_id, name, [Answer("Value", "Svar", value)])


def _day(day: date) -> str:
    return day.isoformat()


def _amount(amount: Decimal) -> str:
    """Whole kronor, or two decimals after a comma."""
    return str(int(amount)) if amount == amount.to_integral_value() else f"{amount:.2f}".replace(".", ",")
