"""Log-in by form: name and password, where asked for a new password, and where the system wants one a one-time code."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandkommun.logging_in.kinds import LogIn, Words, asked_for, leave, own_page
from sandkommun.logging_in.rules import Refused, change_password, check_code, check_password, let_in, must_change
from sandkommun.storage import Session
from sandkommun.stubbornness.gate import SYSTEM, session_cookie
from sandkommun.system import System, value_of


def password_login(system: System, home: str, in_place: bool, words: Words) -> LogIn:
    """The forms of one system; see `login_of`."""
    forms = _Forms(system, home, in_place, words)
    routes = [
        Route("/", forms.start),
        Route(words.login, forms.show),
        Route(words.login, forms.log_in, methods=["POST"]),
        Route(words.code, forms.code, methods=["POST"]),
        Route(words.change, forms.change, methods=["POST"]),
        Route(words.leave, forms.leave),
    ]
    return LogIn([*routes], forms.logged_out, {words.login, words.code, words.change})


class _Forms:
    def __init__(self, system: System, home: str, in_place: bool, words: Words) -> None:
        self._system = system
        self._home = home
        self._in_place = in_place
        self._words = words

    def logged_out(self, request: Request) -> Response:
        if self._in_place:
            return self._page("login.html", request, vidare=asked_for(request))
        return RedirectResponse(self._words.login, 303)

    async def start(self, request: Request) -> Response:
        return RedirectResponse(self._home, 303)

    async def show(self, request: Request) -> Response:
        return self._page("login.html", request)

    async def log_in(self, request: Request) -> Response:
        system, fields = self._system, await self._system.form(request)
        user, password = value_of(fields, self._words.user), value_of(fields, self._words.password)
        onwards = value_of(fields, "vidare")
        try:
            account = check_password(system, request, user, password, self._words.wrong)
        except Refused as refusal:
            return self._page("login.html", request, str(refusal), onwards)
        session = system.database.start_session(account.user, complete=False)
        answer = self._next(request, account.user, session, onwards)
        answer.set_cookie(session_cookie(system.name, request.scope), session, httponly=True, samesite="lax")
        return answer

    async def change(self, request: Request) -> Response:
        fields, waiting = await self._system.form(request), self._waiting(request)
        onwards = value_of(fields, "vidare")
        if waiting is None or not must_change(self._system, waiting.user):
            return self._page("login.html", request, vidare=onwards)
        new, again = value_of(fields, "nytt"), value_of(fields, "upprepat")
        try:
            change_password(self._system, waiting.user, value_of(fields, "gammalt"), new, again)
        except Refused as refusal:
            return self._page("change.html", request, str(refusal), onwards)
        return self._next(request, waiting.user, waiting.id, onwards)

    async def code(self, request: Request) -> Response:
        fields, waiting = await self._system.form(request), self._waiting(request)
        onwards = value_of(fields, "vidare")
        if waiting is None or must_change(self._system, waiting.user):
            return self._page("login.html", request, vidare=onwards)
        try:
            check_code(self._system, waiting.user, value_of(fields, self._words.one_time), self._words.wrong_code)
        except Refused as refusal:
            self._system.database.end_session(waiting.id, SYSTEM, "nekad engångskod")
            return self._page("login.html", request, str(refusal), onwards)
        return self._done(request, waiting.user, waiting.id, onwards)

    async def leave(self, request: Request) -> Response:
        leave(self._system, request)
        return RedirectResponse("/", 303)

    def _next(self, request: Request, user: str, session: str, onwards: str) -> Response:
        """What follows when the password is right: a new one, the one-time code, or nothing more."""
        if must_change(self._system, user):
            return self._page("change.html", request, vidare=onwards)
        if self._system.accounts[user].totp is not None:
            return self._page("code.html", request, vidare=onwards)
        return self._done(request, user, session, onwards)

    def _done(self, request: Request, user: str, session: str, onwards: str) -> Response:
        self._system.database.complete_session(session)
        let_in(self._system, user)
        request.state.user = user
        return RedirectResponse(own_page(onwards, self._home), 303)

    def _waiting(self, request: Request) -> Session | None:
        """The log-in that has come as far as the right password."""
        cookie = session_cookie(self._system.name, request.scope)
        session = self._system.database.session(request.cookies.get(cookie, ""))
        return None if session is None or session.complete else session

    def _page(self, template: str, request: Request, fel: str = "", vidare: str = "") -> Response:
        return self._system.page(template, request, fel=fel, vidare=vidare, words=self._words)
