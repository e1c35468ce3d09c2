"""An SSBTEK-like portal: one question about one person to several agencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandkommun.storage import Database, Json
from sandkommun.system import System, password_login, typed_date, typed_number, user_of, value_of
from sandkommun.worlds.people import Af, Fk

PURPOSES = ("Ekonomiskt bistånd", "Annat ändamål")
AGENCIES = {"FK": "Försäkringskassan", "AF": "Arbetsförmedlingen"}
UNCONNECTED = (
    "Pensionsmyndigheten",
    "A-kassorna (SO)",
    "CSN",
    "Skatteverket",
    "Transportstyrelsen",
    "Migrationsverket",
)
PAYMENT_TYPES = ("0 Lokal", "1 Månad", "2 Dag", "3 Retroaktiv", "4 Presumerad")


@dataclass(frozen=True)
class Question:
    """A question that may be asked."""

    number: str
    start: date
    end: date
    agencies: list[str]


class Refused(Exception):
    """A question that may not be asked; the text is shown."""


def build(system: System) -> Starlette:
    """The portal's web site over what the agencies answer."""
    database = system.database

    def page(request: Request, fel: str, answers: list[Json]) -> Response:
        return system.page(
            "question.html",
            request,
            purposes=PURPOSES,
            agencies=AGENCIES,
            unconnected=UNCONNECTED,
            fel=fel,
            answers=answers,
        )

    async def form(request: Request) -> Response:
        return page(request, "", [])

    async def ask(request: Request) -> Response:
        try:
            question = _question(await system.form(request))
        except Refused as refusal:
            return page(request, str(refusal), [])
        asked = {
            "personnummer": question.number,
            "fran": question.start.isoformat(),
            "till": question.end.isoformat(),
            "myndigheter": question.agencies,
        }
        database.add("question", question.number, user_of(request) or "", asked)
        return page(request, "", _answers(system.people, question))

    def facit() -> Json:
        return {"registered": system.registered(fragor="question")}

    login, logged_out = password_login(system, home="/fraga")
    routes: list[BaseRoute] = [*login, Route("/fraga", form), Route("/fraga", ask, methods=["POST"])]
    return system.application(routes, logged_out, {"/logga-in"}, facit)


def _question(fields: Mapping[str, list[str]]) -> Question:
    number = typed_number(value_of(fields, "personnummer"))
    if number is None:
        raise Refused("Personnummer anges med tolv siffror.")
    if value_of(fields, "syfte") != PURPOSES[0]:
        raise Refused("Frågan är inte tillåten för detta ändamål.")
    start, end = typed_date(value_of(fields, "fran")), typed_date(value_of(fields, "till"))
    if start is None or end is None or start > end:
        raise Refused("Ange en period, från och till, som ÅÅÅÅ-MM-DD.")
    agencies = [agency for agency in AGENCIES if agency in fields.get("myndighet", [])]
    if not agencies:
        raise Refused("Välj minst en myndighet.")
    return Question(number, start, end, agencies)


def _answers(database: Database, question: Question) -> list[Json]:
    """One answer an agency; somebody unknown to every agency is answered with nothing, not with an error."""
    nobody = {"fk": Fk().model_dump(mode="json"), "af": Af().model_dump(mode="json"), "skyddad": False}
    person = database.document("person", question.number) or {**nobody, "civilstand": "", "kommun": "", "barn": ""}
    answers = []
    for agency in question.agencies:
        data = person[agency.lower()]
        silent = data["status"] != "OK" or bool(data.get("avvikelse")) or person["skyddad"]
        answer = {"agency": agency, "name": AGENCIES[agency], "number": question.number, "silent": silent}
        if agency == "FK":
            data["utbetalningar"] = _paid_within(data["utbetalningar"], question)
            data |= {key: person[key] for key in ("civilstand", "kommun", "barn")}
        answers.append({**answer, "skyddad": person["skyddad"], "data": data})
    return answers


def _paid_within(payments: list[Json], question: Question) -> list[Json]:
    return [
        {**payment, "typ": PAYMENT_TYPES[payment["typ"]]}
        for payment in sorted(payments, key=lambda payment: str(payment["datum"]))
        if question.start <= date.fromisoformat(payment["datum"]) <= question.end
    ]
