"""Försäkringskassan's own portal for partners: a question in steps, a few facts on each page, everything in words."""

import secrets
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.asking import Answer, ask, ask_on
from sandkommun.logging_in import login_of
from sandkommun.storage import Json
from sandkommun.system import System, typed_number, user_of, value_of
from sandkommun.worlds.agencies import Fkutbetalning

PURPOSES = ("Ekonomiskt bistånd", "Underhållsfrågor")
ROWS = 6
"""Payments a page."""
_MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
_TYPES = ("Lokal utbetalning", "Månadsutbetalning", "Dagersättning", "Retroaktiv utbetalning", "Preliminär utbetalning")
_DEDUCTIONS = {"": "", "KVI": "Kvittning", "INF": "Utmätning", "SOC": "Socialavdrag"}
_STEPS = {"person": "Person", "utbetalningar": "Utbetalningar", "arenden": "Ärenden"}


def build(system: System) -> Starlette:
    """The portal's web site."""
    system.pages.filters |= {"dag": in_words, "summa": crowns}

    def search_page(request: Request, fel: str = "") -> Response:
        return system.page("search.html", request, purposes=PURPOSES, fel=fel)

    async def form(request: Request) -> Response:
        return search_page(request)

    async def search(request: Request) -> Response:
        fields = await system.form(request)
        number = typed_number(value_of(fields, "personnummer"))
        if value_of(fields, "andamal") != PURPOSES[0]:
            return search_page(request, "Du kan bara ställa frågor i ärenden om ekonomiskt bistånd.")
        if number is None:
            return search_page(request, "Skriv personnumret med tolv siffror.")
        user = user_of(request) or ""
        (answer,) = ask(system, number, ["FK"], user)
        asked = secrets.token_hex(8)
        system.database.add("question", asked, user, {"personnummer": number, "svar": answer.status})
        return RedirectResponse(f"/fraga/{asked}/person", 303)

    async def step(request: Request) -> Response:
        asked, name = request.path_params["nr"], request.path_params["steg"]
        answer = _answer(system, asked, user_of(request) or "")
        if answer is None or name not in _STEPS:
            return search_page(request, "Frågan är avslutad. Börja om.")
        if answer.silent or answer.known is None:
            return system.page("silent.html", request, answer=answer)
        about = {"steps": _STEPS, "step": name, "nr": asked, "answer": answer, "facts": answer.facts}
        more = _paid(request, answer.facts.utbetalningar) if name == "utbetalningar" else {}
        return system.page(f"{name}.html", request, **about, **more)

    def facit() -> Json:
        return {"registered": system.registered(fragor="question")}

    login = login_of(system, home="/sok")
    routes: list[BaseRoute] = [
        *login.routes,
        Route("/sok", form),
        Route("/sok", search, methods=["POST"]),
        Route("/fraga/{nr}/{steg}", step),
    ]
    return system.application(routes, login.logged_out, login.public, facit)


def _answer(system: System, nr: str, user: str) -> Answer | None:
    """The answer to a question that the same user asked, as it was then."""
    asked = [one for one in system.database.records("question", nr) if one.user == user]
    return ask_on(system, asked[0].content["personnummer"], "FK", asked[0].content["svar"]) if asked else None


def _paid(request: Request, payments: Sequence[Fkutbetalning]) -> Json:
    """One page of the payments of the year that is asked for, the latest first; without it the latest year."""
    years = sorted({row.datum.year for row in payments}, reverse=True)
    year = _whole(request, "ar", years[0] if years else 0)
    rows = sorted((row for row in payments if row.datum.year == year), key=lambda row: row.datum, reverse=True)
    pages = max(1, -(-len(rows) // ROWS))
    page = min(max(1, _whole(request, "sida", 1)), pages)
    shown = rows[(page - 1) * ROWS : page * ROWS]
    return {
        "years": years,
        "year": year,
        "rows": shown,
        "page": page,
        "pages": pages,
        "types": _TYPES,
        "deductions": _DEDUCTIONS,
    }


def _whole(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise


def in_words(day: date) -> str:
    """A date as this portal writes it: 25 november 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def crowns(amount: Decimal) -> str:
    """An amount as this portal writes it, with hard spaces: 7 900 kr, 7 900,50 kr."""
    whole = f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"
    return whole.replace(",", "\u00a0").replace(".", ",") + "\u00a0kr"
