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


class Reservation(models.Model):
    """A case's part of a day's ceiling, its newest answer of each kind; see `medarbetare.engine.reserving`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reservations")
    kind = models.CharField(max_length=64)
    day = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="kronor")
    within = models.BooleanField(help_text="there was room; otherwise nothing is reserved and a person looks first")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "kind"], name="one_reservation_per_case_and_kind"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "day"], name="reservation_of_day")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class Conflict(models.Model):
    """A person on a department's conflict-of-interest list, as a pseudonym; see `medarbetare.engine.conflicts`."""

    department = models.CharField(max_length=64)
    pseudonym = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=150, help_text="as an actor in the journal")
    why = models.CharField(max_length=80, help_text="Swedish, no personal data")
    until = models.DateField(null=True, help_text="the last day; null: until it is removed")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["department", "pseudonym"], name="a_person_is_on_a_list_once"),
        ]

    def __str__(self) -> str:
        return f"conflict {self.pk} of {self.department}"


class QueueWorker(models.Model):
    """Which supervisor is behind one of the queue's workers, to free what it was at once it is known to be dead."""

    worker = models.BigIntegerField(primary_key=True, help_text="its number in the queue's table of workers")
    owner = models.CharField(max_length=64, help_text="the supervisor, as in a case's lease")

    def __str__(self) -> str:
        return f"{self.worker} of {self.owner}"


class Ruleset(models.Model):
    """The rules of a workflow as they once were, to decide by again. Never removed: no personal data."""

    workflow = models.CharField(max_length=64)
    version = models.CharField(max_length=64, help_text="SHA-256 over the files, hexadecimal")
    files = models.JSONField(help_text="content by name, as text")
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["workflow", "version"], name="a_version_of_rules_is_kept_once"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow} {self.version[:12]}"


class FollowedHousehold(models.Model):
    """A household of which facts are stated, see `engine.follow_up`. They stand in the journal, at `entry`.

    No column tells anything about the household but dates; `worker` is staff.
    """

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="followed", help_text="at whose end they were stated"
    )
    entry = models.PositiveBigIntegerField(help_text="index of the journal leaf that holds them")
    department = models.CharField(max_length=64)
    workflow = models.CharField(max_length=64)
    household = models.CharField(max_length=64, help_text="pseudonym, as of its cases")
    role = models.CharField(max_length=64, help_text="who may see it")
    worker = models.CharField(max_length=150, blank=True, help_text="the case worker, as the case system names them")
    heard_at = models.DateTimeField(help_text="when its newest application had come")
    stated_from = models.DateField(null=True, help_text="when the first fact holds that a new application leaves")
    due = models.DateField(null=True, help_text="when contact is due because of such facts")
    silent_from = models.DateField(null=True, help_text="from when it is a fact that no new application has come")
    silent_due = models.DateField(null=True, help_text="when contact is due because of that")
    until = models.DateField(help_text="after this what was read is too old to be shown")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["department", "workflow", "household"], name="a_household_is_followed_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["department", "worker"], name="engine_followed_by_worker"),
        ]

    def __str__(self) -> str:
        return f"household of {self.case_id}"
