"""One Chromium per worker process, started when first needed and again after a crash."""

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import structlog
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Playwright,
    ViewportSize,
    sync_playwright,
)

from medarbetare.browser.settings import Certificate, PortalSettings
from medarbetare.errors import BrowserMissing, ConfigurationError

log = structlog.get_logger()

_FLAGS = (
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    # Pages are drawn by the processor anyway; without a process of its own for that, 25 MB less.
    "--disable-software-rasterizer",
    "--in-process-gpu",
    # The network service inside the browser's own process: 20 MB less.
    "--enable-features=NetworkServiceInProcess2",
)

_NO_REUSE = {"Connection": "close"}
"""Chromium sends a POST again by itself when a connection that it reuses breaks after the portal has taken it: one
press, two decisions (measured). Where no connection is reused, nothing is sent twice."""

_DRIVERS_PROXY = "127.0.0.1"

AT_WORK: ViewportSize = {"width": 1280, "height": 720}
"""The size of a window in which the robot works."""


class Chromium:
    """A browser that reaches the portals' hosts only: other names do not resolve, other requests are aborted.

    A portal with a client certificate is reached through the driver, which resolves its name by itself (measured: some
    70 ms a page). It and its driver end with this process, also after kill -9 (both read a pipe that closes).
    """

    def __init__(self, executable: Path, portals: Sequence[PortalSettings]) -> None:
        """Raises ConfigurationError when the portals' certificates have different authorities."""
        self._executable = executable
        self._hosts = sorted({host for portal in portals for host in portal.hosts})
        certificates = [portal.certificate for portal in portals if portal.certificate]
        if certificates:
            self._hosts.append(_DRIVERS_PROXY)
        self._authority = _one_authority(certificates)
        self._driver: Playwright | None = None
        self._browser: Browser | None = None
        self._watchdog = Watchdog(self._kill)
        self._processes: list[psutil.Process] = []

    def new_context(self, portal: PortalSettings) -> BrowserContext:
        """A fresh in-memory context that may only talk to a portal's hosts. Starts the browser if it is not running.

        Interception also switches off the HTTP cache, so that every navigation asks the portal.
        Raises BrowserMissing when no browser can be started.
        """
        try:
            return self._context(portal)
        except Error:
            self.discard()
            try:
                return self._context(portal)
            except Error as error:
                self.discard()
                raise BrowserMissing(f"Webbläsaren kan inte starta: {first_line(error)}") from None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Ends the browser if the block takes longer: the only cure for a page or driver that no longer answers."""
        with self._watchdog.within(seconds):
            yield

    def serves(self, context: BrowserContext) -> bool:
        """Whether a context belongs to the browser that runs now."""
        return self._browser is not None and self._browser.is_connected() and context.browser is self._browser

    def discard(self) -> None:
        """Let go of the browser and its driver; the next context starts new ones."""
        browser, self._browser = self._browser, None
        driver, self._driver = self._driver, None
        if browser is not None:
            try:
                browser.close()
            except Error:
                self._kill()
        if driver is not None:
            driver.stop()
        self._processes = []

    def close(self) -> None:
        """End the browser, its driver and the watchdog."""
        self.discard()
        self._watchdog.close()

    def _context(self, portal: PortalSettings) -> BrowserContext:
        browser = self._running()
        context = browser.new_context(
            service_workers="block",
            accept_downloads=False,
            locale="sv-SE",
            viewport=AT_WORK,
            client_certificates=_client_certificates(portal),
            extra_http_headers=_NO_REUSE,
        )
        hosts = "|".join(re.escape(host) for host in portal.hosts)
        foreign = re.compile(
            rf"^(?!(?:https?|wss?)://(?:{hosts})(?::\d+)?(?:/|$))(?!(?:data|blob|about):)", re.IGNORECASE
        )
        context.route(foreign, lambda route: route.abort())
        return context

    def _running(self) -> Browser:
        if self._browser is not None and self._browser.is_connected():
            return self._browser
        self._driver = self._driver or _start_driver(self._authority)
        before = set(_descendants())
        self._browser = self._driver.chromium.launch(
            executable_path=self._executable,
            chromium_sandbox=sandbox(),
            args=[*_FLAGS, resolver_rule(self._hosts)],
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
        self._processes = [process for process in _descendants() if process not in before]
        return self._browser

    def _kill(self) -> None:
        for process in self._processes:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue


def _client_certificates(portal: PortalSettings) -> list[Any] | None:
    if portal.certificate is None:
        return None
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(portal.address))
    return [{"origin": origin, "certPath": portal.certificate.file, "keyPath": portal.certificate.key}]


def resolver_rule(hosts: Iterable[str]) -> str:
    """The Chromium flag under which only `hosts` resolve."""
    return "--host-resolver-rules=" + ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in hosts)])


def sandbox() -> bool:
    """Whether Chromium's sandbox can be on: not for root, which is warned about."""
    if os.geteuid() != 0:
        return True
    log.warning("browser sandbox off", reason="running as root")
    return False


def first_line(error: Exception) -> str:
    """The first line of an error from the driver, without the call log that follows."""
    return str(error).strip().partition("\n")[0][:200]


def _one_authority(certificates: Iterable[Certificate]) -> Path | None:
    authorities = {certificate.authority for certificate in certificates if certificate.authority}
    if len(authorities) > 1:
        raise ConfigurationError(
            "Portalerna har olika certificate.authority. Lägg utfärdarnas certifikat i en och samma fil (PEM)."
        )
    return authorities.pop() if authorities else None


def _start_driver(authority: Path | None) -> Playwright:
    # The driver's node keeps some 15 MB less for short-lived objects, at no measurable cost.
    os.environ.setdefault("NODE_OPTIONS", "--max-semi-space-size=1")
    if authority is not None:
        os.environ["NODE_EXTRA_CA_CERTS"] = str(authority)
    try:
        return sync_playwright().start()
    except Exception as error:  # noqa: BLE001 - the driver raises nothing more precise when its node does not start
        raise BrowserMissing(
            f"Playwrights drivrutin startar inte ({first_line(error)}). Kör medarbetare browser install."
        ) from None


def _descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


class Watchdog:
    """Calls `bite` from a thread of its own when a block takes too long, give or take half a second."""

    def __init__(self, bite: Callable[[], None]) -> None:
        self._bite = bite
        self._deadline: float | None = None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bounds the block."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="browser-watchdog", daemon=True)
            self._thread.start()
        self._deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = None

    def close(self) -> None:
        """End the thread."""
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(0.5):
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                self._deadline = None
                self._bite()
