"""What the agencies know about each person, laid down once: every portal of theirs is a view of it."""

from sandkommun.storage import Database
from sandkommun.worlds.model import World


def fill(world: World, people: Database) -> None:
    """Lay down, by personal number, what the agencies answer about everybody in a world."""
    with people.together():
        for household in world.hushall.values():
            children = ", ".join(world.personer[key].personnummer for key in household.barn)
            for key in household.medlemmar:
                person = world.personer[key]
                content = {
                    "namn": person.namn,
                    "skyddad": person.skydd is not None,
                    "civilstand": person.civilstand,
                    "kommun": person.kommun or world.kommun,
                    "barn": children if key in household.vuxna else "",
                    "fk": person.fk.model_dump(mode="json"),
                    "af": person.af.model_dump(mode="json"),
                }
                people.put("person", person.personnummer, content)
