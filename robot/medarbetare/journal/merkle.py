"""Merkle trees of RFC 6962, section 2: hashes, the growing right edge, proofs. SHA-256; every hash is 32 bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """What must be remembered of a tree to append to it: the roots of its complete subtrees, largest first.

    There is one such root for every bit that is set in `size`.
    """

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.roots) != self.size.bit_count():
            raise ValueError("the number of subtree roots does not fit the size")
        if any(len(root) != HASH_BYTES for root in self.roots):
            raise ValueError("a subtree root has the wrong length")

    @classmethod
    def from_bytes(cls, size: int, joined: bytes) -> "Frontier":
        """The inverse of `to_bytes`. Raises ValueError when the bytes do not fit the size."""
        parts = (joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES))
        return cls(size, tuple(parts))

    def to_bytes(self) -> bytes:
        return b"".join(self.roots)

    def append(self, hash_of_leaf: bytes) -> "Frontier":
        roots = list(self.roots)
        joined, size = hash_of_leaf, self.size
        while size & 1:
            joined = node_hash(roots.pop(), joined)
            size >>= 1
        return Frontier(self.size + 1, (*roots, joined))

    def root(self) -> bytes:
        if not self.roots:
            return EMPTY_ROOT
        *rest, joined = self.roots
        for left in reversed(rest):
            joined = node_hash(left, joined)
        return joined


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """MTH of section 2.1, straight from its definition."""
    if not leaf_hashes:
        return EMPTY_ROOT
    if len(leaf_hashes) == 1:
        return leaf_hashes[0]
    split = _split(len(leaf_hashes))
    return node_hash(root_of(leaf_hashes[:split]), root_of(leaf_hashes[split:]))


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """PATH of section 2.1.1: what is needed besides leaf `index` to compute the root. Raises IndexError."""
    if not 0 <= index < len(leaf_hashes):
        raise IndexError("no such leaf in this tree")
    if len(leaf_hashes) == 1:
        return []
    split = _split(len(leaf_hashes))
    left, right = leaf_hashes[:split], leaf_hashes[split:]
    if index < split:
        return [*inclusion_proof(left, index), root_of(right)]
    return [*inclusion_proof(right, index - split), root_of(left)]


def verify_inclusion(proof: Sequence[bytes], index: int, size: int, hash_of_leaf: bytes, root: bytes) -> bool:
    """Whether leaf `index` is in the tree of `size` leaves with that root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    joined, last = hash_of_leaf, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            joined = node_hash(sibling, joined)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            joined = node_hash(joined, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and joined == root


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """PROOF of section 2.1.2: that the first `old_size` leaves are a prefix of this tree. Raises IndexError."""
    if not 0 < old_size <= len(leaf_hashes):
        raise IndexError("no such earlier tree")
    return _subproof(leaf_hashes, old_size, known=True)


def _subproof(leaf_hashes: Sequence[bytes], old_size: int, *, known: bool) -> list[bytes]:
    if old_size == len(leaf_hashes):
        return [] if known else [root_of(leaf_hashes)]
    split = _split(len(leaf_hashes))
    left, right = leaf_hashes[:split], leaf_hashes[split:]
    if old_size <= split:
        return [*_subproof(left, old_size, known=known), root_of(right)]
    return [*_subproof(right, old_size - split, known=False), root_of(left)]


def verify_consistency(proof: Sequence[bytes], old_size: int, old_root: bytes, size: int, root: bytes) -> bool:
    """Whether the tree `old_size`, `old_root` is a prefix of `size`, `root` (RFC 9162, section 2.1.4.2)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    nodes: Iterator[bytes] = iter([old_root, *proof] if old_size.bit_count() == 1 else proof)
    first = next(nodes, None)
    if first is None:
        return False
    index, last = old_size - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old_joined = joined = first
    for sibling in nodes:
        if last == 0:
            return False
        if index & 1 or index == last:
            old_joined, joined = node_hash(sibling, old_joined), node_hash(sibling, joined)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            joined = node_hash(joined, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and old_joined == old_root and joined == root


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
