"""Folkbokföring: one person at a time, by personal number."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandkommun.logging_in import login_of
from sandkommun.storage import Database, Json
from sandkommun.system import System, typed_number, user_of, value_of
from sandkommun.worlds.model import World
from sandkommun.worlds.people import Hushall, Person

_MARKED = "Skyddade personuppgifter"


def build(system: System) -> Starlette:
    """The register's web site."""
    database = system.database

    async def form(request: Request) -> Response:
        return system.page("search.html", request, person=None, fel="", meddelande="")

    async def search(request: Request) -> Response:
        number = typed_number(value_of(await system.form(request), "personnummer"))
        if number is None:
            fel = "Personnummer anges med tolv siffror."
            return system.page("search.html", request, person=None, fel=fel, meddelande="")
        database.add("search", number, user_of(request) or "", {"personnummer": number})
        person = database.document("person", number)
        missing = "" if person else "Ingen person med detta personnummer finns i registret."
        return system.page("search.html", request, person=person, fel="", meddelande=missing)

    def facit() -> Json:
        return {"registered": system.registered(sokningar="search")}

    login = login_of(system, home="/sok")
    routes: list[BaseRoute] = [*login.routes, Route("/sok", form), Route("/sok", search, methods=["POST"])]
    return system.application(routes, login.logged_out, login.public, facit)


def fill(world: World, database: Database) -> None:
    """Lay a world's people down."""
    with database.together():
        for household in world.hushall.values():
            for key in household.medlemmar:
                person = world.personer[key].seen_in("folkbokforing")
                database.put("person", person.personnummer, _entry(world, household, key, person))


def _entry(world: World, household: Hushall, key: str, person: Person) -> Json:
    if person.skydd:
        return {"skydd": person.skydd}
    members = []
    for other in household.medlemmar:
        if other != key:
            one = world.personer[other]
            number, name = ("", _MARKED) if one.skydd else (one.personnummer, one.namn)
            members.append({"personnummer": number, "namn": name, "relation": relation(household, world, key, other)})
    return {
        "skydd": "",
        "personnummer": person.personnummer,
        "namn": person.namn,
        "adress": household.adress,
        "kommun": person.kommun or world.kommun,
        "civilstand": person.civilstand,
        "medborgarskap": person.medborgarskap,
        "hushall": members,
    }


def relation(household: Hushall, world: World, key: str, other: str) -> str:
    """What the other member of a household is to a person."""
    if key in household.ovriga or other in household.ovriga:
        return "Övrig"
    if key in household.vuxna and other in household.vuxna:
        married = world.personer[key].civilstand == world.personer[other].civilstand == "Gift"
        return "Make/maka" if married else "Sammanboende"
    if key in household.vuxna:
        return "Barn"
    return "Förälder" if other in household.vuxna else "Syskon"
