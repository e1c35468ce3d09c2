"""What the parking department keeps: applications with medical statements, decisions, the register of permits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sandkommun.storage import Database, Json, Record
from sandkommun.system import System, typed_date
from sandkommun.worlds.model import World

GRANTED, REFUSED = "Bevilja", "Avslå"
OPEN_STATUSES = ("Inkommen", "Under utredning", "Väntar på komplettering")
DECIDED = "Beslutad"
LONGEST_YEARS = 5
HIDDEN = "Skyddade uppgifter"


@dataclass(frozen=True)
class Decision:
    """What a handler decides. The days are None when refused."""

    granted: bool
    first: date | None
    last: date | None
    reason: str


def fill(world: World, database: Database) -> None:
    """Lay the department's part of a world down."""
    homes = {key: home.adress for home in world.hushall.values() for key in home.medlemmar}

    def holder(key: str) -> Json:
        person = world.personer[key]
        address = HIDDEN if person.skydd else homes[key]
        return {"personnummer": person.personnummer, "namn": person.namn, "adress": address}

    said = world.parkering
    with database.together():
        for ref, application in said.ansokningar.items():
            content = application.model_dump(mode="json") | {"ref": ref, "sokande": holder(application.sokande)}
            statement = said.utlatanden.get(ref)
            content["utlatande"] = None if statement is None else statement.model_dump(mode="json")
            database.put("ansokan", ref, content)
        for number, permit in said.tillstand.items():
            content = permit.model_dump(mode="json") | {"nummer": number, "innehavare": holder(permit.innehavare)}
            database.put("tillstand", number, {**content, "ansokan": None})


def decision_in(fields: Mapping[str, str]) -> Decision | list[str]:
    """The decision that was typed (beslut, giltigt_fran, giltigt_till, motivering), or what is wrong with it."""
    wrong = []
    if fields["beslut"] not in (GRANTED, REFUSED):
        wrong.append("Välj om ansökan beviljas eller avslås.")
    granted = fields["beslut"] == GRANTED
    first, last = typed_date(fields["giltigt_fran"]), typed_date(fields["giltigt_till"])
    if granted and (first is None or last is None):
        wrong.append("Ange giltighetstiden som ÅÅÅÅ-MM-DD.")
    elif granted and first and last and last <= first:
        wrong.append("Giltigt till ska ligga efter giltigt från.")
    elif granted and first and last and (last.year - LONGEST_YEARS, last.month, last.day) > _parts(first):
        wrong.append(f"Ett tillstånd gäller högst {LONGEST_YEARS} år.")
    if fields["beslut"] == REFUSED and (fields["giltigt_fran"] or fields["giltigt_till"]):
        wrong.append("Ett avslag har ingen giltighetstid.")
    if not fields["motivering"]:
        wrong.append("Motivering saknas.")
    if wrong:
        return wrong
    return Decision(granted, first if granted else None, last if granted else None, fields["motivering"])


def _parts(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


class Permits:
    """The department's applications and permits."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._database = system.database

    def applications(self) -> list[Json]:
        """Every application that has come, newest first."""
        today = self._system.clock.today.isoformat()
        come = [one for one in self._database.documents("ansokan") if one["inkommet"] <= today]
        return sorted(come, key=lambda one: (one["inkommet"], one["ref"]), reverse=True)

    def application(self, ref: str) -> Json | None:
        """An application that has come."""
        one = self._database.document("ansokan", ref)
        return one if one and one["inkommet"] <= self._system.clock.today.isoformat() else None

    def decision(self, ref: str) -> Record | None:
        """The decision of an application."""
        made = self._database.records("beslut", ref)
        return made[-1] if made else None

    def set_status(self, application: Json, status: str, user: str) -> None:
        """Give an application another status."""
        self._database.put("ansokan", application["ref"], {**application, "status": status}, user=user)

    def decide(self, application: Json, decision: Decision, user: str) -> None:
        """Decide an application; a granted one becomes a permit in the register."""
        ref = application["ref"]
        number = self._next_number() if decision.granted else None
        days = {
            "fran": decision.first.isoformat() if decision.first else None,
            "till": decision.last.isoformat() if decision.last else None,
        }
        content = {
            "ansokan": ref,
            "sokande": application["sokande"]["personnummer"],
            "beslut": "Beviljad" if decision.granted else "Avslagen",
            **days,
            "motivering": decision.reason,
            "tillstand": number,
            "registrerad": self._system.now(),
        }
        with self._database.together():
            self._database.add("beslut", ref, user, content)
            self.set_status(application, DECIDED, user)
            if number:
                permit = {"nummer": number, "innehavare": application["sokande"], "som": application["som"], **days}
                permit |= {"aterkallat": None, "skal": "", "ansokan": ref}
                self._database.put("tillstand", number, permit, user=user)

    def permits(self) -> list[Json]:
        """The whole register by number, each with its `lage` on the world's day."""
        return sorted((self._with_state(one) for one in self._database.documents("tillstand")), key=_by_number)

    def permit(self, number: str) -> Json | None:
        """One permit, with its `lage` on the world's day."""
        one = self._database.document("tillstand", number)
        return self._with_state(one) if one else None

    def revoke(self, permit: Json, reason: str, user: str) -> None:
        """Revoke a permit from the world's day on."""
        day = self._system.clock.today.isoformat()
        kept = {name: value for name, value in permit.items() if name != "lage"}
        with self._database.together():
            self._database.put("tillstand", permit["nummer"], {**kept, "aterkallat": day, "skal": reason}, user=user)
            content = {"tillstand": permit["nummer"], "datum": day, "skal": reason}
            self._database.add("aterkallelse", permit["nummer"], user, content)

    def _with_state(self, permit: Json) -> Json:
        today = self._system.clock.today.isoformat()
        if permit["aterkallat"] and permit["aterkallat"] <= today:
            state = "Återkallat"
        elif permit["till"] < today:
            state = "Utgånget"
        else:
            state = "Giltigt" if permit["fran"] <= today else "Ännu inte giltigt"
        return {**permit, "lage": state}

    def _next_number(self) -> str:
        """The year, then one more than the highest number of any year."""
        highest = max((_by_number(one)[1] for one in self._database.documents("tillstand")), default=0)
        return f"{self._system.clock.today.year}-{highest + 1:05}"


def _by_number(permit: Json) -> tuple[str, int]:
    year, _, number = str(permit["nummer"]).partition("-")
    return year, int(number)
