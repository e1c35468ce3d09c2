"""Other people's systems that answer questions over HTTP without pages, such as SSBTEK. Nothing is written there."""

import ssl
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import httpx
from pydantic import Field, field_validator

from medarbetare.browser.portal import LogInTurn
from medarbetare.browser.settings import Certificate, RetrySettings
from medarbetare.config import SecretReference, Strict
from medarbetare.engine.portal import Reply
from medarbetare.errors import LoginRefused, PortalError, reason_of

_LARGEST = 20_000_000
"""Bytes of an answer; what is longer is no answer about one person."""
_LOOKS_EVERY = 1.0


class ServiceSettings(Strict):
    """One service. `address` is the whole address of its endpoint; `timeout` is in seconds, for one question."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    address: str
    user: SecretReference | None = None
    password: SecretReference | None = None
    certificate: Certificate | None = None
    timeout: float = Field(default=30, gt=0, le=120)
    retry: RetrySettings = RetrySettings()

    @field_validator("address")
    @classmethod
    def _is_a_web_address(cls, address: str) -> str:
        url = httpx.URL(address)
        if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
            raise ValueError("en webbadress, t.ex. https://ssbtek.example.se/v10, utan användare, ? och #")
        return address


class HttpService:
    """Implements `medarbetare.engine.portal.Service`. Used from one thread only.

    The first question of a process is asked within `log_in_turn`: a proof that does not hold costs one attempt in all.
    """

    def __init__(self, settings: ServiceSettings, on_progress: Callable[[], None], log_in_turn: LogInTurn) -> None:
        self.name = settings.name
        self._settings = settings
        self._on_progress = on_progress
        self._log_in_turn = log_in_turn
        self._client: httpx.Client | None = None
        self._is_known = False

    def ask(self, body: bytes, *, content_type: str) -> Reply:
        """Send one question and give the answer, whatever its status. Raises PortalError, LoginRefused, Held."""
        if self._is_known:
            reply = self._post(body, content_type)
            if reply.status != httpx.codes.UNAUTHORIZED:
                return reply
            self._is_known = False
        with self._log_in_turn(self.name) as before_password:
            before_password()
            reply = self._post(body, content_type)
            if reply.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
                raise LoginRefused(
                    f"Tjänsten {self.name} godtar inte robotens inloggning (HTTP {reply.status}).", portal=self.name
                )
        self._is_known = True
        return reply

    def close(self) -> None:
        """Close the connection. The next question opens another."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _post(self, body: bytes, content_type: str) -> Reply:
        client = self._open()
        # In a thread of its own, so that a service which takes its time is not taken for a worker that hangs.
        with ThreadPoolExecutor(1) as waiting:
            asked = waiting.submit(self._exchange, client, body, content_type)
            return self._awaited(asked)

    def _awaited(self, asked: "Future[Reply]") -> Reply:
        while True:
            self._on_progress()
            try:
                return asked.result(timeout=_LOOKS_EVERY)
            except StillWaiting:
                continue
            except httpx.TimeoutException:
                raise self._failed(f"svarade inte inom {self._settings.timeout:g} sekunder") from None
            except httpx.HTTPError as error:
                raise self._failed(f"går inte att nå ({type(error).__name__})") from None

    def _exchange(self, client: httpx.Client, body: bytes, content_type: str) -> Reply:
        headers = {"Content-Type": content_type}
        with client.stream("POST", self._settings.address, content=body, headers=headers) as answer:
            received = bytearray()
            for part in answer.iter_bytes():
                received += part
                if len(received) > _LARGEST:
                    raise self._failed("svarade med mer än vad ett svar om en person kan vara")
            return Reply(answer.status_code, bytes(received))

    def _open(self) -> httpx.Client:
        if self._client is None:
            settings = self._settings
            user, password = (
                one.resolve().get_secret_value() if one else "" for one in (settings.user, settings.password)
            )
            self._client = httpx.Client(
                auth=(user, password) if settings.user is not None else None,
                verify=self._trust(),
                timeout=settings.timeout,
                # Questions about people go where the configuration says and nowhere else.
                follow_redirects=False,
                trust_env=False,
            )
        return self._client

    def _trust(self) -> ssl.SSLContext:
        certificate = self._settings.certificate
        authority = certificate.authority if certificate else None
        try:
            context = ssl.create_default_context(cafile=str(authority) if authority else None)
            if certificate is not None:
                context.load_cert_chain(certificate.file, certificate.key)
        except OSError as error:
            raise self._failed(f"kan inte nås: robotens certifikat går inte att läsa ({reason_of(error)})") from None
        return context

    def _failed(self, how: str) -> PortalError:
        return PortalError(f"Tjänsten {self.name} {how}.", portal=self.name)
