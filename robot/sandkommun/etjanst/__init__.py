"""The e-service as its handlers see it: inbox, form, files, status."""

from typing import Any, get_args

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.etjanst.documents import flow_instance, pdf
from sandkommun.etjanst.form import Form, of_application, of_foreign, of_json
from sandkommun.storage import Database, Json
from sandkommun.system import System, password_login, user_of, value_of
from sandkommun.worlds.applications import Ansokan, Arendestatus
from sandkommun.worlds.files import foreign_form
from sandkommun.worlds.model import World

PER_PAGE = 5
STATUSES: tuple[str, ...] = get_args(Arendestatus)


def build(system: System) -> Starlette:
    """The e-service's web site."""
    service = _Service(system)
    login, _ = password_login(service.system, home="/inkorg")
    routes: list[BaseRoute] = [
        *login,
        Route("/inkorg", service.inbox),
        Route("/handlaggning/{ref}", service.errand),
        Route("/handlaggning/{ref}/xml", service.xml),
        Route("/handlaggning/{ref}/pdf", service.pdf),
        Route("/handlaggning/{ref}/status", service.change_status, methods=["POST"]),
    ]
    return service.system.application(routes, _to_login, {"/logga-in"}, service.facit)


def fill(world: World, database: Database) -> None:
    """Lay a world's inbox down, oldest first."""
    with database.together():
        for ref, entry in sorted(world.inkorg.items(), key=lambda item: (item[1].inkommet, item[0])):
            posted = entry.inkommet.isoformat("T", "seconds")
            if isinstance(entry, Ansokan):
                form = of_application(ref, entry, world)
            else:
                form = of_foreign(ref, entry.e_tjanst, posted, foreign_form(entry.fil))
            database.put("form", ref, form.as_json())
            line = {"ref": ref, "e_tjanst": form.flow, "sokande": form.applicant, "inkommet": posted}
            database.put("errand", ref, line)
            database.add("status", ref, "e-tjänsten", {"ref": ref, "status": entry.status}, history=True)


def _to_login(request: Request) -> Response:
    return RedirectResponse("/logga-in", 303)


class _Service:
    def __init__(self, system: System) -> None:
        self.system = system
        self._database = system.database

    async def inbox(self, request: Request) -> Response:
        status = self._statuses()
        errands = [{**errand, "status": status[errand["ref"]]} for errand in self._database.documents("errand")]
        pages = max(1, -(-len(errands) // PER_PAGE))
        asked = request.query_params.get("sida", "1")
        number = min(max(1, int(asked) if asked.isdecimal() else 1), pages)
        shown = errands[(number - 1) * PER_PAGE : number * PER_PAGE]
        return self.system.page("inbox.html", request, errands=shown, number=number, pages=pages)

    async def errand(self, request: Request) -> Response:
        ref, form = self._asked(request)
        history = [
            {"time": record.content.get("registrerad", form.posted), "user": record.user, **record.content}
            for record in self._database.records("status", ref)
        ]
        return self.system.page(
            "errand.html", request, form=form, status=history[-1]["status"], history=history, statuses=STATUSES
        )

    async def xml(self, request: Request) -> Response:
        ref, form = self._asked(request)
        return _file(flow_instance(form), "text/xml", f"{ref}.xml")

    async def pdf(self, request: Request) -> Response:
        ref, form = self._asked(request)
        return _file(pdf(form), "application/pdf", f"{ref}.pdf")

    async def change_status(self, request: Request) -> Response:
        ref, _ = self._asked(request)
        status = value_of(await self.system.form(request), "status")
        if status not in STATUSES:
            raise HTTPException(400)
        content = {"ref": ref, "status": status, "registrerad": self.system.now()}
        self._database.add("status", ref, user_of(request) or "", content)
        return RedirectResponse(f"/handlaggning/{ref}", 303)

    def facit(self) -> Json:
        return {
            "registered": self.system.registered(statusandringar="status"),
            "statuses": self._statuses(),
        }

    def _asked(self, request: Request) -> tuple[str, Form]:
        ref = str(request.path_params["ref"])
        form = self._database.document("form", ref)
        if form is None:
            raise HTTPException(404)
        return ref, of_json(form)

    def _statuses(self) -> dict[str, Any]:
        return {record.subject: record.content["status"] for record in self._database.records("status")}


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if media_type == "text/xml":
        headers["Content-Type"] = "text/xml; charset=ISO-8859-1"
    return Response(content, media_type=media_type, headers=headers)
