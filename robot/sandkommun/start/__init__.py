"""The start page: what the systems are, how one logs in to them, the day's faults; and the world's time."""

import re
from datetime import date

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandkommun.control import Control
from sandkommun.start.telling import day_told, system_told, trouble
from sandkommun.storage import Json
from sandkommun.system import System, value_of

_PUBLIC = {"/", "/tick", "/reset"}
_DONE = {"steg": "Tiden har gått framåt.", "nollstalld": "Världen är nollställd: allt är som när den startades."}


def build(system: System, control: Control) -> Starlette:
    """The start page's web site; nobody logs in to it."""
    site = _Site(system, control)
    routes = [
        Route("/", site.show),
        Route("/tick", site.tick, methods=["POST"]),
        Route("/reset", site.reset, methods=["POST"]),
    ]
    return system.application([*routes], lambda request: system.refusal(request, 404), _PUBLIC, site.facit)


class _Site:
    def __init__(self, system: System, control: Control) -> None:
        self._system = system
        self._control = control

    async def show(self, request: Request) -> Response:
        system, folder = self._system, self._control.folder.absolute()
        others = [(name, address) for name, address in system.addresses.items() if name != "start"]
        return system.page(
            "start.html",
            request,
            day=day_told(system.clock.today),
            first_day=day_told(system.kommun.today),
            done=_DONE.get(request.query_params.get("klart", ""), ""),
            folder=folder,
            systems=[system_told(system.kommun, name, address, folder / "credentials") for name, address in others],
            troubles=[trouble(fel) for fel in system.kommun.fel],
            staff=system.kommun.personal,
        )

    async def tick(self, request: Request) -> Response:
        step = re.fullmatch(r"(\d{1,3})(d|month)", value_of(await self._system.form(request), "steg"))
        if step is None:
            return JSONResponse({"fel": "Ange steget som till exempel 1d eller 1month."}, 400)
        unit = {"d": "days", "month": "months"}[step[2]]
        before = self._control.clock.today
        try:
            today = self._control.tick(**{unit: int(step[1])})
        except OverflowError:
            return JSONResponse(
                {"fel": "Världens tid slutar med år 9999. Ange ett kortare steg, eller nollställ."}, 400
            )
        content = {"fran": before.isoformat(), "till": today.isoformat()}
        self._system.database.add("steg", "varlden", "startsidan", content)
        return _answer(request, today, "steg")

    async def reset(self, request: Request) -> Response:
        self._control.reset()
        return _answer(request, self._control.clock.today, "nollstalld")

    def facit(self) -> Json:
        return {
            "today": self._control.clock.today.isoformat(),
            "registered": self._system.registered(steg="steg"),
        }


def _answer(request: Request, today: date, done: str) -> Response:
    """A browser goes back to the page; a program is told the date."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"/?klart={done}", 303)
    return JSONResponse({"today": today.isoformat()})
