"""Tables of the engine room: the writes that have been begun, so that none is begun twice."""

from typing import ClassVar

from django.db import models

from medarbetare.cases.models import Case


class WriteState(models.TextChoices):
    """How far a write has come. Every change is committed before the next thing is done."""

    #: will be written; the portal has not been touched
    INTENDED = "intended"
    #: the one submit may have been sent
    SUBMITTING = "submitting"
    #: read back equal to what was intended
    RECEIPT = "receipt"
    #: nobody can tell; a person settles it
    UNKNOWN = "unknown"


class Write(models.Model):
    """One write into a portal, with its natural key as a pseudonym. Contents stand in the journal."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="writes")
    name = models.CharField(max_length=64)
    portal = models.CharField(max_length=64)
    department = models.CharField(max_length=64)
    natural_key = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=WriteState.choices)
    submits = models.PositiveIntegerField(default=0, help_text="how many times the submit may have been sent")
    shown_before = models.PositiveIntegerField(
        null=True, help_text="how many records the portal's list showed just before the submit, whoever made them"
    )
    intended_at = models.DateTimeField()
    submitting_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "name"], name="one_write_of_a_name_per_case"),
            models.UniqueConstraint(
                fields=["department", "portal", "natural_key"], name="one_write_per_natural_key_whatever_the_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.case_id}: {self.state}"
