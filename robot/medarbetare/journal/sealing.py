"""Payloads: canonical form, salted hash, sealing under a case key, wrapping of that key."""

import hmac
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from medarbetare.errors import JournalError

Payload = Mapping[str, Any]
"""What JSON can hold, with text keys. Amounts as text, never as floating point."""

SALT_BYTES = 32
NONCE_BYTES = 12
KEY_BITS = 256


def canonical(value: Any) -> bytes:
    """RFC 8785 form. Raises JournalError for what JSON cannot hold, without repeating it."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise JournalError(
            f"En journalpost innehåller något som inte kan skrivas som JSON ({type(error).__name__})."
        ) from None


def payload_hash(salted: bytes) -> bytes:
    """SHA-256 over 32 bytes of salt followed by the canonical payload; the salt makes guessing impossible."""
    return sha256(salted).digest()


def salted(payload: Payload) -> bytes:
    return os.urandom(SALT_BYTES) + canonical(payload)


def unsalted(salted_payload: bytes) -> bytes:
    return salted_payload[SALT_BYTES:]


def holder_of(case: str | None, department: str) -> str:
    """Whose key seals an entry: the case's, or the department's own for entries that concern no case."""
    return f"case:{case}" if case is not None else f"department:{department}"


def new_wrapped_key(wrapping_key: bytes, holder: str, department: str) -> bytes:
    return _seal(wrapping_key, AESGCM.generate_key(KEY_BITS), [holder, department])


def unwrap_key(wrapping_key: bytes, wrapped: bytes, holder: str, department: str) -> bytes:
    """Raises JournalError when the key or what it is said to belong to has been changed."""
    return _open(wrapping_key, wrapped, [holder, department])


def seal(key: bytes, salted_payload: bytes, index: int, case: str | None) -> bytes:
    return _seal(key, salted_payload, [index, case])


def unseal(key: bytes, sealed: bytes, index: int, case: str | None) -> bytes:
    """Salt and payload. Raises JournalError when anything has been changed."""
    return _open(key, sealed, [index, case])


def blob_name(key: bytes, digest: str) -> str:
    """Under which name a blob lies in the database. By a bare digest anyone could try what a page may have shown."""
    return hmac.new(key, f"medarbetare journal: evidence, 1\n{digest}".encode(), sha256).hexdigest()


def seal_blob(key: bytes, content: bytes, case: str, digest: str) -> bytes:
    return _seal(key, content, ["blob", case, digest])


def unseal_blob(key: bytes, sealed: bytes, case: str, digest: str) -> bytes:
    """Raises JournalError when anything has been changed."""
    return _open(key, sealed, ["blob", case, digest])


def _seal(key: bytes, plain: bytes, belongs_to: list[Any]) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, canonical(belongs_to))


def _open(key: bytes, sealed: bytes, belongs_to: list[Any]) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], canonical(belongs_to))
    except (InvalidTag, ValueError):
        raise JournalError(
            "förseglingen går inte att öppna: innehållet, nyckeln eller tillhörigheten är ändrad"
        ) from None
