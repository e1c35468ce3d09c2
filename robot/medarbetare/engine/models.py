"""Tables of the engine room: the writes that have been begun, so that none is begun twice, and what is held back."""

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
    #: nobody can tell; a person settles it as done (receipt) or not done (intended again)
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


class Hold(models.Model):
    """Something that people have paused: `allt`, `portal:<name>` or `arbetsflöde:<name>`. No row: not paused."""

    what = models.CharField(primary_key=True, max_length=80)
    since = models.DateTimeField()
    by = models.CharField(max_length=150, help_text="who paused it, as an actor in the journal")

    def __str__(self) -> str:
        return self.what


class PortalStanding(models.Model):
    """How a portal has answered of late, shared by every worker on every machine. No row: nothing is wrong."""

    portal = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField(default=0, help_text="pages in a row that did not come")
    open_until = models.DateTimeField(null=True, help_text="the circuit breaker lets nobody through before this")
    last_failure = models.TextField(blank=True, help_text="Swedish, no personal data")
    log_ins = models.PositiveSmallIntegerField(default=0, help_text="passwords given in a row that led nowhere")
    login_refused_at = models.DateTimeField(null=True, help_text="no log-in is tried until a person has resumed it")

    def __str__(self) -> str:
        return self.portal


class Recovery(models.Model):
    """A restore of the database from an older backup. While one has not passed, nothing is decided or paid."""

    noticed_at = models.DateTimeField()
    why = models.TextField(help_text="how it was noticed; Swedish, no personal data")
    backup_of = models.DateTimeField(null=True, help_text="time of the newest entry that the backup held")
    passed_at = models.DateTimeField(null=True, help_text="a reconciliation has found what the backup forgot")
    passed_by = models.CharField(max_length=150, blank=True)

    def __str__(self) -> str:
        return f"restore noticed {self.noticed_at:%Y-%m-%d %H:%M}"
