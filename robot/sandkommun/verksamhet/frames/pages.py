"""The case system in frames: frameset, Latin-1, tables without labels, and no word about what it saved."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.storage import Json
from sandkommun.stubbornness.gate import session_cookie
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.system import System, typed_number, user_of, value_of
from sandkommun.verksamhet import forms
from sandkommun.verksamhet.entry import Posted, Refused
from sandkommun.verksamhet.forms import Form
from sandkommun.verksamhet.letter import beslutsmeddelande
from sandkommun.verksamhet.register import KINDS, Register

Endpoint = Callable[[Request], Awaitable[Response]]

_FRAMES = ("ram", "topp", "vanster", "start")
_LISTS = {
    "/berakningar.do": ("calculations.html", "calculation"),
    "/beslut.do": ("decisions.html", "decision"),
    "/utbetalningar.do": ("payments.html", "payment"),
    "/aktualiseringar.do": ("matters.html", "matter"),
    "/journal.do": ("notes.html", "note"),
}
_FORMS = {
    "/ny_aktualisering.do": ("new_matter.html", forms.MATTER),
    "/ny_berakning.do": ("new_calculation.html", forms.CALCULATION),
    "/nytt_beslut.do": ("new_decision.html", forms.DECISION),
    "/ny_utbetalning.do": ("new_payment.html", forms.PAYMENT),
    "/ny_anteckning.do": ("new_note.html", forms.NOTE),
}
_CHOICES = {
    "norms": forms.NORMS,
    "matter_kinds": forms.MATTERS,
    "codes": forms.CODES,
    "incomes": forms.INCOMES,
    "costs": forms.COSTS,
    "rows": range(1, forms.ROWS + 1),
}


def build(system: System) -> Starlette:
    """The web site."""
    site = _Site(replace(system, charset="iso-8859-1", folder="verksamhet/frames"))
    routes: list[BaseRoute] = [
        Route("/", site.start),
        Route("/login.do", site.log_in, methods=["POST"]),
        Route("/kod.do", site.code, methods=["POST"]),
        Route("/loggaut.do", site.log_out),
        *(Route(f"/{name}.do", site.frame(name)) for name in _FRAMES),
        Route("/sok.do", site.search, methods=["POST"]),
        Route("/oversikt.do", site.overview),
        *(Route(path, site.listing(*what)) for path, what in _LISTS.items()),
        Route("/berakning.do", site.calculation),
        Route("/brev.do", site.letters),
        Route("/beslutsmeddelande.do", site.letter),
        *(Route(path, site.blank(path)) for path in _FORMS),
        *(Route(path, site.saving(path), methods=["POST"]) for path in _FORMS),
    ]
    return site.system.application(routes, site.logged_out, {"/", "/login.do", "/kod.do"}, site.facit)


class _Site:
    def __init__(self, system: System) -> None:
        self.system = system
        self.register = Register(system.database)

    # Log-in: password, then one-time code.

    def logged_out(self, request: Request, fel: str = "") -> Response:
        """What meets whoever is not logged in, at any address, with HTTP 200."""
        return self.system.page("login.html", request, fel=fel)

    async def start(self, request: Request) -> Response:
        return RedirectResponse("/ram.do", 303) if user_of(request) else self.logged_out(request)

    async def log_in(self, request: Request) -> Response:
        account = self.system.allowed(await self.system.form(request), "anv", "los")
        if account is None:
            return self.logged_out(request, "Fel: felaktig användare eller felaktigt lösenord.")
        return self.system.log_in(request, self.system.page("code.html", request), account.user, complete=False)

    async def code(self, request: Request) -> Response:
        fields = await self.system.form(request)
        waiting = self.system.database.session(request.cookies.get(session_cookie(self.system.name), ""))
        if waiting is None:
            return self.logged_out(request)
        if not self.system.accounts[waiting.user].proves(value_of(fields, "kod")):
            self.system.database.end_session(waiting.id)
            return self.logged_out(request, "Fel: felaktig engångskod.")
        self.system.database.complete_session(waiting.id)
        request.state.user = waiting.user
        return RedirectResponse("/ram.do", 303)

    async def log_out(self, request: Request) -> Response:
        self.system.database.end_session(request.cookies.get(session_cookie(self.system.name), ""))
        return RedirectResponse("/", 303)

    # Frames and search.

    def frame(self, name: str) -> Endpoint:
        async def show(request: Request) -> Response:
            case = self.register.case(request.query_params.get("arende", ""))
            return self.system.page(f"{name}.html", request, case=case)

        return show

    async def search(self, request: Request) -> Response:
        number = typed_number(value_of(await self.system.form(request), "sokpnr"))
        case = self.register.case_of(number) if number else None
        if case is None:
            fel = "Ingen person med angivet personnummer är registrerad."
            return self.system.page("refusal.html", request, fel=fel)
        return self.system.page("overview.html", request, case=case, found=True)

    # One case.

    async def overview(self, request: Request) -> Response:
        return self._of_case(request, lambda case: self.system.page("overview.html", request, case=case, found=False))

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
        def show(case: Json) -> Response:
            asked = request.query_params.get("id", "")
            for record in self.register.records("calculation", case["nr"]):
                if str(record.id) == asked:
                    return self.system.page("calculation.html", request, case=case, record=record)
            return self.system.page("refusal.html", request, fel="Beräkningen finns inte.")

        return self._of_case(request, show)

    async def letters(self, request: Request) -> Response:
        return self._of_case(
            request,
            lambda case: self.system.page("letters.html", request, case=case, draft=self.register.draft(case["nr"])),
        )

    async def letter(self, request: Request) -> Response:
        """The PDF; that it has been fetched is what the decision waits for."""

        def fetch(case: Json) -> Response:
            draft = self.register.draft(case["nr"])
            if draft is None:
                return self.system.page("letters.html", request, case=case, draft=None)
            content = beslutsmeddelande(case, draft, self.system.kommun.kommun, self.system.clock.today)
            self.register.add("letter", case, user_of(request) or "", self.system.now(), {"berakning": draft.id})
            name = f"beslutsmeddelande-{case['nr']}.pdf"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
            return Response(content, media_type="application/pdf", headers=headers)

        return self._of_case(request, fetch)

    # Forms.

    def blank(self, path: str) -> Endpoint:
        async def show(request: Request) -> Response:
            return self._of_case(request, lambda case: self._form(path, request, case, ""))

        return show

    def saving(self, path: str) -> Endpoint:
        async def save(request: Request) -> Response:
            posted = await self.system.form(request)

            def answer(case: Json) -> Response:
                return self._form(path, request, case, self._save(path, request, case, posted))

            return self._of_case(request, answer)

        return save

    def _save(self, path: str, request: Request, case: Json, posted: Mapping[str, list[str]]) -> str:
        """Register what was posted; returns the error text to show, empty when it was saved (or silently was not)."""
        _, form = _FORMS[path]
        user, now = user_of(request) or "", self.system.now()
        try:
            self.register.save(form, case, user, now, _typed(form, case["nr"], posted), hits_of(request))
        except Refused as refusal:
            return f"Fel: {refusal}"
        return ""

    def _form(self, path: str, request: Request, case: Json, fel: str) -> Response:
        return self.system.page(_FORMS[path][0], request, case=case, fel=fel, path=path, **_CHOICES)

    def _of_case(self, request: Request, show: Callable[[Json], Response]) -> Response:
        case = self.register.case(request.query_params.get("arende", ""))
        return show(case) if case else self.system.page("refusal.html", request, fel="Ärendet finns inte.")

    def facit(self) -> Json:
        return {"registered": self.system.registered(**KINDS, brev="letter")}


def _typed(form: Form, nr: str, posted: Mapping[str, list[str]]) -> Posted:
    """What was posted, by the fields' names; the inputs are named after the case: `f4711_bel`, `f4711_i1_bel`."""
    values = {one.name: value_of(posted, f"f{nr}_{one.short}") for one in form.fields}
    rows = {
        rows.name: [
            {one.name: value_of(posted, f"f{nr}_{rows.short}{n}_{one.short}") for one in rows.fields}
            for n in range(1, forms.ROWS + 1)
        ]
        for rows in form.rows
    }
    return Posted(values, rows)
