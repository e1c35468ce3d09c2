"""World files: found, read with errors that a person can act on, written."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sandkommun.worlds.explaining import sentences
from sandkommun.worlds.model import World
from sandkommun.worlds.reading import Line, TextError, data_of

_SHIPPED = "sandkommun.worlds"
_BUILDS_ON = "bygger_pa"
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
    content, line = _content(place)
    if isinstance(place, Path):
        content = _files_beside(content, place.parent)
    if isinstance(content, dict) and (other := content.pop(_BUILDS_ON, None)) is not None:
        content = _laid_over(_other(place, other), content)
    try:
        return World.model_validate(content)
    except ValidationError as error:
        wrong = "\n".join(f"{place}{sentence}" for sentence in sentences(error, line, World))
    raise WorldError(wrong)


def _content(place: Path | Traversable) -> tuple[Any, Line]:
    try:
        return data_of(place.read_text("utf-8"), is_json=str(place).endswith(".json"))
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError(f"{place}: går inte att läsa ({type(error).__name__})") from None
    except TextError as error:
        raise WorldError(f"{place}{error}") from None


def _files_beside(part: Any, folder: Path) -> Any:
    """The content with every `fil` that lies beside the world file told by its whole path."""
    if isinstance(part, list):
        return [_files_beside(one, folder) for one in part]
    if not isinstance(part, dict):
        return part
    whole = {key: _files_beside(value, folder) for key, value in part.items()}
    if isinstance(file := whole.get("fil"), str) and (folder / file).is_file():
        whole["fil"] = str((folder / file).absolute())
    return whole


def _other(place: Path | Traversable, name: object) -> Any:
    """The content of the world that one builds on: a shipped one's name, or a path from where this one lies."""
    if not isinstance(name, str):
        raise WorldError(f"{place}: {_BUILDS_ON}: namnet på en medföljande värld, eller en sökväg, inom citattecken")
    beside = name if name in shipped() or not isinstance(place, Path) else place.parent / name
    other, _ = _content(_find(beside))
    if isinstance(other, dict) and _BUILDS_ON in other:
        raise WorldError(f"{place}: {_BUILDS_ON}: {name} bygger själv på en annan; bygg på den i stället")
    return other


def _laid_over(other: Any, own: Any) -> Any:
    """Another world with what is said here in its place, key by key; a list or a value replaces the other's whole."""
    if not isinstance(other, dict) or not isinstance(own, dict):
        return own
    return {**other, **{key: _laid_over(other.get(key), value) for key, value in own.items()}}


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
