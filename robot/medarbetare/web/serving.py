"""Serves the pages: Django behind uvicorn, in a thread, so that the robot may work in the same process."""

import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application

from medarbetare.errors import ConfigurationError, TechnicalError, reason_of
from medarbetare.web.context import Site, use

_LOCAL = ("127.0.0.1", "localhost", "::1")
_READY_WITHIN = 30.0
_CONNECTIONS = 50
"""At the same time; each needs one to the database, whose own limit is 100."""
_A_YEAR = 365 * 24 * 60 * 60


def prepare(site: Site, *, secret: str, address: str | None = None) -> None:
    """Fill in what the settings could not know. `address` is where people find the pages, when not on this machine."""
    use(site)
    settings.SECRET_KEY = secret
    host = urlsplit(address).hostname if address else None
    settings.ALLOWED_HOSTS = [*(name if ":" not in name else f"[{name}]" for name in _LOCAL), *([host] if host else [])]
    encrypted = address is not None and address.startswith("https:")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = encrypted
    settings.CSRF_TRUSTED_ORIGINS = [address.rstrip("/")] if address else []
    settings.SECURE_HSTS_SECONDS = _A_YEAR if encrypted else 0


class WebServer:
    """Serves while the context is open. `address` is where a browser on this machine finds the pages.

    Raises ConfigurationError when others than this machine would be served without encryption, TechnicalError when the
    port cannot be used.
    """

    def __init__(self, host: str, port: int, *, encrypted: bool = False) -> None:
        if host not in _LOCAL and not encrypted:
            raise ConfigurationError(
                f"Webben visar personuppgifter och lyssnar därför inte på {host} utan kryptering. Låt en omvänd proxy "
                "kryptera, och skriv adressen som människor använder i medarbetare.yaml: web: {address: https://…}."
            )
        self._socket = _listening(host, port)
        name = f"[{host}]" if ":" in host else host
        self.address = f"http://{name}:{self._socket.getsockname()[1]}/"
        config = uvicorn.Config(
            get_asgi_application(),
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        # A daemon: whatever ends the process ends this too.
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="web", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        waiting = threading.Event()
        for _ in range(int(_READY_WITHIN / 0.01)):
            if self._server.started:
                return self
            if not self._thread.is_alive():
                break
            waiting.wait(0.01)
        raise TechnicalError("Webben startade inte. Se loggen.")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def _listening(host: str, port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen()
    except OSError as error:
        found.close()
        raise TechnicalError(f"Webben kan inte lyssna på {host}, port {port}: {reason_of(error)}.") from None
    return found
