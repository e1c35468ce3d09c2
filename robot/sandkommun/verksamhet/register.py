"""The case system's records: cases, their history from the world, and what is registered since."""

from decimal import Decimal
from typing import Any

from sandkommun.storage import Database, Json, Record
from sandkommun.stubbornness.hitting import Hits
from sandkommun.verksamhet.entry import Posted, read
from sandkommun.verksamhet.forms import Form
from sandkommun.worlds.cases import Arende
from sandkommun.worlds.model import World

KINDS = {
    "aktualiseringar": "matter",
    "berakningar": "calculation",
    "beslut": "decision",
    "utbetalningar": "payment",
    "anteckningar": "note",
    "bevakningar": "monitoring",
}
"""The world's (and the judges') names of what a case holds, and how the database calls it."""


class Register:
    """The records of one case system."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def case(self, nr: str) -> Json | None:
        return self._database.document("case", nr)

    def case_of(self, number: str) -> Json | None:
        """The case in which somebody is applicant or co-applicant."""
        party = self._database.document("party", number)
        return self.case(party["arende"]) if party else None

    def records(self, kind: str, nr: str) -> list[Record]:
        return self._database.records(kind, nr)

    def draft(self, nr: str) -> Record | None:
        """The latest calculation of a case if it is still a draft."""
        latest = self._latest(nr)
        return latest if latest and latest.content["status"] == "Utkast" else None

    def save(self, form: Form, case: Json, user: str, now: str, posted: Posted, hits: Hits) -> None:
        """Register what was typed into a form, again and again if asked again. Raises Refused.

        A decision locks its calculation, and is silently not registered when the letter has not been fetched.
        """
        content = read(form, posted, [person["personnummer"] for person in case["personer"]])
        if form.kind != "decision":
            self.add(form.kind, case, user, now, content)
            return
        latest = self._latest(case["nr"])
        letters = {record.content["berakning"] for record in self.records("letter", case["nr"])}
        if latest is None or latest.id not in letters:
            return
        with self._database.together():
            self.add("decision", case, user, now, content)
            self._database.change(latest, {**latest.content, "status": "Slutlig"}, user)

    def add(self, kind: str, case: Json, user: str, now: str, content: Json) -> None:
        """Lay a record into a case."""
        about = {"arende": case["nr"], "sokande": case["sokande"]}
        self._database.add(kind, case["nr"], user, {**about, **content, "registrerad": now, "av": user})

    def _latest(self, nr: str) -> Record | None:
        calculations = self.records("calculation", nr)
        return calculations[-1] if calculations else None


def fill(world: World, database: Database) -> None:
    """Lay the world's cases and their history down."""
    with database.together():
        for nr, case in world.arenden.items():
            database.put("case", nr, _case(world, nr, case))
            for key in case.medlemmar:
                if key not in case.barn:
                    database.put("party", world.personer[key].personnummer, {"arende": nr})
            for name, kind in KINDS.items():
                for entry in sorted(getattr(case, name), key=lambda entry: (entry.registrerad, entry.av)):
                    content = entry.model_dump(mode="json")
                    for row in content.get("inkomster", []):
                        row["person"] = world.personer[row["person"]].personnummer
                    about = {"arende": nr, "sokande": world.personer[case.sokande].personnummer}
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
    plain: dict[str, Any] = case.model_dump(mode="json", include={"status", "avslutat", "handlaggare", "mottagare"})
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


def granted(calculation: Json) -> Decimal:
    """What a calculation leaves to grant: its underskott, never less than nothing."""
    return max(-Decimal(calculation["resultat"]), Decimal(0))
