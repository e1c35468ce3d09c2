"""Log-in through the municipality's common one: there and back again with a ticket, and no form of the system's own."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandkommun.logging_in.kinds import LogIn, Words, asked_for, leave, own_page
from sandkommun.system import System


def ticket_login(system: System, home: str, words: Words) -> LogIn:
    """The detour over the common log-in; see `login_of`.

    What was posted is lost on the way: one comes back to the page by GET.
    """

    def away(request: Request, page: str) -> Response:
        where = urlencode({"system": system.name, "till": page})
        return RedirectResponse(f"{system.addresses['inloggning']}/sso?{where}", 302)

    def logged_out(request: Request) -> Response:
        return away(request, asked_for(request))

    async def log_in(request: Request) -> Response:
        return away(request, home)

    async def start(request: Request) -> Response:
        return RedirectResponse(home, 303)

    async def back(request: Request) -> Response:
        onwards = own_page(request.query_params.get("till", ""), home)
        user = system.tickets.use(request.query_params.get("biljett", ""), system.name)
        if user is None:
            text = "Inloggningen har gått ut eller är redan använd."
            return system.trouble(request, "Inloggningen gäller inte längre", text, 403, onwards)
        return system.log_in(request, RedirectResponse(onwards, 302), user)

    async def log_out(request: Request) -> Response:
        leave(system, request)
        return RedirectResponse(f"{system.addresses['inloggning']}/logga-ut", 303)

    routes = [Route("/", start), Route(words.login, log_in), Route("/sso", back), Route(words.leave, log_out)]
    return LogIn([*routes], logged_out, {words.login, "/sso"})
