"""Parking permits for people who cannot walk far: another department's system."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.downloads import download
from sandkommun.logging_in import login_of
from sandkommun.paging import part_of
from sandkommun.parkering.permits import DECIDED, GRANTED, OPEN_STATUSES, REFUSED, Permits, decision_in, fill
from sandkommun.parkering.statement import pdf, rows
from sandkommun.storage import Json
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.stubbornness.texts import kept
from sandkommun.system import System, user_of, value_of

__all__ = ["build", "fill"]

PER_PAGE = 10
_TYPED = ("beslut", "giltigt_fran", "giltigt_till", "motivering")


def build(system: System) -> Starlette:
    """The parking department's web site."""
    site = _Site(system)
    login = login_of(system, home="/ansokningar")
    routes: list[BaseRoute] = [
        *login.routes,
        Route("/ansokningar", site.applications),
        Route("/ansokningar/{ref}", site.application),
        Route("/ansokningar/{ref}/utlatande.pdf", site.statement),
        Route("/ansokningar/{ref}/status", site.change_status, methods=["POST"]),
        Route("/ansokningar/{ref}/beslut", site.decide, methods=["POST"]),
        Route("/tillstand", site.permits),
        Route("/tillstand", site.search, methods=["POST"]),
        Route("/tillstand/{number}", site.permit),
        Route("/tillstand/{number}/aterkalla", site.revoke, methods=["POST"]),
    ]
    return system.application(routes, login.logged_out, login.public, site.facit)


class _Site:
    def __init__(self, system: System) -> None:
        self._system = system
        self._permits = Permits(system)

    async def applications(self, request: Request) -> Response:
        status = request.query_params.get("status", "")
        everything = self._permits.applications()
        chosen = [one for one in everything if status in ("", one["status"])]
        return self._system.page(
            "applications.html",
            request,
            status=status,
            counted={one: sum(row["status"] == one for row in everything) for one in (*OPEN_STATUSES, DECIDED)},
            everything=len(everything),
            part=part_of(chosen, request.query_params, PER_PAGE),
        )

    async def application(self, request: Request) -> Response:
        return self._application(request, self._asked(request))

    def _application(
        self, request: Request, one: Json, wrong: list[str] | None = None, typed: Mapping[str, str] | None = None
    ) -> Response:
        decision = self._permits.decision(one["ref"])
        who = one["sokande"]["personnummer"]
        mine = [row for row in self._permits.permits() if row["innehavare"]["personnummer"] == who]
        return self._system.page(
            "application.html",
            request,
            one=one,
            statement=rows(one),
            permits=mine,
            decision=decision and {**decision.content, "user": decision.user},
            statuses=OPEN_STATUSES,
            choices=(GRANTED, REFUSED),
            wrong=wrong or [],
            typed=typed or dict.fromkeys(_TYPED, ""),
            saved="sparat" in request.query_params,
        )

    async def statement(self, request: Request) -> Response:
        one = self._asked(request)
        if one["utlatande"] is None:
            raise HTTPException(404)
        return download(await run_in_threadpool(pdf, one), "application/pdf", f"lakarutlatande-{one['ref']}.pdf")

    async def change_status(self, request: Request) -> Response:
        one = self._asked(request)
        status = value_of(await self._system.form(request), "status")
        if status not in OPEN_STATUSES or one["status"] == DECIDED:
            raise HTTPException(400)
        self._permits.set_status(one, status, user_of(request) or "")
        return RedirectResponse(f"/ansokningar/{one['ref']}?sparat", 303)

    async def decide(self, request: Request) -> Response:
        one = self._asked(request)
        fields = await self._system.form(request)
        typed = {name: value_of(fields, name) for name in _TYPED}
        if one["status"] == DECIDED:
            return self._application(request, one, ["Ansökan är redan beslutad. Inget har sparats."], typed)
        decision = decision_in(typed)
        if isinstance(decision, list):
            return self._application(request, one, decision, typed)
        decision = replace(decision, reason=kept(decision.reason, hits_of(request)))
        self._permits.decide(one, decision, user_of(request) or "")
        return RedirectResponse(f"/ansokningar/{one['ref']}?sparat", 303)

    async def permits(self, request: Request) -> Response:
        part = part_of(self._permits.permits(), request.query_params, PER_PAGE)
        return self._system.page("permits.html", request, text="", part=part)

    async def search(self, request: Request) -> Response:
        """Posted, because people search by personal number, which belongs in no address."""
        fields = await self._system.form(request)
        text = value_of(fields, "sok")
        found = [one for one in self._permits.permits() if _mentions(one, text)]
        part = part_of(found, {"sida": value_of(fields, "sida")}, PER_PAGE)
        return self._system.page("permits.html", request, text=text, part=part)

    async def permit(self, request: Request) -> Response:
        return self._permit(request, self._asked_permit(request))

    def _permit(self, request: Request, one: Json, wrong: list[str] | None = None) -> Response:
        saved = "sparat" in request.query_params
        return self._system.page("permit.html", request, one=one, wrong=wrong or [], saved=saved)

    async def revoke(self, request: Request) -> Response:
        one = self._asked_permit(request)
        reason = value_of(await self._system.form(request), "skal")
        if one["aterkallat"]:
            return self._permit(request, one, ["Tillståndet är redan återkallat. Inget har sparats."])
        if not reason:
            return self._permit(request, one, ["Ange varför tillståndet återkallas."])
        self._permits.revoke(one, kept(reason, hits_of(request)), user_of(request) or "")
        return RedirectResponse(f"/tillstand/{one['nummer']}?sparat", 303)

    def facit(self) -> Json:
        return {
            "registered": self._system.registered(beslut="beslut", aterkallelser="aterkallelse"),
            "statuses": {one["ref"]: one["status"] for one in self._permits.applications()},
            "tillstand": self._permits.permits(),
        }

    def _asked(self, request: Request) -> Json:
        one = self._permits.application(str(request.path_params["ref"]))
        if one is None:
            raise HTTPException(404)
        return one

    def _asked_permit(self, request: Request) -> Json:
        one = self._permits.permit(str(request.path_params["number"]))
        if one is None:
            raise HTTPException(404)
        return one


def _mentions(permit: Json, text: str) -> bool:
    holder = permit["innehavare"]
    looked_in = f"{permit['nummer']} {holder['personnummer']} {holder['namn']}".lower()
    plain = text.lower()
    return plain in looked_in or plain.replace("-", "") in looked_in
