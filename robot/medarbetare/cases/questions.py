"""Questions that a hand-off asks a person, and what may be answered."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

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
    """One question. `label` is Swedish, for people; `choices` are the answers of a choice, as people see them."""

    model_config = ConfigDict(frozen=True)

    name: str
    label: str
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    required: bool = True

    def read(self, text: str) -> str | bool | None:
        """What was typed, as the journal has it: amounts as 1234.50, days as 2026-12-01. Raises BusinessError."""
        text = " ".join(text.split())
        if not text:
            if self.required:
                raise BusinessError(f"«{self.label}» måste besvaras.")
            return None
        readers: dict[Kind, Callable[[str], str | bool]] = {
            Kind.TEXT: _text,
            Kind.AMOUNT: _amount,
            Kind.DATE: _date,
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


def read_answers(questions: Sequence[Question], typed: Mapping[str, str]) -> dict[str, str | bool]:
    """What was typed for each question that is answered, by its name. Raises BusinessError that names the question."""
    answers = {question.name: question.read(typed.get(question.name, "")) for question in questions}
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


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("skriv ett datum som 2026-12-01.") from None


def _yes_no(text: str) -> bool:
    answers = {"ja": True, "nej": False}
    if text.casefold() not in answers:
        raise ValueError("svara ja eller nej.")
    return answers[text.casefold()]
