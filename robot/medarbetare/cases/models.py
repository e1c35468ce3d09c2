"""Tables of the cases room. No column holds personal data: a case is a random handle."""

import secrets
from typing import ClassVar

from django.db import models

from medarbetare.cases.status import CaseStatus

_HANDLE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_handle() -> str:
    """A random case handle of ten characters that cannot be mistaken for one another when read aloud."""
    return "".join(secrets.choice(_HANDLE_ALPHABET) for _ in range(10))


class Case(models.Model):
    """One application from an inbox, and who may act on it now (its lease)."""

    handle = models.CharField(primary_key=True, max_length=10, default=new_handle, editable=False)
    inbox = models.CharField(max_length=64)
    reference = models.TextField()
    department = models.CharField(max_length=64)
    workflow = models.CharField(max_length=64)
    household = models.CharField(max_length=64, help_text="pseudonym; cases of one household run in sequence")
    status = models.CharField(max_length=32, choices=[(s.value, s.value) for s in CaseStatus], default=CaseStatus.NEW)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0, help_text="times a worker began; crashes count")
    lease_token = models.PositiveBigIntegerField(default=0)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    deadline = models.DateField(null=True, help_text="when it shall be decided; the nearest goes first")
    waits_for = models.CharField(max_length=80, blank=True, help_text="the portal without which it is not taken up")
    flow_version = models.CharField(
        max_length=32, blank=True, help_text="of the workflow that began or last adopted it"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["inbox", "reference"], name="a_reference_is_unique_forever"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "due_at"]),
            models.Index(fields=["department", "household"], name="cases_case_of_household"),
        ]

    def __str__(self) -> str:
        return f"{self.handle} ({self.status})"


class KnownReference(models.Model):
    """A reference that has once been seen in an inbox, or that another has handled. Never deleted.

    It outlives its case, so that an application is not taken in again when retention has removed the case.
    """

    class Source(models.TextChoices):
        """How the robot came to know it."""

        #: taken in as a case
        CASE = "ärende"
        #: handled before the robot's time, by another robot or by hand
        IMPORTED = "import"

    inbox = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the reference, hexadecimal")
    source = models.CharField(max_length=16, choices=Source.choices)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["inbox", "digest"], name="a_reference_is_known_once"),
        ]

    def __str__(self) -> str:
        return f"{self.inbox}: {self.digest[:12]}"


class InboxReading(models.Model):
    """What an inbox held when it was last read to its end."""

    inbox = models.CharField(primary_key=True, max_length=64)
    read_at = models.DateTimeField()
    seen = models.PositiveIntegerField(help_text="applications there with a status that means new")
    others = models.JSONField(help_text="references of those that belong to another, by the rule of ownership")
    undated = models.PositiveIntegerField(help_text="of these: left because it is not told when they came in")

    def __str__(self) -> str:
        return f"{self.inbox} {self.read_at:%Y-%m-%d %H:%M}"


class Closing(models.TextChoices):
    """How a hand-off ended."""

    #: a person approved the proposal; the robot goes on where it stopped
    APPROVED = "godkänd"
    #: a person does the rest by hand
    TAKEN_OVER = "övertagen"
    #: staff finished the case in the case system, and the robot saw it there
    FINISHED_ELSEWHERE = "avslutad av handläggare"
    #: a person has told what became of the write whose outcome was unknown; the robot goes on
    SETTLED = "utredd"
    #: what hindered the robot is mended; it tries again where its attempts ran out
    RETRIED = "återlämnad till roboten"


class Handoff(models.Model):
    """Something that waits for a person: a case, or one part of a case that went on without it (`about`).

    Its reasons are personal data and stand in the journal, at `entry`.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="handoffs")
    entry = models.PositiveBigIntegerField(help_text="index of the journal leaf that holds the reasons")
    role = models.CharField(max_length=64, help_text="who is to take it")
    assigned_to = models.CharField(
        max_length=150, blank=True, help_text="user name of whom of the role it goes to; empty: the group's list"
    )
    about = models.CharField(max_length=64, blank=True, help_text="the part of the case; empty for all of it")
    waits_at = models.CharField(max_length=64, blank=True, help_text="the step that goes on when a person approves")
    gave_up = models.BooleanField(
        default=False, help_text="the robot's attempts ran out; a person may let it try again"
    )
    urgent = models.BooleanField(default=False, help_text="stands first in the lists")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=32, choices=Closing.choices, blank=True)
    closed_by = models.CharField(max_length=150, blank=True, help_text="user name, or the robot")

    def __str__(self) -> str:
        return f"hand-off of {self.case_id}"


class StaffName(models.Model):
    """What the case system calls a user of the robot's web, where that is another name than the user has here."""

    user = models.CharField(primary_key=True, max_length=150)
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=100, unique=True, help_text="as names are compared, see `staff.folded`")

    def __str__(self) -> str:
        return self.user


class Absence(models.Model):
    """Days on which a user takes no hand-offs. `cover` takes them meanwhile, else the group's list does."""

    user = models.CharField(max_length=150)
    first = models.DateField()
    last = models.DateField()
    cover = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "last"], name="cases_absence_of_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.first}-{self.last}"
