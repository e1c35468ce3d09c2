"""The start page: what the systems are, how one logs in to them, the day's faults; and the world's time."""

import re

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandkommun.control import Control
from sandkommun.system import System, value_of


def build(system: System, control: Control) -> Starlette:
    """The start page's web site; nobody logs in to it."""

    async def tick(request: Request) -> Response:
        step = re.fullmatch(r"(\d{1,3})(d|month)", value_of(await system.form(request), "steg"))
        if step is None:
            return JSONResponse({"fel": "Ange steget som till exempel 1d eller 1month."}, 400)
        unit = {"d": "days", "month": "months"}[step[2]]
        return JSONResponse({"today": control.tick(**{unit: int(step[1])}).isoformat()})

    async def reset(request: Request) -> Response:
        control.reset()
        return JSONResponse({"today": control.clock.today.isoformat()})

    routes = [Route("/tick", tick, methods=["POST"]), Route("/reset", reset, methods=["POST"])]
    return Starlette(routes=routes)
