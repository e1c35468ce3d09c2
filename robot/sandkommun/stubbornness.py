"""How a system misbehaves (slowness, lost sessions), who gets past the log-in, and the record of every request.

The three wrap a system's pages in this order: Recorder, Stubbornness, Gate. A new kind of misbehaviour belongs in
Stubbornness, which sees each request before anything is done and its answer before it leaves.
"""

import asyncio
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandkommun.storage import Database, Session
from sandkommun.worlds.model import Systemval

JUDGES = "/_facit"


def session_cookie(name: str) -> str:
    """The name of a system's session cookie."""
    return f"{name.upper()}SESSIONID"


def _session(name: str, database: Database, scope: Scope) -> Session | None:
    session = database.session(Request(scope).cookies.get(session_cookie(name), ""))
    return session if session and session.complete else None


class Recorder:
    """Writes down every request but the judges' own: time of arrival, method, path, user, status."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == JUDGES:
            await self._app(scope, receive, send)
            return
        began, status = time.time(), 500
        state = scope.setdefault("state", {})
        state["user"] = None

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            query = scope["query_string"].decode("latin-1")
            path = f"{scope['path']}?{query}" if query else scope["path"]
            self._database.record_request(began, scope["method"], path, state["user"], status)


class Stubbornness:
    """Makes the system slow, and loses sessions, as the world says. The judges' page is spared."""

    def __init__(self, app: ASGIApp, name: str, database: Database, val: Systemval) -> None:
        self._app = app
        self._name = name
        self._database = database
        self._val = val
        self._lost_at_post = set(val.session.borta_vid_post)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != JUDGES:
            if self._val.delay_ms:
                await asyncio.sleep(self._val.delay_ms / 1000)
            self._perhaps_lose_session(scope)
        await self._app(scope, receive, send)

    def _perhaps_lose_session(self, scope: Scope) -> None:
        session = _session(self._name, self._database, scope)
        if session is None:
            return
        of_session, of_system = self._database.count_request(session.id)
        most = self._val.session.max_requests
        at_this_post = scope["method"] == "POST" and scope["path"] in self._lost_at_post
        if at_this_post:
            self._lost_at_post.remove(scope["path"])
        if at_this_post or (most is not None and of_session > most) or of_system in self._val.session.borta_vid:
            self._database.end_session(session.id)


class Gate:
    """Lets logged-in users and public pages through; everybody else meets the log-in, and nothing is done."""

    def __init__(
        self,
        app: ASGIApp,
        name: str,
        database: Database,
        public: set[str],
        logged_out: Callable[[Request], Response],
    ) -> None:
        self._app = app
        self._name = name
        self._database = database
        self._public = {*public, JUDGES}
        self._logged_out = logged_out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        session = _session(self._name, self._database, scope)
        scope.setdefault("state", {})["user"] = session.user if session else None
        if session or scope["path"] in self._public:
            await self._app(scope, receive, send)
        else:
            await self._logged_out(Request(scope, receive))(scope, receive, send)
