"""The households of a bench: many that differ in nothing but who they are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandkommun import worlds
from sandkommun.worlds import World
from sandkommun.worlds.applications import Ansokan
from sandkommun.worlds.systems import Systemval

APPLICATION = "260107"
"""Scenario 7: single parent, two children, three benefits, wage with jobbstimulans."""

_OWN = ("id", "time", "user", "registrerad", "av", "berakning", "till", "storlek", "sha256")


@dataclass(frozen=True)
class Household:
    """One application and everything in its records that is this household's own."""

    reference: str
    case: str
    applicant: str
    own: Mapping[str, str]

    def neutral(self, record: Mapping[str, Any]) -> str:
        """A record without what differs from household to household and from save to save."""
        text = json.dumps({key: value for key, value in record.items() if key not in _OWN}, ensure_ascii=False)
        for particular, neutral in sorted(self.own.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(particular, neutral)
        return text


def world_of(count: int, skin: Literal["frames", "grid"] = "frames") -> World:
    """A practice municipality with so many applications of the same kind, whose systems neither wait nor log out."""
    system = {"verksamhet": Systemval(skin=skin)}
    return worlds.copies(worlds.load("demo"), APPLICATION, count).model_copy(update={"system": system})


def households(world: World) -> list[Household]:
    """The applications of a world made by `world_of`, in order."""
    return [_household(world, reference) for reference in world.inkorg]


def _household(world: World, reference: str) -> Household:
    people = worlds.only(world, reference)
    (case,) = people.arenden
    application = people.inkorg[reference]
    assert isinstance(application, Ansokan)
    account = people.arenden[case].konto
    own = {reference: "<ref>", case: "<case>"}
    if account is not None:
        own[account.konto] = "<account>"
    for number, person in enumerate(people.personer.values()):
        shown = f"{person.personnummer[:8]}-{person.personnummer[8:]}"
        own |= {person.personnummer: f"<{number}>", shown: f"<{number}>", person.efternamn: "<name>"}
    return Household(reference, case, people.personer[application.sokande].personnummer, own)
