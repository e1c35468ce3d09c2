"""What people fill in."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

LONGEST_NOTE = 1000


class ApprovalForm(forms.Form):
    """Approval of a proposal: every reason for which it waits must be ticked as checked."""

    note = forms.CharField(
        label="Anteckning (frivillig)",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "note-help"}),
    )

    def __init__(self, reasons: Sequence[str], data: Any = None) -> None:
        super().__init__(data)
        for number, reason in enumerate(reasons, 1):
            self.fields[f"reason-{number}"] = forms.BooleanField(
                label=f"Jag har kontrollerat: {reason}",
                error_messages={"required": "Kryssa i rutan när du har kontrollerat det här."},
            )

    def boxes(self) -> Iterator[BoundField]:
        """One box a reason."""
        return (self[name] for name in self.fields if name.startswith("reason-"))


class TakeOverForm(forms.Form):
    """A person does the rest by hand."""

    note = forms.CharField(
        label="Anteckning (frivillig)",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "note-help"}),
    )
