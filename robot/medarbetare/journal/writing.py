"""Write to the journal, read a case back, sign checkpoints."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection
from django.db.models import Func, IntegerField

from medarbetare.clock import utc_now
from medarbetare.database.trouble import DATABASE_TROUBLE, why_unavailable
from medarbetare.errors import JournalError, JournalUnavailable
from medarbetare.journal import sealing
from medarbetare.journal.keys import JournalKeys
from medarbetare.journal.merkle import Frontier, leaf_hash
from medarbetare.journal.models import Blob, CaseKey, Checkpoint, Leaf, Payload
from medarbetare.journal.note import Tree, open_checkpoint, sign
from medarbetare.journal.sequencing import lock_end, read_end, store
from medarbetare.journal.verifying import Report, verify

LONGEST_UNSIGNED = timedelta(seconds=60)
_OUTSIDE = b"medarbetare outside the journal, 1\n"
"""Before every text that `vouch` signs: no signature of one thing passes for another's."""


class _Size(Func):
    """The length of a binary column in bytes, told without reading it."""

    function = "octet_length"
    output_field = IntegerField()


@dataclass(frozen=True)
class Entry:
    """One opened entry. `payload` may hold personal data and is kept out of `repr`."""

    index: int
    case: str | None
    kind: str
    name: str
    time: datetime
    actor: str
    department: str
    payload: dict[str, Any] = field(repr=False)
    leaf_hash: bytes = field(repr=False)


class Journal:
    """The robot's log. `origin` names it in checkpoints, for example `medarbetare.exempelby.se/journal`.

    `on_signed` is called with every checkpoint that this process has stored.

    Every method raises JournalError when the journal cannot be read or written.
    """

    def __init__(
        self,
        keys: JournalKeys,
        *,
        origin: str,
        clock: Callable[[], datetime] = utc_now,
        on_signed: Callable[[Checkpoint], None] = lambda checkpoint: None,
    ) -> None:
        self._keys = keys
        self._origin = origin
        self._clock = clock
        self._on_signed = on_signed

    def vouch(self, text: bytes) -> bytes:
        """A signature of what is kept outside the journal and must be this robot's own."""
        return self._keys.signing.sign(_OUTSIDE + text)

    def has_vouched(self, text: bytes, signature: bytes) -> bool:
        """Whether `vouch` made the signature of this text."""
        try:
            self._keys.signing.public_key().verify(signature, _OUTSIDE + text)
        except InvalidSignature:
            return False
        return True

    def append(
        self, *, case: str | None, kind: str, name: str = "", actor: str, department: str, payload: sealing.Payload
    ) -> Entry:
        """Write an entry in the caller's transaction, so that it stands exactly if what it tells stands.

        Until that transaction ends all other appends wait: keep it short. `case` is a handle, or None for what concerns
        the robot. `kind`, `name`, `actor` and `department` are stored in clear and may hold no personal data.
        """
        if not connection.in_atomic_block:
            raise JournalError("En journalpost får bara skrivas inuti en transaktion.")
        salted = sealing.salted(payload)
        with _database_errors("skrivas"):
            end, signed = lock_end()
            leaf = Leaf(
                index=end.size,
                case=case,
                kind=kind,
                name=name,
                time=self._clock(),
                actor=actor,
                department=department,
                signed=signed,
                payload_hash=sealing.payload_hash(salted),
            )
            leaf.leaf_hash = leaf_hash(leaf.hashed_bytes())
            sealed = sealing.seal(self._case_key(case, department), salted, leaf.index, case)
            store(leaf, sealed, end.append(leaf.leaf_hash))
        return _entry(leaf, salted)

    def keep(self, case: str, department: str, pieces: Sequence[tuple[str, str, bytes]]) -> list[dict[str, str]]:
        """Seal pieces of evidence (name, media type, content) under the case's key.

        Gives what belongs in the payload of the entry that they are evidence of: name and SHA-256 of each.
        """
        kept = []
        with _database_errors("skrivas"):
            key = self._stored_key(case, department)
            for name, media_type, content in pieces:
                digest = sha256(content).hexdigest()
                Blob.objects.create(
                    case=case,
                    name=sealing.blob_name(key, digest),
                    media_type=media_type,
                    made_at=self._clock(),
                    sealed=sealing.seal_blob(key, content, case, digest),
                )
                kept.append({"name": name, "sha256": digest})
        return kept

    def kept(self, case: str, department: str, digests: Sequence[str]) -> dict[str, str]:
        """The media type of each piece of evidence, by its digest, that has not been removed."""
        if not digests:
            return {}
        with _database_errors("läsas"):
            key = self._stored_key(case, department)
            types = dict(Blob.objects.filter(case=case).values_list("name", "media_type"))
        names = {digest: sealing.blob_name(key, digest) for digest in digests}
        return {digest: types[name] for digest, name in names.items() if name in types}

    def piece(self, case: str, department: str, digest: str) -> tuple[str, bytes]:
        """Media type and content of a piece of evidence. Raises JournalError also when it is changed or not there."""
        with _database_errors("läsas"):
            key = self._stored_key(case, department)
            blob = Blob.objects.filter(case=case, name=sealing.blob_name(key, digest)).order_by("pk").first()
            if blob is None:
                raise JournalError(f"Beviset {digest[:12]} i ärende {case} finns inte kvar.")
            content = sealing.unseal_blob(key, bytes(blob.sealed), case, digest)
        if sha256(content).hexdigest() != digest:
            raise JournalError(f"Beviset {digest[:12]} i ärende {case} är ändrat.")
        return blob.media_type, content

    def entries(self, case: str, *, largest: int | None = None, kinds: Collection[str] | None = None) -> list[Entry]:
        """Everything about a case, or what is of these `kinds`, oldest first, opened and compared with its leaves.

        A sealed payload of more than `largest` bytes is not even fetched: its entry's payload is empty.
        """
        with _database_errors("läsas"):
            leaves = Leaf.objects.filter(case=case)
            if kinds is not None:
                leaves = leaves.filter(kind__in=kinds)
            left = _larger(case, largest) if largest is not None else []
            opened = list(leaves.exclude(index__in=left).select_related("payload"))
            if not opened:
                return []
            key = self._stored_key(case, opened[0].department)
            entries = [_opened(leaf, key) for leaf in opened]
            entries += [_left_sealed(leaf) for leaf in leaves.filter(index__in=left)]
            return sorted(entries, key=lambda entry: entry.index)

    def entry(self, index: int) -> Entry:
        """One entry, opened and compared with its leaf."""
        with _database_errors("läsas"):
            leaf = Leaf.objects.select_related("payload").get(index=index)
            return _opened(leaf, self._stored_key(leaf.case, leaf.department))

    def checkpoint(self) -> Checkpoint | None:
        """Sign and store the tree as it is now. None when nothing has been added since the last checkpoint.

        Not allowed inside a transaction: a signed tree must never be rolled back. Refuses to sign a journal that is
        shorter than its last checkpoint or differs from it.
        """
        if connection.in_atomic_block:
            raise JournalError("En kontrollpunkt får inte skrivas inuti en transaktion.")
        with _database_errors("skrivas"):
            frontier = read_end()
            last = Checkpoint.objects.order_by("-size").first()
            if last is not None and self._covers(last, frontier):
                return None
            tree = Tree(self._origin, frontier.size, frontier.root())
            signed = Checkpoint(size=tree.size, note=sign(tree.text(), self._origin, self._keys.signing))
            # Another process may have signed the same tree meanwhile; Ed25519 gives both the same note.
            Checkpoint.objects.bulk_create([signed], ignore_conflicts=True)
        self._on_signed(signed)
        return signed

    def due_checkpoint(self, max_age: timedelta = LONGEST_UNSIGNED) -> Checkpoint | None:
        """A checkpoint if the oldest entry that none covers yet is at least `max_age` old; otherwise None."""
        with _database_errors("läsas"):
            signed = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
            oldest = Leaf.objects.filter(index=signed).values_list("time", flat=True).first()
        if oldest is None or self._clock() - oldest < max_age:
            return None
        return self.checkpoint()

    def verify(self) -> Report:
        """Recompute the whole journal from its rows and compare; see `medarbetare.journal.verifying`."""
        with _database_errors("läsas"):
            return verify(self._keys, self._origin)

    def _covers(self, last: Checkpoint, frontier: Frontier) -> bool:
        tree = open_checkpoint(last.note, self._origin, self._keys.signing.public_key())
        if frontier.size < tree.size or (frontier.size == tree.size and frontier.root() != tree.root):
            raise JournalError(
                f"Journalen stämmer inte med sin kontrollpunkt vid {tree.size} poster: "
                "poster är borttagna eller ändrade. Kör medarbetare audit verify."
            )
        return frontier.size == tree.size

    def _case_key(self, case: str | None, department: str) -> bytes:
        """The key that seals this entry, made with the first one. The head's row lock keeps two from making it."""
        holder, wrapping = sealing.holder_of(case, department), self._keys.wrapping_key(department)
        row = CaseKey.objects.filter(holder=holder).values_list("department", "wrapped").first()
        if row is None:
            wrapped = sealing.new_wrapped_key(wrapping, holder, department)
            CaseKey(holder=holder, department=department, wrapped=wrapped).save(force_insert=True)
        elif row[0] != department:
            raise JournalError(f"Ärendet {case} hör till avdelningen {row[0]}, inte till {department}.")
        else:
            wrapped = bytes(row[1])
        return sealing.unwrap_key(wrapping, wrapped, holder, department)

    def _stored_key(self, case: str | None, department: str) -> bytes:
        holder, wrapping = sealing.holder_of(case, department), self._keys.wrapping_key(department)
        wrapped = bytes(CaseKey.objects.values_list("wrapped", flat=True).get(holder=holder))
        return sealing.unwrap_key(wrapping, wrapped, holder, department)


def _larger(case: str, than: int) -> list[int]:
    """The case's entries whose sealed payloads are larger than so many bytes."""
    sizes = Payload.objects.filter(leaf__case=case).annotate(size=_Size("sealed"))
    return list(sizes.filter(size__gt=than).values_list("leaf_id", flat=True))


def _opened(leaf: Leaf, key: bytes) -> Entry:
    salted = sealing.unseal(key, bytes(leaf.payload.sealed), leaf.index, leaf.case)
    if sealing.payload_hash(salted) != bytes(leaf.payload_hash):
        raise _changed(leaf)
    return _entry(_unchanged(leaf), salted)


def _left_sealed(leaf: Leaf) -> Entry:
    return _entry(_unchanged(leaf), sealing.salted({}))


def _unchanged(leaf: Leaf) -> Leaf:
    if leaf_hash(leaf.hashed_bytes()) != bytes(leaf.leaf_hash):
        raise _changed(leaf)
    return leaf


def _changed(leaf: Leaf) -> JournalError:
    return JournalError(f"Journalens post {leaf.index} är ändrad. Kör medarbetare audit verify.")


def _entry(leaf: Leaf, salted: bytes) -> Entry:
    return Entry(
        index=leaf.index,
        case=leaf.case,
        kind=leaf.kind,
        name=leaf.name,
        time=leaf.time,
        actor=leaf.actor,
        department=leaf.department,
        payload=json.loads(sealing.unsalted(salted)),
        leaf_hash=bytes(leaf.leaf_hash),
    )


@contextmanager
def _database_errors(done: str) -> Iterator[None]:
    try:
        yield
    except ObjectDoesNotExist as error:
        raise JournalError(f"Journalen kunde inte {done}: en rad saknas ({type(error).__qualname__}).") from None
    except DATABASE_TROUBLE as error:
        raise JournalUnavailable(f"Journalen kunde inte {done}. {why_unavailable(error)}") from error
    except DatabaseError as error:
        raise JournalError(f"Journalen kunde inte {done}: databasen svarade med {type(error).__name__}.") from None
