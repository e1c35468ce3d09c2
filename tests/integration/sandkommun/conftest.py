"""The demo's world, running, and a plain HTTP user of it."""

from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from sandkommun import worlds
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
