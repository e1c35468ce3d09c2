"""Builds an application and its facts from the short Swedish description that scenario files use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk, load_regelverk
from arbetsfloden.ekonomiskt_bistand.underlag import Underlag

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
LAST = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Fall:
    ansokan: Ansokan
    underlag: Underlag
    idag: date
    vantat: dict[str, Any]


@pytest.fixture(scope="session")
def regelverk() -> Regelverk:
    return load_regelverk(CONFIG)


@pytest.fixture(scope="session")
def bygg() -> Callable[[dict[str, Any]], Fall]:
    def build(text: dict[str, Any]) -> Fall:
        return Fall(_ansokan(text), _underlag(text), text["idag"], text.get("väntat", {}))

    return build


def _last(source: str) -> dict[str, Any]:
    return {"kalla": source, "tidpunkt": LAST}


def _numbers(text: dict[str, Any]) -> dict[str, str]:
    return {name: person["personnummer"] for name, person in text["personer"].items()}


def _ansokan(text: dict[str, Any]) -> Ansokan:
    (applicant, who), *others = text["personer"].items()
    numbers = _numbers(text)
    partner = next(((name, p) for name, p in others if "medsökande" in p), None)
    return Ansokan.model_validate(
        {
            "referens": "260100",
            "inkommen": "2026-12-01T05:58:12",
            "sokande": {"fornamn": applicant, "efternamn": "Testsson", "personnummer": who["personnummer"]},
            "medsokande": {
                "fornamn": partner[0],
                "efternamn": "Testsson",
                "personnummer": partner[1]["personnummer"],
                "har_undertecknat": partner[1]["medsökande"] == "undertecknat",
            }
            if partner
            else None,
            "manad": text["manad"],
            "barn": [
                {"fornamn": name, "efternamn": "Testsson", "personnummer": p["personnummer"], "boende": p["barn"]}
                | ({"dagar": p["dagar"]} if "dagar" in p else {})
                for name, p in others
                if "barn" in p
            ],
            "hushallet_andrat": False,
            "bostad": {"typ": "Hyresrätt", "personer": len(numbers), "delad": False, **text["bostad"]},
            "kostnader": [{"slag": kind, "belopp": amount} for kind, amount in text["kostnader"].items()],
            "inkomster": [
                {"person": numbers[row["vem"]], "slag": row["slag"], "belopp": row["belopp"], "betald": row["betald"]}
                | _period(row)
                for row in text.get("inkomster", [])
            ],
            **dict.fromkeys(
                ("tillgangar", "fordon", "studier", "vantar_pa_ersattning", "akassa", "vistelse_utanfor"), False
            ),
            "utbetalning": {"metod": "Konto", "clearing": "9999", "konto": "1000001", "andrat": False},
            "intygad": True,
        }
    )


def _period(row: dict[str, Any]) -> dict[str, date]:
    if "avser" not in row:
        return {}
    month = Manad.parse(row["avser"])
    return {"period_fran": month.first, "period_till": month.last}


def _underlag(text: dict[str, Any]) -> Underlag:
    numbers = _numbers(text)
    adults = [n for name, n in numbers.items() if "barn" not in text["personer"][name]]
    return Underlag.model_validate(
        {
            "folkbokforing": [_folkbokforing(name, text) for name in numbers],
            "arende": _arende(text, adults),
            "fk": [_fk(number, text) for number in adults],
            "af": [
                {
                    "person": number,
                    "status": "svar",
                    "lasning": _last("AF"),
                    "kallstatus": "OK",
                    "arbetssokande": True,
                    "aktivitetsrapport": "200",
                }
                for number in adults
            ],
        }
    )


def _folkbokforing(name: str, text: dict[str, Any]) -> dict[str, Any]:
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


def _arende(text: dict[str, Any], adults: list[str]) -> dict[str, Any]:
    numbers = _numbers(text)
    before = Manad.parse(text["manad"]).minus(1)
    decided = text.get("redan beslutat den här månaden")
    return {
        "status": "svar",
        "lasning": _last("Verksamhetssystemet"),
        "nummer": "4711",
        "aktivt": True,
        "handlaggare": "Hilda Handläggarsson",
        "hushall": list(numbers.values()),
        "planering": {"aktiv": True, "till": "2027-02-28"},
        "jobbstimulans": [
            {"person": n, "manader": text.get("månader med bistånd i följd", 7), "fran": text.get("jobbstimulans från")}
            for n in adults
        ],
        "konto": {"clearing": "9999", "konto": "1000001"},
        "berakningar": [
            {
                "manad": before,
                "slutlig": True,
                "norm_namn": "Riksnorm 2026",
                "antal_personer": len(numbers),
                "resultat": "-1000",
                "inkomster": [
                    {"person": numbers[r["vem"]], "slag": r["slag"], "belopp": r["belopp"], "datum": r["betald"]}
                    for r in text.get("förra månadens inkomster", [])
                ],
                "kostnader": [
                    {"slag": kind, "ansokt": amount, "godkant": amount} for kind, amount in text["kostnader"].items()
                ],
            }
        ],
        "beslut": [{"manad": before, "kod": "01", "belopp": Decimal(1000), "datum": "2026-11-03"}]
        + ([{"manad": text["manad"], "kod": "01", "belopp": decided, "datum": "2026-12-01"}] if decided else []),
        "utbetalningar": [{"manad": before, "mottagare": "Sökanden", "belopp": Decimal(1000), "konto": "9999-1000001"}],
        "aktualiseringar": [{"manad": None, "referens": "259700", "datum": "2026-11-02"}],
    }


def _fk(number: str, text: dict[str, Any]) -> dict[str, Any]:
    numbers = _numbers(text)
    rows = [row for row in text.get("inkomster", []) if row.get("register") == "FK"]
    rows += text.get("i registret men inte i ansökan", [])
    payments = [
        {
            "datum": row["betald"],
            "formansfamilj": "Familj",
            "forman": row["slag"],
            "brutto": row["belopp"],
            "skatt": 0,
            "netto": row["belopp"],
            "typ": row.get("typ", 1),
        }
        | _period(row)
        for row in rows
        if numbers[row["vem"]] == number
    ]
    return {
        "person": number,
        "status": "svar" if payments else "inget",
        "lasning": _last("FK"),
        "kallstatus": "OK",
        "utbetalningar": payments,
    }
