"""World files: found, read with errors that a person can act on, written."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml
from pydantic import ValidationError

from sandkommun.worlds.explaining import sentences
from sandkommun.worlds.model import World
from sandkommun.worlds.reading import TextError, data_of

_SHIPPED = "sandkommun.worlds"
_ENDINGS = (".yaml", ".yml", ".json")


class WorldError(Exception):
    """A world file is missing or wrong: file, line, path in the file, what was found and what is expected, in Swedish.

    Never a personal number, a name or what somebody wrote.
    """


def shipped() -> list[str]:
    """Names of the worlds that come with the package."""
    return sorted(
        entry.name.removesuffix(".yaml") for entry in files(_SHIPPED).iterdir() if entry.name.endswith(".yaml")
    )


def load(name_or_path: str | Path) -> World:
    """Read and check a world: the name of a shipped one, or a path that ends in .yaml or .json.

    Raises WorldError.
    """
    place = _find(name_or_path)
    try:
        content, line = data_of(place.read_text("utf-8"), is_json=str(place).endswith(".json"))
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError(f"{place}: går inte att läsa ({type(error).__name__})") from None
    except TextError as error:
        raise WorldError(f"{place}{error}") from None
    try:
        return World.model_validate(content)
    except ValidationError as error:
        wrong = "\n".join(f"{place}{sentence}" for sentence in sentences(error, line, World))
    raise WorldError(wrong)


def dump(world: World) -> str:
    """The world as YAML that `load` reads back as the same world."""
    content = world.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)


def foreign_form(file: str) -> bytes:
    """The bytes of a form that a world sends as it is: a file shipped beside the worlds, or a path."""
    beside = files(_SHIPPED) / file
    return beside.read_bytes() if beside.is_file() else Path(file).read_bytes()


def _find(name_or_path: str | Path) -> Path | Traversable:
    if str(name_or_path).endswith(_ENDINGS):
        return Path(name_or_path)
    if str(name_or_path) not in shipped():
        known = ", ".join(shipped())
        raise WorldError(
            f"Världen {name_or_path} finns inte. Ange en sökväg som slutar på .yaml eller .json, eller en av: {known}"
        )
    return files(_SHIPPED) / f"{name_or_path}.yaml"
