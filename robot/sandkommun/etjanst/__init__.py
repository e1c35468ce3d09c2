"""The e-service as its handlers see it: inbox, form, files, status, messages."""

from collections.abc import Mapping
from typing import get_args

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.downloads import download
from sandkommun.etjanst.documents import flow_instance, pdf
from sandkommun.etjanst.errands import Errand, Errands, fill
from sandkommun.etjanst.form import Form
from sandkommun.etjanst.inbox import PER_PAGE, Question
from sandkommun.etjanst.looks import REASONS, Looks, looks
from sandkommun.logging_in import login_of
from sandkommun.paging import part_of
from sandkommun.storage import Json
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.stubbornness.texts import kept
from sandkommun.system import System, user_of, value_of
from sandkommun.worlds.applications import Arendestatus

__all__ = ["build", "fill"]

STATUSES: tuple[str, ...] = get_args(Arendestatus)


def build(system: System) -> Starlette:
    """The e-service's web site."""
    service = _Service(system)
    login = login_of(system, home="/inkorg", in_place=False)
    routes: list[BaseRoute] = [
        *login.routes,
        Route("/inkorg", service.inbox),
        Route("/inkorg", service.search, methods=["POST"]),
        Route("/handlaggning/{ref}", service.errand),
        Route("/handlaggning/{ref}/xml", service.xml),
        Route("/handlaggning/{ref}/pdf", service.pdf),
        Route("/handlaggning/{ref}/bilaga/{file_id}", service.attachment),
        Route("/handlaggning/{ref}/status", service.change_status, methods=["POST"]),
        Route("/handlaggning/{ref}/handlaggare", service.take, methods=["POST"]),
        Route("/handlaggning/{ref}/meddelande", service.write, methods=["POST"]),
    ]
    return system.application(routes, login.logged_out, login.public, service.facit)


class _Service:
    def __init__(self, system: System) -> None:
        self.system = system
        self._errands = Errands(system)

    async def inbox(self, request: Request) -> Response:
        return self._inbox(request, Question.of(request.query_params), request.query_params)

    async def search(self, request: Request) -> Response:
        fields = await self.system.form(request)
        asked = {name: value_of(fields, name) for name in fields}
        return self._inbox(request, Question.of(asked, asked.get("sok", "")), asked)

    def _inbox(self, request: Request, question: Question, asked: Mapping[str, str]) -> Response:
        self._errands.settle()
        if "ny_i_inkorgen" in hits_of(request):
            self._errands.come_first()
            hits_of(request).happened("ny_i_inkorgen")
        return self.system.page(
            "inbox.html",
            request,
            question=question,
            page=part_of(question.chosen(self._errands.arrived(), user_of(request) or ""), asked, PER_PAGE),
            statuses=STATUSES,
            services=self._errands.services,
        )

    async def errand(self, request: Request) -> Response:
        return self._page(request, *self._asked(request))

    def _page(self, request: Request, errand: Errand, form: Form, fel: str = "") -> Response:
        first = {"registrerad": form.posted}
        return self.system.page(
            "errand.html",
            request,
            errand=errand,
            form=form,
            fel=fel,
            looks=self._looks(request),
            reasons=REASONS,
            statuses=STATUSES,
            files=self._errands.attachments(errand.ref),
            messages=self._errands.messages(errand.ref),
            history=[{**first, **row} for row in self._errands.history(errand.ref)],
        )

    async def xml(self, request: Request) -> Response:
        errand, form = self._asked(request)
        return download(flow_instance(form), "text/xml; charset=ISO-8859-1", f"{errand.ref}.xml")

    async def pdf(self, request: Request) -> Response:
        errand, form = self._asked(request)
        return download(await run_in_threadpool(pdf, form), "application/pdf", f"{errand.ref}.pdf")

    async def attachment(self, request: Request) -> Response:
        errand, _ = self._asked(request)
        one = self._errands.attachment(errand.ref, request.path_params["file_id"])
        if one is None:
            raise HTTPException(404)
        return download(await run_in_threadpool(one.file), one.media_type, one.filnamn)

    async def change_status(self, request: Request) -> Response:
        errand, form = self._asked(request)
        fields, shown = await self.system.form(request), self._looks(request)
        status, why = value_of(fields, "status"), value_of(fields, "orsak")
        if status not in STATUSES:
            raise HTTPException(400)
        if shown.asks_why and why not in REASONS:
            return self._page(request, errand, form, fel="Ange orsaken till ändringen. Statusen är inte ändrad.")
        if shown.asks_again and not value_of(fields, "bekraftat"):
            return self.system.page("confirm.html", request, errand=errand, status=status, why=why)
        self._errands.set_status(errand.ref, status, user_of(request) or "", self.system.now(), why)
        return _back(errand)

    def _looks(self, request: Request) -> Looks:
        return looks(self.system.database, self.system.val.version, hits_of(request))

    async def take(self, request: Request) -> Response:
        errand, _ = self._asked(request)
        self._errands.take(errand.ref, user_of(request) or "")
        return _back(errand)

    async def write(self, request: Request) -> Response:
        errand, form = self._asked(request)
        fields = await self.system.form(request)
        text, user, now = value_of(fields, "text"), user_of(request) or "", self.system.now()
        if not text:
            return self._page(request, errand, form, fel="Meddelandet är tomt. Skriv vad sökanden ska få veta.")
        self._errands.write(errand.ref, kept(text, hits_of(request)), user, now)
        if value_of(fields, "komplettering"):
            self._errands.set_status(errand.ref, "Väntar på komplettering", user, now)
        self._errands.answer_what_is_due(errand.ref)
        return _back(errand)

    def facit(self) -> Json:
        self._errands.settle()
        return {
            "registered": self.system.registered(statusandringar="status", meddelanden="meddelande"),
            "statuses": {errand.ref: errand.status for errand in self._errands.arrived()},
        }

    def _asked(self, request: Request) -> tuple[Errand, Form]:
        self._errands.settle()
        found = self._errands.find(str(request.path_params["ref"]))
        if found is None:
            raise HTTPException(404)
        return found


def _back(errand: Errand) -> Response:
    return RedirectResponse(f"/handlaggning/{errand.ref}", 303)
