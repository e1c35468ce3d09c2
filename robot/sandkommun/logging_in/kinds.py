"""What the kinds of log-in have in common."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from sandkommun.stubbornness.gate import session_cookie
from sandkommun.system import System


@dataclass(frozen=True)
class Words:
    """Addresses, fields and refusals of a system's log-in forms."""

    login: str = "/logga-in"
    code: str = "/kod"
    change: str = "/byt-losenord"
    leave: str = "/logga-ut"
    user: str = "anvandare"
    password: str = "losenord"  # noqa: S105 - a field's name
    one_time: str = "kod"
    wrong: str = "Felaktigt användarnamn eller lösenord."
    wrong_code: str = "Felaktig engångskod."


@dataclass(frozen=True)
class LogIn:
    """A log-in as a web site needs it: its routes, what meets who is logged out, and the paths that are for anybody."""

    routes: list[BaseRoute]
    logged_out: Callable[[Request], Response]
    public: set[str]


def leave(system: System, request: Request) -> None:
    """End the session behind a request, if there is one."""
    cookie = request.cookies.get(session_cookie(system.name, request.scope), "")
    if session := system.database.session(cookie):
        system.database.end_session(session.id, session.user, "utloggning")


def asked_for(request: Request) -> str:
    """The page that was asked for, as an address without a host. What was posted is asked for as the page it came
    from: that is all that a detour over a log-in keeps of it."""
    if request.method != "GET":
        came_from = request.headers.get("referer", "")
        host = f"{request.url.scheme}://{request.headers.get('host', '')}"
        if came_from.startswith(f"{host}/"):
            return came_from.removeprefix(host)
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def own_page(address: str, otherwise: str) -> str:
    """The address when it is a page of the same site, never of another host."""
    return address if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", address) else otherwise
