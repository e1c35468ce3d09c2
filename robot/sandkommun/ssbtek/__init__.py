"""An SSBTEK-like portal: one question about one person to several agencies, on a page and as a SOAP service."""

from collections.abc import Mapping, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandkommun.agencies.asking import AGENCIES, Answer, ask, within
from sandkommun.logging_in import login_of
from sandkommun.ssbtek import soap
from sandkommun.ssbtek.question import Period, Question, Refused, record
from sandkommun.storage import Json
from sandkommun.system import System, typed_date, typed_number, user_of, value_of

PURPOSES = ("Ekonomiskt bistånd", "Annat ändamål")
PAYMENT_TYPES = ("0 Lokal", "1 Månad", "2 Dag", "3 Retroaktiv", "4 Presumerad")


def build(system: System) -> Starlette:
    """The portal's web site over what the agencies answer."""
    system.pages.filters["antal"] = _number

    def page(request: Request, fel: str, answers: Sequence[Answer]) -> Response:
        return system.page(
            "question.html",
            request,
            purposes=PURPOSES,
            agencies=AGENCIES,
            types=PAYMENT_TYPES,
            fel=fel,
            answers=answers,
        )

    async def form(request: Request) -> Response:
        return page(request, "", [])

    async def submit(request: Request) -> Response:
        user = user_of(request) or ""
        try:
            question = _question(await system.form(request))
        except Refused as refusal:
            return page(request, str(refusal), [])
        record(system, question, user)
        answers = ask(system, question.number, question.agencies, user)
        return page(request, "", [within(one, question.period.start, question.period.end) for one in answers])

    def facit() -> Json:
        return {"registered": system.registered(fragor="question")}

    login = login_of(system, home="/fraga")
    routes: list[BaseRoute] = [
        *login.routes,
        Route("/fraga", form),
        Route("/fraga", submit, methods=["POST"]),
        *soap.routes(system),
    ]
    return system.application(routes, login.logged_out, {*login.public, soap.PATH}, facit)


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
    return Question(number, Period(start, end), agencies)


def _number(value: object) -> str:
    """A count that may have a half, as Swedes write it: 4,5."""
    return str(value).replace(".", ",")
