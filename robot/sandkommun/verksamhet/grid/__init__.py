"""The case system's skin "grid": one page of heavy JavaScript, with everything in it made by scripts.

`showing` says what the views hold, `api` answers the scripts, `scripts/` are the page's, in one scope together.
"""

from dataclasses import replace
from importlib.resources import files

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandkommun.logging_in import login_of
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.system import System
from sandkommun.verksamhet import staff
from sandkommun.verksamhet.grid.api import Api
from sandkommun.verksamhet.register import Register

_SCRIPTS = ("elements", "api", "overlays", "calendar", "list", "field", "views", "form", "app")
"""The scripts in the order in which they build on each other."""


def build(system: System) -> Starlette:
    """The web site. The scripts come within the page, so that a view is always two requests: the page and its data."""
    system = replace(system, folder="verksamhet/grid")
    register = Register(system)
    folder = files(__package__) / "scripts"
    script = Markup("\n".join((folder / f"{name}.js").read_text("utf-8") for name in _SCRIPTS))  # noqa: S704 - our own

    async def shell(request: Request) -> Response:
        staff.arrived(register, hits_of(request), request.path_params.get("nr", ""))
        return system.page("shell.html", request, script=script, path=request.url.path)

    login = login_of(system, home="/sok")
    routes: list[BaseRoute] = [
        *login.routes,
        Route("/sok", shell),
        Route("/arende/{nr}", shell),
        Route("/arende/{nr}/{rest:path}", shell),
        *Api(register).routes(),
    ]
    return system.application(routes, login.logged_out, login.public, register.facit)
