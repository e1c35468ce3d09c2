"""What a world file may say. Swedish keys in the words of the trade; VARLDSFIL.md shows an example of every element."""

from collections import Counter
from datetime import date
from typing import Any, Self

from pydantic import Field, model_validator

from sandkommun.worlds.applications import Ansokan, Inkorgspost
from sandkommun.worlds.cases import Arende
from sandkommun.worlds.elements import Element, Kortref, Nyckel
from sandkommun.worlds.faults import Fel
from sandkommun.worlds.parkering import Parkering
from sandkommun.worlds.people import Hushall, Person
from sandkommun.worlds.systems import LONGEST_DELAY, SYSTEMS, USUAL_LOGIN, Inloggning, Personal, Systemnamn, Systemval

__all__ = ["SYSTEMS", "Kommun", "Systemnamn", "Systemval", "World"]


class Kommun(Element):
    """A municipality on one day, without its people: what its systems need to know to run."""

    today: date
    kommun: str = "Sandkommun"
    system: dict[Systemnamn, Systemval] = Field(default_factory=dict)
    fel: tuple[Fel, ...] = ()
    personal: Personal | None = None
    lokalt: dict[str, Any] = Field(default_factory=dict)
    """The municipality's own guidelines, in the words of the robot's configuration; sandkommun only passes them on."""

    @model_validator(mode="after")
    def _systems_fit(self) -> Self:
        problems = [
            f"system.{name}.{what}" for name, val in self.system.items() for what in val.strange(name, self.login(name))
        ]
        problems += [f"fel.{number}: {what}" for number, fel in enumerate(self.fel) if (what := self._unfit(fel))]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _unfit(self, fel: Fel) -> str:
        """Why a fault cannot happen in these systems, or nothing."""
        if fel.system not in SYSTEMS:
            return f"okänt system {fel.system}. De som finns: {', '.join(SYSTEMS)}"
        login = self.login(fel.system)
        if fel.fel in ("konto_sparrat", "byt_losenord") and login == "sso":
            return f"{fel.fel}: till {fel.system} loggar man in genom den gemensamma. Ange system: inloggning"
        if fel.fel == "byt_losenord" and login == "certifikat":
            return (
                f"byt_losenord: till {fel.system} loggar man in med certifikat, utan lösenord."
                " Ange ett system med lösenord, till exempel inloggning"
            )
        return ""

    def systemval(self, system: str) -> Systemval:
        """How a system is set up; as good as gold when the world does not say."""
        return next((val for name, val in self.system.items() if name == system), Systemval())

    def slower(self, ms: int) -> Self:
        """The same municipality, every answer of every system so many milliseconds later."""
        system = {
            name: val.model_copy(update={"delay_ms": min(val.delay_ms + ms, LONGEST_DELAY)})
            for name, val in ((name, self.systemval(name)) for name in SYSTEMS)
        }
        return self.model_copy(update={"system": system}) if ms else self

    def login(self, system: str) -> Inloggning:
        """How one logs in to a system."""
        return self.systemval(system).inloggning or USUAL_LOGIN.get(system, "losenord")


class World(Kommun):
    """A municipality on one day, with its people and what is known and written about them."""

    personer: dict[Nyckel, Person]
    hushall: dict[Nyckel, Hushall]
    arenden: dict[Kortref, Arende] = Field(default_factory=dict)
    inkorg: dict[Kortref, Inkorgspost] = Field(default_factory=dict)
    parkering: Parkering = Parkering()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [*self._unknown_people(), *self._places(), *self._twice()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _unknown_people(self) -> list[str]:
        named = [(f"hushall.{key}", one.medlemmar) for key, one in self.hushall.items()]
        for nr, arende in self.arenden.items():
            rows = [rad.person for berakning in arende.berakningar for rad in berakning.inkomster]
            named.append((f"arenden.{nr}", [*arende.medlemmar, *rows]))
        named += [(f"inkorg.{ref}", one.namnda) for ref, one in self.inkorg.items() if isinstance(one, Ansokan)]
        named.append(("parkering", self.parkering.namnda))
        return [
            f"{where}: personen {key!r} finns inte under personer"
            for where, keys in named
            for key in dict.fromkeys(keys)
            if key not in self.personer
        ]

    def _places(self) -> list[str]:
        lived = Counter(key for one in self.hushall.values() for key in one.medlemmar)
        return [
            f"personer.{key}: ska bo i exakt ett hushåll, bor i {lived[key]}"
            for key in self.personer
            if lived[key] != 1
        ]

    def _twice(self) -> list[str]:
        seen: dict[str, str] = {}
        problems = []
        for key, person in self.personer.items():
            other = seen.setdefault(person.personnummer, key)
            if other != key:
                problems.append(f"personer.{key}: samma personnummer som {other}")
        parties = Counter(key for one in self.arenden.values() for key in one.medlemmar if key not in one.barn)
        return problems + [f"arenden: {key} är part i flera ärenden" for key, cases in parties.items() if cases > 1]
