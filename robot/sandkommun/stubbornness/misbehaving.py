"""What faults do to any web site: before a page is asked, and to its answer before it leaves."""

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandkommun.stubbornness import overlays
from sandkommun.stubbornness.answers import CHANGING, Answer, answer_of
from sandkommun.stubbornness.gate import JUDGES, SESSION, SYSTEM, own_cookie, session_of
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.stubbornness.instead import INSTEAD
from sandkommun.stubbornness.website import Site
from sandkommun.worlds.faultlist import CATALOGUE

_OF_ANY_SITE = {"langsam_sida", "session_borta", "avbruten_post", *INSTEAD, *CHANGING}
"""What is made to happen here. The other faults wait for a page that has something for them to do."""


async def _whole(receive: Receive) -> Receive:
    """Wait until the whole request has come; what then gives it once more, and after it what comes next."""
    come = [await receive()]
    while come[-1]["type"] == "http.request" and come[-1].get("more_body"):
        come.append(await receive())

    async def again() -> Message:
        return come.pop(0) if come else await receive()

    return again


class Misbehaving:
    """Makes the system slow, loses sessions, and lets the plan's faults happen. The judges' page is spared."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == JUDGES:
            await self._app(scope, receive, send)
            return
        # What is slow has got the request, and does what was asked also when whoever asked has gone meanwhile.
        request, site = Request(scope, await _whole(receive)), self._site
        if site.val.delay_ms:
            await asyncio.sleep(site.val.delay_ms / 1000)
        logged_in = session_of(site.name, site.database, scope) is not None
        scope["state"]["hits"] = site.faults.hit(
            scope["method"], scope["path"], "inloggad" if logged_in else "utloggad"
        )
        self._perhaps_lose_session(request)
        hits = hits_of(request)
        if "langsam_sida" in hits:
            await asyncio.sleep(hits.number("langsam_sida") / 1000)
        instead = next((name for name in INSTEAD if name in hits), None)
        if instead is not None:
            self._put_off(request, {*hits.names} - {instead, "langsam_sida", "session_borta"})
            await INSTEAD[instead](site, request)(scope, request.receive, send)
        elif "avbruten_post" in hits:
            await self._break_off(request, before=hits.word("avbruten_post") == "fore")
        else:
            await self._answer(request, send)

    def _put_off(self, request: Request, names: set[str]) -> None:
        """These faults found nothing to do."""
        for name in names:
            request.state.hits = self._site.faults.put_off(hits_of(request), name)

    async def _worked_out(self, request: Request) -> Answer:
        """The system's own answer. Faults that its pages found nothing to do for are put off before it leaves, so that
        they hit the next request."""
        try:
            return await answer_of(self._app, request.scope, request.receive)
        finally:
            self._put_off(request, hits_of(request).idle - _OF_ANY_SITE)

    async def _answer(self, request: Request, send: Send) -> None:
        """Let the system answer, and change what the faults change; those that cannot are put off."""
        hits, scope = hits_of(request), request.scope
        asked, answered = (own_cookie(name, scope) in request.cookies for name in (overlays.ASKED, overlays.ANSWERED))
        changing = [name for name in CHANGING if name in hits or (name == "kakbanner" and asked and not answered)]
        if not changing and not set(hits.names) - _OF_ANY_SITE:
            await self._app(scope, request.receive, send)
            return
        answer = await self._worked_out(request)
        for name in changing:
            changed = CHANGING[name](self._site, request, answer, hits)
            if changed is not None:
                answer = changed
            elif name in hits:
                self._put_off(request, {name})
        await answer.send(send)

    async def _break_off(self, request: Request, *, before: bool) -> None:
        """Break the connection off, before the system sees the request or when it has done what was asked."""
        unseen = {*hits_of(request).names} - {"avbruten_post", "langsam_sida", "session_borta"}
        self._put_off(request, unseen if before else unseen & set(CHANGING))
        if not before:
            await self._worked_out(request)
        request.scope["connection"].abort()
        while (await request.receive())["type"] != "http.disconnect":
            continue

    def _perhaps_lose_session(self, request: Request) -> None:
        site, scope = self._site, request.scope
        session = session_of(site.name, site.database, scope)
        if session is None:
            return
        of_session, of_system = site.database.count_request(session.id)
        habits = site.val.session
        at_this_post = scope["method"] == "POST" and scope["path"] in habits.borta_vid_post
        if at_this_post:
            at_this_post = site.database.document("borta_vid_post", scope["path"]) is None
            site.database.put("borta_vid_post", scope["path"], {})
        too_many = habits.max_requests is not None and of_session > habits.max_requests
        by_habit = at_this_post or too_many or of_system in habits.borta_vid
        if "session_borta" in hits_of(request) or by_habit:
            site.database.end_session(session.id, SYSTEM, "vanan session" if by_habit else "felet session_borta")
            request.state.habits = [SESSION] if by_habit else []
            needing = {name for name in hits_of(request).names if CATALOGUE[name].who == "inloggad"}
            self._put_off(request, needing - {"session_borta"})
