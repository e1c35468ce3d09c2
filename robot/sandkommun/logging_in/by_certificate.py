"""Log-in by certificate: the connection itself says who one is, and a button begins the session."""

import itertools
import ssl
from asyncio import BaseTransport

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandkommun.logging_in.kinds import LogIn, Words, leave
from sandkommun.logging_in.rules import Refused, check_open, let_in
from sandkommun.system import System


def certificate_login(system: System, home: str, words: Words) -> LogIn:
    """The log-in of a system that is served with TLS; see `login_of`."""

    def logged_out(request: Request) -> Response:
        return page(request) if certificate_holder(request) else missing(request)

    def page(request: Request, fel: str = "") -> Response:
        return system.page("certificate.html", request, fel=fel, words=words, holder=certificate_holder(request))

    def missing(request: Request) -> Response:
        text = "Webbläsaren visade inget certifikat. Installera kommunens certifikat för systemet och försök igen."
        return system.trouble(request, "Certifikat saknas", text, 403)

    async def show(request: Request) -> Response:
        return logged_out(request)

    async def log_in(request: Request) -> Response:
        holder = certificate_holder(request)
        if holder is None:
            return missing(request)
        if holder not in system.accounts:
            return page(request, "Certifikatets innehavare är inte behörig till systemet.")
        try:
            check_open(system, request, holder)
        except Refused as refusal:
            return page(request, str(refusal))
        let_in(system, holder)
        return system.log_in(request, RedirectResponse(home, 303), holder)

    async def start(request: Request) -> Response:
        return RedirectResponse(home, 303)

    async def log_out(request: Request) -> Response:
        leave(system, request)
        return RedirectResponse(words.login, 303)

    routes = [
        Route("/", start),
        Route(words.login, show),
        Route(words.login, log_in, methods=["POST"]),
        Route(words.leave, log_out),
    ]
    return LogIn([*routes], logged_out, {words.login})


def certificate_holder(request: Request) -> str | None:
    """The common name in the certificate at the other end of the connection: one of this authority, or none at all."""
    connection: BaseTransport = request.scope["connection"]
    secured: ssl.SSLObject | None = connection.get_extra_info("ssl_object")
    certificate = secured.getpeercert() if secured else None
    subject = itertools.chain.from_iterable((certificate or {}).get("subject", ()))
    return next((str(value) for name, value in map(tuple, subject) if name == "commonName"), None)
