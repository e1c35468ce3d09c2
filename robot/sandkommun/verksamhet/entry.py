"""What is typed into the case system's forms, checked the way that system does it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sandkommun.storage import Json
from sandkommun.system import typed_amount, typed_date, typed_number
from sandkommun.verksamhet.forms import Field, Form, Rows
from sandkommun.worlds.systems import Vanor


class Refused(Exception):
    """The system does not save this; the text is shown to the person."""


@dataclass(frozen=True)
class Posted:
    """What was typed, by the fields' names; rows by the rows' name, in order."""

    values: Mapping[str, str]
    rows: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)


def read(form: Form, posted: Posted, people: Sequence[str], vanor: Vanor) -> Json:
    """The content of a new record. `people`: the personal numbers of the case. Raises Refused."""
    content: Json = {one.name: _value(one, posted.values.get(one.name, ""), one.label, people) for one in form.fields}
    for rows in form.rows:
        content[rows.name] = _rows(rows, posted.rows.get(rows.name, ()), people, vanor)
    if form.kind == "calculation":
        content["status"] = "Utkast"
    if form.kind == "decision" and content["fran"] > content["till"]:
        raise Refused("Fr o m är senare än T o m.")
    if form.kind == "decision" and Decimal(content["belopp"]) < 0:
        raise Refused("Belopp är mindre än noll.")
    if form.kind == "payment" and Decimal(content["belopp"]) <= 0:
        raise Refused("Belopp ska vara större än noll.")
    return content


def _rows(rows: Rows, posted: Sequence[Mapping[str, str]], people: Sequence[str], vanor: Vanor) -> list[Json]:
    made: list[Json] = []
    for number, row in enumerate(posted, 1):
        typed = {one.name: row.get(one.name, "").strip() for one in rows.fields}
        amounts = {name: _amount(typed[name] or "0", "Belopp") for name in rows.amounts}
        if not any(amounts.values()) and (vanor.nollrader == "slapps" or not typed["typ"]):
            continue
        content: Json = {}
        for one in rows.fields:
            where = f"{one.label} på {rows.what}srad {number}"
            content[one.name] = (
                str(amounts[one.name]) if one.name in amounts else _value(one, typed[one.name], where, people)
            )
        refused = rows.name == "inkomster" and vanor.samma_inkomst == "vagras"
        if refused and any(_same_income(content, other) for other in made):
            raise Refused("Samma inkomst är angiven två gånger för samma person.")
        made.append(content)
    return made


def _same_income(one: Json, other: Json) -> bool:
    return (one["typ"], one["person"]) == (other["typ"], other["person"])


def _value(one: Field, typed: str, label: str, people: Sequence[str]) -> str | int:
    text = typed.strip()
    if not text:
        if one.optional:
            return ""
        raise Refused(f"{label} saknas.")
    match one.kind:
        case "choice":
            if text not in one.choices:
                raise Refused(f"{label} finns inte i registret.")
        case "day":
            if typed_date(text) is None:
                raise Refused(f"{label} anges som ÅÅÅÅ-MM-DD.")
        case "month":
            if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
                raise Refused(f"{label} anges som ÅÅÅÅ-MM.")
        case "amount":
            return str(_amount(text, label))
        case "number":
            if not re.fullmatch(r"[1-9]\d?", text):
                raise Refused(f"{label} är inte ett antal.")
            return int(text)
        case "person":
            number = typed_number(text)
            if number not in people:
                raise Refused(f"{label} finns inte i ärendet.")
            return str(number)
    return text


def _amount(text: str, label: str) -> Decimal:
    amount = typed_amount(text)
    if amount is None:
        raise Refused(f"{label} är inte ett belopp.")
    return amount
