"""The start page: it explains the systems, tells the day's faults and moves the world's time."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds import World

SET_UP = {
    "etjanst": {"delay_ms": 5, "vanor": {"csrf": "sida"}},
    "verksamhet": {"session": {"max_requests": 60, "borta_vid_post": ["/nytt_beslut.do"]}},
    "folkbokforing": {"vanor": {"sparrar_konto_efter": None}},
}
FAULTS = [
    {"fel": "langsam_sida", "system": "ssbtek", "sida": "/fraga", "gang": 2, "antal": 3, "varde": 1500},
    {"fel": "underhall", "system": "etjanst", "antal": "alltid", "tider": {"fran": "03:00", "till": "03:01"}},
]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    demo = worlds.load("demo").model_dump(mode="json", exclude_defaults=True)
    world = World.model_validate({**demo, "system": SET_UP, "fel": FAULTS, "personal": {"var": 20}})
    with running(world, tmp_path_factory.mktemp("start") / "data") as served:
        yield served


@pytest.fixture
def user(started: Running, stranger: Callable[..., Any]) -> Any:
    visitor = stranger(started, "start")
    visitor.post("/reset")
    return visitor


def ask(sandkommun: Running, path: str, accept: str, body: bytes = b"") -> tuple[str, str]:
    """Post; the address at which one ends, and what is there."""
    request = Request(f"{sandkommun.direct('start')}{path}", body, {"Accept": accept})  # noqa: S310
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        return answer.url.rpartition("/")[2], answer.read().decode("utf-8")


def card(page: str, system: str) -> str:
    found = re.search(rf'<li class="card" id="system-{system}">(.*?)</details>', page, re.DOTALL)
    return found[1] if found else ""


def test_every_system_is_explained_with_its_address_and_log_in_and_no_secret(user: Any, started: Running) -> None:
    page = user.get("/")
    for name in set(started.announced["systems"]) - {"start"}:
        told = card(page, name)
        assert f'href="{started.address(name)}/"' in told
        assert "Så loggar du in" in told
        assert str(started.data / "credentials") in told
    for name in ("etjanst", "verksamhet"):
        for account in (started.account(name), started.account(name, "handlaggare")):
            assert account.password not in page
    assert f"sandkommun kod --data {started.data}" in card(page, "verksamhet")


def test_the_days_faults_are_told(user: Any) -> None:
    page = user.get("/")
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td><td><code>(.*?)</code>", page)
    assert rows == [
        (
            *("SSBTEK, multifrågan", "/fraga", "Sidan svarar efter en stund. (1500 millisekunder)", "gång 2–4"),
            "langsam_sida",
        ),
        (
            *("E-tjänsten", "alla sidor", "Sidan om systemunderhåll visas i stället."),
            *("varje gång, klockan 03.00–03.01", "underhall"),
        ),
    ]
    assert "1 fel idag" in card(page, "ssbtek")
    assert "fel idag" not in card(page, "verksamhet")


@pytest.mark.parametrize(
    ("system", "told"),
    [
        ("etjanst", "Varje svar dröjer 5 millisekunder."),
        ("etjanst", "den sida som öppnades sist"),
        ("verksamhet", "Inloggningen tar slut efter 60 klick."),
        ("verksamhet", "sparas på /nytt_beslut.do"),
        ("verksamhet", "(frames)"),
        ("folkbokforing", "Konton spärras aldrig."),
    ],
)
def test_what_the_world_says_of_a_systems_habits_is_told(user: Any, system: str, told: str) -> None:
    assert told in card(user.get("/"), system)


def test_a_colleague_who_works_at_the_same_time_is_told(user: Any) -> None:
    assert "efter varje 20:e begäran" in user.get("/")


def test_a_browser_comes_back_to_the_page_on_another_day(user: Any, started: Running) -> None:
    address, page = ask(started, "/tick", "text/html,*/*", b"steg=1month")
    assert address == "?klart=steg"
    assert "fredag 1 januari 2027" in page
    address, page = ask(started, "/reset", "text/html,*/*")
    assert address == "?klart=nollstalld"
    assert "tisdag 1 december 2026" in page


def test_a_program_is_told_the_date(user: Any, started: Running) -> None:
    assert json.loads(ask(started, "/tick", "*/*", b"steg=2d")[1]) == {"today": "2026-12-03"}
    facit = started.facit("start")
    assert [(step["fran"], step["till"]) for step in facit["registered"]["steg"]] == [("2026-12-01", "2026-12-03")]
    assert json.loads(ask(started, "/reset", "application/json")[1]) == {"today": "2026-12-01"}


def test_a_step_that_is_none_is_refused(user: Any) -> None:
    with pytest.raises(HTTPError, match="400"):
        user.post("/tick", steg="en vecka")
    assert "tisdag 1 december 2026" in user.get("/")
