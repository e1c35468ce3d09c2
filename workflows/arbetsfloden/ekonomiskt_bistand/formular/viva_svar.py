"""The answers of a Viva posting: JSON from outside made into answers by place, or refused.

An answer's place is told by its tags, whatever its id: what it is about, which part of it, and for rows which kind and
which `group:N`. Nothing is known here of what an application needs; see `viva`.
"""

import json
import re
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, NoReturn

from arbetsfloden.ekonomiskt_bistand.formular import falt
from medarbetare.errors import BusinessError

_KEYS = frozenset({"applicationType", "hashid", "workflowId", "answers", "rawDataType", "rawData"})
_MOST_ANSWERS = 2000
_MOST_TAGS = 10
_GROUP = re.compile(r"group:([0-9]{1,3})")
_ALONGSIDE = {"client": "applicant", "partner": "coApplicant", "month": "expenses"}
"""Tags that say nothing more where the other tag is."""

UNUSED = frozenset(
    frozenset(tags)
    for who in ("applicant", "coApplicant")
    for tags in (
        ("personInfo", "phoneType", who),
        ("personInfo", "citizenship", who),
        ("personInfo", "address", who),
        ("personInfo", "postalCode", who),
        ("personInfo", "postalAddress", who),
        ("notification", "sms", who),
    )
)
"""Answers that belong to the format and that the robot reads elsewhere (folkbokföring) or has no use for."""


class Tal(str):
    """A JSON number as it was written, so that no amount passes through a float."""

    __slots__ = ()


@dataclass(frozen=True)
class Plats:
    """Where an answer belongs: its tags without the group, and the group."""

    taggar: frozenset[str]
    grupp: int | None


class Trasig(ValueError):
    """What JSON may hold and an application may not; the text ends a Swedish sentence."""


def las_json(content: bytes) -> dict[str, Any]:
    """The posting as it was written. Raises BusinessError."""
    falt.granska_storlek(content)
    try:
        posting = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=Tal,
            parse_float=Tal,
            parse_constant=_constant,
        )
    except UnicodeDecodeError:
        raise BusinessError("Ansökans JSON är inte UTF-8 och kan inte läsas.") from None
    except json.JSONDecodeError as error:
        raise BusinessError(
            f"Ansökans JSON är trasig (rad {error.lineno}, tecken {error.colno}) och kan inte läsas."
        ) from None
    except Trasig as error:
        raise BusinessError(f"Ansökans JSON {error} och läses inte.") from None
    except RecursionError:
        raise BusinessError("Ansökans JSON har för många nivåer i sig och läses inte.") from None
    if not isinstance(posting, dict) or "applicationType" not in posting:
        raise BusinessError("Filen är ingen ansökan i Vivas format: fältet applicationType saknas.")
    for key in posting:
        if key not in _KEYS:
            raise BusinessError(f"Fältet {falt.visat(key)} i ansökan är okänt i Vivas format.")
    return posting


def las_svar(
    posting: dict[str, Any], single: Container[frozenset[str]], of_rows: Container[frozenset[str]]
) -> tuple[dict[Plats, Any], list[int], frozenset[str]]:
    """Every answer by its place, in the file's order, the numbers (from 1) of answers to a place already answered, and
    every tag, also of answers that the robot has no use for: they too tell whom the application concerns.

    `single` and `of_rows` are the tags that an application's answers may have. Raises BusinessError.
    """
    answers = posting.get("answers")
    if not isinstance(answers, list):
        raise BusinessError("Fältet answers i ansökan saknas eller är ingen lista.")
    if len(answers) > _MOST_ANSWERS:
        raise BusinessError(f"Ansökan har {len(answers)} svar; roboten tar högst {_MOST_ANSWERS}.")
    found: dict[Plats, Any] = {}
    again = []
    seen: set[str] = set()
    for number, answer in enumerate(answers, start=1):
        tags, group = _tags(number, answer)
        seen |= tags
        if tags in UNUSED and group is None:
            continue
        if not (tags in of_rows or (tags in single and group is None)):
            _refuse(number, f"har taggarna {falt.visat(', '.join(sorted(tags)))}, som är okända för en återansökan")
        place = Plats(tags, group)
        if place in found:
            again.append(number)
        found.setdefault(place, answer["value"])
    return found, again, frozenset(seen)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Trasig("har samma nyckel två gånger i ett objekt")
    return made


def _constant(name: str) -> NoReturn:
    raise Trasig("har ett tal som inte är något tal (NaN eller oändligt)")


def _refuse(number: int, why: str) -> NoReturn:
    raise BusinessError(f"Svar nummer {number} i ansökan {why}.")


def _tags(number: int, answer: Any) -> tuple[frozenset[str], int | None]:
    if not isinstance(answer, dict) or set(answer) != {"field", "value"}:
        _refuse(number, "har inte delarna field och value")
    field = answer["field"]
    if not isinstance(field, dict) or not set(field) <= {"id", "tags"} or not isinstance(field.get("id", ""), str):
        _refuse(number, "har ett field som inte består av id och tags")
    tags = field.get("tags")
    if not isinstance(tags, list) or not all(type(tag) is str for tag in tags) or not 0 < len(tags) <= _MOST_TAGS:
        _refuse(number, "saknar taggar")
    groups = {match[1] for tag in tags if (match := _GROUP.fullmatch(tag))}
    if len(groups) > 1:
        _refuse(number, "hör till två grupper på en gång")
    plain = frozenset(tag for tag in tags if not _GROUP.fullmatch(tag))
    plain -= {tag for tag, beside in _ALONGSIDE.items() if beside in plain}
    return plain, int(groups.pop()) if groups else None
