"""Read YAML files into pydantic models, and say exactly where a file is wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from medarbetare.errors import ConfigurationError, reason_of

Location = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)


class Strict(BaseModel):
    """Base of every model in configuration: unknown keys are refused, values are never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def in_order(less: str, small: float, more: str, large: float) -> None:
    """Refuse a first pause that is longer than the longest, and the like. Raises ValueError."""
    if small > large:
        raise ValueError(f"{less} ({small:g} s) får inte vara längre än {more} ({large:g} s); ändra den ena")


def load(path: Path, model: type[ModelT]) -> ModelT:
    """Read one YAML file into `model`.

    Raises ConfigurationError with one line per fault: file, line, path, what was found and what is expected.
    """
    return parse(read(path), model, path)


def read(path: Path) -> bytes:
    """A configuration file as it lies there. Raises ConfigurationError when there is none or it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: filen finns inte. Lägg den där eller ange en annan mapp.") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: filen kan inte läsas som UTF-8-text ({reason_of(error)}).") from None


def parse(content: bytes, model: type[ModelT], path: Path) -> ModelT:
    """The content of a YAML file as `model`; `path` is what it is called in faults. Raises ConfigurationError."""
    node, data = _parse(path, content)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_faults(path, node, error))) from None


def _parse(path: Path, content: bytes) -> tuple[yaml.Node | None, Any]:
    try:
        # As text files are read: a line may end in any of the usual ways.
        text = content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: filen kan inte läsas som UTF-8-text ({reason_of(error)}).") from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_duplicate_keys(path, node)
        return node, _ExactLoader(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}:{line}: inte giltig YAML: {_syntax_fault(error)}.") from None
    except yaml.YAMLError:
        raise ConfigurationError(f"{path}: inte giltig YAML: tecken som inte får stå i en textfil.") from None
    except RecursionError:
        raise ConfigurationError(f"{path}: inte giltig YAML: ett värde innehåller sig självt.") from None


_SYNTAX = {
    "could not find expected ':'": "kolon saknas efter nyckeln",
    "mapping values are not allowed": "ett kolon där det inte får stå; sätt citattecken om texten",
    "expected <block end>": "indraget stämmer inte med raderna ovanför",
    "cannot start any token": "ett tecken som inte får stå först; sätt citattecken om texten, och dra in med blanksteg",
    "expected ',' or": "en lista eller klammer som inte är avslutad",
    "found undefined alias": "en hänvisning (*) till något som inte finns",
    "could not determine a constructor": "en etikett (!) som inte får användas",
}


def _syntax_fault(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    return next((swedish for english, swedish in _SYNTAX.items() if english in problem), problem)


class _ExactLoader(yaml.SafeLoader):
    """SafeLoader that keeps numbers with a decimal point and dates as text.

    So no amount ever passes through a float, and a date that does not exist is told by its place in the file.
    """


for _kept_as_text in ("float", "timestamp"):
    _ExactLoader.add_constructor(
        f"tag:yaml.org,2002:{_kept_as_text}",
        lambda loader, node: loader.construct_scalar(node),  # type: ignore[arg-type]
    )


def _refuse_duplicate_keys(path: Path, node: yaml.Node | None) -> None:
    for mapping in _mappings(node):
        seen: dict[str, int] = {}
        for key, _ in mapping.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigurationError(f"{path}:{line}: en nyckel är sammansatt, väntade ett ord.")
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

_EXPECTED = {
    "bool_parsing": "true eller false",
    "bool_type": "true eller false",
    "date_from_datetime_parsing": "ett datum som 2026-12-31",
    "date_parsing": "ett datum som 2026-12-31",
    "date_type": "ett datum som 2026-12-31",
    "decimal_max_places": "högst {decimal_places} decimaler",
    "decimal_parsing": "ett tal",
    "decimal_type": "ett tal",
    "dict_type": "nycklar med värden",
    "enum": "något av {expected}",
    "float_parsing": "ett tal",
    "float_type": "ett tal",
    "frozen_set_type": "en lista",
    "greater_than": "ett värde över {gt}",
    "greater_than_equal": "minst {ge}",
    "int_from_float": "ett heltal",
    "int_parsing": "ett heltal",
    "int_type": "ett heltal",
    "less_than": "ett värde under {lt}",
    "less_than_equal": "högst {le}",
    "list_type": "en lista",
    "literal_error": "något av {expected}",
    "model_attributes_type": "nycklar med värden",
    "model_type": "nycklar med värden",
    "path_type": "en sökväg",
    "set_type": "en lista",
    "string_pattern_mismatch": "text som passar mönstret {pattern}",
    "string_too_long": "högst {max_length} tecken",
    "string_too_short": "minst {min_length} tecken",
    "string_type": "text",
    "time_delta_parsing": "en tid i sekunder",
    "time_delta_type": "en tid i sekunder",
    "too_long": "högst {max_length} stycken",
    "too_short": "minst {min_length} stycken",
    "tuple_type": "en lista",
}
"""What pydantic's kinds of faults expect, in Swedish. A kind that is not here keeps pydantic's own words."""


def _explain(fault: Any) -> str:
    known = _EXPLANATIONS.get(fault["type"])
    if known:
        return known
    if fault["type"] == "value_error":
        own_words = str(fault["ctx"]["error"])
        return own_words if isinstance(fault["input"], dict) else f"fann {_shown(fault)}: {own_words}"
    context = {key: str(value).replace(" or ", " eller ") for key, value in fault.get("ctx", {}).items()}
    expected = _EXPECTED.get(fault["type"], fault["msg"].replace("{", "{{").replace("}", "}}")).format(**context)
    return f"fann {_shown(fault)}, väntade {expected}"


def _shown(fault: Any) -> str:
    """What was found; never a text that stands where a reference to a secret is expected: it may be the secret."""
    found = fault.get("input")
    if isinstance(found, dict):
        return "nycklar med värden"
    if isinstance(found, list):
        return "en lista"
    if found is None:
        return "inget"
    if fault.get("ctx", {}).get("class_name") == "SecretReference":
        return "ett värde"
    return f"«{found}»"
