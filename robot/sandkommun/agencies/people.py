"""What the agencies know about each person, laid down once: every portal of theirs is a view of it."""

from sandkommun.storage import Database
from sandkommun.worlds.model import World


def fill(world: World, people: Database) -> None:
    """Lay down, by personal number, what the agencies answer about everybody in a world."""
    with people.together():
        for household in world.hushall.values():
            children = [world.personer[key].personnummer for key in household.barn]
            for key in household.medlemmar:
                person = world.personer[key]
                content = {
                    "person": person.model_dump(mode="json", exclude_defaults=True),
                    "kommun": world.kommun,
                    "barn": children if key in household.vuxna else [],
                }
                people.put("person", person.personnummer, content)
