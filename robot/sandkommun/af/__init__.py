"""Arbetsförmedlingen's own portal: everything on one page, folded, in codes, and a moment after the page itself."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.agencies.asking import Answer, begin, go_on
from sandkommun.logging_in import login_of
from sandkommun.storage import Json
from sandkommun.system import System, typed_number, user_of, value_of

OTHER = "99"
"""The category's code when it has none of its own; the legend tells which category it is."""
CATEGORIES = {
    "Öppet arbetslös": "11",
    "Deltidsarbetslös": "21",
    "Timanställd": "22",
    "Etableringsprogrammet": "68",
    "Jobb- och utvecklingsgarantin": "70",
    "Jobbgarantin för ungdomar": "73",
}
_REPORTS = {200: "Inkommen", 500: "Saknas", 501: "Ej inlämnad", 502: "Fel vid hämtning"}


def build(system: System) -> Starlette:
    """The portal's web site."""

    def page(request: Request, *, fel: str = "", nr: str = "") -> Response:
        return system.page("page.html", request, fel=fel, nr=nr)

    async def form(request: Request) -> Response:
        return page(request)

    async def search(request: Request) -> Response:
        fields = await system.form(request)
        number = typed_number(value_of(fields, "pnr"))
        if value_of(fields, "eb") != "J":
            return page(request, fel="E01: Sökning är tillåten endast i ärende om ekonomiskt bistånd.")
        if number is None:
            return page(request, fel="E02: PNR ska vara 12 siffror.")
        asked = begin(system, number, "AF", user_of(request) or "")
        return RedirectResponse(f"/resultat/{asked}", 303)

    async def result(request: Request) -> Response:
        nr = request.path_params["nr"]
        known = go_on(system, nr, "AF", user_of(request) or "")
        return page(request, nr=nr) if known else page(request, fel="E03: Sökningen är avslutad.")

    async def facts(request: Request) -> Response:
        answer = go_on(system, request.path_params["nr"], "AF", user_of(request) or "")
        if answer is None:
            return JSONResponse({"fel": "E03: Sökningen är avslutad."}, 404)
        text = system.pages.get_template("facts.html").render(answer=answer, facts=answer.facts, **_codes(answer))
        return JSONResponse({"html": text})

    def facit() -> Json:
        return {"registered": system.registered(fragor="question")}

    login = login_of(system, home="/sok")
    routes: list[BaseRoute] = [
        *login.routes,
        Route("/sok", form),
        Route("/sok", search, methods=["POST"]),
        Route("/resultat/{nr}", result),
        Route("/api/uppgifter/{nr}", facts),
    ]
    return system.application(routes, login.logged_out, login.public, facit)


def _codes(answer: Answer) -> Json:
    """The codes on the page, and what the legend says of them."""
    facts = answer.facts
    if facts is None:
        return {"state": "", "category": "", "decisions": {}, "legend": {}}
    state = "AVA" if facts.avaktualiserad else "INS" if facts.arbetssokande else "EJ"
    category = CATEGORIES.get(facts.kategori, OTHER) if facts.kategori else ""
    decisions = {text: f"B{nr:02}" for nr, text in enumerate(dict.fromkeys(row.beslut for row in facts.beslut), 1)}
    legend = {
        "INS": "Inskriven",
        "AVA": "Avaktualiserad",
        "EJ": "Ej inskriven",
        "AS": "Arbetssökande (J/N)",
        "OMF": "Omfattning, procent",
        **{str(code): f"Aktivitetsrapport: {text}" for code, text in _REPORTS.items()},
        **{code: f"SKAT: {text}" for text, code in CATEGORIES.items()},
        **({category: f"SKAT: {facts.kategori}"} if category else {}),
        **{code: f"Beslut: {text}" for text, code in decisions.items()},
    }
    return {"state": state, "category": category, "decisions": decisions, "legend": legend}
