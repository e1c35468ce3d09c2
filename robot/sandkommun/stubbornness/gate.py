"""Who gets past the log-in, and the record of every request.

Four layers wrap a system's pages in this order: Recorder, Misbehaving, Gate, Tokens.
"""

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandkommun.storage import Database, Json, Session
from sandkommun.stubbornness.hitting import NOTHING, hits_of

JUDGES = "/_facit"
SYSTEM = "systemet"
"""Who does what nobody asked for, in the list of changes."""
SESSION = "session"
"""What the record of a request says of one at which a habit lost the session."""


def is_api(path: str) -> bool:
    """Whether a path is for scripts, who are answered with JSON."""
    return path.startswith("/api/")


def own_cookie(name: str, scope: Scope) -> str:
    """The name of a cookie that is this site's alone: browsers keep cookies by host, whatever the port, and two
    municipalities may run side by side in one browser."""
    return f"{name}_{scope['server'][1]}"


def session_cookie(name: str, scope: Scope) -> str:
    """The name of a system's session cookie."""
    return own_cookie(f"{name.upper()}SESSIONID", scope)


def session_of(name: str, database: Database, scope: Scope) -> Session | None:
    """The complete log-in behind a request, if there is one."""
    session = database.session(Request(scope).cookies.get(session_cookie(name, scope), ""))
    return session if session and session.complete else None


class Recorder:
    """Writes down every request but the judges' own: time of arrival, method, path, user, status, the faults that
    hit it, and that a habit lost the session. An answer that never left has the status 0. Those that have come and are
    not done with yet stand in `under_way` meanwhile."""

    def __init__(self, app: ASGIApp, database: Database, under_way: list[Json]) -> None:
        self._app = app
        self._database = database
        self._under_way = under_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == JUDGES:
            await self._app(scope, receive, send)
            return
        began, status = time.time(), 0
        coming = {"time": began, "method": scope["method"], "path": scope["path"]}
        self._under_way.append(coming)
        state = scope.setdefault("state", {})
        state.update(user=None, hits=NOTHING, habits=[])

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            status = 500
            raise
        finally:
            self._under_way.remove(coming)
            query = scope["query_string"].decode("latin-1")
            path = f"{scope['path']}?{query}" if query else scope["path"]
            hit = [*hits_of(Request(scope)).names, *state["habits"]]
            self._database.record_request(began, scope["method"], path, state["user"], status, hit)


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
        session = session_of(self._name, self._database, scope)
        scope.setdefault("state", {})["user"] = session.user if session else None
        if session or scope["path"] in self._public:
            await self._app(scope, receive, send)
        elif is_api(scope["path"]):
            await JSONResponse({"fel": "Sessionen är slut. Logga in igen."}, 401)(scope, receive, send)
        else:
            await self._logged_out(Request(scope, receive))(scope, receive, send)
