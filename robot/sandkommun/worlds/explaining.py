"""What is wrong with a world, in Swedish, without personal data: where, what was found, what is expected."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sandkommun.worlds.reading import Line

_EXPECTED = {
    "string_type": "text inom citattecken",
    "string_pattern_mismatch": "text på formen {pattern}",
    "bool_parsing": "true eller false",
    "bool_type": "true eller false",
    "int_parsing": "ett heltal",
    "int_type": "ett heltal",
    "int_from_float": "ett heltal",
    "decimal_parsing": "ett belopp i kronor, som 5800 eller 5800.50",
    "decimal_type": "ett belopp i kronor, som 5800 eller 5800.50",
    "decimal_max_places": "högst {decimal_places} decimaler",
    "decimal_max_digits": "högst {max_digits} siffror",
    "finite_number": "ett ändligt tal",
    "greater_than": "mer än {gt}",
    "greater_than_equal": "minst {ge}",
    "less_than": "mindre än {lt}",
    "less_than_equal": "högst {le}",
    "literal_error": "{expected}",
    "too_short": "minst {min_length} i listan",
    "too_long": "högst {max_length} i listan",
    "string_too_short": "minst {min_length} tecken",
    "string_too_long": "högst {max_length} tecken",
    "list_type": "en lista",
    "tuple_type": "en lista",
    "dict_type": "nycklar med värden",
    "mapping_type": "nycklar med värden",
    "model_type": "nycklar med värden",
    "model_attributes_type": "nycklar med värden",
    "none_required": "inget värde",
}
_BY_BEGINNING = {
    "datetime": "tidpunkt som 2026-12-01T06:44:58",
    "date": "datum som 2026-12-01",
    "time": "klockslag som 22:30",
}
_PATTERNS = {
    r"^\d{4}-(0[1-9]|1[0-2])$": 'månad inom citattecken, som "2026-12"',
    r"^[a-z0-9_åäö-]+$": "nyckel av små bokstäver, siffror, - och _",
    r"^[^\x00-\x1f\x7f/\\]+$": "filnamn utan mapp, radbrytning och andra styrtecken",
    r"^[^\x00-\x1f\x7f/\\]+\.pdf$": "filnamn som slutar på .pdf, utan mapp, radbrytning och andra styrtecken",
    r"^\d{1,12}$": 'siffror inom citattecken, som "4707"',
    r"^\d{4}$": 'fyra siffror inom citattecken, som "9999"',
    r"^\d{5,10}$": "fem till tio siffror inom citattecken",
}
_KINDS: Mapping[type, str] = {
    bool: "ja/nej",
    int: "ett heltal",
    float: "ett decimaltal",
    str: "en text",
    list: "en lista",
    dict: "nycklar med värden",
    type(None): "inget värde",
}
_SHOWN = re.compile(r"[\w åäöÅÄÖ.:/-]{1,24}")
_PERSONAL = {
    *("personnummer", "fornamn", "efternamn", "adress", "epost", "telefon", "mottagare", "konto", "clearing", "text"),
    *("meddelande", "motivering", "notering", "rubrik", "innehall"),
}
_IDENTITY = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+]?\d{4}(?!\d)")


def sentences(error: ValidationError, line: Line, model: type[BaseModel]) -> list[str]:
    """One sentence a fault: `, rad 4: personer.linn.fk: okänd nyckel …`, for the file's name to stand before it."""
    return [sentence for problem in error.errors(include_url=False) for sentence in _of(problem, line, model)]


def _of(problem: ErrorDetails, line: Line, model: type[BaseModel]) -> Iterator[str]:
    path = [part for part in problem["loc"] if part not in ("ansokan", "blankett", "[key]")]
    what = _what(problem, model)
    if path or problem["type"] != "value_error":
        yield _sentence(path, what, line)
        return
    # What concerns the world as a whole says itself where: "hushall.x: …; arenden.4711: …".
    for part in what.split("; "):
        where, found, rest = part.partition(": ")
        yield _sentence(_keys(where) if found else [], rest or part, line)


def _keys(where: str) -> list[int | str]:
    """fel.3.varde as the keys that lead there; below `fel` is a list."""
    keys = where.split(".")
    return [int(key) if keys[0] == "fel" and key.isdecimal() else key for key in keys]


def _sentence(path: Sequence[int | str], what: str, line: Line) -> str:
    row = line(path)
    where = ".".join(str(part) for part in path) or "världen"
    return _IDENTITY.sub("…", f"{f', rad {row}' if row else ''}: {where}: {what}")


def _what(problem: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        return "saknas"
    if kind == "extra_forbidden":
        return _unknown(problem["loc"], model)
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", problem["msg"]))
    return f"hittade {_found(problem)}, väntade {_expected(kind, context, problem['msg'])}"


def _expected(kind: str, context: Mapping[str, Any], otherwise: str) -> str:
    if kind == "string_pattern_mismatch" and context["pattern"] in _PATTERNS:
        return _PATTERNS[context["pattern"]]
    if kind in _EXPECTED:
        return _EXPECTED[kind].format(**context).replace(" or ", " eller ")
    return next((text for beginning, text in _BY_BEGINNING.items() if kind.startswith(beginning)), otherwise)


def _found(problem: ErrorDetails) -> str:
    """The value when it is short and cannot be about a person, else what kind of value it is."""
    value, names = problem["input"], {part for part in problem["loc"] if isinstance(part, str)}
    kind = next((text for one, text in _KINDS.items() if type(value) is one), type(value).__name__)
    if names & _PERSONAL or isinstance(value, list | dict) or not _SHOWN.fullmatch(str(value)) or value is None:
        return kind
    return f"{kind}: {str(value).lower() if isinstance(value, bool) else value}"


def _unknown(path: tuple[int | str, ...], model: type[BaseModel]) -> str:
    known = sorted({name for one in _at(path, model) for name in one.model_fields})
    alike = get_close_matches(str(path[-1]), known, 1)
    return f"okänd nyckel; menade du {alike[0]}?" if alike else f"okänd nyckel; de som finns: {', '.join(known)}"


def _at(path: tuple[int | str, ...], model: type[BaseModel]) -> list[type[BaseModel]]:
    """The elements that a path leads into, of which the last part is a key."""
    models = [model]
    for part in path[:-1]:
        fields = [one.model_fields[part] for one in models if isinstance(part, str) and part in one.model_fields]
        if fields:
            models = [inner for field in fields for inner in _models(field.annotation)]
    return models


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inside in get_args(annotation):
        yield from _models(inside)
