"""What a browser posts with files: fields and uploads, in the charset of the page."""

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from sandkommun.system import System
from sandkommun.verksamhet.papers import Upload

_LARGEST_FIELD = 1_000_000
"""Bytes of one field that is not a file."""


async def posted(system: System, request: Request) -> tuple[dict[str, list[str]], list[Upload]]:
    """The fields by name, and the files of all file fields in order; a form without files may come in either encoding.

    What is no form gives nothing.
    """
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return await system.form(request), []
    charset = "cp1252" if system.charset == "iso-8859-1" else "utf-8"
    headers = Headers({"content-type": f"{kind}; charset={charset}"})
    fields: dict[str, list[str]] = {}
    files: list[Upload] = []
    try:
        form = await MultiPartParser(headers, request.stream(), max_part_size=_LARGEST_FIELD).parse()
    except MultiPartException:
        return {}, []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                kind_of_file = value.content_type or "application/octet-stream"
                files.append(Upload(value.filename, kind_of_file, await value.read()))
        else:
            fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
    await form.close()
    return fields, files
