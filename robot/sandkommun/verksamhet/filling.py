"""Lays a world's cases down: what the case system holds when it starts."""

from sandkommun.storage import Database, Json
from sandkommun.worlds.cases import Arende
from sandkommun.worlds.model import World

KINDS = {
    "aktualiseringar": "matter",
    "berakningar": "calculation",
    "beslut": "decision",
    "utbetalningar": "payment",
    "anteckningar": "note",
    "bevakningar": "monitoring",
    "dokument": "document",
}
"""The world's (and the judges') names of what a case holds, and how the database calls it."""


def fill(world: World, database: Database) -> None:
    """Lay the world's cases and their history down."""
    names: dict[str, list[Json]] = {}
    with database.together():
        for nr, case in world.arenden.items():
            content = _case(world, nr, case)
            database.put("case", nr, content)
            for key in case.medlemmar:
                if key not in case.barn:
                    database.put("party", world.personer[key].personnummer, {"arende": nr})
            for person in content["personer"]:
                for word in set(words(person["namn"])):
                    names.setdefault(word, []).append({**person, "arende": nr})
            _history(world, nr, case, database)
        database.put("cases", "numbers", {"nr": list(world.arenden)})
        for word, hits in names.items():
            database.put("name", word, {"personer": hits})


def words(name: str) -> list[str]:
    """The words of a name as the search compares them."""
    return name.replace(",", " ").casefold().split()


def _history(world: World, nr: str, case: Arende, database: Database) -> None:
    about = {"arende": nr, "sokande": world.personer[case.sokande].personnummer}
    for name, kind in KINDS.items():
        for entry in sorted(getattr(case, name), key=lambda entry: (entry.registrerad, entry.av)):
            content = entry.model_dump(mode="json")
            for row in content.get("inkomster", []):
                row["person"] = world.personer[row["person"]].personnummer
            database.add(kind, nr, entry.av, {**about, **content}, history=True)


def _case(world: World, nr: str, case: Arende) -> Json:
    roles = {case.sokande: "Sökande", **({case.medsokande: "Medsökande"} if case.medsokande else {})}
    people = [
        {
            "personnummer": world.personer[key].personnummer,
            "namn": world.personer[key].namn,
            "roll": roles.get(key, "Barn"),
        }
        for key in case.medlemmar
    ]
    co_applicant = world.personer[case.medsokande] if case.medsokande else None
    shown = {"status", "avslutat", "handlaggare", "arbetsmarknadssekreterare", "mottagare", "narvaro"}
    plain: Json = case.model_dump(mode="json", include=shown)
    return {
        **plain,
        "nr": nr,
        "sokande": world.personer[case.sokande].personnummer,
        "namn": world.personer[case.sokande].namn,
        "medsokande": co_applicant.personnummer if co_applicant else "",
        "medsokande_namn": co_applicant.namn if co_applicant else "",
        "planering": case.planering.innehall if case.planering else "",
        "planering_till": case.planering.till.isoformat() if case.planering else "",
        "jobbstimulans_fran": case.jobbstimulans.fran.isoformat() if case.jobbstimulans else "",
        "jobbstimulans_till": case.jobbstimulans.till.isoformat() if case.jobbstimulans else "",
        "bistandsmanader": ", ".join(case.bistandsmanader),
        "konto": case.konto.text if case.konto else "",
        "personer": people,
    }
