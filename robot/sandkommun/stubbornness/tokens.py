"""The token that shows that a posted form came from the system's own page, and from its newest one.

Pages: a hidden field in every form that posts. Scripts (/api/): a cookie whose value they send back as a header.
"""

import re
import secrets
from urllib.parse import parse_qs, urljoin, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandkommun.storage import Session
from sandkommun.stubbornness.answers import Answer, answer_of
from sandkommun.stubbornness.gate import JUDGES, is_api, own_cookie, session_of
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.stubbornness.website import Site

FIELD = "_csrf"
COOKIE = "CSRF"
HEADER = "x-csrf"
_OLD = "Formuläret är för gammalt. Ladda om sidan och fyll i det igen. Inget är sparat."
_FORM = re.compile(rb"<form\b[^>]*>", re.IGNORECASE)
_ACTION = re.compile(rb"""\baction\s*=\s*["']?([^"'\s>]*)""", re.IGNORECASE)
_POSTS = re.compile(rb"""\bmethod\s*=\s*["']?post\b""", re.IGNORECASE)
_API = "/api/"


class Tokens:
    """Puts tokens into the pages of whoever is logged in, and refuses what is posted without the right one."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._habit = site.val.vanor.csrf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if "csrf_byte" in hits_of(request):
            hits_of(request).happened("csrf_byte")
            await self._refusal(request)(scope, receive, send)
            return
        guarded = self._habit != "av" and scope["path"] != JUDGES
        session = session_of(self._site.name, self._site.database, scope) if guarded else None
        if session is None:
            await self._app(scope, receive, send)
        else:
            await self._guarded(request, session, send)

    async def _guarded(self, request: Request, session: Session, send: Send) -> None:
        receive = request.receive
        if request.method == "POST":
            body = await request.body()
            receive = _again(body, request.receive)
            if _sent(request, body) != self._token(session, request.url.path):
                await self._refusal(request)(request.scope, receive, send)
                return
        answer = await answer_of(self._app, request.scope, receive)
        await self._with_tokens(request, session, answer).send(send)

    def _with_tokens(self, request: Request, session: Session, answer: Answer) -> Answer:
        if is_api(request.url.path):
            token = self._token(session, _API, renew=request.method == "POST")
            return _with_cookie(request, answer, token)
        if not answer.is_page:
            return answer

        def filled(form: re.Match[bytes]) -> bytes:
            if not _POSTS.search(form[0]):
                return form[0]
            action = _ACTION.search(form[0])
            target = urlsplit(urljoin(str(request.url), action[1].decode("latin-1") if action else "")).path
            token = self._token(session, target, renew=True)
            return form[0] + f'<input type="hidden" name="{FIELD}" value="{token}">'.encode("ascii")

        page = answer.with_body(_FORM.sub(filled, answer.body))
        return _with_cookie(request, page, self._token(session, _API))

    def _token(self, session: Session, path: str, *, renew: bool = False) -> str:
        """The token that a post to this path must carry. By the habit `sida` every page has another one."""
        place = "" if self._habit == "session" else _API if is_api(path) else path
        key = f"{session.id} {place}"
        known = self._site.database.document("csrf", key)
        if known is not None and not (renew and self._habit == "sida"):
            return str(known["token"])
        token = secrets.token_urlsafe(16)
        self._site.database.put("csrf", key, {"token": token})
        return token

    def _refusal(self, request: Request) -> Response:
        return self._site.trouble(request, "Formuläret är för gammalt", _OLD, 200)


def _sent(request: Request, body: bytes) -> str:
    """The token that came with a post."""
    if is_api(request.url.path):
        return request.headers.get(HEADER, "")
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        part = re.search(rb'name="' + FIELD.encode() + rb'"\r\n\r\n([\w-]+)\r\n', body)
        return part[1].decode("ascii") if part else ""
    return parse_qs(body.decode("latin-1")).get(FIELD, [""])[0]


def _with_cookie(request: Request, answer: Answer, token: str) -> Answer:
    cookie = f"{own_cookie(COOKIE, request.scope)}={token}; Path=/; SameSite=Lax".encode("ascii")
    return Answer(answer.status, [*answer.headers, (b"set-cookie", cookie)], answer.body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read already once more."""
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give
