"""Questions that a hand-off asks a person, and what may be answered."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import partial

from pydantic import BaseModel, ConfigDict

from medarbetare.errors import BusinessError

LONGEST_TEXT = 1000


class Kind(StrEnum):
    """What an answer is. The values stand in the journal."""

    TEXT = "text"
    AMOUNT = "belopp"
    DATE = "datum"
    YES_NO = "ja eller nej"
    CHOICE = "val"


class Question(BaseModel):
    """One question. `label` is Swedish, for people; `choices` are the answers of a choice, as people see them.

    `past`: a day that has been. `unless`: another question's name; where that is answered, this need not be.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    label: str
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    required: bool = True
    past: bool = False
    unless: str = ""

    def read(self, text: str, today: date) -> str | bool | None:
        """What was typed, as the journal has it: amounts as 1234.50, days as 2026-12-01. Raises BusinessError."""
        text = " ".join(text.split())
        if not text:
            if self.required:
                raise BusinessError(f"«{self.label}» måste besvaras.")
            return None
        readers: dict[Kind, Callable[[str], str | bool]] = {
            Kind.TEXT: _text,
            Kind.AMOUNT: _amount,
            Kind.DATE: partial(_date, latest=today if self.past else date.max),
            Kind.YES_NO: _yes_no,
            Kind.CHOICE: self._choice,
        }
        try:
            return readers[self.kind](text)
        except ValueError as error:
            raise BusinessError(f"«{self.label}»: {error}") from None

    def _choice(self, text: str) -> str:
        if text not in self.choices:
            raise ValueError(f"välj ett av {', '.join(self.choices)}.")
        return text


def still_asked(questions: Sequence[Question], typed: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions, those without an answer that another's answer has made needless left out."""
    told = {name for name, text in typed.items() if text.strip()}
    return tuple(one for one in questions if one.name in told or one.unless not in told)


def read_answers(questions: Sequence[Question], typed: Mapping[str, str], today: date) -> dict[str, str | bool]:
    """What was typed for each question that is answered, by its name. Raises BusinessError that names the question."""
    asked = still_asked(questions, typed)
    answers = {question.name: question.read(typed.get(question.name, ""), today) for question in asked}
    return {name: answer for name, answer in answers.items() if answer is not None}


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"högst {LONGEST_TEXT} tecken.")
    return text


def _amount(text: str) -> str:
    plain = re.sub(r"\s|kr$", "", text.casefold()).replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = None
    if amount is None or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", plain):
        raise ValueError("skriv ett belopp i kronor, till exempel 1250 eller 1250,50.")
    return str(amount.quantize(Decimal("0.01")))


def _date(text: str, latest: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("skriv ett datum som 2026-12-01.") from None
    if day > latest:
        raise ValueError("dagen har inte varit än.")
    return day.isoformat()


def _yes_no(text: str) -> bool:
    answers = {"ja": True, "nej": False}
    if text.casefold() not in answers:
        raise ValueError("svara ja eller nej.")
    return answers[text.casefold()]
