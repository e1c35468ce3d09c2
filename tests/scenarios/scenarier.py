"""Scenario files, read as an application with its facts. `scenariovarld` makes households of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from sandkommun.generating.norms import norm_sum
from sandkommun.testpersoner import birth_date

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yaml"))
LAST = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
TYPER = {"månadsvis": 1, "retroaktiv": 3}
SIDA = ("Medicin", "Tandvård", "Glasögon", "Skuld")
HANDLAGGARE = "Hilda Handläggarsson"

Scenario = Mapping[str, Any]


@dataclass(frozen=True)
class Fall:
    """One scenario as the pure function takes it."""

    ansokan: Ansokan
    underlag: Underlag
    idag: date
    vantat: dict[str, Any]


def las(path: Path) -> Scenario:
    """One scenario file."""
    return dict(yaml.safe_load(path.read_text("utf-8")))


def referens(text: Scenario) -> str:
    """The e-service's number of the scenario's application."""
    return f"2601{text.get('nummer', 0):02}"


def arendenummer(text: Scenario) -> str:
    return f"47{text.get('nummer', 0):02}"


def kontonummer(text: Scenario) -> str:
    return f"10000{text.get('nummer', 0):02}"


def forra_manaden(text: Scenario) -> Manad:
    return Manad.parse(text["manad"]).minus(1)


def barn(text: Scenario) -> dict[str, Any]:
    return {name: person for name, person in text["personer"].items() if "barn" in person}


def vuxna(text: Scenario) -> dict[str, Any]:
    return {name: person for name, person in text["personer"].items() if "barn" not in person}


def antal_fore(text: Scenario) -> int:
    """For how many last month's calculation was: a child on visits has no part in what is common."""
    return len(text["personer"]) - sum(person["barn"] == "Umgänge" for person in barn(text).values())


def normsumma_fore(text: Scenario) -> int:
    """Last month's norm as staff put it down: the riksnorm of the household at the ages of then."""
    last, lives = forra_manaden(text).last, barn(text)
    home, ages = text["bostad"], []
    for person in lives.values():
        born = birth_date(person["personnummer"])
        ages.append(last.year - born.year - ((last.month, last.day) < (born.month, born.day)))
    part_time = {place: one.get("dagar") for place, one in enumerate(lives.values()) if one["barn"] != "Heltid"}
    others = home["personer"] - len(text["personer"]) if home.get("delad") else 0
    return norm_sum(last.year, len(vuxna(text)), ages, others, part_time)


def sokande(text: Scenario) -> str:
    return next(iter(text["personer"]))


def medsokande(text: Scenario) -> str | None:
    return next((name for name, person in text["personer"].items() if "medsökande" in person), None)


def har_undertecknat(text: Scenario, name: str) -> bool:
    return bool(text["personer"][name]["medsökande"] == "undertecknat")


def registerrader(text: Scenario, name: str, register: str) -> list[dict[str, Any]]:
    """The payments that an agency shows of somebody: FK unless the row says otherwise, CSN for study aid."""
    stated = [row for row in text.get("inkomster", []) if "register" in row]
    rows = [*stated, *text.get("i registret men inte i ansökan", [])]
    return [row for row in rows if row["vem"] == name and row.get("register", "FK") == register]


def csn_arenden(text: Scenario, name: str) -> list[dict[str, Any]]:
    """CSN's decisions about somebody, as the file has them."""
    return list(text["personer"][name].get("csn", []))


def kostnader_fore(text: Scenario) -> list[dict[str, Any]]:
    """Last month's cost rows: as now, without what is decided apart, unless the file says otherwise."""
    known = text.get("förra månadens kostnader", {})
    regular = [kind for kind in text["kostnader"] if kind not in SIDA and kind in _REGULAR]
    return [
        {"slag": kind, "sökt": text["kostnader"].get(kind), "godkänt": text["kostnader"].get(kind), "notering": ""}
        | known.get(kind, {})
        for kind in dict.fromkeys([*regular, *known])
    ]


_REGULAR = ("Hyra", "Hushållsel", "Hemförsäkring", "Arbetsresor", "Fackavgift", "A-kasseavgift")


def period(row: Mapping[str, Any], first: str, last: str) -> dict[str, str]:
    if "avser" not in row:
        return {}
    month = Manad.parse(row["avser"])
    return {first: month.first.isoformat(), last: month.last.isoformat()}


def fall(text: Scenario) -> Fall:
    """The application and its facts."""
    return Fall(_ansokan(text), _underlag(text), text["idag"], text.get("väntat", {}))


def _last(source: str) -> dict[str, Any]:
    return {"kalla": source, "tidpunkt": LAST}


def _numbers(text: Scenario) -> dict[str, str]:
    return {name: person["personnummer"] for name, person in text["personer"].items()}


def _ansokan(text: Scenario) -> Ansokan:
    applicant, partner, numbers = sokande(text), medsokande(text), _numbers(text)
    return Ansokan.model_validate(
        {
            "referens": referens(text),
            "inkommen": datetime.combine(text["idag"], time(5, 58, 12)),
            "sokande": _named(text, applicant),
            "medsokande": {**_named(text, partner), "har_undertecknat": har_undertecknat(text, partner)}
            if partner
            else None,
            "manad": text["manad"],
            "barn": [
                {**_named(text, name), "boende": person["barn"]}
                | ({"dagar": person["dagar"]} if "dagar" in person else {})
                for name, person in barn(text).items()
            ],
            "hushallet_andrat": False,
            "bostad": {"typ": "Hyresrätt", "personer": len(numbers), "delad": False, **text["bostad"]},
            "kostnader": [{"slag": kind, "belopp": amount} for kind, amount in text["kostnader"].items()],
            "inkomster": [
                {"person": numbers[row["vem"]], "slag": row["slag"], "belopp": row["belopp"], "betald": row["betald"]}
                | period(row, "period_fran", "period_till")
                for row in text.get("inkomster", [])
            ],
            **dict.fromkeys(
                ("tillgangar", "fordon", "studier", "vantar_pa_ersattning", "akassa", "vistelse_utanfor"), False
            ),
            "utbetalning": {
                "metod": "Konto",
                "clearing": "9999",
                "konto": text.get("konto i ansökan", kontonummer(text)),
                "andrat": False,
            },
            "intygad": True,
        }
    )


def _named(text: Scenario, name: str) -> dict[str, str]:
    return {"fornamn": name, "efternamn": "Testsson", "personnummer": text["personer"][name]["personnummer"]}


def _underlag(text: Scenario) -> Underlag:
    return Underlag.model_validate(
        {
            "folkbokforing": [_folkbokforing(name, text) for name in text["personer"]],
            "arende": _arende(text),
            "fk": [_fk(name, text) for name in vuxna(text)],
            "af": [
                {
                    "person": person["personnummer"],
                    "status": "svar",
                    "lasning": _last("AF"),
                    "kallstatus": "OK",
                    "arbetssokande": "avaktualiserad" not in person,
                    "avaktualiserad": person.get("avaktualiserad"),
                    "aktivitetsrapport": "200",
                }
                for person in vuxna(text).values()
            ],
            "csn": [_csn(name, text) for name in vuxna(text)],
            **{
                register: [
                    {
                        "person": person["personnummer"],
                        "status": "inget",
                        "lasning": _last(register),
                        "kallstatus": "OK",
                    }
                    for person in vuxna(text).values()
                ]
                for register in ("pm", "so", "skv", "ts")
            },
        }
    )


def _folkbokforing(name: str, text: Scenario) -> dict[str, Any]:
    numbers = _numbers(text)
    read = {"person": numbers[name], "status": "svar", "lasning": _last("Folkbokföringen")}
    if text["personer"][name].get("skyddad"):
        return read | {"skydd": "skyddad_folkbokforing"}
    relations = {
        other: "Barn" if "barn" in person else "Make/maka"
        for other, person in text["personer"].items()
        if other != name
    }
    return read | {
        "skydd": "inget",
        "namn": f"{name} Testsson",
        "kommun": "Sandkommun",
        "medborgarskap": "Sverige",
        "hushall": [
            {"personnummer": numbers[other], "namn": other, "relation": relation}
            for other, relation in relations.items()
        ],
    }


def _arende(text: Scenario) -> dict[str, Any]:
    numbers, before = _numbers(text), forra_manaden(text)
    decided = text.get("redan beslutat den här månaden")
    return {
        "status": "svar",
        "lasning": _last("Verksamhetssystemet"),
        "nummer": arendenummer(text),
        "aktivt": True,
        "handlaggare": HANDLAGGARE,
        "hushall": list(numbers.values()),
        "planering": {"aktiv": True, "till": "2027-02-28"},
        "jobbstimulans": [
            {
                "person": person["personnummer"],
                "manader": text.get("månader med bistånd i följd", 7),
                "fran": text.get("jobbstimulans från"),
            }
            for person in vuxna(text).values()
        ],
        "konto": {"clearing": "9999", "konto": kontonummer(text)},
        "berakningar": [
            {
                "manad": before,
                "slutlig": True,
                "norm_namn": "Riksnorm 2026",
                "antal_personer": antal_fore(text),
                "normsumma": normsumma_fore(text),
                "resultat": "-1000",
                "inkomster": [
                    {"person": numbers[r["vem"]], "slag": r["slag"], "belopp": r["belopp"], "datum": r["betald"]}
                    for r in text.get("förra månadens inkomster", [])
                ],
                "kostnader": [
                    {
                        "slag": row["slag"],
                        "ansokt": row["sökt"],
                        "godkant": row["godkänt"],
                        "notering": row["notering"],
                    }
                    for row in kostnader_fore(text)
                ],
            }
        ],
        "beslut": [{"manad": before, "kod": "01", "belopp": 1000, "datum": before.first.replace(day=3)}]
        + ([{"manad": text["manad"], "kod": "01", "belopp": decided, "datum": text["idag"]}] if decided else []),
        "utbetalningar": [
            {"manad": before, "mottagare": "Sökanden", "belopp": 1000, "konto": f"9999-{kontonummer(text)}"}
        ],
        "aktualiseringar": [{"manad": None, "referens": "259700", "datum": before.first.replace(day=2)}],
        "narvaro": [],
    }


def _fk(name: str, text: Scenario) -> dict[str, Any]:
    person = text["personer"][name]
    asked = {"person": person["personnummer"], "lasning": _last("FK")}
    if "försäkringskassan" in person:
        return {**asked, "status": "ej_kontrollerbart", "kallstatus": "OTILLGANGLIG"}
    payments = [
        {
            "datum": row["betald"],
            "formansfamilj": "Familj",
            "forman": row["slag"],
            "brutto": row["belopp"],
            "skatt": 0,
            "netto": row["belopp"],
            "typ": TYPER[row.get("typ", "månadsvis")],
        }
        | period(row, "period_fran", "period_till")
        for row in registerrader(text, name, "FK")
    ]
    return {**asked, "status": "svar" if payments else "inget", "kallstatus": "OK", "utbetalningar": payments}


def _csn(name: str, text: Scenario) -> dict[str, Any]:
    payments = [
        {"datum": row["betald"], "typ": "Studiemedel", "belopp": row["belopp"], "utbetald": True}
        for row in registerrader(text, name, "CSN")
    ]
    decisions = csn_arenden(text, name)
    return {
        "person": text["personer"][name]["personnummer"],
        "lasning": _last("CSN"),
        "kallstatus": "OK",
        "status": "svar" if payments or decisions else "inget",
        "arenden": decisions,
        "utbetalningar": payments,
    }
