"""A small old system to drive: frameset, Latin-1, tables without labels, one-time codes, sessions that are lost."""

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from medarbetare.browser import Browser, PortalSettings, find_browser

SECRET = base64.b32encode(b"provhemlighet-ett").decode()
LOGIN = (
    "<form method=post action=/login target=_top><input name=u><input name=p type=password>"
    "<input type=submit value='Logga in'></form>"
)
CODE = (
    "<form method=post action=/kod><table><tr><td>Engångskod:</td><td><input name=k></td></tr></table>"
    "<input type=submit></form>"
)
START = "<html><frameset cols='30%,*'><frame name=vanster src=/sok><frame name=arbete src=/valkommen></frameset></html>"
SEARCH = (
    "<form action=/visa target=arbete method=post><table><tr><td>Nummer:</td><td><input name=n></td></tr></table>"
    "<input type=submit value=Visa></form><a href=/hjalp target=_blank>Hjälp</a>"
)
CASE = """<table><tr><td>Ärende {n}</td></tr><tr><td>Status:</td><td>Öppen</td></tr>
<tr><td>Handläggare:</td><td>Avdelning&nbsp; nord</td></tr><tr><td>Tova Testsson:</td><td>hemligt</td></tr></table>
<h2>Försäkringskassan</h2><table><tr><td>Kod:</td><td>OK</td></tr></table>
<h2>Arbetsförmedlingen</h2><table><tr><td>Kod:</td><td>502</td></tr></table><h2>Beslut</h2>
<table><tr><td>Datum</td><td>Belopp</td><td>Anm.</td></tr>{rows}<tr><td colspan=3>Summa</td></tr></table>
<p>Inga betalningar.</p><a href=/brev>Brev</a> <a href=/login>Trasigt brev</a>"""
FORM = """<form method=post action=/arende/{n}/nytt><table>
<tr><td>Belopp:</td><td><input name=f{n}_bel maxlength=6></td></tr>
<tr><td>Kod:</td><td><select name=kod><option>Bifall<option>Avslag</select></td></tr>
<tr><td>Skäl:</td><td><textarea name=skal></textarea></td></tr>
<tr><td>Klar:</td><td><input type=checkbox name=klar></td></tr>
<tr><td>Låst:</td><td><input name=last readonly></td></tr>
</table><table><tr><th>Slag<th>Inkomst</tr><tr><td>1<td><input name=i1></tr><tr><td>2<td><input name=i2></tr></table>
<input type=submit value='Spara och skrivskydda'></form>"""


class OldSystem:
    """What the system holds, and the switches by which a test makes it misbehave."""

    def __init__(self) -> None:
        self.decisions: list[dict[str, str]] = [{"datum": "2026-10-01", "belopp": "100"}]
        self.sessions: set[str] = set()
        self.logins = 0
        self.requests: list[str] = []
        self.password = "rätt"
        self.lose_session_at: str | None = None
        self.fail_at: dict[str, int] = {}
        self.delay_at: dict[str, float] = {}
        self.drop_answer_of: str | None = None
        """A request, `POST /path`, after which the connection is gone without an answer."""
        self.closed = False
        self.address = ""
        self.pages: dict[str, str] = {}
        """Pages of the system `modernt`, as a test wants them."""
        self.posted: list[dict[str, str]] = []

    def answer(self, method: str, path: str, form: dict[str, str], cookie: str) -> tuple[int, bytes | str, str]:
        """Status, body and a header line (or nothing)."""
        self.requests.append(f"{method} {path}")
        time.sleep(self.delay_at.get(path, 0))
        if path in self.fail_at:
            return self.fail_at.pop(path), "<h1>Fel</h1>", ""
        if path in self.pages:
            if method == "POST":
                self.posted.append(form)
            return 200, self.pages[path], ""
        if path.startswith("/enkel"):
            return 200, _simple_page(path.rpartition("/")[2]), ""
        if path in ("/login", "/kod"):
            return self._log_in(path, form)
        if path == self.lose_session_at:
            self.lose_session_at = None
            self.sessions.clear()
        if cookie not in self.sessions:
            return 200, LOGIN, ""
        return self._page(method, path, form)

    def _log_in(self, path: str, form: dict[str, str]) -> tuple[int, bytes | str, str]:
        if path == "/login" and form:
            self.logins += 1
            return 200, CODE if (form["u"], form["p"]) == ("robot", self.password) else LOGIN, ""
        if path == "/kod" and pyotp.TOTP(SECRET).verify(form.get("k", ""), valid_window=1):
            session = f"s={self.logins}"
            self.sessions.add(session)
            return 303, "", f"Location: /start\r\nSet-Cookie: {session}"
        return 200, LOGIN, ""

    def _page(self, method: str, path: str, form: dict[str, str]) -> tuple[int, bytes | str, str]:
        number = path.split("/")[2] if path.startswith("/arende") else ""
        if method == "POST" and number:
            self.decisions.append({"datum": "2026-12-01", "belopp": form[f"f{number}_bel"], **form})
        rows = "".join(
            f"<tr><td>{d['datum']}</td><td class=belopp>{d['belopp']}</td><td></td></tr>" for d in self.decisions
        )
        pages: dict[str, str | bytes] = {
            "/start": START,
            "/sok": SEARCH,
            "/valkommen": "<h1>Välkommen</h1>",
            "/visa": "<p>Systemet är stängt för service.</p>"
            if self.closed
            else CASE.format(n=form.get("n"), rows=rows),
            "/hjalp": "<h1>Hjälp</h1>",
            "/brev": b"%PDF-1.4 \xe5\xe4\xf6",
            "/lista": "<table><tr><th>Ärende<tr><td>1<tr><td>2</table><a href=/lista/2>Nästa sida</a>",
            "/lista/2": "<table><tr><th>Ärende</th></tr><tr><td>3</td></tr></table>",
            "/utat": f"<h1>Utåt</h1><img src='{self.address.replace('gammalt', 'enkelt')}/bild'>",
        }
        return 200, FORM.format(n=number) if number else pages[path], ""


def _simple_page(number: str) -> str:
    fields = "".join(f"<p><label>Fält {i} <input name=f{i}></label></p>" for i in range(3))
    if number == "hangande":
        return "<h1>Sida</h1><script>for (;;) {}</script>"
    return f"<h1>Sida {number}</h1><form method=post>{fields}<button>Skicka</button></form>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    system: OldSystem

    def do_GET(self) -> None:
        self._reply({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("latin-1")
        self._reply({key: values[0] for key, values in parse_qs(body, encoding="cp1252").items()})

    def _reply(self, form: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        status, body, header = self.system.answer(self.command, path, form, self.headers.get("Cookie", ""))
        if self.system.drop_answer_of == f"{self.command} {path}":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        content = body if isinstance(body, bytes) else body.encode("latin-1")
        kind = "application/pdf" if isinstance(body, bytes) else "text/html; charset=ISO-8859-1"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for line in header.split("\r\n") if header else ():
            self.send_header(*line.split(": ", 1))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


class Driven:
    """A browser on the old system, and what it reported."""

    def __init__(self, system: OldSystem, operation_s: float = 5) -> None:
        self.system = system
        self.healed: list[tuple[str, str, str, str]] = []
        self.stamps = 0
        common = {
            "visibility": {"limit_s": 1},
            "timeouts": {"operation": operation_s, "element": 0.3},
            "user": {"env": "PROV_USER"},
            "password": {"env": "PROV_PASSWORD"},
            "totp": {"env": "PROV_TOTP"},
        }
        portals = [
            PortalSettings.model_validate({"name": name, "address": system.address.replace("gammalt", name), **common})
            for name in ("gammalt", "enkelt", "modernt")
        ]
        self.browser = Browser(
            find_browser(),
            portals,
            Path(__file__).parent / "selectors",
            on_progress=self._stamp,
            on_heal=lambda *told: self.healed.append(told),
        )
        self.portal = self.browser.portal("gammalt")
        self.simple = self.browser.portal("enkelt")
        self.modern = self.browser.portal("modernt")

    def _stamp(self) -> None:
        self.stamps += 1


@contextmanager
def _serving() -> Iterator[OldSystem]:
    system = OldSystem()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"system": system}))
    system.address = f"http://gammalt.localhost:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in (("PROV_USER", "robot"), ("PROV_PASSWORD", "rätt"), ("PROV_TOTP", SECRET)):
            environment.setenv(name, value)
        yield system
    server.shutdown()
    server.server_close()


@pytest.fixture
def system() -> Iterator[OldSystem]:
    """A system of the test's own, to make trouble in."""
    with _serving() as system:
        yield system


@pytest.fixture
def drive(system: OldSystem) -> Iterator[Callable[..., Driven]]:
    """Starts a browser of the test's own."""
    started: list[Driven] = []

    def start(operation_s: float = 5) -> Driven:
        started.append(Driven(system, operation_s))
        return started[-1]

    yield start
    for driven in started:
        driven.browser.close()


@pytest.fixture(scope="module")
def shared_browser() -> Iterator[Driven]:
    with _serving() as system:
        driven = Driven(system)
        yield driven
        driven.browser.close()


@pytest.fixture
def calm(shared_browser: Driven) -> Driven:
    """A logged-in browser that the tests of a module share, on a system without new decisions."""
    del shared_browser.system.decisions[1:]
    shared_browser.system.requests.clear()
    shared_browser.system.posted.clear()
    shared_browser.healed.clear()
    return shared_browser
