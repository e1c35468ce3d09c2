"""What people fill in."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField

from medarbetare.cases.questions import Question, still_asked
from medarbetare.errors import BusinessError
from medarbetare.readable import amounts

LONGEST_NOTE = 1000


class NoteForm(forms.Form):
    """A note, and nothing else."""

    note = forms.CharField(
        label="Anteckning (frivillig)",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "note-help"}),
    )


class SaidForm(NoteForm):
    """What somebody has said to the person who fills this in."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        said = self.fields["note"]
        said.label, said.required = "Vad har sagts, av vem och när?", True
        said.error_messages["required"] = "Skriv vad som har sagts: det är det som ärendet går vidare med."


class Asked(NamedTuple):
    """One question as it stands in the form: `choices` are what can be ticked, empty where something is typed."""

    question: Question
    field: BoundField
    choices: tuple[str, ...]


class ApprovalForm(NoteForm):
    """Approval of a proposal: every reason for which it waits must be ticked as checked, every question answered."""

    def __init__(self, reasons: Sequence[str], questions: Sequence[Question], today: date, data: Any = None) -> None:
        super().__init__(data)
        self.questions = tuple(questions)
        self._today = today
        for number, reason in enumerate(reasons, 1):
            self.fields[f"reason-{number}"] = forms.BooleanField(
                label=f"Jag har kontrollerat: {amounts(reason)}",
                error_messages={"required": "Kryssa i rutan när du har kontrollerat det här."},
            )
        for question in questions:
            self.fields[_field_of(question)] = forms.CharField(label=question.label, required=False)

    def clean(self) -> dict[str, Any]:
        """Every question answered in its own way; what is wrong is told beside it."""
        typed = self.typed()
        for question in still_asked(self.questions, typed):
            try:
                question.read(typed[question.name], self._today)
            except BusinessError as error:
                self.add_error(_field_of(question), error.message)
        return self.cleaned_data

    def typed(self) -> dict[str, str]:
        """What was typed for each question, by its name."""
        return {question.name: str(self.data.get(_field_of(question), "")) for question in self.questions}

    def boxes(self) -> Iterator[BoundField]:
        """One box a reason."""
        return (self[name] for name in self.fields if name.startswith("reason-"))

    def asked(self) -> Iterator[Asked]:
        """One field a question."""
        yes_no = ("ja", "nej")
        for question in self.questions:
            choices = yes_no if question.kind == "ja eller nej" else question.choices
            yield Asked(question, self[_field_of(question)], choices)


class TakeOverForm(NoteForm):
    """A person does the rest by hand."""


def _field_of(question: Question) -> str:
    return f"answer-{question.name}"
