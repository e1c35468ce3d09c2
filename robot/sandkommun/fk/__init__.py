"""Försäkringskassan's own portal for partners: a question in steps, a few facts on each page, everything in words."""

from collections.abc import Sequence
from decimal import Decimal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.agencies.asking import begin, go_on
from sandkommun.clock import in_words
from sandkommun.logging_in import login_of
from sandkommun.paging import part_of, whole
from sandkommun.storage import Json
from sandkommun.system import System, typed_number, user_of, value_of
from sandkommun.worlds.agencies import Fkutbetalning

PURPOSES = ("Ekonomiskt bistånd", "Underhållsfrågor")
ROWS = 6
"""Payments a page."""
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
        asked = begin(system, number, "FK", user_of(request) or "")
        return RedirectResponse(f"/fraga/{asked}/person", 303)

    async def step(request: Request) -> Response:
        asked, name = request.path_params["nr"], request.path_params["steg"]
        answer = go_on(system, asked, "FK", user_of(request) or "")
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


def _paid(request: Request, payments: Sequence[Fkutbetalning]) -> Json:
    """One page of the payments of the year that is asked for, the latest first; without it the latest year."""
    years = sorted({row.datum.year for row in payments}, reverse=True)
    year = whole(request.query_params.get("ar", ""), years[0] if years else 0)
    rows = sorted((row for row in payments if row.datum.year == year), key=lambda row: row.datum, reverse=True)
    part = part_of(rows, request.query_params, ROWS)
    return {
        "years": years,
        "year": year,
        "rows": part.lines,
        "page": part.number,
        "pages": part.pages,
        "types": _TYPES,
        "deductions": _DEDUCTIONS,
    }


def crowns(amount: Decimal) -> str:
    """An amount as this portal writes it, with hard spaces: 7 900 kr, 7 900,50 kr."""
    whole = f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"
    return whole.replace(",", "\u00a0").replace(".", ",") + "\u00a0kr"
