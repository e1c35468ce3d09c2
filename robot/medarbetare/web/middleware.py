"""What holds for every answer: headers against foreign content and stored copies, local time, and errors in the log."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from medarbetare.log import place_of
from medarbetare.web.context import current

POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""Nothing from elsewhere, no script at all, no frame."""

log = structlog.get_logger()


class Protection:
    """Outermost middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(current().zone):
            response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Tell where a fault of ours is; an error's text may hold personal data and is left out."""
        log.error("page failed", error=type(error).__name__, where=place_of(error))
