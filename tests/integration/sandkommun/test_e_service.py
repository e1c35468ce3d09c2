"""The e-service over HTTP: filters and paging, attachments, messages and their answers, the co-applicant who signs."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from pdfminer.high_level import extract_text
from PIL import Image

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds import World

Enter = Callable[[], Any]
# The log-in leads to the inbox, the first page is read: the second is asked for by the third request.
ARRIVES = {"fel": "ny_i_inkorgen", "system": "etjanst", "sida": "/inkorg", "gang": 3}
FILES = [
    {"filnamn": "kvitto.pdf", "fil_id": "11", "slag": "kvitto", "text": "Sandköpings apotek\nMedicin 240 kr"},
    {"filnamn": "hyresavi.png", "fil_id": "12", "slag": "hyresavi", "text": "Hyra december 5 800 kr"},
    {"filnamn": "fönster.jpg", "fil_id": "13", "slag": "foto", "text": "Kontraktet på köksbordet"},
]
ANSWERS = [
    {"pa": 1, "efter_dagar": 2, "text": "Här kommer kvittot.", "bilagor": [{"filnamn": "svar.pdf", "fil_id": "21"}]},
    {"pa": 2, "efter_dagar": 0, "text": "Ja, det stämmer."},
]


def stubborn(file: Path) -> World:
    """The demo, where a co-applicant signs later, an applicant answers, and an application comes another day."""
    content = worlds.load("demo").model_dump(mode="json", exclude_defaults=True)
    inbox = content["inkorg"]
    inbox["260106"]["medsokande"] = {"person": "par", "signerat": False, "signerar_efter_dagar": 1}
    kept = {"filnamn": "intyg.docx", "fil_id": "14", "fil": str(file)}
    inbox["260103"] |= {"bilagor": [*FILES, kept], "svar": ANSWERS}
    inbox["260124"] |= {"inkommet": "2026-12-03T07:55:09"}
    inbox["260122"] |= {"handlaggare": "robot"}
    return World.model_validate({**content, "system": {}, "fel": [ARRIVES]})


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("e-tjanst")
    (folder / "intyg.docx").write_bytes(b"PK intyg")
    with running(stubborn(folder / "intyg.docx"), folder / "data") as served:
        yield served


@pytest.fixture
def sandkommun(started: Running, stranger: Callable[..., Any]) -> Running:
    """The world as it began."""
    stranger(started, "start").post("/reset")
    return started


@pytest.fixture
def enter(sandkommun: Running, stranger: Callable[..., Any]) -> Enter:
    def log_in() -> Any:
        account, user = sandkommun.account("etjanst"), stranger(sandkommun, "etjanst")
        user.post("/logga-in", anvandare=account.user, losenord=account.password)
        return user

    return log_in


@pytest.fixture
def days(sandkommun: Running, stranger: Callable[..., Any]) -> Callable[[int], None]:
    return lambda number: stranger(sandkommun, "start").post("/tick", steg=f"{number}d")


def listed(page: str) -> list[str]:
    return re.findall(r'<a href="/handlaggning/(\d+)"', page)


def status(page: str) -> str:
    found = re.search(r'<dd id="status">(.*?)</dd>', page)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("status=V%C3%A4ntar+p%C3%A5+signering", ["260106"]),
        ("etjanst=Anm%C3%A4lan+om+sjukfr%C3%A5nvaro", ["235212"]),
        ("mina=1", ["260122"]),
        ("status=Beslutad", []),
        ("status=&etjanst=&sida=2", ["235212", "260122"]),
    ],
)
def test_the_inbox_shows_what_its_filters_ask_for(enter: Enter, asked: str, found: list[str]) -> None:
    assert listed(enter().get(f"/inkorg?{asked}")) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"sok": "26010"}, ["260101", "260102", "260103", "260106", "260107"]),
        ({"sok": "19880218-9897"}, ["260107"]),
        ({"sok": "återansökan 26012"}, ["260122"]),
        ({"sok": "2", "sida": "2"}, ["235212", "260122"]),
        ({"sok": "26010", "status": "Väntar på signering"}, ["260106"]),
    ],
)
def test_a_search_is_posted_and_keeps_the_filters(enter: Enter, asked: dict[str, str], found: list[str]) -> None:
    assert listed(enter().post("/inkorg", **asked)) == found


def test_a_search_is_paged_by_buttons_of_its_form(enter: Enter) -> None:
    page = enter().post("/inkorg", sok="2")
    assert '<button form="sokning" name="sida" value="2">Nästa sida</button>' in page
    assert "Sida 1 av 2" in page


def test_paging_keeps_the_filters(enter: Enter) -> None:
    page = enter().get("/inkorg?status=Inkommen")
    assert 'href="/inkorg?status=Inkommen&amp;sida=2">Nästa sida' in page
    assert "Sida 1 av 2" in page


def test_an_errand_that_is_taken_is_mine(enter: Enter) -> None:
    user = enter()
    assert '<dd id="handlaggare">robot</dd>' in user.post("/handlaggning/260101/handlaggare")
    assert listed(user.get("/inkorg?mina=1")) == ["260101", "260122"]


def test_paging_shifts_when_an_errand_arrives_while_one_reads(enter: Enter, sandkommun: Running) -> None:
    user = enter()
    first, second = listed(user.get("/inkorg")), listed(user.get("/inkorg?sida=2"))
    assert (first[-1], second) == ("260107", ["260107", "235212", "260122"])
    (new, *_) = listed(user.get("/inkorg"))
    assert new not in first
    assert f"<FlowInstanceID>{new}</FlowInstanceID>".encode() in user.fetch(f"/handlaggning/{new}/xml")
    assert sandkommun.facit("etjanst")["statuses"][new] == "Inkommen"


def test_an_errand_is_not_there_before_its_day(enter: Enter, days: Callable[[int], None]) -> None:
    user = enter()
    with pytest.raises(HTTPError, match="404"):
        user.get("/handlaggning/260124")
    days(2)
    assert listed(user.post("/inkorg", sok="260124")) == ["260124"]


def test_attachments_are_the_files_that_they_say(enter: Enter, sandkommun: Running) -> None:
    user = enter()
    page = user.get("/handlaggning/260103")
    files = [user.fetch(path) for path in re.findall(r'href="(/handlaggning/260103/bilaga/\d+)"', page)]
    text = extract_text(BytesIO(files[0]))
    assert "KVITTO" in text
    assert "Medicin 240 kr" in text
    assert [Image.open(BytesIO(file)).format for file in files[1:3]] == ["PNG", "JPEG"]
    assert files[3] == b"PK intyg"
    assert files[:3] == [user.fetch(f"/handlaggning/260103/bilaga/{n}") for n in (11, 12, 13)]
    assert "fönster.jpg" in page


def test_a_request_for_more_is_answered_after_days_with_a_file(
    enter: Enter, sandkommun: Running, days: Callable[[int], None]
) -> None:
    user = enter()
    page = user.post("/handlaggning/260103/meddelande", text="Skicka kvittot på medicinen.", komplettering="1")
    assert status(page) == "Väntar på komplettering"
    assert "Skicka kvittot på medicinen." in page
    days(1)
    assert status(user.get("/handlaggning/260103")) == "Väntar på komplettering"
    with pytest.raises(HTTPError, match="404"):
        user.fetch("/handlaggning/260103/bilaga/21")
    days(1)
    page = user.get("/handlaggning/260103")
    assert status(page) == "Komplettering inkommen"
    assert "Här kommer kvittot." in page
    assert user.fetch("/handlaggning/260103/bilaga/21").startswith(b"%PDF")
    facit = sandkommun.facit("etjanst")["registered"]
    told = [(row["user"], row["fran"], row["tid"][:10]) for row in facit["meddelanden"]]
    assert told == [("robot", "handläggare", "2026-12-01"), ("sökande", "sökande", "2026-12-03")]
    changes = [(row["user"], row["status"]) for row in facit["statusandringar"] if row["ref"] == "260103"]
    assert changes == [("robot", "Väntar på komplettering"), ("sökande", "Komplettering inkommen")]


def test_a_message_that_asks_for_nothing_is_answered_and_the_status_stays(enter: Enter) -> None:
    user = enter()
    user.post("/handlaggning/260103/meddelande", text="Vi har fått din ansökan.")
    page = user.post("/handlaggning/260103/meddelande", text="Stämmer beloppet?")
    assert "Ja, det stämmer." in page
    assert "Här kommer kvittot." not in page
    assert status(page) == "Inkommen"


def test_an_empty_message_is_refused(enter: Enter, sandkommun: Running) -> None:
    assert "Meddelandet är tomt" in enter().post("/handlaggning/260103/meddelande", text=" ", komplettering="1")
    assert sandkommun.facit("etjanst")["registered"] == {"statusandringar": [], "meddelanden": []}


def test_a_co_applicant_signs_when_the_day_has_come(enter: Enter, days: Callable[[int], None]) -> None:
    user = enter()
    unsigned = user.fetch("/handlaggning/260106/xml")
    assert status(user.get("/handlaggning/260106")) == "Väntar på signering"
    assert b"<signed>Nej</signed>" in unsigned
    days(1)
    assert status(user.get("/handlaggning/260106")) == "Inkommen"
    assert user.fetch("/handlaggning/260106/xml") == unsigned.replace(b"<signed>Nej", b"<signed>Ja")


def test_a_month_at_once_lets_everything_happen_in_order(enter: Enter, sandkommun: Running, days: Any) -> None:
    enter().post("/handlaggning/260103/meddelande", text="Skicka kvittot.", komplettering="1")
    days(31)
    changes = sandkommun.facit("etjanst")["registered"]["statusandringar"]
    assert [(row["ref"], row["registrerad"][:10]) for row in changes[1:]] == [
        ("260106", "2026-12-02"),
        ("260103", "2026-12-03"),
    ]


def test_a_reset_takes_back_what_has_happened(enter: Enter, sandkommun: Running, stranger: Any, days: Any) -> None:
    enter().post("/handlaggning/260101/status", status="Beslutad")
    days(2)
    stranger(sandkommun, "start").post("/reset")
    user = enter()
    assert status(user.get("/handlaggning/260101")) == "Inkommen"
    assert status(user.get("/handlaggning/260106")) == "Väntar på signering"


def test_nobody_reads_a_file_without_logging_in(sandkommun: Running, stranger: Any) -> None:
    assert "<h1>Logga in</h1>" in stranger(sandkommun, "etjanst").get("/handlaggning/260103/bilaga/11")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The third look at an errand finds the pages of version 5."""
    world = worlds.only(worlds.load("demo"), "260101").model_dump(mode="json", exclude_defaults=True)
    looks = {"fel": "ny_version", "system": "etjanst", "sida": "/handlaggning/*", "gang": 3, "varde": 5}
    with running(
        World.model_validate({**world, "system": {"etjanst": {"version": 1}}, "fel": [looks]}),
        tmp_path_factory.mktemp("utseende") / "data",
    ) as served:
        yield served


def test_the_pages_change_their_looks_and_ask_more_before_a_status_is_changed(changed: Running, stranger: Any) -> None:
    account, user = changed.account("etjanst"), stranger(changed, "etjanst")
    user.post("/logga-in", anvandare=account.user, losenord=account.password)
    for _ in range(2):
        page = user.get("/handlaggning/260101")
        assert "Välj status</label>" in page
        assert "Ändra status</button>" in page
        assert page.index("Välj status") < page.index("<h2>Sökande")
    page = user.get("/handlaggning/260101")
    assert "Spara</button>" in page
    assert page.index("Välj status") > page.index("<h2>Sökande")
    where = "/handlaggning/260101/status"
    assert "Ange orsaken" in user.post(where, status="Beslutad")
    page = user.post(where, status="Beslutad", orsak="Beslut är fattat")
    assert "Bekräfta ändring" in page
    assert changed.facit("etjanst")["statuses"]["260101"] == "Inkommen"
    page = user.post(where, status="Beslutad", orsak="Beslut är fattat", bekraftat="1")
    assert status(page) == "Beslutad"
    (row,) = changed.facit("etjanst")["registered"]["statusandringar"]
    assert row["orsak"] == "Beslut är fattat"
