"""Faults that answer instead of the system, which never sees the request."""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandkommun.stubbornness.gate import SYSTEM, session_cookie, session_of
from sandkommun.stubbornness.website import Site

_INTERNAL = "Ett internt fel har inträffat. Försök igen senare. Felkod 500."
_SOFT = "Ett fel har uppstått. Begäran kunde inte utföras. Felkod 0x80004005."
_CLOSED = "Systemet är stängt för underhåll. Försök igen senare."


def _internal(site: Site, request: Request) -> Response:
    return site.trouble(request, "Internt serverfel", _INTERNAL, 500)


def _soft(site: Site, request: Request) -> Response:
    return site.trouble(request, "Fel", _SOFT, 200)


def _closed(site: Site, request: Request) -> Response:
    answer = site.trouble(request, "Systemunderhåll", _CLOSED, 503)
    answer.headers["Retry-After"] = "3600"
    return answer


def _renewed(site: Site, request: Request) -> Response:
    """What a detour over a log-in that remembers one does to a save: it comes back as a GET of the page."""
    page = urlsplit(request.headers.get("referer", "")).path or request.url.path
    query = urlsplit(request.headers.get("referer", "")).query or request.url.query
    answer = RedirectResponse(f"{page}?{query}" if query else page, 302)
    session = session_of(site.name, site.database, request.scope)
    if session is not None:
        site.database.end_session(session.id, SYSTEM, "felet sso_get")
        renewed = site.database.start_session(session.user, complete=True)
        answer.set_cookie(session_cookie(site.name, request.scope), renewed, httponly=True, samesite="lax")
    return answer


INSTEAD: dict[str, Callable[[Site, Request], Response]] = {
    "underhall": _closed,
    "fel_500": _internal,
    "fel_som_200": _soft,
    "sso_get": _renewed,
}
