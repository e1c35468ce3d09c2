"""What the grid's scripts ask for: every view and every act as JSON, each refusal as {"fel": text} with HTTP 200."""

import json
from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandkommun.downloads import download
from sandkommun.paging import whole
from sandkommun.storage import Json
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.system import System, typed_number, user_of
from sandkommun.verksamhet import staff
from sandkommun.verksamhet.entry import Posted, Refused
from sandkommun.verksamhet.grid import showing
from sandkommun.verksamhet.papers import NO_DRAFT, Upload
from sandkommun.verksamhet.posting import posted
from sandkommun.verksamhet.register import Register

OfCase = Callable[[Request, Json], Awaitable[Response]]

_FORMS = {
    "aktualisering": "matter",
    "berakning": "calculation",
    "beslut": "decision",
    "utbetalning": "payment",
    "anteckning": "note",
    "bevakning": "monitoring",
}
_NOBODY = "Ingen person med angivet personnummer är registrerad."
_NO_NAME = "Ingen person med angivet namn är registrerad."


class Api:
    """The answers, of one register."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def routes(self) -> list[BaseRoute]:
        case = "/api/arende/{nr}"
        return [
            Route("/api/sok", self._blank_search),
            Route("/api/sok", self._search, methods=["POST"]),
            Route(case, self._of(self._overview)),
            Route(f"{case}/avsluta", self._of(self._close), methods=["POST"]),
            Route(f"{case}/oppna", self._of(self._open), methods=["POST"]),
            Route(f"{case}/beslutsmeddelande", self._of(self._letter)),
            Route(f"{case}/dokument", self._of(self._documents)),
            Route(f"{case}/dokument/{{id}}", self._of(self._document)),
            Route(f"{case}/narvaro", self._of(self._attendance)),
            Route(f"{case}/berakningar/{{id}}", self._of(self._calculation)),
            Route(f"{case}/berakningar/{{id}}/slutlig", self._of(self._finalise), methods=["POST"]),
            Route(f"{case}/ny/{{what}}", self._of(self._form)),
            Route(f"{case}/ny/{{what}}", self._of(self._save), methods=["POST"]),
            Route(f"{case}/{{what}}", self._of(self._listing)),
            Route("/api/{rest:path}", self._nowhere),
        ]

    def _of(self, answer: OfCase) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint of one case: others may act in it first, and what it refuses is a text."""

        async def answering(request: Request) -> Response:
            nr = request.path_params["nr"]
            staff.arrived(self._register, hits_of(request), nr)
            case = self._register.case(nr)
            if case is None:
                return _told({"fel": "Ärendet finns inte."})
            try:
                return await answer(request, case)
            except Refused as refusal:
                return _told({"fel": f"Fel: {refusal}"})

        return answering

    async def _nowhere(self, request: Request) -> Response:
        return _told({"fel": "Sidan finns inte."})

    # Search.

    async def _blank_search(self, request: Request) -> Response:
        staff.arrived(self._register, hits_of(request))
        return _told(showing.search())

    async def _search(self, request: Request) -> Response:
        """By number, or by name: the case, or the people among whom to choose."""
        staff.arrived(self._register, hits_of(request))
        asked = await _json(request)
        if name := str(asked.get("namn", "")).strip():
            people = self._register.named(name)
            if len(people) == 1:
                return _told({"arende": people[0]["arende"]})
            return _told(showing.hits(people) if people else {"fel": _NO_NAME})
        number = typed_number(str(asked.get("personnummer", "")))
        case = self._register.case_of(number) if number else None
        return _told({"arende": case["nr"]} if case else {"fel": _NOBODY})

    # What a case holds.

    async def _overview(self, request: Request, case: Json) -> Response:
        return _told(showing.overview(case))

    async def _listing(self, request: Request, case: Json) -> Response:
        what = request.path_params["what"]
        if what not in showing.LISTINGS:
            return await self._nowhere(request)
        records = self._register.records(showing.LISTINGS[what].kind, case["nr"])
        return _told(showing.listing(what, case, records, _start(request)))

    async def _calculation(self, request: Request, case: Json) -> Response:
        record = self._register.record("calculation", case["nr"], request.path_params["id"])
        return _told(showing.calculation(case, record) if record else {"fel": "Beräkningen finns inte."})

    async def _attendance(self, request: Request, case: Json) -> Response:
        return _told(showing.attendance(case, _start(request)))

    async def _documents(self, request: Request, case: Json) -> Response:
        waiting = self._register.undecided(case["nr"])
        papers = self._register.papers.listed(case["nr"])
        return _told(showing.documents(case, waiting, papers, _start(request)))

    async def _document(self, request: Request, case: Json) -> Response:
        file = self._register.papers.file(case["nr"], request.path_params["id"])
        return _file(file) if file else _told({"fel": "Dokumentet finns inte."})

    async def _letter(self, request: Request, case: Json) -> Response:
        """The PDF; that it has been fetched is what the decision waits for."""
        letter = self._register.letter(case["nr"], user_of(request) or "")
        return _file(letter) if letter else _told({"fel": NO_DRAFT})

    # What is done to a case.

    async def _close(self, request: Request, case: Json) -> Response:
        self._register.close(case["nr"], user_of(request) or "", hits_of(request))
        return _told({"sparat": True})

    async def _open(self, request: Request, case: Json) -> Response:
        self._register.open(case["nr"], user_of(request) or "", hits_of(request))
        return _told({"sparat": True})

    async def _finalise(self, request: Request, case: Json) -> Response:
        number = request.path_params["id"]
        self._register.finalise(case["nr"], number, user_of(request) or "", hits_of(request))
        return _told({"sparat": True})

    async def _form(self, request: Request, case: Json) -> Response:
        return _told(self._blank(request, case))

    async def _save(self, request: Request, case: Json) -> Response:
        """The answer is the blank form again, and whether anything was saved."""
        sent, files = await _sent(self._register.system, request)
        kind = _FORMS.get(request.path_params["what"], "")
        outcome: Json = {}
        try:
            if kind:
                nr, user, hits = case["nr"], user_of(request) or "", hits_of(request)
                number = self._register.save(kind, nr, user, _posted(sent), hits, files, _seen(sent))
                outcome = {"sparat": number is not None}
        except Refused as refusal:
            outcome = {"sparat": False, "fel": f"Fel: {refusal}"}
        return _told({**self._blank(request, case), **outcome})

    def _blank(self, request: Request, case: Json) -> Json:
        kind = _FORMS.get(request.path_params["what"])
        if kind is None:
            return {"fel": "Sidan finns inte."}
        nr = case["nr"]
        held_by = self._register.begin(nr, user_of(request) or "")
        return showing.form_view(self._register.form(kind), case, self._register.seen(nr), held_by)


def _told(content: Json) -> Response:
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _file(file: Upload) -> Response:
    return download(file.content, file.media_type, file.name)


def _start(request: Request) -> int:
    return whole(request.query_params.get("fran", ""), 0)


async def _json(request: Request) -> Json:
    """What was posted. HTTP 400 when it is no JSON object, or holds text that cannot be written down as UTF-8."""
    return _parsed(await request.body())


def _parsed(text: bytes | str) -> Json:
    try:
        sent = json.loads(text)
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(sent, dict):
        raise HTTPException(400)
    return sent


async def _sent(system: System, request: Request) -> tuple[Json, list[Upload]]:
    """What was posted, and the files with it: then a form whose field `json` is the rest."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _json(request), []
    fields, files = await posted(system, request)
    return _parsed(fields.get("json", [""])[0]), files


def _posted(sent: Json) -> Posted:
    told = sent.get("rader")
    many = told if isinstance(told, dict) else {}
    rows = {name: [_texts(row) for row in one] for name, one in many.items() if isinstance(one, list)}
    return Posted(_texts(sent.get("varden")), rows)


def _texts(told: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def _seen(sent: Json) -> int | None:
    version = sent.get("version")
    return version if isinstance(version, int) else None
