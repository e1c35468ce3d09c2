"""Scenario files as households of a practice municipality."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from scenarier import (
    HANDLAGGARE,
    TYPER,
    Scenario,
    antal_fore,
    arendenummer,
    barn,
    csn_arenden,
    forra_manaden,
    har_undertecknat,
    kontonummer,
    kostnader_fore,
    medsokande,
    normsumma_fore,
    period,
    referens,
    registerrader,
    sokande,
    vuxna,
)

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from sandkommun.worlds import World


def varld(scenarier: Iterable[Scenario]) -> World:
    """One municipality with all the scenarios' households; they must be of the same day."""
    texts = list(scenarier)
    [idag] = {text["idag"] for text in texts}
    made: dict[str, Any] = {"today": idag, "personer": {}, "hushall": {}, "arenden": {}, "inkorg": {}}
    for text in texts:
        made["personer"] |= {_key(text, name): _person(text, name) for name in text["personer"]}
        made["hushall"][f"hushall-{referens(text)}"] = {
            "adress": f"Provvägen {text['nummer']}, 999 01 Sandköping",
            "vuxna": [_key(text, name) for name in vuxna(text)],
            "barn": [_key(text, name) for name in barn(text)],
        }
        made["arenden"][arendenummer(text)] = _case(text)
        made["inkorg"][referens(text)] = _application(text)
    return World.model_validate(made)


def _key(text: Scenario, name: str) -> str:
    return f"{referens(text)}-{list(text['personer']).index(name)}"


def _person(text: Scenario, name: str) -> dict[str, Any]:
    person = text["personer"][name]
    made: dict[str, Any] = {"personnummer": person["personnummer"], "fornamn": name, "efternamn": "Testsson"}
    if person.get("skyddad"):
        made["skydd"] = "Skyddad folkbokföring"
    if medsokande(text):
        made["civilstand"] = "Ogift" if "barn" in person else "Gift"
    if "barn" in person:
        return made
    made["fk"] = {"status": "OTILLGANGLIG"} if "försäkringskassan" in person else {"utbetalningar": _paid(text, name)}
    made["csn"] = {
        "arenden": [
            {"typ": row["typ"], "status": row["lage"], "fran": row["fran"], "till": row["till"]}
            for row in csn_arenden(text, name)
        ],
        "utbetalningar": [
            {"datum": row["betald"], "typ": "Studiemedel", "belopp": row["belopp"]}
            for row in registerrader(text, name, "CSN")
        ],
    }
    made["af"] = {
        "arbetssokande": True,
        "kategori": "Öppet arbetslös",
        "registrerad": "2025-11-03",
        "omfattning": 100,
        "aktivitetsrapport": {"period": "2026-10", "kod": 200},
        "avaktualiserad": person.get("avaktualiserad"),
    }
    return made


def _paid(text: Scenario, name: str) -> list[dict[str, Any]]:
    return [
        {
            "datum": row["betald"],
            "formansfamilj": "Familj",
            "forman": row["slag"],
            "typ": TYPER[row.get("typ", "månadsvis")],
            "brutto": row["belopp"],
            "netto": row["belopp"],
        }
        | period(row, "fran", "till")
        for row in registerrader(text, name, "FK")
    ]


def _case(text: Scenario) -> dict[str, Any]:
    before, partner = forra_manaden(text), medsokande(text)
    started = text.get("jobbstimulans från")
    months = [str(before.minus(n)) for n in range(text.get("månader med bistånd i följd", 7))]
    return {
        "sokande": _key(text, sokande(text)),
        "medsokande": _key(text, partner) if partner else None,
        "barn": [_key(text, name) for name in barn(text)],
        "handlaggare": HANDLAGGARE,
        "planering": {"innehall": "Arbetsmarknadsenheten, jobbsökarstöd", "till": "2027-02-28"},
        "jobbstimulans": {"fran": started, "till": Manad.of(started).minus(-23).last} if started else None,
        "bistandsmanader": sorted(months),
        "mottagare": f"{sokande(text)} Testsson",
        "konto": {"clearing": "9999", "konto": kontonummer(text)},
        **_history(text, before),
    }


def _history(text: Scenario, before: Manad) -> dict[str, Any]:
    """Last month, as staff registered it, and what is decided already of this one."""
    by = {"registrerad": datetime.combine(before.first.replace(day=3), time(9, 12)), "av": HANDLAGGARE}
    calculation = {
        "manad": str(before),
        "norm": "Riksnorm 2026",
        "antal": antal_fore(text),
        "inkomster": [
            {"typ": row["slag"], "person": _key(text, row["vem"]), "belopp": row["belopp"], "datum": row["betald"]}
            for row in text.get("förra månadens inkomster", [])
        ],
        "kostnader": [
            {"typ": row["slag"], "sokt": row["sökt"], "godkant": row["godkänt"], "notering": row["notering"]}
            for row in kostnader_fore(text)
        ],
        "normsumma": normsumma_fore(text),
        "resultat": -1000,
        **by,
    }
    decided = text.get("redan beslutat den här månaden")
    return {
        "berakningar": [calculation],
        "beslut": [_decision(before, 1000, by)]
        + ([_decision(Manad.parse(text["manad"]), decided, by)] if decided else []),
        "utbetalningar": [
            {
                "mottagare": f"{sokande(text)} Testsson",
                "konto": f"9999-{kontonummer(text)}",
                "manad": str(before),
                "datum": before.first.replace(day=4),
                "belopp": 1000,
                **by,
            }
        ],
        "aktualiseringar": [
            {
                "ankomst": before.first.replace(day=2),
                "typ": "Återansökan ekonomiskt bistånd",
                "referens": f"2597{text['nummer']:02}",
                **by,
            }
        ],
    }


def _decision(month: Manad, amount: int, by: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kod": "01 Bifall försörjningsstöd",
        "fran": month.first,
        "till": month.last,
        "belopp": amount,
        "motivering": "Försörjningsstöd beviljas enligt 12 kap. 1 § socialtjänstlagen.",
        "beslutsfattare": HANDLAGGARE,
        **by,
    }


def _application(text: Scenario) -> dict[str, Any]:
    partner = medsokande(text)
    return {
        "inkommet": datetime.combine(text["idag"], time(6, text["nummer"] % 60)),
        "manad": text["manad"],
        "sokande": _key(text, sokande(text)),
        "medsokande": {"person": _key(text, partner), "signerat": har_undertecknat(text, partner)} if partner else None,
        "barn": [
            {"person": _key(text, name), "boende": person["barn"], "dagar": person.get("dagar")}
            for name, person in barn(text).items()
        ],
        "boende": {"personer": len(text["personer"]), **text["bostad"]},
        "kostnader": [{"typ": kind, "belopp": amount} for kind, amount in text["kostnader"].items()],
        "inkomster": [
            {"person": _key(text, row["vem"]), "typ": row["slag"], "belopp": row["belopp"], "datum": row["betald"]}
            | period(row, "fran", "till")
            for row in text.get("inkomster", [])
        ],
        "konto": {"clearing": "9999", "konto": text.get("konto i ansökan", kontonummer(text))},
    }
