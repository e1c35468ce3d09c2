"""What no browser of a handler sends: every system answers it, in Swedish and in its own looks, and goes on working."""

import base64
import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from sandkommun import worlds
from sandkommun.agencies.asking import AGENCIES
from sandkommun.running import Running, running
from sandkommun.worlds.systems import SYSTEMS

NR = "4702"
BIG = "9" * 5000
PASSWORD = {"inloggning": "losenord"}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOTE = {"datum": "2026-12-01", "rubrik": "Prov", "text": "Prov"}
ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'
SEEKS = {"etjanst": "/inkorg", "parkering": "/tillstand"}


class Sender:
    """Sends bytes as they are, logged in or not."""

    def __init__(self, sandkommun: Running, system: Any) -> None:
        self._running, self._system = sandkommun, system
        self._host = urlsplit(sandkommun.direct(system)).netloc
        self._cookie = ""

    def log_in(self) -> "Sender":
        account, words = self._running.account(self._system), ("anvandare", "losenord", "/logga-in")
        if self._system == "verksamhet" and self._running.announced["systems"]["verksamhet"]["skin"] == "frames":
            words = ("anv", "los", "/login.do")
        body = urlencode({words[0]: account.user, words[1]: account.password})
        answer = self.send("POST", words[2], body.encode(), FORM)[0]
        self._cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return self

    def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection(self._host, timeout=10)
        connection.request(method, path, body, {"Cookie": self._cookie, **(headers or {})})
        answer = connection.getresponse()
        return answer, answer.read().decode(answer.headers.get_content_charset() or "utf-8")


def served_with(skin: str, folder: Any) -> Any:
    content = worlds.load("demo").model_dump(mode="json", exclude_defaults=True)
    plain = {name: dict(PASSWORD) for name in SYSTEMS if name != "start"}
    plain["verksamhet"] |= {"skin": skin}
    world = worlds.World.model_validate({**content, "system": plain, "fel": []})
    return running(world, folder / "data")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served_with("frames", tmp_path_factory.mktemp("udda")) as sandkommun:
        yield sandkommun


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served_with("grid", tmp_path_factory.mktemp("udda-grid")) as sandkommun:
        yield sandkommun


@pytest.fixture
def sender(town: Running) -> Callable[[Any], Sender]:
    return lambda system: Sender(town, system)


@pytest.fixture
def script(grid: Running) -> Sender:
    return Sender(grid, "verksamhet").log_in()


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_address_that_is_not_there_is_told_in_the_looks_of_the_system(
    sender: Callable[[Any], Sender], system: str
) -> None:
    one = sender(system) if system == "start" else sender(system).log_in()
    answer, page = one.send("GET", "/finns-inte")
    assert answer.status == 404
    assert "Det finns inget på den här adressen." in page
    assert "<title>" in page


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_method_that_an_address_does_not_take_is_told_in_swedish(
    sender: Callable[[Any], Sender], system: str
) -> None:
    answer, page = sender(system).send("DELETE", "/logga-in" if system not in ("start", "verksamhet") else "/_facit")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert "Så går det inte att göra" in page


@pytest.mark.parametrize(
    ("system", "path", "body"),
    [
        ("etjanst", "/handlaggning/260102/status", {"status": "Påhittad"}),
        ("parkering", "/ansokningar/7001/status", {"status": "Påhittad"}),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_swedish(
    sender: Callable[[Any], Sender], system: str, path: str, body: dict[str, str]
) -> None:
    answer, page = sender(system).log_in().send("POST", path, urlencode(body).encode(), FORM)
    assert (answer.status, "Begäran går inte att läsa" in page) == (400, True)


@pytest.mark.parametrize(
    ("system", "path", "shows"),
    [
        ("etjanst", f"/inkorg?sida={BIG}", "Sida 1 av 2"),
        ("etjanst", "/inkorg?sida=%C2%B2", "Sida 1 av 2"),
        ("parkering", f"/ansokningar?sida={BIG}", "Visar 1 till 3"),
        ("parkering", f"/tillstand?sida={BIG}", "Visar 1 till"),
    ],
)
def test_a_page_whose_number_is_none_is_the_first(
    sender: Callable[[Any], Sender], system: str, path: str, shows: str
) -> None:
    answer, page = sender(system).log_in().send("GET", path)
    assert (answer.status, shows in page) == (200, True)


@pytest.mark.parametrize("seen", [BIG, "\u00b2", "sju"])
def test_a_form_with_an_impossible_version_is_taken_as_one_without(
    town: Running, sender: Callable[[Any], Sender], seen: str
) -> None:
    user, before = sender("verksamhet").log_in(), len(town.facit()["registered"]["anteckningar"])
    fields = {f"f{NR}_{name}": value for name, value in {"dat": "2026-12-01", "rub": "R", "txt": "T"}.items()}
    body = urlencode({**fields, f"f{NR}_ver": seen}, encoding="cp1252").encode()
    assert user.send("POST", f"/ny_anteckning.do?arende={NR}", body, FORM)[0].status == 200
    assert len(town.facit()["registered"]["anteckningar"]) == before + 1


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"varden": {**NOTE, "rubrik": "\ud800"}}).encode(),
        b"[" * 200_000,
        b"[1]",
        b"\xff\xfe",
        b"",
    ],
    ids=["half a character", "deep", "a list", "no UTF-8", "nothing"],
)
def test_json_that_cannot_be_kept_is_refused_and_the_journal_and_the_facit_stand(
    grid: Running, script: Sender, body: bytes
) -> None:
    answer, told = script.send("POST", f"/api/arende/{NR}/ny/anteckning", body, JSON)
    assert (answer.status, list(json.loads(told))) == (400, ["fel"])
    assert script.send("GET", f"/api/arende/{NR}/journal")[0].status == 200
    assert grid.facit()["registered"]["anteckningar"] == []


def test_a_list_from_far_away_is_told_from_its_beginning(script: Sender) -> None:
    answer, told = script.send("GET", f"/api/arende/{NR}/beslut?fran={BIG}")
    assert answer.status == 200
    assert json.loads(told)["listor"][0]["rader"]


def test_what_scripts_ask_for_in_vain_is_told_as_json(script: Sender) -> None:
    answer, told = script.send("DELETE", "/api/sok")
    assert (answer.status, list(json.loads(told))) == (405, ["fel"])


def test_a_file_that_comes_with_a_form_that_takes_none_is_dropped(grid: Running, script: Sender) -> None:
    monitoring = {"varden": {"datum": "2027-01-15", "ansvarig": "Åsa Provsson", "text": "Följ upp"}}
    parts = (
        f'--X\r\nContent-Disposition: form-data; name="json"\r\n\r\n{json.dumps(monitoring)}\r\n'
        '--X\r\nContent-Disposition: form-data; name="filer"; filename="a.txt"\r\n\r\nhej\r\n--X--\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=X"}
    told = json.loads(script.send("POST", f"/api/arende/{NR}/ny/bevakning", parts.encode(), kind)[1])
    assert told["sparat"]
    assert grid.facit()["registered"]["dokument"] == []


@pytest.mark.parametrize("name", ["a\x01b.txt", 'en "fil".txt', "åäö.txt"])
def test_a_file_is_given_back_whatever_it_was_called(script: Sender, name: str) -> None:
    told = {"varden": NOTE}
    quoted = name.replace('"', "%22")
    parts = (
        f'--X\r\nContent-Disposition: form-data; name="json"\r\n\r\n{json.dumps(told)}\r\n'
        f'--X\r\nContent-Disposition: form-data; name="filer"; filename="{quoted}"\r\n'
        "Content-Type: text/\x01plain\r\n\r\nhej\r\n--X--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=X"}
    script.send("POST", f"/api/arende/{NR}/ny/anteckning", parts.encode(), kind)
    row = json.loads(script.send("GET", f"/api/arende/{NR}/dokument")[1])["listor"][0]["rader"][-1]
    answer, content = script.send("GET", row[-1]["till"])
    assert (answer.status, content) == (200, "hej")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def deep(times: int) -> str:
    """A question that wants itself back, with elements far within each other."""
    inside = "<x>" * times + "</x>" * times
    name, schema = "q:hamtaBastjanstInformation", "http://schema.forsakringskassan.se/integration/ssbt/10"
    names = {"organisationsnummer": "1", "namn": "S", "handlaggare": "r"}
    asker = "".join(f"<q:{key}>{value}</q:{key}>" for key, value in names.items())
    asker = f"<q:ingivare>{asker}</q:ingivare>"
    general = (
        f"<q:generellaFrageparametrar><q:fraganSkallInkluderasISvaret>1</q:fraganSkallInkluderasISvaret>{asker}"
        "<q:personidentitet>198802189897</q:personidentitet><q:arendeidentitet>A</q:arendeidentitet><q:tidsperiod>"
        "<q:fromDatum>2026-10-01</q:fromDatum><q:tomDatum>2026-12-31</q:tomDatum></q:tidsperiod>"
        "<q:syfte>Ekonomiskt bistånd</q:syfte><q:lagtext>SoL</q:lagtext></q:generellaFrageparametrar>"
    )
    codes = "".join(f'<q:{"TNS" if one == "TS" else one} inkludera="1"/>' for one in AGENCIES if one != "PM")
    specific = f"<q:specifikaFrageparametrar>{codes}</q:specifikaFrageparametrar>"
    return ENVELOPE.format(f'<{name} xmlns:q="{schema}">{general}{specific}{inside}</{name}>')


@pytest.mark.parametrize(
    ("proof", "body", "status"),
    [
        ("åäö", b"<x/>", 401),
        ("4", b"<x/>", 401),
        ("", b'<?xml version="1.0" encoding="foo"?><x/>', 500),
        ("", b'<?xml version="1.0" encoding="utf-32"?><x/>', 500),
        ("", deep(20_000).encode(), 500),
    ],
    ids=["letters", "no base64", "unknown encoding", "wide encoding", "deep"],
)
def test_soap_answers_what_it_cannot_read(
    town: Running, sender: Callable[[Any], Sender], proof: str, body: bytes, status: int
) -> None:
    account = town.account("ssbtek")
    known = base64.b64encode(f"{account.user}:{account.password}".encode()).decode()
    answer, told = sender("ssbtek").send("POST", "/soap/ssbtek/v10", body, {"Authorization": f"Basic {proof or known}"})
    assert answer.status == status
    assert status == 401 or "SSBT-1001" in told


@pytest.mark.parametrize("system", SEEKS)
def test_nobody_is_searched_for_in_an_address(sender: Callable[[Any], Sender], system: str) -> None:
    one, path = sender(system).log_in(), SEEKS[system]
    everything = one.send("GET", path)[1]
    assert one.send("GET", f"{path}?sok=19880218-9897")[1] == everything
    assert f'method="post" action="{path}"' in everything
    assert "?sok=" not in one.send("POST", path, urlencode({"sok": "1"}).encode(), FORM)[1]


def test_time_ends_with_the_last_year_that_a_date_has(town: Running) -> None:
    one = Sender(town, "start")
    for _ in range(95):
        one.send("POST", "/tick", b"steg=999month", FORM)
    assert town.facit("start")["today"][:2] == "99"
    answer, told = one.send("POST", "/tick", b"steg=999month", FORM)
    assert (answer.status, "slutar med år 9999" in told) == (400, True)
    assert town.facit("start")["today"][:2] == "99"
    assert one.send("POST", "/reset", b"", FORM)[0].status == 200
