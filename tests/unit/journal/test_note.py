from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from medarbetare.errors import JournalError
from medarbetare.journal.note import Tree, open_checkpoint, sign, verifier_key

ORIGIN = "medarbetare.exempelby.example/journal"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_note_is_the_published_example_of_the_signed_note_format() -> None:
    # The example of golang.org/x/mod/sumdb/note, which C2SP's signed-note specifies.
    seed = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
    key = Ed25519PrivateKey.from_private_bytes(seed)
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"

    assert verifier_key("PeterNeumann", key.public_key()) == (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    )
    assert sign(text, "PeterNeumann", key) == (
        f"{text}\n— PeterNeumann "
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )


def test_checkpoint_opens_to_what_was_signed() -> None:
    tree = Tree(ORIGIN, 17, bytes(range(32)))

    assert open_checkpoint(sign(tree.text(), ORIGIN, KEY), ORIGIN, KEY.public_key()) == tree


def test_checkpoint_with_any_character_changed_removed_or_added_is_refused() -> None:
    note = sign(Tree(ORIGIN, 17, bytes(range(32))).text(), ORIGIN, KEY)
    altered = [note[:at] + replacement + note[at + 1 :] for at in range(len(note)) for replacement in ("A", "", "1")]

    for text in [text for text in altered if text != note] + [note + "\n", note + note, ""]:
        with pytest.raises(JournalError):
            open_checkpoint(text, ORIGIN, KEY.public_key())


def test_checkpoint_of_another_key_or_another_journal_is_refused() -> None:
    note = sign(Tree(ORIGIN, 17, bytes(32)).text(), ORIGIN, KEY)

    with pytest.raises(JournalError):
        open_checkpoint(note, ORIGIN, Ed25519PrivateKey.generate().public_key())
    with pytest.raises(JournalError):
        open_checkpoint(note, "another.example/journal", KEY.public_key())
