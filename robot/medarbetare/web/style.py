"""The one style sheet, read from the package and named by its content, so that browsers may keep it."""

import hashlib
from importlib.resources import files

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

_CONTENT = (files("medarbetare.web") / "static" / "stil.css").read_bytes()
VERSION = hashlib.sha256(_CONTENT).hexdigest()[:12]


@login_not_required
def sheet(request: HttpRequest) -> HttpResponse:
    """The style sheet."""
    return HttpResponse(
        _CONTENT,
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
