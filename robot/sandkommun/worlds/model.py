"""What a world file may say. Swedish keys in the words of the trade; README.md shows an example of every element."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sandkommun.worlds.applications import Ansokan, Inkorgspost
from sandkommun.worlds.cases import Arende
from sandkommun.worlds.elements import Element, Kortref, Nyckel
from sandkommun.worlds.people import Hushall, Person

Systemnamn = Literal["etjanst", "folkbokforing", "ssbtek", "verksamhet"]
SYSTEMS: tuple[Systemnamn, ...] = ("etjanst", "folkbokforing", "ssbtek", "verksamhet")


class Session(Element):
    """When a logged-in session is lost in a system."""

    max_requests: int | None = Field(None, ge=1)
    """A session answers so many requests; the next click finds it gone."""
    borta_vid: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """At these requests (logged-in requests to the system since its start, the first is 1) the session is gone."""
    borta_vid_post: tuple[str, ...] = ()
    """The first time something is posted to each of these paths the session is gone, and nothing is saved."""


class Systemval(Element):
    """How awkward one system is."""

    delay_ms: int = Field(0, ge=0, le=60_000)
    session: Session = Session()


class World(Element):
    """A municipality on one day."""

    today: date
    kommun: str = "Sandkommun"
    system: dict[Systemnamn, Systemval] = Field(default_factory=dict)
    personer: dict[Nyckel, Person]
    hushall: dict[Nyckel, Hushall]
    arenden: dict[Kortref, Arende] = Field(default_factory=dict)
    inkorg: dict[Kortref, Inkorgspost] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [*self._unknown_people(), *self._places(), *self._twice()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def systemval(self, system: str) -> Systemval:
        """How awkward a system is; as good as gold when the world does not say."""
        return next((val for name, val in self.system.items() if name == system), Systemval())

    def _unknown_people(self) -> list[str]:
        named = [(f"hushall.{key}", one.medlemmar) for key, one in self.hushall.items()]
        for nr, arende in self.arenden.items():
            rows = [rad.person for berakning in arende.berakningar for rad in berakning.inkomster]
            named.append((f"arenden.{nr}", [*arende.medlemmar, *rows]))
        named += [(f"inkorg.{ref}", one.namnda) for ref, one in self.inkorg.items() if isinstance(one, Ansokan)]
        return [
            f"{where}: personen {key!r} finns inte under personer"
            for where, keys in named
            for key in dict.fromkeys(keys)
            if key not in self.personer
        ]

    def _places(self) -> list[str]:
        lived = [key for one in self.hushall.values() for key in one.medlemmar]
        return [
            f"personer.{key}: ska bo i exakt ett hushåll, bor i {lived.count(key)}"
            for key in self.personer
            if lived.count(key) != 1
        ]

    def _twice(self) -> list[str]:
        seen: dict[str, str] = {}
        problems = []
        for key, person in self.personer.items():
            other = seen.setdefault(person.personnummer, key)
            if other != key:
                problems.append(f"personer.{key}: samma personnummer som {other}")
        parties = [key for one in self.arenden.values() for key in one.medlemmar if key not in one.barn]
        problems += [
            f"arenden: {key} är part i flera ärenden" for key in dict.fromkeys(parties) if parties.count(key) > 1
        ]
        return problems
