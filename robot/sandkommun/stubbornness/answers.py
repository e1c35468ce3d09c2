"""Faults that change the system's answer before it leaves: what it is, or how slowly it comes."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandkommun.stubbornness import overlays
from sandkommun.stubbornness.gate import is_api, own_cookie
from sandkommun.stubbornness.hitting import Hits
from sandkommun.stubbornness.website import Site

_GATEWAY = "Felaktigt svar från bakomliggande system. Felkod 502."
_TROUBLE = (
    '<!DOCTYPE html><html lang="sv"><title>Fel</title><h1>Fel</h1><p>Filen kunde inte hämtas. Försök igen.</p></html>'
)


@dataclass(frozen=True)
class Answer:
    """A whole answer. `pause`: so many seconds pass before the byte number `pause_at`."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    pause: float = 0
    pause_at: int = 0

    def header(self, name: bytes) -> str:
        """A header's value, or nothing."""
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == name), "")

    @property
    def is_page(self) -> bool:
        return self.header(b"content-type").startswith("text/html")

    @property
    def charset(self) -> str:
        """As Python calls it; browsers read Latin-1 as Windows-1252."""
        found = re.search(r"charset=([\w-]+)", self.header(b"content-type"))
        named = found[1].lower() if found else "utf-8"
        return "cp1252" if named == "iso-8859-1" else named

    def with_body(self, body: bytes) -> "Answer":
        """The same answer with another body."""
        headers = [(key, value) for key, value in self.headers if key.lower() != b"content-length"]
        return replace(self, body=body, headers=[*headers, (b"content-length", str(len(body)).encode())])

    def with_end(self, markup: str) -> "Answer | None":
        """The page with something more at its end; None when it is no page, or one without a body (a frameset)."""
        end = self.body.lower().rfind(b"</body>")
        if not self.is_page or end < 0:
            return None
        more = markup.encode(self.charset, "xmlcharrefreplace")
        return self.with_body(self.body[:end] + more + self.body[end:])

    async def send(self, send: Send) -> None:
        """Let it leave."""
        if self.pause and not self.pause_at:
            await asyncio.sleep(self.pause)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        if self.pause and self.pause_at:
            await send({"type": "http.response.body", "body": self.body[: self.pause_at], "more_body": True})
            await asyncio.sleep(self.pause)
        await send({"type": "http.response.body", "body": self.body[self.pause_at :]})


@dataclass
class _Collector:
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


async def answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """What an application answers, whole."""
    collector = _Collector()
    await app(scope, receive, collector)
    return Answer(collector.status, collector.headers, bytes(collector.body))


def _gateway(site: Site, request: Request, answer: Answer, hits: Hits) -> Answer | None:
    instead: Response = site.trouble(request, "Felaktig gateway", _GATEWAY, 502)
    return Answer(502, list(instead.raw_headers), bytes(instead.body))


def _slow_rest(site: Site, request: Request, answer: Answer, hits: Hits) -> Answer | None:
    pause = hits.number("langsam_tabell") / 1000
    if answer.is_page:
        return replace(answer, pause=pause, pause_at=len(answer.body) // 2)
    return replace(answer, pause=pause) if is_api(request.url.path) else None


def _broken(site: Site, request: Request, answer: Answer, hits: Hits) -> Answer | None:
    if not answer.header(b"content-disposition"):
        return None
    kinds = {"tom": b"", "html": _TROUBLE.encode()}
    return answer.with_body(kinds.get(hits.word("trasig_fil"), answer.body[: len(answer.body) // 2]))


def _cookies(site: Site, request: Request, answer: Answer, hits: Hits) -> Answer | None:
    asking, answered = (own_cookie(name, request.scope) for name in (overlays.ASKED, overlays.ANSWERED))
    if answered in request.cookies:
        return None
    asked = answer.with_end(overlays.cookies(answered))
    if asked is None or asking in request.cookies:
        return asked
    cookie = f"{asking}=1; Path=/; SameSite=Lax".encode()
    return replace(asked, headers=[*asked.headers, (b"set-cookie", cookie)])


def _news(site: Site, request: Request, answer: Answer, hits: Hits) -> Answer | None:
    return answer.with_end(overlays.NEWS)


def _window(site: Site, request: Request, answer: Answer, hits: Hits) -> Answer | None:
    return answer.with_end(overlays.WINDOW)


Change = Callable[[Site, Request, Answer, Hits], Answer | None]
"""The answer as a fault makes it, or None when it finds nothing to do in it."""

CHANGING: dict[str, Change] = {
    "fel_502_efter": _gateway,
    "trasig_fil": _broken,
    "kakbanner": _cookies,
    "nyhetsruta": _news,
    "popup": _window,
    "langsam_tabell": _slow_rest,
}
"""In the order in which they happen to an answer."""
