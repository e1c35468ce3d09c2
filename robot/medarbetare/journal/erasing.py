"""Erasure (gallring): what the entries of a case hold is removed for good, and that it was stands in the journal.

The leaves stay, so that every root, checkpoint and proof stays what it was. The sealed payloads with their salts, the
evidence and the case's key go. One more leaf, of the kind `erasure`, tells which case and which entries, by which rule
and by whose decision: verification accepts what it names as missing, and nothing else.
"""

from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction
from pydantic import BaseModel, ConfigDict

from medarbetare.journal import sealing
from medarbetare.journal.erasure import ERASURE
from medarbetare.journal.models import Blob, CaseKey, Leaf, Payload
from medarbetare.journal.sequencing import lock_end
from medarbetare.journal.writing import Journal

log = structlog.get_logger()

_SIGNATURE = "signature"


class Erasure(BaseModel):
    """The decision to erase a case. No personal data: it may be kept outside the database, see `to_list`.

    `rule` is what is decided in general, `decided_by` who decided that and under which reference.
    """

    model_config = ConfigDict(frozen=True)

    case: str
    department: str
    rule: str
    decided_by: str


def to_list(journal: Journal, erasure: Erasure) -> dict[str, str]:
    """The erasure as it is kept outside the database: signed, so that nobody but the robot adds to the list."""
    return {**erasure.model_dump(), _SIGNATURE: journal.vouch(_signed_text(erasure)).hex()}


def from_list(journal: Journal, lines: Sequence[dict[str, Any]]) -> list[Erasure]:
    """The erasures of such a list. What this journal's key has not signed is told in the log and not obeyed."""
    found = []
    for line in lines:
        try:
            erasure = Erasure.model_validate(line)
            is_ours = journal.has_vouched(_signed_text(erasure), bytes.fromhex(str(line.get(_SIGNATURE, ""))))
        except ValueError:
            is_ours = False
        if is_ours:
            found.append(erasure)
        else:
            log.error("erasure refused", message="En rad i listan över gallringar saknar robotens underskrift.")
    return found


def _signed_text(erasure: Erasure) -> bytes:
    return sealing.canonical(erasure.model_dump())


def erase(journal: Journal, erasure: Erasure, actor: str, *, again: bool = False) -> int:
    """Remove what the case's entries hold, in the caller's transaction; returns how many entries were emptied.

    Nothing happens when nothing is left of the case, so that it may be asked for any number of times: after a restore
    of an older backup `again` tells that the journal had forgotten it. Entries are found anew by the case's handle,
    since those that a backup forgot have given their places to others.

    Raises JournalError.
    """
    with transaction.atomic():
        # First of all: nobody writes an entry about the case meanwhile.
        lock_end()
        leaves = list(
            Leaf.objects.filter(case=erasure.case, payload__isnull=False)
            .order_by("index")
            .values_list("index", flat=True)
        )
        Payload.objects.filter(leaf__case=erasure.case).delete()
        keys, _ = CaseKey.objects.filter(holder=sealing.holder_of(erasure.case, erasure.department)).delete()
        blobs, _ = Blob.objects.filter(case=erasure.case).delete()
        if leaves or keys or blobs:
            journal.append(
                case=None,
                kind=ERASURE,
                actor=actor,
                department=erasure.department,
                payload={**erasure.model_dump(), "leaves": leaves, "blobs": blobs, "again": again},
            )
    return len(leaves)


def erase_again(journal: Journal, erasures: Sequence[Erasure], actor: str) -> int:
    """Apply erasures once more after a restore of an older backup; returns how many entries were emptied.

    Only what the journal holds: `medarbetare.cases.retention.Retention.erase_again` removes the case itself as well.
    """
    return sum(erase(journal, erasure, actor, again=True) for erasure in erasures)
