"""Known answers: the reference tree of Certificate Transparency (RFC 6962 log software's own test vectors)."""

from hashlib import sha256

import pytest

from medarbetare.journal.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]


@pytest.mark.parametrize("size", range(9))
def test_root_of_the_reference_tree_at_every_size(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier = frontier.append(leaf)

    assert root_of(LEAVES[:size]).hex() == ROOTS[size]
    assert frontier.root().hex() == ROOTS[size]
    assert Frontier.from_bytes(size, frontier.to_bytes()) == frontier


def test_reference_inclusion_proof_of_the_sixth_leaf_of_eight() -> None:
    assert [node.hex() for node in inclusion_proof(LEAVES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_reference_consistency_proof_from_six_to_eight() -> None:
    assert [node.hex() for node in consistency_proof(LEAVES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_proof_of_every_tree_up_to_seventeen_leaves_verifies_and_no_altered_one_does() -> None:
    leaves = [sha256(bytes([number])).digest() for number in range(17)]
    wrong = bytes(32)
    for size in range(1, 18):
        tree, root = leaves[:size], root_of(leaves[:size])
        for index in range(size):
            proof = inclusion_proof(tree, index)
            assert verify_inclusion(proof, index, size, tree[index], root)
            assert not verify_inclusion(proof, index, size, wrong, root)
            assert not verify_inclusion([*proof, wrong], index, size, tree[index], root)
            assert not verify_inclusion(proof[:-1], index, size, tree[index], root) or not proof
        for old in range(1, size + 1):
            proof, old_root = consistency_proof(tree, old), root_of(tree[:old])
            assert verify_consistency(proof, old, old_root, size, root)
            assert not verify_consistency(proof, old, wrong, size, root)
            assert not verify_consistency([*proof, wrong], old, old_root, size, root)
            assert not verify_consistency(proof[:-1], old, old_root, size, root) or not proof


def test_empty_tree_has_the_hash_of_nothing() -> None:
    assert Frontier().root() == root_of([]) == EMPTY_ROOT


def test_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Frontier.from_bytes(3, bytes(32))
    with pytest.raises(ValueError, match="wrong length"):
        Frontier.from_bytes(1, bytes(31))
