"""The municipality's common log-in: whoever has logged in here gets into every system that trusts it."""

from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandkommun.logging_in import login_of
from sandkommun.storage import Json
from sandkommun.system import System, user_of
from sandkommun.worlds.systems import TITLES


def build(system: System) -> Starlette:
    """The common log-in's web site."""
    trusting = [name for name in system.addresses if system.kommun.login(name) == "sso"]

    async def home(request: Request) -> Response:
        return system.page("home.html", request, systems={TITLES[name]: system.addresses[name] for name in trusting})

    async def send_on(request: Request) -> Response:
        """To a system, with a ticket; `till` is the page there, and the system sees to it that it is its own."""
        target = next((name for name in trusting if name == request.query_params.get("system")), None)
        if target is None:
            return system.trouble(request, "Okänt system", "Systemet är inte anslutet till inloggningen.", 404)
        ticket = system.tickets.issue(user_of(request) or "", target)
        system.database.add("ticket", target, user_of(request) or "", {"system": target})
        where = urlencode({"biljett": ticket, "till": request.query_params.get("till", "")})
        return RedirectResponse(f"{system.addresses[target]}/sso?{where}", 302)

    def facit() -> Json:
        return {"registered": system.registered(biljetter="ticket")}

    login = login_of(system, home="/oversikt")
    routes = [*login.routes, Route("/oversikt", home), Route("/sso", send_on)]
    return system.application(routes, login.logged_out, login.public, facit)
