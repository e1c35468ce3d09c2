"""An application as it lies in its inbox: its file byte for byte, and what came with it."""

import base64
import re
from typing import Self

from pydantic import BaseModel, ConfigDict

XML = "application/xml"
JSON = "application/json"
UNKNOWN = "application/octet-stream"

_BYTE_ORDER_MARK = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)")
_MAGIC = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"PK\x03\x04": "zip",
}
FIRST_BYTES = max(map(len, _MAGIC))
"""How much of a file's beginning `kind_of` wants to see."""


def kind_of(first: bytes) -> str:
    """What a file is by its first bytes, whatever it is called: pdf, png, jpeg, zip, or nothing for anything else."""
    return next((kind for magic, kind in _MAGIC.items() if first.startswith(magic)), "")


class Attachment(BaseModel):
    """A file that came with an application. Its content stays where it is.

    `kind` is what `kind_of` says. `is_file` is false for a link, a folder or a device, which is never opened. `sha256`
    is None for what was not read because it, or all of it together, is too large.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    name: str
    size: int
    kind: str
    is_file: bool = True
    sha256: str | None = None


class Original(BaseModel):
    """The application's file, base64 so that it is kept byte for byte.

    `media_type` is judged by the content, not by a name. `attachments` is None where the inbox does not give them.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    media_type: str
    content_base64: str
    attachments: tuple[Attachment, ...] | None = None

    @classmethod
    def of(cls, content: bytes, attachments: tuple[Attachment, ...] | None = None) -> Self:
        """An original of these bytes."""
        return cls(
            media_type=_media_type(content),
            content_base64=base64.b64encode(content).decode("ascii"),
            attachments=attachments,
        )

    @property
    def content(self) -> bytes:
        """The bytes as the inbox gave them."""
        return base64.b64decode(self.content_base64)


def _media_type(content: bytes) -> str:
    begins = _BYTE_ORDER_MARK.sub(b"", content[:64]).replace(b"\0", b"").lstrip()[:1]
    return {b"<": XML, b"{": JSON, b"[": JSON}.get(begins, UNKNOWN)
