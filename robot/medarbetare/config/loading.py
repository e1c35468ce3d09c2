"""Read YAML files into pydantic models, and say exactly where a file is wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from medarbetare.errors import ConfigurationError

Location = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)


class Strict(BaseModel):
    """Base of every model in configuration: unknown keys are refused, values are never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def load(path: Path, model: type[ModelT]) -> ModelT:
    """Read one YAML file into `model`.

    Raises ConfigurationError with one line per fault: file, line, path, what was found and what is expected.
    """
    node, data = _parse(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_faults(path, node, error))) from None


def _parse(path: Path) -> tuple[yaml.Node | None, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: filen finns inte. Lägg den där eller ange en annan mapp.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: filen kan inte läsas som UTF-8-text ({type(error).__name__}).") from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_duplicate_keys(path, node)
        return node, _ExactLoader(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}:{line}: inte giltig YAML: {error.problem}.") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: inte giltig YAML: {error}.") from None


class _ExactLoader(yaml.SafeLoader):
    """SafeLoader that keeps numbers with a decimal point as text, so that no amount ever passes through a float."""


_ExactLoader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type]


def _refuse_duplicate_keys(path: Path, node: yaml.Node | None) -> None:
    for mapping in _mappings(node):
        seen: dict[str, int] = {}
        for key, _ in mapping.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                raise ConfigurationError(
                    f"{path}:{line}: nyckeln «{key.value}» står redan på rad {seen[key.value]}. Ta bort den ena."
                )
            seen[key.value] = line


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _faults(path: Path, node: yaml.Node | None, error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        location = tuple(part for part in fault["loc"] if not _is_union_tag(part))
        dotted = ".".join(str(part) for part in location) or "(hela filen)"
        yield f"{path}:{_line_of(node, location)}: {dotted}: {_explain(fault)}"


def _is_union_tag(part: str | int) -> bool:
    return isinstance(part, str) and ("[" in part or part.startswith("function-"))


def _line_of(node: yaml.Node | None, location: Location) -> int:
    """The line of the deepest part of `location` that the file really has, counted from 1."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            child = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if child is None:
                break
            line, node = child[0].start_mark.line + 1, child[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


_EXPLANATIONS = {
    "missing": "saknas",
    "extra_forbidden": "okänd nyckel; kontrollera stavningen eller ta bort den",
}


def _explain(fault: Any) -> str:
    known = _EXPLANATIONS.get(fault["type"])
    if known:
        return known
    found = fault.get("input")
    shown = type(found).__name__ if isinstance(found, dict | list) else repr(found)
    return f"fann {shown}, väntade: {fault['msg']}"
