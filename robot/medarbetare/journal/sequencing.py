"""The journal's end: where the next entry goes, one writer at a time.

Plain SQL: three statements instead of the five that models need halve the time for which every other writer waits.
"""

from django.db import connection

from medarbetare.errors import JournalError
from medarbetare.journal.merkle import Frontier
from medarbetare.journal.models import HEAD_ID, Head, Leaf

_LOCK_HEAD = """
SELECT size, frontier, coalesce((SELECT max(size) FROM journal_checkpoint), 0)
FROM journal_head WHERE id = %s FOR UPDATE
"""

_STORE = """
WITH leaf AS (
    INSERT INTO journal_leaf (index, "case", kind, name, time, actor, department, signed, payload_hash, leaf_hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
), payload AS (
    INSERT INTO journal_payload (leaf_id, sealed) VALUES (%s, %s)
)
UPDATE journal_head SET size = %s, frontier = %s WHERE id = %s
"""


def lock_end() -> tuple[Frontier, int]:
    """The tree as it is now and the size of the last checkpoint (0: none).

    Every other writer waits here until the caller's transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_HEAD, [HEAD_ID])
        row = cursor.fetchone()
    if row is None:
        raise JournalError("Journalens slut (journal_head) saknas. Kör medarbetare audit verify.")
    size, roots, signed = row
    return _frontier(size, roots), signed


def read_end() -> Frontier:
    """The tree as it is now, without waiting for writers."""
    head = Head.objects.get(id=HEAD_ID)
    return _frontier(head.size, head.frontier)


def store(leaf: Leaf, sealed: bytes, frontier: Frontier) -> None:
    """Add the row of a leaf and of its payload, and move the end to `frontier`, which includes the leaf."""
    described = [leaf.index, leaf.case, leaf.kind, leaf.name, leaf.time, leaf.actor, leaf.department, leaf.signed]
    hashes = [bytes(leaf.payload_hash), bytes(leaf.leaf_hash)]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [*described, *hashes, leaf.index, sealed, frontier.size, frontier.to_bytes(), HEAD_ID],
        )


def _frontier(size: int, roots: bytes | memoryview) -> Frontier:
    try:
        return Frontier.from_bytes(size, bytes(roots))
    except ValueError:
        raise JournalError("Journalens slut (journal_head) är skadat. Kör medarbetare audit verify.") from None
