"""Each fault of any web site, and each kind of token, by what it does. Those of the case system alone have a file of
their own (test_case_system_faults.py), and what covers a page is seen in a browser (tests/browser/sandkommun)."""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running

KEPT = "Ett meddelande på svenska, som är längre än så."


def plan() -> list[dict[str, Any]]:
    """Every fault at a place of its own."""
    now = datetime.now()  # noqa: DTZ005 - the systems go by the machine's time of day
    hours = {"fran": f"{now - timedelta(hours=2):%H:%M:%S}", "till": f"{now + timedelta(hours=2):%H:%M:%S}"}
    others = {"fran": f"{now + timedelta(hours=4):%H:%M:%S}", "till": f"{now + timedelta(hours=6):%H:%M:%S}"}
    errand = "/handlaggning/2601"
    etjanst: list[dict[str, Any]] = [
        {"fel": "langsam_sida", "sida": f"{errand}01", "varde": 400, "gang": 2, "antal": 2},
        {"fel": "langsam_tabell", "sida": "/inkorg", "varde": 400},
        {"fel": "trasig_fil", "sida": "*/pdf", "varde": "kort"},
        {"fel": "trasig_fil", "sida": "*/xml", "varde": "html"},
        {"fel": "trasig_fil", "sida": f"{errand}02*", "varde": "tom"},
        {"fel": "kapad_text", "sida": f"{errand}01/meddelande", "varde": 10},
        {"fel": "teckenskada", "sida": f"{errand}02/meddelande"},
        {"fel": "avbruten_post", "sida": f"{errand}01/status"},
        {"fel": "avbruten_post", "sida": f"{errand}02/status", "varde": "efter"},
        {"fel": "fel_502_efter", "sida": f"{errand}03/status"},
        {"fel": "sso_get", "sida": f"{errand}06/status"},
        {"fel": "csrf_byte", "sida": f"{errand}07/status"},
    ]
    others_of = {
        "folkbokforing": [
            {"fel": "fel_500", "sida": "/sok", "metod": "GET"},
            {"fel": "fel_som_200", "sida": "/sok", "metod": "POST"},
        ],
        "ssbtek": [
            {"fel": "session_borta", "sida": "/fraga", "metod": "POST"},
            {"fel": "underhall", "sida": "/fraga", "metod": "GET", "antal": "alltid", "tider": others},
        ],
        "parkering": [
            {"fel": "underhall", "sida": "/tillstand", "antal": "alltid", "tider": hours},
            {"fel": "kakbanner"},
        ],
        "af": [
            {"fel": "fel_500", "sida": "/api/*", "metod": "GET"},
            {"fel": "langsam_tabell", "sida": "/api/*", "varde": 300},
        ],
    }
    return [{**fel, "system": "etjanst"} for fel in etjanst] + [
        {**fel, "system": system} for system, faults in others_of.items() for fel in faults
    ]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    world = worlds.load("demo").model_dump()
    system = {
        "af": {"inloggning": "losenord", "vanor": {"csrf": "sida"}},
        "fk": {"inloggning": "losenord", "vanor": {"csrf": "session"}},
        "ssbtek": {"vanor": {"csrf": "sida"}},
        "verksamhet": {"vanor": {"csrf": "sida"}},
    }
    stubborn = worlds.World.model_validate({**world, "system": system, "fel": plan()})
    with running(stubborn, tmp_path_factory.mktemp("fel") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture
def town(served: Running, web: Any) -> Running:
    """The systems as they were at the start: nothing has been counted."""
    web(served).post(f"{served.address('start')}/reset", headers={"Accept": "application/json"})
    return served


@pytest.fixture
def enter(town: Running, web: Any) -> Any:
    """Log in to a system: a visitor, and the system's address."""

    def enter(system: Any) -> tuple[Any, str]:
        visitor, account, address = web(town), town.account(system), town.address(system)
        visitor.post(f"{address}/logga-in", follow=False, anvandare=account.user, losenord=account.password)
        return visitor, address

    return enter


def hits(town: Running, system: Any) -> list[tuple[str, list[str], int]]:
    return [(row["method"], row["fel"], row["status"]) for row in town.facit(system)["requests"] if row["fel"]]


def statuses(town: Running) -> list[tuple[str, str]]:
    return [(row["ref"], row["status"]) for row in town.facit("etjanst")["registered"]["statusandringar"]]


def seconds(act: Any) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


# Slow.


def test_langsam_sida_holds_the_page_back_from_the_time_it_begins_for_as_many_as_it_says(enter: Any) -> None:
    visitor, address = enter("etjanst")
    slow = [seconds(lambda: visitor.get(f"{address}/handlaggning/260101")) >= 0.4 for _ in range(4)]
    assert slow == [False, True, True, False]


def test_langsam_tabell_sends_the_first_half_at_once_and_the_rest_later(enter: Any) -> None:
    visitor, address = enter("etjanst")
    answer = visitor.ask("GET", f"{address}/inkorg")
    began = time.monotonic()
    first = answer.read1()
    assert first
    assert time.monotonic() - began < 0.3
    rest = answer.read()
    assert time.monotonic() - began >= 0.35
    assert abs(len(first) - len(rest)) <= 1
    assert first + rest == visitor.get(f"{address}/inkorg").body


def test_what_a_script_reads_comes_late_as_a_whole_and_troubles_as_json(enter: Any, town: Running) -> None:
    visitor, address = enter("af")
    failed = visitor.get(f"{address}/api/uppgifter/1")
    assert failed.status == 500
    assert '{"fel":"Ett internt fel' in failed.text
    assert seconds(lambda: visitor.get(f"{address}/api/uppgifter/1")) >= 0.3
    assert [fel for _, fel, _ in hits(town, "af")] == [["fel_500"], ["langsam_tabell"]]


# Not done, or done and not said.


def test_fel_500_does_nothing_and_looks_like_the_system(enter: Any, town: Running) -> None:
    visitor, address = enter("folkbokforing")
    failed = visitor.get(f"{address}/sok")
    assert (failed.status, "Internt serverfel" in failed.text, "kommunvy" in failed.text) == (500, True, True)
    assert visitor.get(f"{address}/sok").status == 200
    assert hits(town, "folkbokforing") == [("GET", ["fel_500"], 500)]


def test_fel_som_200_does_nothing_and_says_so_with_status_200(enter: Any, town: Running) -> None:
    visitor, address = enter("folkbokforing")
    person = worlds.load("demo").personer["tova"].personnummer
    failed = visitor.post(f"{address}/sok", personnummer=person)
    assert (failed.status, "Ett fel har uppstått" in failed.text) == (200, True)
    assert town.facit("folkbokforing")["registered"]["sokningar"] == []
    assert 'id="person"' in visitor.post(f"{address}/sok", personnummer=person).text


def test_fel_502_efter_has_done_what_was_asked(enter: Any, town: Running) -> None:
    visitor, address = enter("etjanst")
    assert visitor.post(f"{address}/handlaggning/260103/status", status="Beslutad").status == 502
    assert statuses(town) == [("260103", "Beslutad")]


@pytest.mark.parametrize(("ref", "saved"), [("260101", []), ("260102", [("260102", "Beslutad")])])
def test_avbruten_post_breaks_the_connection_off_before_the_save_or_after(
    enter: Any, town: Running, ref: str, saved: list[tuple[str, str]]
) -> None:
    visitor, address = enter("etjanst")
    with pytest.raises(ConnectionError):
        visitor.post(f"{address}/handlaggning/{ref}/status", status="Beslutad")
    assert statuses(town) == saved
    assert hits(town, "etjanst") == [("POST", ["avbruten_post"], 0)]


def test_sso_get_turns_the_save_into_a_page_for_whoever_is_still_logged_in(enter: Any, town: Running) -> None:
    visitor, address = enter("etjanst")
    page = f"{address}/handlaggning/260106"
    before = dict(visitor.cookies[address.partition("//")[2]])
    came = visitor.post(f"{page}/status", status="Beslutad", headers={"Referer": page})
    assert (came.address, came.status, "Ärende 260106" in came.text) == (page, 200, True)
    assert statuses(town) == []
    assert visitor.cookies[address.partition("//")[2]] != before
    visitor.post(f"{page}/status", status="Beslutad", headers={"Referer": page})
    assert statuses(town) == [("260106", "Beslutad")]


def test_session_borta_loses_what_was_posted(enter: Any, town: Running) -> None:
    visitor, address = enter("ssbtek")
    assert 'type="password"' in visitor.post(f"{address}/fraga", personnummer="1").text
    assert 'type="password"' in visitor.get(f"{address}/fraga").text
    assert hits(town, "ssbtek") == [("POST", ["session_borta"], 200)]


def test_underhall_closes_the_page_during_its_hours(enter: Any, town: Running) -> None:
    visitor, address = enter("parkering")
    closed = [visitor.get(f"{address}/tillstand") for _ in range(3)]
    assert [(one.status, "stängt för underhåll" in one.text) for one in closed] == [(503, True)] * 3
    open_at_this_hour, portal = enter("ssbtek")
    assert open_at_this_hour.get(f"{portal}/fraga").status == 200


# Files and texts.


def test_trasig_fil_is_short_empty_or_no_file_and_waits_for_a_file(enter: Any, town: Running) -> None:
    visitor, address = enter("etjanst")
    assert "Ärende 260102" in visitor.get(f"{address}/handlaggning/260102").text
    short = visitor.get(f"{address}/handlaggning/260101/pdf").body
    whole = visitor.get(f"{address}/handlaggning/260101/pdf").body
    assert 2 * len(short) in (len(whole), len(whole) - 1)
    wrong = visitor.get(f"{address}/handlaggning/260103/xml")
    assert (b"<h1>Fel</h1>" in wrong.body, wrong.headers.get_content_type()) == (True, "text/xml")
    assert visitor.get(f"{address}/handlaggning/260102/pdf").body == b""
    assert [fel for _, fel, _ in hits(town, "etjanst")] == [["trasig_fil"]] * 3


@pytest.mark.parametrize(
    ("ref", "kept"), [("260101", KEPT[:10]), ("260102", KEPT.replace("å", "Ã¥").replace("ä", "Ã¤"))]
)
def test_kapad_text_and_teckenskada_spoil_what_is_kept_of_a_text(
    enter: Any, town: Running, ref: str, kept: str
) -> None:
    visitor, address = enter("etjanst")
    for _ in range(2):
        assert visitor.post(f"{address}/handlaggning/{ref}/meddelande", text=KEPT).status == 200
    assert [row["text"] for row in town.facit("etjanst")["registered"]["meddelanden"]] == [kept, KEPT]


# Tokens.


def token(page: str) -> str:
    found = re.search(r'name="_csrf" value="([\w-]+)"', page)
    return found[1] if found else ""


def test_csrf_byte_says_that_the_form_is_too_old_and_does_nothing(enter: Any, town: Running) -> None:
    visitor, address = enter("etjanst")
    page = f"{address}/handlaggning/260107/status"
    refused = visitor.post(page, status="Beslutad")
    assert (refused.status, "Formuläret är för gammalt" in refused.text) == (200, True)
    assert statuses(town) == []
    visitor.post(page, status="Beslutad")
    assert statuses(town) == [("260107", "Beslutad")]


def test_without_the_habit_no_form_has_a_token(enter: Any) -> None:
    visitor, address = enter("etjanst")
    assert token(visitor.get(f"{address}/handlaggning/260101").text) == ""


def test_a_token_of_the_session_is_good_as_long_as_the_session(enter: Any) -> None:
    visitor, address = enter("fk")
    mine, again = (token(visitor.get(f"{address}/sok").text) for _ in range(2))
    assert mine
    assert mine == again
    old = "Formuläret är för gammalt"
    asked = {"personnummer": "1", "andamal": "Ekonomiskt bistånd"}
    assert old in visitor.post(f"{address}/sok", **asked).text
    assert [old in visitor.post(f"{address}/sok", **asked, _csrf=mine).text for _ in range(2)] == [False, False]
    other, _ = enter("fk")
    assert old in other.post(f"{address}/sok", **asked, _csrf=mine).text


def test_a_token_of_the_page_is_refused_from_an_older_page(enter: Any) -> None:
    visitor, address = enter("ssbtek")
    visitor.post(f"{address}/fraga")
    visitor, address = enter("ssbtek")
    old, new = (token(visitor.get(f"{address}/fraga").text) for _ in range(2))
    assert "Formuläret är för gammalt" in visitor.post(f"{address}/fraga", _csrf=old).text
    assert "Personnummer anges med" in visitor.post(f"{address}/fraga", _csrf=new).text
    assert "Formuläret är för gammalt" in visitor.post(f"{address}/fraga", _csrf=new).text


def test_forms_of_other_frames_keep_their_tokens_and_files_can_be_sent_with_one(town: Running, web: Any) -> None:
    visitor, account, address = web(town), town.account("verksamhet"), town.address("verksamhet")
    visitor.post(f"{address}/login.do", anv=account.user, los=account.password)
    visitor.post(f"{address}/kod.do", follow=False, kod=account.code())
    search = token(visitor.get(f"{address}/vanster.do").text)
    form = token(visitor.get(f"{address}/ny_anteckning.do?arende=4701").text)
    found = visitor.post(f"{address}/sok.do", sokpnr=worlds.load("demo").personer["tova"].personnummer, _csrf=search)
    assert "4701" in found.text
    edge = "grans"
    fields = {"_csrf": form, "f4701_dat": "2026-12-01", "f4701_rub": "Rubrik", "f4701_txt": "Text"}
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    body = f"{''.join(parts)}--{edge}--\r\n"
    saved = visitor.ask("POST", f"{address}/ny_anteckning.do?arende=4701", body, **kind).read().decode("latin-1")
    assert "för gammalt" not in saved
    again = visitor.ask("POST", f"{address}/ny_anteckning.do?arende=4701", body, **kind).read().decode("latin-1")
    assert "för gammalt" in again


def test_a_script_sends_the_token_of_the_cookie_as_a_header(enter: Any) -> None:
    visitor, address = enter("af")
    visitor.get(f"{address}/sok")
    cookies = visitor.cookies[address.partition("//")[2]]
    name = f"CSRF_{address.rpartition(':')[2]}"
    used = cookies[name]
    refused = visitor.post(f"{address}/api/uppgifter/1")
    assert (refused.status, "Formuläret är för gammalt" in refused.text) == (200, True)
    taken = visitor.post(f"{address}/api/uppgifter/1", headers={"X-CSRF": used})
    assert "Formuläret" not in taken.text
    assert cookies[name] != used
    assert "Formuläret är för gammalt" in visitor.post(f"{address}/api/uppgifter/1", headers={"X-CSRF": used}).text


# What lies over a page; how it looks and is closed is for the browser tests.


def test_kakbanner_waits_for_a_page_and_asks_on_every_page_until_it_is_answered(enter: Any, town: Running) -> None:
    visitor, address = enter("parkering")
    cookies = visitor.cookies[address.partition("//")[2]]
    first = visitor.get(f"{address}/ansokningar")
    assert ["kakbanner" in one.text for one in (first, visitor.get(f"{address}/ansokningar"))] == [True, True]
    cookies[f"kakval_{address.rpartition(':')[2]}"] = "alla"
    assert "kakbanner" not in visitor.get(f"{address}/ansokningar").text
    other, _ = enter("parkering")
    assert "kakbanner" not in other.get(f"{address}/ansokningar").text
    assert hits(town, "parkering") == [("GET", ["kakbanner"], 200)]


def test_after_a_reset_the_same_faults_happen_again(enter: Any, town: Running) -> None:
    for _ in range(2):
        visitor, address = enter("folkbokforing")
        assert [visitor.get(f"{address}/sok").status for _ in range(2)] == [500, 200]
        visitor.post(f"{town.address('start')}/reset")


def test_faults_given_at_the_start_come_on_top_of_those_of_the_world(tmp_path: Path, web: Any) -> None:
    world = worlds.load("demo").model_dump()
    own = {"fel": "fel_500", "system": "etjanst", "sida": "/logga-in", "metod": "GET"}
    file = tmp_path / "plan.yaml"
    file.write_text("fel: [{fel: underhall, system: parkering, sida: /logga-in}]", "utf-8")
    stubborn = worlds.World.model_validate({**world, "system": {}, "fel": [own]})
    with running(stubborn, tmp_path / "data", "--faults", str(file)) as sandkommun:
        asked = [f"{sandkommun.address(system)}/logga-in" for system in ("etjanst", "parkering")]
        assert [web(sandkommun).get(address).status for address in asked] == [500, 503]
