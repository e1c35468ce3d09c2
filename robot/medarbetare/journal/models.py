"""Tables of the journal. A leaf holds no personal data; what was done and seen is sealed in its payload."""

from datetime import UTC
from typing import ClassVar

from django.db import models

from medarbetare.journal.sealing import canonical

LEAF_FORMAT = 1
HEAD_ID = 1


class Leaf(models.Model):
    """One entry of the log. Never changed, never deleted."""

    index = models.PositiveBigIntegerField(primary_key=True)
    case = models.CharField(max_length=64, null=True, help_text="handle; null: concerns the robot")
    kind = models.CharField(max_length=64)
    name = models.CharField(max_length=128)
    time = models.DateTimeField()
    actor = models.CharField(max_length=128)
    department = models.CharField(max_length=64)
    signed = models.PositiveBigIntegerField(help_text="size of the last checkpoint then, so that none can vanish")
    payload_hash = models.BinaryField(max_length=32)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "index"], name="journal_leaf_of_case")]

    def __str__(self) -> str:
        return f"{self.index} {self.kind}"

    def hashed_bytes(self) -> bytes:
        """The leaf as the Merkle tree sees it: RFC 8785 JSON of every column but `leaf_hash`, times in UTC.

        Raises JournalError when a column holds what can never have been written.
        """
        return canonical(
            {
                "format": LEAF_FORMAT,
                "index": self.index,
                "case": self.case,
                "kind": self.kind,
                "name": self.name,
                "time": self.time.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": self.actor,
                "department": self.department,
                "signed": self.signed,
                "payload_hash": bytes(self.payload_hash).hex(),
            }
        )


class CaseKey(models.Model):
    """The key of one case's payloads, or of a department's entries that concern no case; wrapped. Erasable."""

    holder = models.CharField(max_length=80, primary_key=True)
    department = models.CharField(max_length=64)
    wrapped = models.BinaryField(max_length=60)

    def __str__(self) -> str:
        return self.holder


class Payload(models.Model):
    """Salt and payload of a leaf, sealed under the case's key. Erasable."""

    leaf = models.OneToOneField(Leaf, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"payload of {self.leaf_id}"


class Blob(models.Model):
    """A piece of evidence (a page's snapshot or picture), sealed under its case's key. Erasable.

    Its SHA-256 stands in the payload of the entry that it belongs to; `name` is that under the case's key.
    """

    case = models.CharField(max_length=64, db_index=True, help_text="handle")
    name = models.CharField(max_length=64, help_text="keyed hash of its SHA-256, hexadecimal")
    media_type = models.CharField(max_length=64)
    made_at = models.DateTimeField(db_index=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.media_type} of {self.case}"


class Head(models.Model):
    """One row: the size of the tree and the roots of its complete subtrees. Its row lock makes one sequencer."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    size = models.PositiveBigIntegerField()
    frontier = models.BinaryField()

    def __str__(self) -> str:
        return str(self.size)


class Checkpoint(models.Model):
    """A signed statement of the root at a size."""

    size = models.PositiveBigIntegerField(primary_key=True)
    note = models.TextField()

    def __str__(self) -> str:
        return str(self.size)
