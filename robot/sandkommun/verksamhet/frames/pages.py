"""The case system in frames: frameset, Latin-1, tables without labels, popups, and no word about what it saved."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandkommun.downloads import download
from sandkommun.logging_in import Words, login_of
from sandkommun.storage import Json
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.system import System, typed_number, user_of, value_of
from sandkommun.verksamhet import staff
from sandkommun.verksamhet.entry import Refused
from sandkommun.verksamhet.frames.saving import FORMS, Saving
from sandkommun.verksamhet.papers import NO_DRAFT
from sandkommun.verksamhet.register import CLOSED, MOST_HITS, Register

Endpoint = Callable[[Request], Awaitable[Response]]

_WORDS = Words(
    login="/login.do",
    code="/kod.do",
    change="/byt.do",
    leave="/loggaut.do",
    user="anv",
    password="los",  # noqa: S106 - a field's name
    wrong="Fel: felaktig användare eller felaktigt lösenord.",
    wrong_code="Fel: felaktig engångskod.",
)
_FRAMES = ("ram", "topp", "vanster", "start", "hjalp")
_LISTS = {
    "/berakningar.do": ("calculations.html", "calculation"),
    "/beslut.do": ("decisions.html", "decision"),
    "/utbetalningar.do": ("payments.html", "payment"),
    "/aktualiseringar.do": ("matters.html", "matter"),
    "/journal.do": ("notes.html", "note"),
    "/bevakningar.do": ("monitorings.html", "monitoring"),
}


def build(system: System) -> Starlette:
    """The web site."""
    site = _Site(replace(system, charset="iso-8859-1", folder="verksamhet/frames"))
    login = login_of(site.system, home="/ram.do", words=_WORDS)
    inside: dict[str, Endpoint] = {
        **{f"/{name}.do": site.frame(name) for name in _FRAMES},
        "/oversikt.do": site.overview,
        **{path: site.listing(*what) for path, what in _LISTS.items()},
        "/berakning.do": site.calculation,
        "/brev.do": site.letters,
        "/beslutsmeddelande.do": site.letter,
        "/narvaro.do": site.plain("attendance.html"),
        "/dokument.do": site.documents,
        "/dokument_fil.do": site.document,
        "/avsluta.do": site.plain("closing.html"),
        "/sok.do": site.frame("start"),
        "/slutfor_berakning.do": site.calculation,
        **{path: site.saving.blank(path) for path in FORMS},
    }
    posting: dict[str, Endpoint] = {
        "/sok.do": site.search,
        "/slutfor_berakning.do": site.finalise,
        "/avsluta.do": site.close,
        **{path: site.saving.save(path) for path in FORMS},
    }
    routes: list[BaseRoute] = [
        *login.routes,
        *(Route(path, site.met(endpoint)) for path, endpoint in inside.items()),
        *(Route(path, site.met(endpoint), methods=["POST"]) for path, endpoint in posting.items()),
    ]
    return site.system.application(routes, login.logged_out, login.public, site.register.facit)


class _Site:
    def __init__(self, system: System) -> None:
        self.system = system
        self.register = Register(system)
        self.saving = Saving(system, self.register, self._of_case)

    def met(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, after what happens just before a request is handled."""

        async def handle(request: Request) -> Response:
            staff.arrived(self.register, hits_of(request), request.query_params.get("arende", ""))
            return await endpoint(request)

        return handle

    # Frames and search.

    def frame(self, name: str) -> Endpoint:
        async def show(request: Request) -> Response:
            case = self.register.case(request.query_params.get("arende", ""))
            return self.system.page(f"{name}.html", request, case=case)

        return show

    async def search(self, request: Request) -> Response:
        fields = await self.system.form(request)
        typed, name = value_of(fields, "sokpnr"), value_of(fields, "soknamn")
        if name and not typed:
            return self._search_by_name(request, name)
        number = typed_number(typed)
        case = self.register.case_of(number) if number else None
        if case is None:
            return self._refusal(request, "Ingen person med angivet personnummer är registrerad.")
        return self.system.page("overview.html", request, case=case, found=True)

    def _search_by_name(self, request: Request, name: str) -> Response:
        hits = self.register.named(name)
        if not hits:
            return self._refusal(request, "Ingen person med angivet namn är registrerad.")
        if len(hits) > 1:
            return self.system.page("hits.html", request, hits=hits, most=MOST_HITS)
        return self.system.page("overview.html", request, case=self.register.case(hits[0]["arende"]), found=True)

    # One case.

    async def overview(self, request: Request) -> Response:
        """`vald`: chosen from a list of hits, so that the menu follows."""
        found = "vald" in request.query_params
        return self._of_case(request, lambda case: self.system.page("overview.html", request, case=case, found=found))

    def plain(self, template: str) -> Endpoint:
        """A page that shows nothing but what the case itself says."""

        async def show(request: Request) -> Response:
            return self._of_case(request, lambda case: self.system.page(template, request, case=case))

        return show

    def listing(self, template: str, kind: str) -> Endpoint:
        async def show(request: Request) -> Response:
            return self._of_case(
                request,
                lambda case: self.system.page(
                    template, request, case=case, records=self.register.records(kind, case["nr"])
                ),
            )

        return show

    async def calculation(self, request: Request) -> Response:
        return self._of_case(request, lambda case: self._calculation(request, case, ""))

    async def finalise(self, request: Request) -> Response:
        """The button on a draft."""

        def make_final(case: Json) -> Response:
            number, user = request.query_params.get("id", ""), user_of(request) or ""
            try:
                self.register.finalise(case["nr"], number, user, hits_of(request))
            except Refused as refusal:
                return self._calculation(request, case, f"Fel: {refusal}")
            return self._calculation(request, case, "")

        return self._of_case(request, make_final)

    def _calculation(self, request: Request, case: Json, fel: str) -> Response:
        record = self.register.record("calculation", case["nr"], request.query_params.get("id", ""))
        if record is None:
            return self._refusal(request, "Beräkningen finns inte.")
        return self.system.page("calculation.html", request, case=case, record=record, fel=fel)

    async def close(self, request: Request) -> Response:
        """The button that closes a case, or opens a closed one."""

        def turn(case: Json) -> Response:
            user, hits = user_of(request) or "", hits_of(request)
            turning = self.register.open if case["status"] == CLOSED else self.register.close
            try:
                turning(case["nr"], user, hits)
            except Refused as refusal:
                return self._refusal(request, str(refusal))
            return self.system.page("overview.html", request, case=self.register.case(case["nr"]), found=False)

        return self._of_case(request, turn)

    # Letters and files.

    async def letters(self, request: Request) -> Response:
        return self._of_case(request, lambda case: self._letters(request, case))

    def _letters(self, request: Request, case: Json) -> Response:
        draft = self.register.undecided(case["nr"])
        return self.system.page("letters.html", request, case=case, draft=draft, no_draft=NO_DRAFT)

    async def letter(self, request: Request) -> Response:
        """The PDF; that it has been fetched is what the decision waits for."""

        def fetch(case: Json) -> Response:
            letter = self.register.letter(case["nr"], user_of(request) or "")
            return download(letter.content, letter.media_type, letter.name) if letter else self._letters(request, case)

        return self._of_case(request, fetch)

    async def documents(self, request: Request) -> Response:
        def show(case: Json) -> Response:
            papers = self.register.papers.listed(case["nr"])
            return self.system.page("documents.html", request, case=case, papers=papers)

        return self._of_case(request, show)

    async def document(self, request: Request) -> Response:
        def fetch(case: Json) -> Response:
            file = self.register.papers.file(case["nr"], request.query_params.get("id", ""))
            if file is None:
                return self._refusal(request, "Dokumentet finns inte.")
            return download(file.content, file.media_type, file.name)

        return self._of_case(request, fetch)

    def _of_case(self, request: Request, show: Callable[[Json], Response]) -> Response:
        case = self.register.case(request.query_params.get("arende", ""))
        return show(case) if case else self._refusal(request, "Ärendet finns inte.")

    def _refusal(self, request: Request, fel: str) -> Response:
        return self.system.page("refusal.html", request, fel=fel)
