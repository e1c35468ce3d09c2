"""Files that a browser saves: their headers, and what can be written in a PDF that a system prints."""

import re
from urllib.parse import quote

from starlette.responses import Response

_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.-]+)*", re.ASCII)


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file to save under a name. Whatever people called their files makes no header that is not one."""
    plain = re.sub(r'["\\\x00-\x1f\x7f]', "_", name.encode("ascii", "replace").decode("ascii"))
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    kind = media_type if _TYPE.fullmatch(media_type) else "application/octet-stream"
    headers = {"Content-Type": kind, "Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, headers=headers)


def printable(text: str) -> str:
    """What the built-in fonts of a PDF have of a text; a question mark for the rest."""
    return text.encode("iso-8859-1", "replace").decode("iso-8859-1")
