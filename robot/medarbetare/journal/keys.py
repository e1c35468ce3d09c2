"""The robot's keys: one for each department, one for signing. They come from secrets, never from the database."""

import binascii
import hmac
import os
import re
import secrets
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from medarbetare.config import SecretReference
from medarbetare.errors import ConfigurationError, JournalError

KEY_BYTES = 32
_DEPARTMENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class JournalKeys:
    """`departments` maps a department's name to its 32 byte key; `signing` is the Ed25519 key of the checkpoints."""

    departments: Mapping[str, bytes] = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def read(cls, departments: Mapping[str, SecretReference], signing: SecretReference) -> "JournalKeys":
        """Resolve the references. Each secret is 32 bytes in hexadecimal or base64. Raises ConfigurationError."""
        return cls(
            {name: _key(reference, f"avdelningen {name}") for name, reference in departments.items()},
            Ed25519PrivateKey.from_private_bytes(_key(signing, "journalens underskrift")),
        )

    def wrapping_key(self, department: str) -> bytes:
        """The key that wraps the case keys of a department. Raises JournalError for an unknown department."""
        return self._derived(department, b"medarbetare journal: wrap case keys, 1")

    def pseudonym(self, department: str, text: str) -> str:
        """64 hexadecimal digits that stand for `text`; the same in every run, and meaningless without the key.

        HMAC-SHA256 under a key derived from the department's. Raises JournalError for an unknown department.
        """
        key = self._derived(department, b"medarbetare: pseudonyms, 1")
        return hmac.new(key, text.encode(), sha256).hexdigest()

    def session_secret(self) -> str:
        """The secret that protects people's log-ins, derived so that no further secret has to be kept."""
        return _derive(self.signing.private_bytes_raw(), b"medarbetare web: sessions, 1").hex()

    def _derived(self, department: str, purpose: bytes) -> bytes:
        try:
            secret = self.departments[department]
        except KeyError:
            raise JournalError(f"Nyckeln för avdelningen {department} saknas i konfigurationen.") from None
        return _derive(secret, purpose)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret)


@dataclass(frozen=True)
class KeyReferences:
    """What goes into configuration for `JournalKeys.read`."""

    departments: dict[str, SecretReference]
    signing: SecretReference


def generate_keys(folder: Path, departments: Iterable[str]) -> KeyReferences:
    """Make the key files that are missing in `folder`, each readable by its owner only. Existing files are kept.

    Raises ConfigurationError when a department's name cannot be a file name (a-z, 0-9, _ and - only).
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    references = {}
    for name in departments:
        if not _DEPARTMENT.fullmatch(name):
            raise ConfigurationError(f"Avdelningens namn «{name}» får bara ha a-z, 0-9, _ och -.")
        references[name] = _key_file(folder / f"department-{name}.key")
    return KeyReferences(references, _key_file(folder / "signing.key"))


def _key_file(path: Path) -> SecretReference:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SecretReference(file=path)
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(descriptor)
    return SecretReference(file=path)


def _key(reference: SecretReference, purpose: str) -> bytes:
    text = reference.resolve().get_secret_value()
    try:
        key = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            f"Nyckeln för {purpose} ska vara {KEY_BYTES} byte, skrivna hexadecimalt eller i base64."
        )
    return key
