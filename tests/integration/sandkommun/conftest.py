"""The demo's world, running, and a plain HTTP user of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from sandkommun import worlds
from sandkommun.entrances.accounts import Account
from sandkommun.running import Running, running
from sandkommun.worlds.model import Systemnamn


class Visitor:
    """A browser without a window: cookies, redirects, forms."""

    def __init__(self, address: str, charset: str) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._address = address
        self._charset = charset

    def get(self, path: str) -> str:
        return self.fetch(path).decode(self._charset)

    def fetch(self, path: str) -> bytes:
        with self._opener.open(self._address + path, timeout=10) as answer:
            return bytes(answer.read())

    def post(self, path: str, **fields: str) -> str:
        body = urlencode(fields, encoding=self._charset).encode()
        with self._opener.open(self._address + path, body, timeout=10) as answer:
            return bytes(answer.read()).decode(self._charset)

    def post_files(self, path: str, fields: dict[str, str], files: dict[str, bytes], field: str) -> str:
        """Post a form with files, all in one file field, as a browser does."""
        edge = "en-grans-mellan-delarna"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(self._charset)
            for name, value in fields.items()
        ]
        for name, content in files.items():
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
            parts += [head.encode(self._charset), content, b"\r\n"]
        body = b"".join([*parts, f"--{edge}--\r\n".encode()])
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        with self._opener.open(Request(self._address + path, body, headers), timeout=10) as answer:  # noqa: S310
            return bytes(answer.read()).decode(self._charset)


def unknown(sandkommun: Running, system: Systemnamn) -> Visitor:
    """Somebody who has not logged in."""
    return Visitor(sandkommun.direct(system), "cp1252" if system == "verksamhet" else "utf-8")


def visit(sandkommun: Running, system: Systemnamn) -> Visitor:
    """Log in as the robot."""
    account = sandkommun.account(system)
    visitor = unknown(sandkommun, system)
    if system == "verksamhet":
        visitor.post("/login.do", anv=account.user, los=account.password)
        visitor.post("/kod.do", kod=account.code())
    else:
        visitor.post("/logga-in", anvandare=account.user, losenord=account.password)
    return visitor


@dataclass(frozen=True)
class Answer:
    """One answer, after redirects if they were followed. `address` is where it came from."""

    address: str
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(self.headers.get_content_charset() or "utf-8")


class Web:
    """A browser without a window that goes from system to system: cookies by host, redirects, certificates."""

    def __init__(self, sandkommun: Running, certificate: Account | None = None) -> None:
        self._running = sandkommun
        self._certificate = certificate
        self.cookies: dict[str, dict[str, str]] = {}

    def ask(self, method: str, address: str, body: str = "", **headers: str) -> HTTPResponse:
        """The answer's beginning; its body is still to be read."""
        parts = urlsplit(address)
        cookies = self.cookies.setdefault(parts.netloc, {})
        headers = {"Host": parts.netloc, "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())} | headers
        if body and "Content-Type" not in headers:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = self._connection(parts)
        connection.request(method, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            cookies[name] = value
        return answer

    def get(self, address: str, *, follow: bool = True, **headers: str) -> Answer:
        answer = self.ask("GET", address, **headers)
        return self._ended(address, answer, follow)

    def post(
        self, address: str, *, follow: bool = True, headers: dict[str, str] | None = None, **fields: str
    ) -> Answer:
        answer = self.ask("POST", address, urlencode(fields), **(headers or {}))
        return self._ended(address, answer, follow)

    def _ended(self, address: str, answer: HTTPResponse, follow: bool) -> Answer:
        if follow and answer.status in (302, 303):
            answer.read()
            return self.get(urljoin(address, answer.headers["Location"]))
        return Answer(address, answer.status, answer.headers, answer.read())

    def _connection(self, parts: SplitResult) -> HTTPConnection:
        connection = HTTPConnection("127.0.0.1", parts.port, timeout=10)
        if parts.scheme == "https":
            systems = self._running.announced["systems"]
            (system,) = (name for name, told in systems.items() if told["address"].endswith(f"//{parts.netloc}"))
            trust = self._running.trust(system)
            assert trust is not None
            if self._certificate is not None:
                trust.load_cert_chain(str(self._certificate.certificate), self._certificate.key)
            connection.connect()
            connection.sock = trust.wrap_socket(connection.sock, server_hostname=parts.hostname)
        return connection


@pytest.fixture(scope="session")
def web() -> type[Web]:
    return Web


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One running demo world for tests that do not get in each other's way: each has a case of its own."""
    world = worlds.load("demo")
    tireless = world.model_copy(update={"system": {}})
    with running(tireless, tmp_path_factory.mktemp("sandkommun") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture
def visitor(demo: Running) -> Callable[[Systemnamn], Visitor]:
    return lambda system: visit(demo, system)


@pytest.fixture
def case_system() -> Callable[[Running], Visitor]:
    return lambda sandkommun: visit(sandkommun, "verksamhet")


@pytest.fixture
def stranger() -> Callable[[Running, Systemnamn], Visitor]:
    return unknown


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"
