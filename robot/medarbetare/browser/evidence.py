"""Evidence: what a portal shows, taken down around a write.

Asks the portal for nothing and touches nothing on its pages.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import urlsplit

import structlog
from playwright.sync_api import Error, Frame, Page

from medarbetare.browser.portal import Browser
from medarbetare.browser.session import MAIN
from medarbetare.engine.portal import Piece
from medarbetare.errors import MedarbetareError
from medarbetare.log import place_of

LARGEST = 2_000_000
"""Bytes of one piece; a larger one is left out whole, and named."""

HTML, PICTURE, TEXT = "text/html", "image/jpeg", "text/plain"

_QUALITY = 50
_PICTURE_MS = 3000

log = structlog.get_logger()


class BrowserEvidence:
    """Implements `medarbetare.engine.portal.EvidenceRecorder`: of each window a picture, of each frame its HTML.

    The HTML holds what has been typed and is harmless: no script, no address, nothing that is not displayed. A page
    that asks for a password is never taken, nor is the picture of its window.
    """

    def __init__(self, browser: Browser, largest: int = LARGEST) -> None:
        self._browser = browser
        self._largest = largest

    def take(self, portal: str) -> Sequence[Piece]:
        """What the portal's windows show now; empty when none is open, or when it cannot be taken down."""
        pieces: list[Piece] = []
        try:
            with self._browser.portal(portal).shown() as windows:
                for name, window in windows.items():
                    pieces += self._window(name, window)
        except (Error, MedarbetareError) as error:
            log.warning("evidence missed", portal=portal, error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - evidence never fails a case
            log.error("evidence failed", portal=portal, error=type(error).__name__, where=place_of(error))
        return [self._bounded(piece) for piece in pieces]

    def _window(self, name: str, window: Page) -> Iterator[Piece]:
        title = "sidan" if name == MAIN else f"fönstret {name}"
        documents = [(frame, _document(frame)) for frame in window.frames]
        for frame, document in documents:
            if document.html and not document.asks_for_password:
                where = title if frame == window.main_frame else f"{title}, ram {_name_of(frame)}"
                yield Piece(where, HTML, document.html.encode("utf-8", "replace"))
        if not any(document.asks_for_password for _, document in documents):
            yield Piece(f"bild av {title}", PICTURE, _picture(window))

    def _bounded(self, piece: Piece) -> Piece:
        if len(piece.content) <= self._largest:
            return piece
        told = f"{len(piece.content)} byte, för stor för att sparas"
        return Piece(f"{piece.name} ({told})", TEXT, f"{piece.name}: {told}.\n".encode())


class _Document(NamedTuple):
    html: str
    asks_for_password: bool


def _document(frame: Frame) -> _Document:
    answer = frame.evaluate(_script())
    return _Document(answer["html"], answer["asksForPassword"])


def _picture(window: Page) -> bytes:
    """What is in sight. `caret` is left as it is: hiding it would change the page."""
    return window.screenshot(type="jpeg", quality=_QUALITY, caret="initial", timeout=_PICTURE_MS)


def _name_of(frame: Frame) -> str:
    return frame.name or urlsplit(frame.url).path.rpartition("/")[2] or "utan namn"


@cache
def _script() -> str:
    return files("medarbetare.browser").joinpath("evidence.js").read_text("utf-8")
