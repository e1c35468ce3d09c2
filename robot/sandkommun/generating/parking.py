"""Some people's parking permits: another department's applications and register."""

from datetime import date, timedelta
from random import Random
from typing import Any

from sandkommun.generating.names import first_name, surname

_EVERY = 25
"""One of so many people has to do with the department."""
_DIAGNOSES = ("Knäartros", "Höftartros", "Kärlkramp i benen", "KOL", "Reumatoid artrit")
_AIDS = ("", "Käpp", "Rollator", "Rullstol utomhus")


def permits(rng: Random, people: list[str], today: date) -> dict[str, dict[str, Any]]:
    """The department's elements of a world, about some of these people."""
    found: dict[str, dict[str, Any]] = {"ansokningar": {}, "utlatanden": {}, "tillstand": {}}
    for n, key in enumerate(rng.sample(people, len(people) // _EVERY), 1):
        drives = {} if rng.random() < 0.6 else {"som": "passagerare"}
        number = ""
        if rng.random() < 0.6:
            number = f"{today.year - rng.randint(1, 4)}-{n:05}"
            since = date(int(number[:4]), rng.randint(1, 12), 1)
            told = {
                "innehavare": key,
                **drives,
                "fran": since.isoformat(),
                "till": since.replace(year=since.year + 3).isoformat(),
            }
            if rng.random() < 0.08:
                told |= {"aterkallat": (today - timedelta(days=40)).isoformat(), "skal": "Lånats ut"}
            found["tillstand"][number] = told
        if not number or rng.random() < 0.3:
            _apply(rng, found, str(40_000 + n), {"sokande": key, **drives}, number, today)
    return found


def _apply(
    rng: Random, found: dict[str, dict[str, Any]], ref: str, who: dict[str, str], earlier: str, today: date
) -> None:
    came = today - timedelta(days=rng.randint(1, 30))
    before = {"tidigare_tillstand": earlier} if earlier else {}
    words = {"beskrivning": "Jag orkar inte gå från parkeringen till entrén."}
    missing = {"underskrift": False} if rng.random() < 0.1 else {}
    found["ansokningar"][ref] = {"inkommet": came.isoformat(), **who, **before, **words, **missing}
    if rng.random() < 0.1:
        return
    doctor = {"lakare": f"{first_name(rng)} {surname(rng)}", "vardenhet": "Provköpings vårdcentral"}
    walks = {"gangstracka_m": rng.choice((30, 50, 80, 100, 150, 300, 600))} if rng.random() < 0.9 else {}
    lasts = {"varaktighet_manader": rng.choice((3, 5, 12, 24, 36))} if rng.random() < 0.7 else {}
    found["utlatanden"][ref] = {
        "datum": (came - timedelta(days=rng.randint(3, 60))).isoformat(),
        **doctor,
        "diagnos": rng.choice(_DIAGNOSES),
        **walks,
        "hjalpmedel": rng.choice(_AIDS),
        **lasts,
        "hjalp_utanfor_fordonet": who.get("som") == "passagerare" and rng.random() < 0.7,
        "text": "Gångförmågan är varaktigt nedsatt enligt undersökning vid besök.",
    }
