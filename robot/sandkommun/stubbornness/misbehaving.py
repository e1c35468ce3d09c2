"""What faults do to any web site: before a page is asked, and to its answer before it leaves."""

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sandkommun.storage import Database
from sandkommun.stubbornness.gate import JUDGES, session_of
from sandkommun.stubbornness.hitting import Faults, hits_of
from sandkommun.worlds.systems import Systemval


class Misbehaving:
    """Makes the system slow, loses sessions, and lets the plan's faults happen. The judges' page is spared."""

    def __init__(self, app: ASGIApp, name: str, database: Database, val: Systemval, faults: Faults) -> None:
        self._app = app
        self._name = name
        self._database = database
        self._val = val
        self._faults = faults
        self._lost_at_post = set(val.session.borta_vid_post)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != JUDGES:
            if self._val.delay_ms:
                await asyncio.sleep(self._val.delay_ms / 1000)
            scope["state"]["hits"] = self._faults.hit(scope["method"], scope["path"])
            self._perhaps_lose_session(scope)
        await self._app(scope, receive, send)

    def _perhaps_lose_session(self, scope: Scope) -> None:
        session = session_of(self._name, self._database, scope)
        if session is None:
            return
        of_session, of_system = self._database.count_request(session.id)
        most = self._val.session.max_requests
        at_this_post = scope["method"] == "POST" and scope["path"] in self._lost_at_post
        if at_this_post:
            self._lost_at_post.remove(scope["path"])
        lost = "session_borta" in hits_of(Request(scope))
        if lost or at_this_post or (most is not None and of_session > most) or of_system in self._val.session.borta_vid:
            self._database.end_session(session.id)
