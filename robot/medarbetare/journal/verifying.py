"""Check the whole journal against itself: every row of every table, in one pass, from the rows alone.

What this cannot see without an anchor outside the operator's power: that the newest entries, checkpoints and head were
replaced together by an older state of the same journal. Nor does it see that entries vanished which no checkpoint
covered yet, if head and keys were rolled back with them.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import DataError, connection, transaction
from django.db.models import Exists, Model, OuterRef

from medarbetare.errors import JournalError
from medarbetare.journal import sealing
from medarbetare.journal.erasure import ERASURE, named
from medarbetare.journal.keys import JournalKeys
from medarbetare.journal.merkle import Frontier, leaf_hash
from medarbetare.journal.models import HEAD_ID, Blob, CaseKey, Checkpoint, Head, Leaf, Payload
from medarbetare.journal.note import Tree, open_checkpoint

ROWS_AT_A_TIME = 2000

_STILL_THERE = "är gallrad enligt journalen, men finns kvar"


@dataclass(frozen=True)
class Report:
    """The outcome. `problems` are Swedish sentences, each naming a table and a row; none holds personal data.

    `erased` is how many cases' contents are gone by an erasure that stands in the journal.
    """

    size: int
    root: bytes
    checkpoints: int
    problems: tuple[str, ...]
    erased: int = 0

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(keys: JournalKeys, origin: str) -> Report:
    """Read every row in one snapshot and recompute. Must be called outside a transaction."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # It opens thousands of rows between two statements, and holds nobody up.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        verification = _Verification(keys, origin)
        try:
            return verification.run()
        except DataError:
            verification.report(Leaf, "(okänd)", "innehåller ett värde som inte kan läsas")
            return verification.outcome()


class _Verification:
    def __init__(self, keys: JournalKeys, origin: str) -> None:
        self._keys = keys
        self._origin = origin
        self._public_key: Ed25519PublicKey = keys.signing.public_key()
        self._problems: list[str] = []
        self._frontier = Frontier()
        self._signed: dict[int, Tree] = {}
        self._stored_checkpoints: set[int] = set()
        self._missing_checkpoints: set[int] = set()
        self._case_keys: dict[str, bytes | None] = {}
        self._unused_keys: set[str] = set()
        self._erased: dict[int, str] = {}
        self._erased_cases: set[str] = set()

    def run(self) -> Report:
        self._open_checkpoints()
        self._open_keys()
        self._open_erasures()
        leaves = Leaf.objects.order_by("index").select_related("payload")
        for leaf in leaves.iterator(chunk_size=ROWS_AT_A_TIME):
            self._check_order(leaf)
            self._check_leaf(leaf)
            self._check_payload(leaf)
        self._check_leftovers()
        self._check_head()
        return self.outcome()

    def outcome(self) -> Report:
        return Report(
            size=self._frontier.size,
            root=self._frontier.root(),
            checkpoints=len(self._signed),
            problems=tuple(self._problems),
            erased=len(self._erased_cases),
        )

    def report(self, model: type[Model], row: object, fault: str) -> None:
        self._problems.append(f"{model._meta.db_table}, rad {row}: {fault}.")

    def _open_checkpoints(self) -> None:
        for row in Checkpoint.objects.order_by("size").iterator(chunk_size=ROWS_AT_A_TIME):
            self._stored_checkpoints.add(row.size)
            try:
                tree = open_checkpoint(row.note, self._origin, self._public_key)
            except JournalError as error:
                self.report(Checkpoint, row.size, error.message.rstrip("."))
                continue
            if (tree.origin, tree.size) != (self._origin, row.size):
                self.report(Checkpoint, row.size, f"gäller journalen {tree.origin} vid {tree.size} poster")
                continue
            self._signed[row.size] = tree

    def _open_keys(self) -> None:
        for row in CaseKey.objects.order_by("holder").iterator(chunk_size=ROWS_AT_A_TIME):
            self._unused_keys.add(row.holder)
            try:
                wrapping = self._keys.wrapping_key(row.department)
                self._case_keys[row.holder] = sealing.unwrap_key(
                    wrapping, bytes(row.wrapped), row.holder, row.department
                )
            except JournalError as error:
                self._case_keys[row.holder] = None
                self.report(CaseKey, row.holder, error.message.rstrip("."))

    def _open_erasures(self) -> None:
        """Which entries may be empty. An erasure entry that is damaged excuses nothing, and is told in its turn."""
        leaves = Leaf.objects.filter(kind=ERASURE, case=None, payload__isnull=False).select_related("payload")
        for leaf in leaves.order_by("index").iterator(chunk_size=ROWS_AT_A_TIME):
            key = self._case_keys.get(sealing.holder_of(None, leaf.department))
            if key is None:
                continue
            try:
                salted = sealing.unseal(key, bytes(leaf.payload.sealed), leaf.index, None)
            except JournalError:
                continue
            erased = named(sealing.unsalted(salted))
            if erased is None or sealing.payload_hash(salted) != bytes(leaf.payload_hash):
                continue
            case, indices = erased
            self._erased_cases.add(case)
            self._erased.update((index, case) for index in indices if index < leaf.index)

    def _check_order(self, leaf: Leaf) -> None:
        expected = self._frontier.size
        if leaf.index != expected:
            self.report(Leaf, expected, f"saknas; i dess ställe kommer rad {leaf.index}")

    def _check_leaf(self, leaf: Leaf) -> None:
        try:
            computed = leaf_hash(leaf.hashed_bytes())
        except JournalError:
            computed = b""
        if computed != bytes(leaf.leaf_hash):
            self.report(Leaf, leaf.index, "bladets hash stämmer inte med radens innehåll")
        if leaf.signed and leaf.signed not in self._stored_checkpoints:
            self._missing_checkpoints.add(leaf.signed)
        self._frontier = self._frontier.append(computed or bytes(32))
        tree = self._signed.get(self._frontier.size)
        if tree is not None and tree.root != self._frontier.root():
            self.report(Checkpoint, tree.size, "den underskrivna roten är inte roten av raderna i journal_leaf")

    def _check_payload(self, leaf: Leaf) -> None:
        if leaf.case is not None and self._erased.get(leaf.index) == leaf.case:
            if hasattr(leaf, "payload"):
                self.report(Payload, leaf.index, _STILL_THERE)
            return
        holder = sealing.holder_of(leaf.case, leaf.department)
        self._unused_keys.discard(holder)
        if holder not in self._case_keys:
            self.report(CaseKey, holder, f"saknas men behövs för rad {leaf.index} i journal_payload")
            return
        key = self._case_keys[holder]
        if not hasattr(leaf, "payload"):
            self.report(Payload, leaf.index, "saknas")
            return
        if key is None:
            return
        try:
            salted = sealing.unseal(key, bytes(leaf.payload.sealed), leaf.index, leaf.case)
        except JournalError as error:
            self.report(Payload, leaf.index, error.message)
            return
        if sealing.payload_hash(salted) != bytes(leaf.payload_hash):
            self.report(Payload, leaf.index, "innehållet stämmer inte med payload_hash i journal_leaf")

    def _check_leftovers(self) -> None:
        for size in sorted(self._missing_checkpoints):
            self.report(Checkpoint, size, "saknas, men fanns när senare poster skrevs")
        for size in sorted(size for size in self._signed if size > self._frontier.size):
            self.report(Checkpoint, size, f"journalen är kortare, {self._frontier.size} poster: poster är borttagna")
        for holder in sorted(self._unused_keys):
            erased = holder.removeprefix("case:") in self._erased_cases
            self.report(CaseKey, holder, _STILL_THERE if erased else "hör inte till någon rad i journal_leaf")
        if self._erased_cases:
            for row, case in Blob.objects.order_by("id").values_list("id", "case").iterator():
                if case in self._erased_cases:
                    self.report(Blob, row, _STILL_THERE)
        orphans = Payload.objects.exclude(Exists(Leaf.objects.filter(index=OuterRef("leaf_id"))))
        for index in orphans.order_by("leaf_id").values_list("leaf_id", flat=True):
            self.report(Payload, index, "hör inte till någon rad i journal_leaf")

    def _check_head(self) -> None:
        heads = list(Head.objects.order_by("id"))
        if [head.id for head in heads] != [HEAD_ID]:
            self.report(Head, HEAD_ID, f"ska vara den enda raden, men raderna är {[head.id for head in heads]}")
        for head in heads:
            if head.size != self._frontier.size:
                self.report(Head, head.id, f"säger {head.size} poster, men journal_leaf har {self._frontier.size}")
            elif bytes(head.frontier) != self._frontier.to_bytes():
                self.report(Head, head.id, "stämmer inte med raderna i journal_leaf")
