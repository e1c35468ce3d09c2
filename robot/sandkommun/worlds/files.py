"""World files: found, read with errors that a person can act on, written."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml
from pydantic import ValidationError

from sandkommun.worlds.model import World

_SHIPPED = "sandkommun.worlds"
_SWEDISH = {"missing": "saknas", "extra_forbidden": "okänd nyckel", "string_type": "ska vara text (inom citattecken)"}


class WorldError(Exception):
    """A world file is missing or wrong: file, path in the file, what is expected, in Swedish, without personal data."""


def shipped() -> list[str]:
    """Names of the worlds that come with the package."""
    return sorted(
        entry.name.removesuffix(".yaml") for entry in files(_SHIPPED).iterdir() if entry.name.endswith(".yaml")
    )


def load(name_or_path: str | Path) -> World:
    """Read and check a world: the name of a shipped one, or a path that ends in .yaml.

    Raises WorldError.
    """
    place = _find(name_or_path)
    try:
        content = yaml.load(place.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError(f"{place}: går inte att läsa ({type(error).__name__})") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise WorldError(f"{place}, rad {line}: inte riktig YAML ({error.problem})") from None
    try:
        return World.model_validate(content)
    except ValidationError as error:
        raise WorldError("\n".join(_sentences(place, error))) from None


def dump(world: World) -> str:
    """The world as YAML that `load` reads back as the same world."""
    content = world.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)


def foreign_form(file: str) -> bytes:
    """The bytes of a form that a world sends as it is: a file shipped beside the worlds, or a path."""
    beside = files(_SHIPPED) / file
    return beside.read_bytes() if beside.is_file() else Path(file).read_bytes()


def _find(name_or_path: str | Path) -> Path | Traversable:
    if str(name_or_path).endswith((".yaml", ".yml")):
        return Path(name_or_path)
    if str(name_or_path) not in shipped():
        raise WorldError(
            f"Världen {name_or_path} finns inte. Ange en sökväg som slutar på .yaml eller en av: {', '.join(shipped())}"
        )
    return files(_SHIPPED) / f"{name_or_path}.yaml"


def _sentences(place: Path | Traversable, error: ValidationError) -> list[str]:
    sentences = []
    for problem in error.errors(include_input=False, include_url=False):
        path = ".".join(str(part) for part in problem["loc"]) or "världen"
        sentences.append(f"{place}: {path}: {_SWEDISH.get(problem['type'], problem['msg'])}")
    return sentences
