"""Försäkringskassan's and Pensionsmyndigheten's part of the SOAP answer: JSON after LEFI's förmånsinformation v9.

The two share one document. Försäkringskassan's payments are `utbetalningsuppgift` (made) and `preliminarautbetalningar`
(announced), where `avdragsbelopp` counts the tax too; Pensionsmyndigheten's are `utbetalningar` with negative `avdrag`.
"""

from datetime import date
from decimal import Decimal

from sandkommun.agencies.asking import AGENCIES, Answer
from sandkommun.storage import Json
from sandkommun.testpersoner import birth_date
from sandkommun.worlds.agencies import Fk, Fkutbetalning

_STATES = {"OK": "Tillgänglig", "FELANDE": "Felande", "OTILLGANGLIG": "Otillgänglig", "BEGRANSAD": "Begränsad"}
_TYPES = ("Lokal utbetalning", "Månad", "Daglig", "Retro", "Presumtiv")
_DEDUCTIONS = {"KVI": "Kvittning", "INF": "Utmätning", "SOC": "Socialavdrag"}
_CIVIL = {"Ogift": 1, "Gift": 2, "Skild": 5, "Änka/änkling": 7}
_BENEFITS = {
    "Barnbidrag": "ABB",
    "Aktivitetsstöd": "AS",
    "Bostadsbidrag": "BOB",
    "Föräldrapenning": "FP",
    "Sjukpenning": "SJP",
    "Tillfällig föräldrapenning": "TFP",
    "Underhållsstöd": "US",
}
_CASES = {
    "Barnbidrag": "barnbidragsarende",
    "Aktivitetsstöd": "aktivitetsstodsarende",
    "Bostadsbidrag": "bostadsbidragsarende",
    "Föräldrapenning": "foraldrapenningarende",
    "Sjukpenning": "sjukpenningarende",
    "Tillfällig föräldrapenning": "tillfalligForaldrapenningarende",
    "Underhållsstöd": "underhallsstodsmottag",
}


def document(answers: list[Answer]) -> Json:
    """The JSON about one person from those of the two that were asked."""
    told: Json = {"utlamnare": [_source(one) for one in answers], "avvikelser": _deviations(answers)}
    for answer in answers:
        told |= _pension(answer) if answer.agency == "PM" else {"formansinformation": _insurance(answer)}
    return told


def _source(answer: Answer) -> Json:
    note = f" (felkod {answer.code})" if answer.code else ""
    source: Json = {
        "utlamnare": {"kod": answer.agency, "namn": AGENCIES[answer.agency]},
        "tillstand": {"kod": answer.status, "beskrivning": _STATES[answer.status] + note},
    }
    if answer.protected and answer.agency == "PM":
        source["skyddad"] = True
    return source


def _deviations(answers: list[Answer]) -> Json:
    found = [
        {
            "avvikelse": {"kod": answer.deviation, "beskrivning": answer.deviation.replace("_", " ").capitalize()},
            "formansgrupp": {"kod": f"{answer.agency}:*", "beskrivning": answer.name},
        }
        for answer in answers
        if answer.deviation and answer.status == "OK"
    ]
    return {"utbetalningar": found} if found else {}


def _insurance(answer: Answer) -> Json:
    if answer.protected:
        return {"generellPersoninformation": [{"personnummer": answer.number, "skyddad": True}]}
    if not isinstance(answer.facts, Fk):
        return {}
    told: Json = {
        "generellPersoninformation": _person(answer),
        "utbetalningsuppgift": [_payment(row) for row in answer.facts.utbetalningar if row.typ != 4],
        "preliminarautbetalningar": [_payment(row) for row in answer.facts.utbetalningar if row.typ == 4],
    }
    for row in answer.facts.arenden:
        case = {"startades": row.inkom.isoformat(), "aktivt": True, "avslaget": False, "beslut": []}
        about = {"forman": _code(row.forman), "handlaggningslage": row.status}
        told.setdefault(_CASES.get(row.forman, "ovrigtarende"), []).append({**case, **about})
    return told


def _person(answer: Answer) -> list[Json]:
    if answer.known is None:
        return []
    person = answer.known.person
    return [
        {
            "personnummer": answer.number,
            "foddes": birth_date(answer.number).isoformat(),
            "namn": person.namn,
            "skyddad": False,
            "civilstand": {"id": _CIVIL[person.civilstand], "beskrivning": person.civilstand},
            "folkbokford": [{"kommun": answer.known.municipality}],
            "barn": [{"personnummer": child} for child in answer.known.children],
        }
    ]


def _payment(row: Fkutbetalning) -> Json:
    detail = {"forman": _code(row.forman), "period": _span(row.fran, row.till)}
    details: list[Json] = [{**detail, "beloppstyp": _code(row.forman), "bruttobelopp": _money(row.brutto)}]
    if row.skatt:
        kind = {"id": "PS", "beskrivning": "Preliminär skatt"}
        details.append({**detail, "beloppstyp": kind, "skattebelopp": _money(row.skatt)})
    if row.avdrag:
        kind = {"id": row.avdragstyp or "OAV", "beskrivning": _DEDUCTIONS.get(row.avdragstyp, "Ospecificerade avdrag")}
        details.append({**detail, "beloppstyp": kind, "avdragsbelopp": _money(row.avdrag)})
    return {
        "typ": {"id": row.typ, "beskrivning": _TYPES[row.typ]},
        "foretag": {"id": 1001, "beskrivning": "Försäkringskassan"},
        "formansfamilj": {"id": row.formansfamilj[:3].upper(), "beskrivning": row.formansfamilj},
        "datum": row.datum.isoformat(),
        "period": _span(row.fran, row.till),
        "bruttobelopp": _money(row.brutto),
        "skattebelopp": _money(row.skatt),
        "avdragsbelopp": _money(row.skatt + row.avdrag),
        "nettobelopp": _money(row.netto),
        "utbetalningsdetalj": details,
    }


def _pension(answer: Answer) -> Json:
    if not isinstance(answer.facts, Fk):
        return {}
    rows = answer.facts.utbetalningar
    return {
        "ansprak": [
            {
                "ankomstdatum": row.inkom.isoformat(),
                "formansgrupp": {"kod": "PM:AP", "beskrivning": row.forman},
                "anspraksstatus": row.status,
            }
            for row in answer.facts.arenden
        ],
        "utbetalningar": [_pension_payment(row) for row in rows if row.typ != 4],
        "preliminaraUtbetalningar": [_pension_payment(row) for row in rows if row.typ == 4],
    }


def _pension_payment(row: Fkutbetalning) -> Json:
    kinds = [("PS", "Preliminär skatt", row.skatt), (row.avdragstyp or "AVDRAGOVRIGT", "Avdrag", row.avdrag)]
    part = {
        "formansgrupp": {"kod": "PM:AP", "beskrivning": row.formansfamilj},
        "utbetalningsforman": {"kod": "PM:AP38", "beskrivning": row.forman},
        "beloppstyp": {"kod": f"PM:{row.typ}", "beskrivning": _TYPES[row.typ]},
        "belopp": _plain(row.brutto),
    }
    return {
        "utbetalningsdatum": row.datum.isoformat(),
        "utbetalningsperiod": {"from": _iso(row.fran), "tom": _iso(row.till)},
        "bruttobelopp": _plain(row.brutto),
        "nettobelopp": _plain(row.netto),
        "avdrag": [
            {"belopp": -_plain(amount), "avdragstyp": {"kod": f"PM:{kind}", "beskrivning": text}}
            for kind, text, amount in kinds
            if amount
        ],
        "utbetalningsrader": [part],
    }


def _code(benefit: str) -> Json:
    return {"id": _BENEFITS.get(benefit, "OVR"), "beskrivning": benefit}


def _span(start: date | None, end: date | None) -> Json:
    return {"fran": _iso(start), "till": _iso(end)}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _money(amount: Decimal) -> Json:
    return {"summa": _plain(amount), "valuta": "SEK"}


def _plain(amount: Decimal) -> int | float:
    return int(amount) if amount == int(amount) else float(amount)
