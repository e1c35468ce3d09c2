"""One browser context of one portal: its windows and frames, and the errors of the driver in the robot's words."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import NamedTuple
from urllib.parse import urlsplit

import structlog
from playwright.sync_api import Dialog, Error, FilePayload, Frame, Page, ViewportSize
from playwright.sync_api import TimeoutError as TookTooLong

from medarbetare.browser.chromium import AT_WORK, Chromium, first_line
from medarbetare.browser.clicking import NothingClicked, clicked, fits, last_status, sent_from
from medarbetare.browser.script import CALL, CHOSEN, Answer, Request, install_and_call
from medarbetare.browser.settings import PortalSettings, origin
from medarbetare.engine.portal import File
from medarbetare.errors import PortalError

log = structlog.get_logger()

MAIN = "main"
_SLICE_MS = 1000
_TRIES, _BETWEEN_TRIES_MS = 20, 50
_DOCUMENTS_KEPT = 5
_AT_REST: ViewportSize = {"width": 64, "height": 64}
_REPLACED = ("Execution context was destroyed", "Cannot find context", "detached", "context with specified id")
_DEAD = ("has been closed", "crashed", "Connection closed", "connection closed")


class Place(NamedTuple):
    """Where a document lives: a window, and the names of the frames that lead to it."""

    window: str
    path: tuple[str, ...] = ()


class DocumentReplaced(Exception):
    """The document went away while the script was working in it."""


class Session:
    """Windows and frames of one portal. Every operation stamps progress before and after, and is bounded in time."""

    def __init__(self, chromium: Chromium, settings: PortalSettings, on_progress: Callable[[], None]) -> None:
        self._chromium = chromium
        self._settings = settings
        self._on_progress = on_progress
        self._limit_ms = settings.timeouts.operation * 1000
        self._patience_ms = settings.timeouts.element * 1000
        self._marks = count(1)
        self._documents = 0
        self._lost = False
        self._shrunk: list[Page] = []
        self._questions: Sequence[dict[str, str]] = ()
        self._refused_a_question = False
        self._uninvited: list[Page] = []
        self._context = chromium.new_context(settings)
        self._windows: dict[str, Page] = {MAIN: self._context.new_page()}
        self._context.on("dialog", self._asked)
        self._context.on("page", self._opened)

    @property
    def portal(self) -> str:
        """The portal's name."""
        return self._settings.name

    @property
    def windows_open(self) -> int:
        """How many windows the portal has open, those that it opened by itself among them."""
        return len(self._context.pages)

    def new_mark(self) -> int:
        """A number that no document of this session carries yet."""
        return next(self._marks)

    @property
    def usable(self) -> bool:
        """Whether pages can still be fetched: neither given up nor left behind by a browser that is gone."""
        return not self._lost and self._chromium.serves(self._context)

    def origin(self, place: Place) -> str | None:
        """Scheme, host and port of the document now at a place."""
        frame = self.find_frame(place)
        return origin(frame.url) if frame else None

    def give_up(self) -> None:
        """The portal has logged the robot out, or the browser has failed."""
        self._lost = True

    def close(self) -> None:
        """Close the context with all that it remembers."""
        self._lost = True
        if not self._chromium.serves(self._context):
            return
        try:
            with self._chromium.within(self._limit_ms / 1000):
                self._context.close()
        except Error:
            self._chromium.discard()

    def rest(self) -> None:
        """Before a pause in the work: nobody's data stays on a page, and what was left behind is let go.

        Windows with frames keep their documents, since their frames are part of being logged in. The others shrink,
        because a drawn window costs 10 MB (measured). Raises PortalError.
        """
        with self._operation("webbläsaren svarade inte"):
            for window in self._windows.values():
                if len(window.frames) == 1:
                    window.goto("about:blank")
                    window.set_viewport_size(_AT_REST)
                    self._shrunk.append(window)
                window.request_gc()

    def goto(self, place: Place, path: str) -> None:
        """Load a new document from the portal and wait until its answer has begun."""
        self._wait_for_frame(place)
        with self._operation("sidan kom inte"):
            self._let_go_of_old_documents(place)
            while self._shrunk:
                self._shrunk.pop().set_viewport_size(AT_WORK)
            for tries_left in reversed(range(_TRIES)):
                try:
                    frame = self.find_frame(place)
                    if frame is None:
                        raise DocumentReplaced
                    self._load(frame, self._settings.address + path)
                    return
                except Error as error:
                    # The document that was on its way into the frame came first, or what the browser shows when an
                    # answer failed; asking again only reads.
                    if not tries_left or "interrupted by another navigation" not in str(error):
                        raise
                    self._windows[place.window].wait_for_timeout(_BETWEEN_TRIES_MS)

    def _load(self, frame: Frame, url: str) -> None:
        """A new document also where only what follows # differs, which the browser would take for the same one."""
        if "#" in url and frame.url.partition("#")[0] == url.partition("#")[0]:
            frame.goto("about:blank", wait_until="commit", timeout=self._limit_ms)
        frame.goto(url, wait_until="commit", timeout=self._limit_ms)

    def call(self, place: Place, request: Request, *, anywhere: bool = False) -> Answer:
        """One round trip: run an operation of the page's script in a document, by default only where it is installed.

        Raises DocumentReplaced, and PortalError when the browser or the portal fails.
        """
        with self._operation("sidan svarade inte"):
            frame = self.find_frame(place)
            if frame is None:
                return {"outcome": "gone"}
            request = {"patience": self._patience_ms, "timeout": self._limit_ms, **request}
            answer: Answer = frame.evaluate(install_and_call() if anywhere else CALL, request)
            return answer

    def attach(self, place: Place, request: Request, files: Sequence[File]) -> Answer:
        """Choose files in a file field: it is found, given them from memory, and asked what it holds.

        Raises DocumentReplaced, and PortalError when the browser or the portal fails.
        """
        payloads: list[FilePayload] = [
            {"name": file.name, "mimeType": file.media_type, "buffer": file.content} for file in files
        ]
        with self._operation("filen kunde inte bifogas"):
            frame = self.find_frame(place)
            if frame is None:
                return {"outcome": "gone"}
            request = {"patience": self._patience_ms, **request}
            answer: Answer = frame.evaluate(CALL, {**request, "operation": "attach"})
            field = frame.evaluate_handle(CHOSEN).as_element() if answer["outcome"] == "ok" else None
            if field is None:
                return answer
            field.set_input_files(payloads, timeout=self._limit_ms)
            held: Answer = frame.evaluate(CALL, {**request, "operation": "attached"})
            return held

    def commit(
        self, place: Place, request: Request, *, by_request: bool, questions: Sequence[dict[str, str]]
    ) -> tuple[Answer, int]:
        """Run a clicking operation and wait until the answer to the click has begun; also gives its HTTP status.

        The answer is a new document, or (`by_request`) that of the first request that is not a GET. `questions` are the
        patterns of the dialogs that are answered with yes. Raises PortalError after the click when the answer fails.
        When the operation's outcome is not "ok" nothing was clicked, or nothing sent (`asked`).
        """
        with self._operation("inget svar kom efter klicket"):
            frame = self.find_frame(place)
            if frame is None:
                return {"outcome": "gone"}, 0
            self._questions, self._refused_a_question = questions, False
            request = {"patience": self._patience_ms, **request}
            try:
                if by_request:
                    with frame.page.expect_response(sent_from(frame), timeout=self._limit_ms) as answered:
                        answer = self._clicked_unasked(frame.evaluate(CALL, request))
                    return answer, last_status(answered.value)
                with frame.expect_navigation(wait_until="commit", timeout=self._limit_ms) as navigation:
                    answer = self._clicked_unasked(frame.evaluate(CALL, request))
                if navigation.value is None and not frame.page.is_closed():
                    # Only the address has changed within the document: the answer is still to come.
                    with frame.expect_navigation(wait_until="commit", timeout=self._limit_ms) as navigation:
                        pass
            except NothingClicked as nothing:
                return nothing.answer, 0
            except Error:
                if place.window != MAIN and frame.page.is_closed():
                    return {"outcome": "ok"}, 0  # a window that saves and closes itself
                raise
            finally:
                self._questions = ()
            response = navigation.value
            return answer, response.status if response is not None else 0

    def call_opening_window(self, place: Place, request: Request, window: str) -> Answer:
        """Like `call`, for a click that opens a window; the new one takes the place of an older one called `window`."""
        old = self._windows.pop(window, None)
        with self._operation("fönstret öppnades inte"):
            frame = self.find_frame(place)
            if frame is None:
                return {"outcome": "gone"}
            if old is not None:
                old.close()
            request = {"patience": self._patience_ms, **request}
            try:
                with self._context.expect_page(timeout=self._limit_ms) as opened:
                    answer = clicked(frame.evaluate(CALL, request))
            except NothingClicked as nothing:
                return nothing.answer
            self._windows[window] = opened.value
            self._uninvited.remove(opened.value)
            return answer

    def arrive(self, place: Place, request: Request, origin: Place | None = None) -> Answer:
        """Wait until one of the awaited elements has come in a new document at `place`.

        `origin` is where the click was made: a log-in page may show there instead. Raises PortalError after the time
        limit.
        """
        deadline = time.monotonic() + self._limit_ms / 1000
        frameless_since: float | None = None
        while (left_ms := (deadline - time.monotonic()) * 1000) > 0:
            if self.find_frame(place) is not None:
                answer = self._look(place, request, min(_SLICE_MS, left_ms))
                frameless_since = None
            else:
                answer = self._look(self._nearest(place), {**request, "alternatives": []}, 20)
                frameless_since = (frameless_since or time.monotonic()) if answer.get("complete") else None
                if frameless_since and (time.monotonic() - frameless_since) * 1000 > self._patience_ms:
                    return {"outcome": "frame"}
            if answer["outcome"] == "waiting" and origin is not None and origin != place:
                answer = self._look(origin, {**request, "alternatives": []}, 0)
            if answer["outcome"] != "waiting":
                return answer
        raise self.failed(f"sidan kom inte inom {self._settings.timeouts.operation:g} s")

    def find_frame(self, place: Place) -> Frame | None:
        """The frame at a place, if it is there now."""
        window = self._windows.get(place.window)
        frame = window.main_frame if window is not None and not window.is_closed() else None
        for name in place.path:
            frame = next((child for child in frame.child_frames if child.name == name), None) if frame else None
        return frame

    @contextmanager
    def looking(self) -> Iterator[Mapping[str, Page]]:
        """The windows that the robot has open, by name, to look at and not to touch; bounded in time."""
        self._on_progress()
        try:
            with self._chromium.within(self._limit_ms / 1000 + 1):
                yield {name: window for name, window in self._windows.items() if not window.is_closed()}
        finally:
            self._on_progress()

    def failed(self, what: str) -> PortalError:
        """A PortalError about this portal."""
        return PortalError(f"Portalen {self.portal}: {what}.", portal=self.portal)

    def _let_go_of_old_documents(self, place: Place) -> None:
        """Chromium keeps documents that were left until it has time to spare, which it never has while the robot works;
        measured, that made a third of the browser's memory."""
        self._documents += 1
        if self._documents % _DOCUMENTS_KEPT == 0:
            self._windows[place.window].request_gc()

    def _look(self, place: Place, request: Request, wait_ms: float) -> Answer:
        try:
            return self.call(place, {**request, "operation": "arrive", "wait": wait_ms}, anywhere=True)
        except DocumentReplaced:
            return {"outcome": "waiting"}

    def _nearest(self, place: Place) -> Place:
        while place.path and self.find_frame(place) is None:
            place = Place(place.window, place.path[:-1])
        return place

    def _wait_for_frame(self, place: Place) -> None:
        """A frame's name is known only a moment after its element."""
        deadline = time.monotonic() + self._limit_ms / 1000
        while self.find_frame(place) is None:
            if time.monotonic() > deadline or place.window not in self._windows:
                raise self.failed(f"ramen «{'/'.join(place.path)}» kom inte")
            with self._operation("ramen kom inte"):
                self._windows[place.window].wait_for_timeout(5)

    @contextmanager
    def _operation(self, failure: str) -> Iterator[None]:
        self._on_progress()
        try:
            with self._chromium.within(self._limit_ms / 1000 + 1):
                self._close_uninvited_windows()
                self._refuse_foreign_documents()
                yield
        except TookTooLong:
            raise self.failed(f"{failure} inom {self._settings.timeouts.operation:g} s") from None
        except Error as error:
            raise self._translated(error) from None
        finally:
            self._on_progress()

    def _refuse_foreign_documents(self) -> None:
        for window in self._windows.values():
            url = urlsplit(window.url)
            downgraded = url.scheme == "http" and self._settings.encrypted
            if downgraded or (url.scheme in ("http", "https") and url.hostname not in self._settings.hosts):
                self.give_up()
                raise self.failed("ledde till en annan värd än den konfigurerade")

    def _opened(self, window: Page) -> None:
        self._uninvited.append(window)

    def _asked(self, dialog: Dialog) -> None:
        """What a page tells is acknowledged; what it asks is answered with no, unless the selector file expects it."""
        expected = dialog.type == "confirm" and any(fits(dialog.message, one) for one in self._questions)
        if dialog.type in ("alert", "beforeunload") or expected:
            dialog.accept()
            return
        self._refused_a_question = True
        dialog.dismiss()

    def _clicked_unasked(self, answer: Answer) -> Answer:
        if self._refused_a_question and answer["outcome"] == "ok":
            raise NothingClicked({"outcome": "asked"})
        return clicked(answer)

    def _a_popup_has_closed(self) -> bool:
        """Forget the windows that have saved and closed themselves; whether there was one."""
        closed = [name for name, window in self._windows.items() if name != MAIN and window.is_closed()]
        for name in closed:
            del self._windows[name]
        return bool(closed) and not self._windows[MAIN].is_closed()

    def _close_uninvited_windows(self) -> None:
        while self._uninvited:
            window = self._uninvited.pop()
            if window not in self._windows.values() and not window.is_closed():
                window.close()

    def _translated(self, error: Error) -> Exception:
        text = first_line(error)
        if any(sign in text for sign in _DEAD):
            if self.usable and self._a_popup_has_closed():
                return DocumentReplaced()
            if not self._lost:
                log.warning("browser ended", portal=self.portal, message="Webbläsaren startas om; ärendet går vidare.")
            self.give_up()
            return self.failed("webbläsaren eller sidan avslutades oväntat")
        if any(sign in text for sign in _REPLACED):
            return DocumentReplaced()
        code = re.search(r"net::(ERR_\w+)", text)
        if code is not None:
            return self.failed(f"går inte att nå ({code[1]})")
        told = re.sub("[0-9]", "•", re.sub(r"https?://\S+|\"[^\"]*\"", "…", text))
        return self.failed(f"webbläsaren kunde inte utföra handlingen ({told})")
