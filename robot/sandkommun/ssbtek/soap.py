"""The same answers as a SOAP service: SSBTEK v10, `hamtaBastjanstInformation`.

Who asks is one of the site's users, by HTTP Basic, or by the connection's certificate where the site is entered so.
"""

import base64
import json

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandkommun.agencies.asking import PROTECTED, Answer, ask, within
from sandkommun.logging_in.by_certificate import certificate_holder
from sandkommun.logging_in.rules import Refused, check_open, check_password, let_in, must_change
from sandkommun.ssbtek import lefi
from sandkommun.ssbtek.asked import AGENCIES, Asked, Fault, read
from sandkommun.ssbtek.question import record
from sandkommun.system import System

PATH = "/soap/ssbtek/v10"
_TIMEOUTS = {"OTILLGANGLIG"}
_STUDY_AID = {
    "Studiehjälp": "Studiehjalp",
    "Hemutrustningslån": "HemutrustningsLan",
    "Studiestartsstöd": "Studiestartsstod",
}
"""In which part of CSN's answer a case stands; in Studiemedel unless said here."""


def routes(system: System) -> list[BaseRoute]:
    """The endpoint."""

    async def serve(request: Request) -> Response:
        user = _user(system, request)
        if user is None:
            return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="SSBTEK"'})
        request.state.user = user
        try:
            asked = read(await request.body())
        except Fault as fault:
            return _xml(system, "fault.xml", 500, code=fault.code, text=str(fault))
        record(system, asked.question, user)
        answers = ask(system, asked.question.number, asked.question.agencies, user)
        return _answered(system, asked, {one.agency: _narrowed(asked, one) for one in answers})

    return [Route(PATH, serve, methods=["POST"])]


def _user(system: System, request: Request) -> str | None:
    """Who asks; the rules of the site's accounts hold here too."""
    try:
        user = _proved(system, request)
    except (ValueError, Refused):
        return None
    if user is None or must_change(system, user):
        return None
    let_in(system, user)
    return user


def _proved(system: System, request: Request) -> str | None:
    """Who the certificate or the Authorization header says it is. Raises Refused, and ValueError for what is no
    base64."""
    if system.kommun.login(system.name) == "certifikat":
        holder = certificate_holder(request)
        if holder is not None and holder in system.accounts:
            check_open(system, request, holder)
            return holder
        return None
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    return check_password(system, request, user, password, "").user


def _narrowed(asked: Asked, answer: Answer) -> Answer:
    period = asked.periods[answer.agency]
    return within(answer, period.start, period.end)


def _answered(system: System, asked: Asked, answers: dict[str, Answer]) -> Response:
    insurers = [answers[code] for code in ("FK", "PM") if code in answers]
    csn = answers.get("CSN")
    return _xml(
        system,
        "response.xml",
        200,
        asked=asked,
        echo=Markup(asked.echo),  # noqa: S704 - serialised XML
        agencies=[(code, answers[name]) for code, name in AGENCIES.items() if name in answers],
        errors={one.agency: _error(one) for one in answers.values()},
        lefi=_encoded(json.dumps(lefi.document(insurers), ensure_ascii=False)) if insurers else "",
        csn=_encoded(_csn(system, csn)) if csn else "",
    )


def _error(answer: Answer) -> dict[str, str] | None:
    """The error that stands instead of an agency's data, if one does. FK and PM tell their state inside the data, and
    AF and CSN mark a protected person there."""
    if answer.agency in {"FK", "PM"}:
        return None
    if answer.status in _TIMEOUTS:
        return {"kalla": "SSBT", "felkod": answer.code, "felmeddelande": f"{answer.name} svarade inte i tid."}
    if answer.status != "OK":
        return {"kalla": "BT", "felkod": answer.code, "felmeddelande": f"Tekniskt fel hos {answer.name}."}
    if answer.protected and answer.agency not in {"AF", "CSN"}:
        return {"kalla": "BT", "felkod": PROTECTED, "felmeddelande": "Uppgifterna lämnas inte ut elektroniskt."}
    return None


def _csn(system: System, answer: Answer) -> str:
    """CSN's own document. Payments stand in the plan of the first case of their kind, or in one without a status."""
    parts: dict[str, list[dict[str, object]]] = {
        part: [] for part in ("Studiemedel", "Studiehjalp", "HemutrustningsLan", "Studiestartsstod")
    }
    if answer.facts:
        unplaced = list(answer.facts.utbetalningar)
        for case in answer.facts.arenden:
            paid = [row for row in unplaced if row.typ == case.typ]
            unplaced = [row for row in unplaced if row.typ != case.typ]
            parts[_STUDY_AID.get(case.typ, "Studiemedel")].append({"typ": case.typ, "case": case, "paid": paid})
        for kind in dict.fromkeys(row.typ for row in unplaced):
            paid = [row for row in unplaced if row.typ == kind]
            parts[_STUDY_AID.get(kind, "Studiemedel")].append({"typ": kind, "case": None, "paid": paid})
    template = system.pages.get_template("soap/csn.xml")
    return template.render(answer=answer, parts=parts, hit=any(parts.values()), today=system.clock.today)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _xml(system: System, template: str, status: int, **values: object) -> Response:
    text = system.pages.get_template(f"soap/{template}").render(**values)
    return Response(text.encode(), status, media_type="text/xml; charset=utf-8")
