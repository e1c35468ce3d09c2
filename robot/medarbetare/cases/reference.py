"""References known forever: taken in by the robot, or handled by others before its time.

A known reference outlives its case: retention removes the case, never the knowledge that it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction

from medarbetare.cases.models import KnownReference

_AT_A_TIME = 5000
_Source = KnownReference.Source

# Plain SQL: one statement that also tells whether it did anything, where models need four.
_MAKE_KNOWN = """
INSERT INTO cases_knownreference (inbox, digest, source, first_seen_at) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Imported:
    """How many references an import made known, and how many were known before: as a case, or by an earlier import."""

    new: int
    cases: int
    imported_before: int


def digest_of(reference: str) -> str:
    """What is kept of a reference: SHA-256, hexadecimal."""
    return sha256(reference.encode()).hexdigest()


def unknown(inbox: str, references: Sequence[str]) -> list[str]:
    """Those of the references that have never been seen in the inbox, in the same order. One indexed query."""
    digests = {reference: digest_of(reference) for reference in references}
    known = set(
        KnownReference.objects.filter(inbox=inbox, digest__in=list(digests.values())).values_list("digest", flat=True)
    )
    return [reference for reference in references if digests[reference] not in known]


def first_seen(inbox: str, reference: str, now: datetime) -> bool:
    """Make a reference known, in the transaction at hand; whether it was unknown.

    Of several who ask at once one gets True; the others wait here until its transaction has ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_KNOWN, [inbox, digest_of(reference), _Source.CASE.value, now])
        return bool(cursor.rowcount == 1)


def import_handled(inbox: str, references: Iterable[str], now: datetime) -> Imported:
    """Make references known that others have handled. What is known already, also as a case, is not changed.

    Joins the transaction at hand.
    """
    digests = sorted({digest_of(reference) for reference in references})
    cases = imported_before = 0
    with transaction.atomic():
        for first in range(0, len(digests), _AT_A_TIME):
            batch = digests[first : first + _AT_A_TIME]
            rows = KnownReference.objects.filter(inbox=inbox, digest__in=batch)
            before = rows.filter(source=_Source.IMPORTED).count()
            KnownReference.objects.bulk_create(
                [
                    KnownReference(inbox=inbox, digest=digest, source=_Source.IMPORTED, first_seen_at=now)
                    for digest in batch
                ],
                ignore_conflicts=True,
            )
            imported_before += before
            # Counted afterwards: an inbox that is read at this moment may have made a case of one.
            cases += rows.filter(source=_Source.CASE).count()
    return Imported(new=len(digests) - cases - imported_before, cases=cases, imported_before=imported_before)
