"""The case system's skin "grid" over plain HTTP: what its scripts are told, what is saved, and how it refuses."""

import json
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.verksamhet.forms import FORMS

Json = dict[str, Any]
NOTE = {"datum": "2026-11-03", "rubrik": "Prov", "text": "Rad ett\nRad två – åäö"}
DECISION = {
    "kod": "01 Bifall försörjningsstöd",
    "fran": "2026-12-01",
    "till": "2026-12-31",
    "belopp": "3 590,00",
    "motivering": "Försörjningsstöd beviljas.\nÅäö – klart.",
    "beslutsfattare": "Åsa Provsson",
}
CALCULATION = {"norm": "Riksnorm 2026", "manad": "2026-12", "antal": "1", "normsumma": "5220", "resultat": "-3590"}


def world_in_grid(**more: Any) -> worlds.World:
    """The demo in the skin grid: case 4702 has 45 notes, and 4701 is another person's of the same name."""
    world = worlds.only(worlds.load("demo"), "260101", "260102", "260106")
    told = world.model_dump()
    told["arenden"]["4702"]["anteckningar"] = [
        {**NOTE, "text": f"Anteckning {n}", "registrerad": f"2026-11-03T09:{n:02}:00", "av": "Hilda Handläggarsson"}
        for n in range(45)
    ]
    told["personer"]["tova"] |= {"fornamn": told["personer"]["aron"]["fornamn"]}
    told["personer"]["tova"] |= {"efternamn": told["personer"]["aron"]["efternamn"]}
    system = {"verksamhet": {"skin": "grid", **more.pop("val", {})}}
    return worlds.World.model_validate({**told, "system": system, **more})


class Script:
    """A script of the page: posts and gets JSON, carries cookies."""

    def __init__(self, sandkommun: Running) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._address = sandkommun.direct("verksamhet")

    def fetch(self, path: str, body: bytes | None = None, kind: str = "application/json") -> tuple[bytes, Any]:
        request = Request(self._address + path, body, {"Content-Type": kind})  # noqa: S310 - this test's own server
        with self._opener.open(request, timeout=10) as answer:
            return bytes(answer.read()), answer.headers

    def get(self, path: str) -> Json:
        return dict(json.loads(self.fetch(path)[0]))

    def post(self, path: str, told: Json) -> Json:
        return dict(json.loads(self.fetch(path, json.dumps(told).encode())[0]))

    def log_in(self, sandkommun: Running) -> "Script":
        account = sandkommun.account("verksamhet")
        form = "application/x-www-form-urlencoded"
        self.fetch("/logga-in", urlencode({"anvandare": account.user, "losenord": account.password}).encode(), form)
        self.fetch("/kod", urlencode({"kod": account.code()}).encode(), form)
        return self


@pytest.fixture(scope="module")
def sandkommun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(world_in_grid(), tmp_path_factory.mktemp("grid") / "data") as served:
        yield served


@pytest.fixture(scope="module")
def user(sandkommun: Running) -> Script:
    return Script(sandkommun).log_in(sandkommun)


def test_whoever_is_logged_out_gets_401_from_the_api_and_the_log_in_at_every_page(sandkommun: Running) -> None:
    stranger = Script(sandkommun)
    with pytest.raises(HTTPError) as refused:
        stranger.get("/api/arende/4702")
    assert refused.value.code == 401
    assert b'id="inloggning"' in stranger.fetch("/arende/4702/beslut")[0]


def test_every_deep_link_is_the_same_page_that_holds_nobody_s_data(user: Script) -> None:
    paths = ("/sok", "/arende/4702", "/arende/4702/ny/beslut")
    (page,) = {user.fetch(path)[0].replace(f"/api{path}".encode(), b"/api", 1) for path in paths}
    assert b"customElements.define" in page
    assert user.get("/api/arende/4702")["arende"]["namn"].encode() not in page


def test_a_case_is_found_by_number_and_several_people_by_their_name(user: Script) -> None:
    aron = user.get("/api/arende/4702")["arende"]["namn"]
    assert user.post("/api/sok", {"personnummer": "19900125-9887"}) == {"arende": "4702"}
    rows = user.post("/api/sok", {"namn": aron.upper()})["listor"][0]["rader"]
    assert sorted(row[3] for row in rows) == ["4701", "4702"]
    assert [row[-1]["till"] for row in rows] == [f"/arende/{row[3]}" for row in rows]
    assert "Ingen person" in user.post("/api/sok", {"personnummer": "200012239898"})["fel"]
    assert "Ingen person" in user.post("/api/sok", {"namn": "Finns Inte"})["fel"]
    assert user.get("/api/arende/9999") == {"fel": "Ärendet finns inte."}


def test_the_overview_tells_the_case_in_the_words_of_the_trade(user: Script) -> None:
    page = user.get("/api/arende/4706")
    facts = dict(fact for group in page["grupper"] for fact in group["uppgifter"])
    assert page["rubrik"] == "Översikt - ärende 4706"
    assert (facts["Ärende"], facts["Status"], facts["Avslutat"]) == ("4706", "Pågående", "")
    assert [row[2] for row in page["listor"][0]["rader"]] == ["Sökande", "Medsökande"]


def test_a_list_is_told_twenty_rows_at_a_time(user: Script) -> None:
    chunks = [user.get(f"/api/arende/4702/journal?fran={start}")["listor"][0] for start in (0, 20, 40)]
    assert [len(chunk["rader"]) for chunk in chunks] == [20, 20, 5]
    assert {chunk["antal"] for chunk in chunks} == {45}
    assert chunks[2]["rader"][-1][3] == "Anteckning 44"
    assert [column["text"] for column in chunks[0]["kolumner"]] == [
        "Nr",
        "Datum",
        "Rubrik",
        "Text",
        "Registrerad",
        "Av",
    ]


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("aktualisering", "matter"),
        ("berakning", "calculation"),
        ("beslut", "decision"),
        ("utbetalning", "payment"),
        ("anteckning", "note"),
        ("bevakning", "monitoring"),
    ],
)
def test_a_form_is_described_as_the_case_system_states_it(user: Script, what: str, kind: str) -> None:
    page, form = user.get(f"/api/arende/4702/ny/{what}"), FORMS[kind]
    assert page["rubrik"] == f"{form.title} - ärende 4702"
    assert page["form"]["knapp"] == form.button
    assert [field["text"] for field in page["form"]["falt"]] == [field.label for field in form.fields]
    assert [rows["namn"] for rows in page["form"]["rader"]] == [rows.name for rows in form.rows]


def test_a_decision_without_its_letter_is_silently_not_saved_and_twice_with_it_is_two(
    user: Script, sandkommun: Running
) -> None:
    income = {"typ": "Aktivitetsstöd", "person": "19900125-9887", "belopp": "7900", "datum": "2026-11-25"}
    rows = {"inkomster": [income, {}], "kostnader": [{"typ": "Hyra", "sokt": "5800", "godkant": "5800"}]}
    assert user.post("/api/arende/4702/ny/berakning", {"varden": CALCULATION, "rader": rows})["sparat"] is True
    silent = user.post("/api/arende/4702/ny/beslut", {"varden": DECISION})
    assert (silent["sparat"], silent.get("fel"), silent["form"]["titel"]) == (False, None, "Nytt beslut")
    assert [one for one in sandkommun.facit()["registered"]["beslut"] if one["arende"] == "4702"] == []
    (link,) = user.get("/api/arende/4702/dokument")["lankar"]
    letter, headers = user.fetch(link["till"])
    assert letter.startswith(b"%PDF")
    assert headers["Content-Disposition"].startswith("attachment")
    for _ in range(2):
        assert user.post("/api/arende/4702/ny/beslut", {"varden": DECISION})["sparat"] is True
    registered = sandkommun.facit()["registered"]
    decided = [one for one in registered["beslut"] if one["arende"] == "4702"]
    assert [(one["belopp"], one["motivering"]) for one in decided] == [("3590.00", DECISION["motivering"])] * 2
    (calculated,) = [one for one in registered["berakningar"] if one["arende"] == "4702"]
    assert (calculated["status"], calculated["inkomster"][0]["person"]) == ("Slutlig", "199001259887")
    shown = user.get(f"/api/arende/4702/berakningar/{calculated['id']}")
    assert [shown_list["antal"] for shown_list in shown["listor"]] == [1, 1]


def test_the_same_income_twice_is_refused_with_status_200_and_a_blank_form(user: Script, sandkommun: Running) -> None:
    income = {"typ": "Lön", "person": "19850128-9832", "belopp": "100"}
    before = len(sandkommun.facit()["changes"])
    answer = user.post(
        "/api/arende/4701/ny/berakning", {"varden": CALCULATION, "rader": {"inkomster": [income, income]}}
    )
    assert "Samma inkomst" in answer["fel"]
    assert answer["form"]["knapp"] == "Spara utkast"
    assert len(sandkommun.facit()["changes"]) == before


def test_files_come_with_an_aktualisering_and_can_be_fetched_again(user: Script) -> None:
    told = {"varden": {"ankomst": "2026-12-01", "typ": "Komplettering"}}
    parts = [
        b'Content-Disposition: form-data; name="json"\r\n\r\n' + json.dumps(told).encode(),
        b'Content-Disposition: form-data; name="filer"; filename="kvitto.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n%PDF-1.4 prov",
    ]
    body = b"".join(b"--grans\r\n" + part + b"\r\n" for part in parts) + b"--grans--\r\n"
    saved, _ = user.fetch("/api/arende/4706/ny/aktualisering", body, "multipart/form-data; boundary=grans")
    assert json.loads(saved)["sparat"] is True
    (row,) = user.get("/api/arende/4706/dokument")["listor"][0]["rader"]
    assert row[1:3] == ["kvitto.pdf", "Bilaga"]
    assert user.fetch(row[-1]["till"])[0] == b"%PDF-1.4 prov"


def test_a_draft_is_made_final_by_hand_and_a_case_is_closed_and_opened_again(user: Script) -> None:
    user.post("/api/arende/4706/ny/berakning", {"varden": CALCULATION})
    drafts = user.get("/api/arende/4706/berakningar")["listor"][0]["rader"]
    place = drafts[-1][-1]["till"]
    (button,) = user.get(f"/api{place}")["knappar"]
    assert user.post(button["till"], {})["sparat"] is True
    assert user.get(f"/api{place}")["knappar"] == []
    user.fetch("/api/arende/4706/beslutsmeddelande")
    assert user.post("/api/arende/4706/ny/beslut", {"varden": DECISION})["sparat"] is True
    assert user.post("/api/arende/4706/avsluta", {})["sparat"] is True
    assert user.get("/api/arende/4706")["arende"]["status"] == "Avslutat"
    assert user.post("/api/arende/4706/oppna", {})["sparat"] is True
    assert user.get("/api/arende/4706")["arende"]["status"] == "Pågående"


def test_a_session_lost_at_a_save_answers_401_and_nothing_is_saved(tmp_path: Path) -> None:
    path = "/api/arende/4702/ny/anteckning"
    with running(world_in_grid(val={"session": {"borta_vid_post": [path]}}), tmp_path / "data") as sandkommun:
        user = Script(sandkommun).log_in(sandkommun)
        with pytest.raises(HTTPError) as refused:
            user.post(path, {"varden": NOTE})
        assert refused.value.code == 401
        assert sandkommun.facit()["registered"]["anteckningar"] == []
        user.log_in(sandkommun)
        assert user.post(path, {"varden": NOTE})["sparat"] is True
        assert [one["text"] for one in sandkommun.facit()["registered"]["anteckningar"]] == [NOTE["text"]]


def test_the_newest_looks_have_another_label_and_order_and_button_and_field_and_a_page_in_between(
    tmp_path: Path,
) -> None:
    with running(world_in_grid(val={"version": 5}), tmp_path / "data") as sandkommun:
        form = Script(sandkommun).log_in(sandkommun).get("/api/arende/4702/ny/beslut")["form"]
    labels = [field["text"] for field in form["falt"]]
    assert (labels[0], labels[-1]) == ("Beslutsfattare", "Delgivningssätt")
    assert "Beviljat belopp, kr" in labels
    assert (form["knapp"], form["bekrafta"]) == ("Fastställ beslut", "Bekräfta och spara")
