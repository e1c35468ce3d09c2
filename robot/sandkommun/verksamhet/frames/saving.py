"""The frames' forms: a blank page or a popup window, the page in between, and the blank form again after a save."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sandkommun.paging import whole
from sandkommun.storage import Json
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.system import System, user_of, value_of
from sandkommun.verksamhet.entry import Posted, Refused
from sandkommun.verksamhet.forms import ROWS, Form
from sandkommun.verksamhet.posting import posted
from sandkommun.verksamhet.register import Register

Endpoint = Callable[[Request], Awaitable[Response]]
OfCase = Callable[[Request, Callable[[Json], Response]], Response]


@dataclass(frozen=True)
class Place:
    """Where a form stands: in the work frame or in a window of its own, with its file field or without."""

    kind: str
    popup: bool = False
    files: bool = False


FORMS = {
    "/ny_aktualisering.do": Place("matter", files=True),
    "/ny_berakning.do": Place("calculation"),
    "/nytt_beslut.do": Place("decision"),
    "/ny_utbetalning.do": Place("payment"),
    "/ny_anteckning.do": Place("note"),
    "/ny_anteckning_bilaga.do": Place("note", popup=True, files=True),
    "/ny_bevakning.do": Place("monitoring", popup=True),
}


class Saving:
    """The forms of a site. `of_case` answers with a case's page, or that there is no such case."""

    def __init__(self, system: System, register: Register, of_case: OfCase) -> None:
        self._system = system
        self._register = register
        self._of_case = of_case

    def blank(self, path: str) -> Endpoint:
        """The empty form."""

        async def show(request: Request) -> Response:
            def page(case: Json) -> Response:
                holder = self._register.begin(case["nr"], user_of(request) or "")
                return self._page(path, request, case, held=holder)

            return self._of_case(request, page)

        return show

    def save(self, path: str) -> Endpoint:
        """What the form's button does: nothing is said of what was saved; a window closes itself."""
        place = FORMS[path]

        async def save(request: Request) -> Response:
            fields, files = await posted(self._system, request)

            def answer(case: Json) -> Response:
                nr, form = case["nr"], self._register.form(place.kind)
                typed = _typed(form, nr, fields)
                seen = value_of(fields, f"f{nr}_ver")
                try:
                    if form.confirm and not value_of(fields, f"f{nr}_klar"):
                        self._register.check(place.kind, nr, typed)
                        return self._review(path, request, case, typed, seen)
                    number = self._register.save(
                        *(place.kind, nr, user_of(request) or "", typed, hits_of(request)),
                        files=files if place.files else [],
                        seen=whole(seen, -1) if seen else None,
                    )
                except Refused as refusal:
                    return self._page(path, request, case, fel=f"Fel: {refusal}")
                if place.popup:
                    return self._system.page("closing_window.html", request)
                return self._page(path, request, case, saved=number is not None)

            return self._of_case(request, answer)

        return save

    def _page(
        self, path: str, request: Request, case: Json, *, fel: str = "", held: str = "", saved: bool = False
    ) -> Response:
        place = FORMS[path]
        habits = self._system.val.vanor
        decides = place.kind == "decision"
        return self._system.page(
            "new_record.html",
            request,
            case=case,
            form=self._register.form(place.kind),
            place=place,
            path=path,
            fel=fel,
            held=held,
            seen=self._register.seen(case["nr"]),
            row_numbers=range(1, ROWS + 1),
            asks=decides and habits.fraga_fore_beslut,
            tells=decides and habits.bekraftar_beslut and saved,
        )

    def _review(self, path: str, request: Request, case: Json, typed: Posted, seen: str) -> Response:
        form = self._register.form(FORMS[path].kind)
        asks = form.kind == "decision" and self._system.val.vanor.fraga_fore_beslut
        return self._system.page(
            "review.html", request, case=case, form=form, path=path, typed=typed.values, seen=seen, asks=asks
        )


def _typed(form: Form, nr: str, fields: Mapping[str, list[str]]) -> Posted:
    """What was posted, by the fields' names; the inputs are named after the case: `f4711_bel`, `f4711_i1_bel`."""
    values = {one.name: value_of(fields, f"f{nr}_{one.short}") for one in form.fields}
    rows = {
        rows.name: [
            {one.name: value_of(fields, f"f{nr}_{rows.short}{n}_{one.short}") for one in rows.fields}
            for n in range(1, ROWS + 1)
        ]
        for rows in form.rows
    }
    return Posted(values, rows)
