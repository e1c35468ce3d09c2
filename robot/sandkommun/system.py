"""What the systems have in common as web sites: pages, forms, log-in by session, the judges' view."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.clock import Clock
from sandkommun.entrances.accounts import Accounts
from sandkommun.entrances.tickets import Tickets
from sandkommun.storage import Database, Json
from sandkommun.stubbornness.gate import Gate, Recorder, is_api, session_cookie
from sandkommun.stubbornness.hitting import Faults
from sandkommun.stubbornness.misbehaving import Misbehaving
from sandkommun.stubbornness.tokens import Tokens
from sandkommun.worlds.elements import formatted
from sandkommun.worlds.model import Kommun
from sandkommun.worlds.systems import Systemnamn, Systemval

Facit = Callable[[], Json]
_REFUSALS = {
    400: ("Begäran går inte att läsa", "Något i det som skickades har fel form. Gå tillbaka och försök igen."),
    404: ("Sidan finns inte", "Det finns inget på den här adressen. Kontrollera den, eller börja om från startsidan."),
    405: ("Så går det inte att göra", "Adressen kan inte användas på det sättet. Gå tillbaka och försök igen."),
    500: ("Internt serverfel", "Systemet kunde inte slutföra det du bad om. Försök igen om en stund."),
}
"""Title and text by HTTP status; any other as 400."""


@dataclass
class System:
    """One running system: its name, its municipality, its database, its users, its faults and its pages.

    `people` is what the agencies know, one file for all of them, so that they never contradict each other. `addresses`
    are those of all systems.
    """

    name: Systemnamn
    kommun: Kommun
    clock: Clock
    database: Database
    people: Database
    accounts: Accounts
    tickets: Tickets
    faults: Faults
    addresses: Mapping[Systemnamn, str]
    charset: str = "utf-8"
    folder: str = ""
    """Where its page templates lie in the package; left out: in the system's own folder."""

    @cached_property
    def pages(self) -> Environment:
        """The page templates."""
        pages = Environment(
            loader=ChoiceLoader(
                [
                    PackageLoader("sandkommun", f"{self.folder or self.name}/templates"),
                    PackageLoader("sandkommun", "logging_in/templates"),
                ]
            ),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        pages.filters |= {"pnr": formatted, "kr": kronor, "janej": yes_no, "tid": minute}
        return pages

    def page(self, template: str, request: Request, **values: Any) -> Response:
        """A page, HTTP 200. What the charset lacks becomes a character reference."""
        always = {"user": user_of(request), "today": self.clock.today, "kommun": self.kommun.kommun}
        text = self.pages.get_template(template).render({**always, **values})
        return Response(
            text.encode("cp1252" if self.charset == "iso-8859-1" else "utf-8", "xmlcharrefreplace"),
            media_type=f"text/html; charset={self.charset}",
            headers={"Cache-Control": "no-store"},
        )

    def trouble(self, request: Request, title: str, text: str, status: int = 200, onwards: str = "") -> Response:
        """What tells of a trouble instead of a page, in this system's looks; to scripts as JSON. `onwards`: an address
        for a link."""
        if is_api(request.url.path):
            return JSONResponse({"fel": text}, status)
        page = self.page("trouble.html", request, rubrik=title, text=text, vidare=onwards)
        page.status_code = status
        return page

    def refusal(self, request: Request, status: int) -> Response:
        """What meets a request that the system does not answer: no such address, not so, or the system failed."""
        title, text = _REFUSALS.get(status, _REFUSALS[400])
        return self.trouble(request, title, text, status)

    async def form(self, request: Request) -> dict[str, list[str]]:
        """The posted fields as a browser sends them from a page in this charset (Latin-1 means Windows-1252). Of free
        texts among them a page keeps what `texts.kept` leaves."""
        encoding = "cp1252" if self.charset == "iso-8859-1" else "utf-8"
        fields: dict[str, list[str]] = {}
        body = (await request.body()).decode("ascii", "replace")
        for name, value in parse_qsl(body, keep_blank_values=True, encoding=encoding, errors="replace"):
            fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
        return fields

    def log_in(self, request: Request, response: Response, user: str, *, complete: bool = True) -> Response:
        """Start a session that the response carries to the browser."""
        session = self.database.start_session(user, complete=complete)
        response.set_cookie(session_cookie(self.name, request.scope), session, httponly=True, samesite="lax")
        request.state.user = user if complete else None
        return response

    def now(self) -> str:
        """The world's date with the machine's time of day, as records have it: 2026-12-01T13:37:00."""
        return self.clock.now().isoformat("T", "seconds")

    @property
    def val(self) -> Systemval:
        """How this system is set up."""
        return self.kommun.systemval(self.name)

    def application(
        self, routes: list[BaseRoute], logged_out: Callable[[Request], Response], public: set[str], facit: Facit
    ) -> Starlette:
        """The web site: requests recorded, then the system's stubbornness, then the log-in, then the pages."""

        under_way: list[Json] = []

        async def judge(request: Request) -> Response:
            told = {"under_way": under_way, "requests": self.database.requests(), "changes": self.database.changes()}
            return JSONResponse({**facit(), **told})

        async def refused(request: Request, error: Exception) -> Response:
            answer = self.refusal(request, error.status_code if isinstance(error, HTTPException) else 500)
            answer.headers.update(error.headers or {} if isinstance(error, HTTPException) else {})
            return answer

        return Starlette(
            routes=[*routes, Route("/_facit", judge)],
            exception_handlers={HTTPException: refused, Exception: refused},
            middleware=[
                Middleware(Recorder, database=self.database, under_way=under_way),
                Middleware(Misbehaving, site=self),
                Middleware(Gate, name=self.name, database=self.database, public=public, logged_out=logged_out),
                Middleware(Tokens, site=self),
            ],
        )

    def registered(self, **kinds: str) -> dict[str, list[Json]]:
        """What was registered after the start: for each name, the records of a kind."""
        return {
            name: [
                {"id": record.id, "time": record.time, "user": record.user, **record.content}
                for record in self.database.records(kind)
                if not record.history
            ]
            for name, kind in kinds.items()
        }


def user_of(request: Request) -> str | None:
    """Who is logged in behind a request."""
    user: str | None = request.state.user
    return user


def value_of(fields: Mapping[str, list[str]], name: str) -> str:
    """One posted field, trimmed; empty when it was not sent."""
    return fields.get(name, [""])[0].strip()


def typed_number(text: str) -> str | None:
    """Twelve digits of a personal number typed with or without a hyphen, or None."""
    digits = re.sub(r"[\s-]", "", text)
    return digits if re.fullmatch(r"\d{12}", digits) else None


def typed_date(text: str) -> date | None:
    """A typed ISO date, or None."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def typed_amount(text: str) -> Decimal | None:
    """A typed amount in kronor (6865 / 6865,00 / 6 865,00 / -12), or None."""
    plain = re.sub(r"[\s\u00a0]", "", text)
    return Decimal(plain.replace(",", ".")) if re.fullmatch(r"-?\d{1,9}(,\d{1,2})?", plain) else None


def kronor(amount: str | Decimal) -> str:
    """An amount as the systems show it: 6 865,00."""
    return f"{Decimal(amount):,.2f}".replace(",", " ").replace(".", ",")


def yes_no(value: bool) -> str:
    return "Ja" if value else "Nej"


def minute(moment: str) -> str:
    """2026-12-01T13:37:00 as 2026-12-01 13:37."""
    return moment[:16].replace("T", " ")
