"""Checkpoints in C2SP's forms: tlog-checkpoint inside signed-note, signed with Ed25519 (c2sp.org)."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from medarbetare.errors import JournalError

ED25519 = b"\x01"
KEY_HASH_BYTES = 4


@dataclass(frozen=True)
class Tree:
    """What a checkpoint says: the log's name, its number of leaves and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def verifier_key(name: str, public_key: Ed25519PublicKey) -> str:
    """The public key as signed-note tools want it: `name+hash+base64`."""
    encoded = b64encode(ED25519 + public_key.public_bytes_raw()).decode()
    return f"{name}+{_key_hash(name, public_key).hex()}+{encoded}"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """A signed note: the text, an empty line and one signature line. `text` ends in a newline."""
    signature = _key_hash(name, key.public_key()) + key.sign(text.encode())
    return f"{text}\n— {name} {b64encode(signature).decode()}\n"


def open_checkpoint(note: str, name: str, key: Ed25519PublicKey) -> Tree:
    """Read a checkpoint that `sign` made. Raises JournalError when a single character is not as it was made."""
    try:
        text, _, signatures = note.partition("\n\n")
        origin, size, root = text.split("\n")
        tree = Tree(origin, int(size), b64decode(root, validate=True))
        signed = b64decode(signatures.removeprefix(f"— {name} ").removesuffix("\n"), validate=True)
        key.verify(signed[KEY_HASH_BYTES:], tree.text().encode())
    except (ValueError, binascii.Error, InvalidSignature):
        raise JournalError("Kontrollpunktens text eller underskrift är inte den som roboten skrev.") from None
    # Base64 and numbers can be written in several ways; only one of them is what was signed and stored.
    signature_line = f"— {name} {b64encode(_key_hash(name, key) + signed[KEY_HASH_BYTES:]).decode()}\n"
    if note != f"{tree.text()}\n{signature_line}":
        raise JournalError("Kontrollpunkten är inte skriven på det sätt som roboten skriver den.")
    return tree


def _key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + key.public_bytes_raw()).digest()[:KEY_HASH_BYTES]
