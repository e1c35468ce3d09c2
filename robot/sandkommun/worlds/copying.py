"""Larger and smaller worlds out of a given one."""

from typing import Any

from sandkommun.testpersoner import birth_date, same_age
from sandkommun.worlds.applications import Ansokan
from sandkommun.worlds.model import World
from sandkommun.worlds.parkering import Parkering


def only(world: World, *references: str) -> World:
    """The same day and systems with nothing but these applications of the inbox and the people they concern.

    Raises KeyError for a reference that is not in the inbox.
    """
    applications = {ref: world.inkorg[ref] for ref in references}
    households = {key for one in applications.values() if isinstance(one, Ansokan) for key in _households(world, one)}
    people = {key for household in households for key in world.hushall[household].medlemmar}
    return world.model_copy(
        update={
            "inkorg": applications,
            "hushall": {key: one for key, one in world.hushall.items() if key in households},
            "personer": {key: one for key, one in world.personer.items() if key in people},
            "arenden": {nr: one for nr, one in world.arenden.items() if one.sokande in people},
            "parkering": world.parkering.only(people),
        }
    )


def copies(world: World, application_key: str, n: int) -> World:
    """A world with n independent households shaped like the one behind an application, and nothing else.

    Persons get other personal numbers of the same ages, other family names, keys, references, case numbers and
    accounts; everything else (registers, history, incomes, costs, dates) is the same.
    Raises KeyError for an unknown application, ValueError for a foreign form or when the series runs out of numbers.
    """
    if not isinstance(world.inkorg[application_key], Ansokan):
        raise ValueError("a foreign form has no household to copy")
    template = only(world, application_key).model_copy(update={"parkering": Parkering()})
    numbers = {key: same_age(person.personnummer, world.today) for key, person in template.personer.items()}
    taken = {person.personnummer for person in world.personer.values()}
    content = template.model_dump(mode="json", exclude_defaults=True)
    made: dict[str, Any] = {"personer": {}, "hushall": {}, "arenden": {}, "inkorg": {}}
    for copy in range(1, n + 1):
        renamed = {key: f"{key}-{copy}" for key in template.personer}
        fresh = {}
        for key in template.personer:
            number = next((one for one in numbers[key] if one not in taken), None)
            if number is None:
                born = birth_date(template.personer[key].personnummer)
                raise ValueError(f"no more test numbers for the year of birth {born.year}")
            taken.add(number)
            fresh[key] = number
        _add(made, content, copy, renamed, fresh)
    rest = {key: value for key, value in content.items() if key not in made}
    return World.model_validate({**rest, **made})


def _add(
    made: dict[str, Any], content: dict[str, Any], copy: int, renamed: dict[str, str], fresh: dict[str, str]
) -> None:
    surnames = {person["efternamn"] for person in content["personer"].values()}
    other = {name: f"{name}-{_letters(copy)}" for name in surnames}
    for key, person in content["personer"].items():
        made["personer"][renamed[key]] = {
            **person,
            "personnummer": fresh[key],
            "efternamn": other[person["efternamn"]],
        }
    names = {
        f"{person['fornamn']} {person['efternamn']}": f"{person['fornamn']} {other[person['efternamn']]}"
        for person in content["personer"].values()
    }
    for key, household in content["hushall"].items():
        made["hushall"][f"{key}-{copy}"] = _exchanged(household, renamed, names, copy)
    for kind, first in (("arenden", 100_000), ("inkorg", 500_000)):
        for offset, one in enumerate(content[kind].values()):
            number = first + copy * len(content[kind]) + offset
            made[kind][str(number)] = _exchanged(one, renamed, names, copy)


def _exchanged(part: Any, renamed: dict[str, str], names: dict[str, str], copy: int, field: str = "") -> Any:
    """The part with keys of people, payees' names and accounts exchanged; other values as they are."""
    if isinstance(part, dict):
        if set(part) >= {"clearing", "konto"}:
            return {**part, "konto": _account(part["konto"], copy)}
        return {key: _exchanged(value, renamed, names, copy, key) for key, value in part.items()}
    if isinstance(part, list):
        return [_exchanged(value, renamed, names, copy, field) for value in part]
    if field in {"sokande", "medsokande", "person", "vuxna", "barn", "ovriga"}:
        return renamed[part]
    if field == "mottagare":
        return names.get(part, part)
    if field == "konto":
        clearing, _, number = part.partition("-")
        return f"{clearing}-{_account(number, copy)}"
    return part


def _account(number: str, copy: int) -> str:
    return str(int(number) + 97 * copy).zfill(len(number))


def _letters(number: int) -> str:
    """1 is A, 27 is AA: a mark that can stand in a name."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _households(world: World, application: Ansokan) -> list[str]:
    return [key for key, one in world.hushall.items() if set(application.namnda) & set(one.medlemmar)]
