"""Each system over plain HTTP: what it shows, what it saves, and how it refuses."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running

Visit = Callable[[str], Any]
MONTH = {"pfr": "2026-12-01", "ptm": "2026-12-31"}


def fields(case: str, **values: str) -> dict[str, str]:
    return {f"f{case}_{name}": value for name, value in values.items()}


def calculation(case: str, person: str, **more: str) -> dict[str, str]:
    rows = {"i1_typ": "Aktivitetsstöd", "i1_per": person, "i1_bel": "7900", "i1_dat": "2026-11-25"}
    costs = {"k1_typ": "Hyra", "k1_sok": "5800", "k1_god": "5800", "k2_typ": "Fackavgift", "k2_sok": "0", "k2_god": "0"}
    head = {"norm": "Riksnorm 2026", "man": "2026-12", "ant": "1", "nsum": "5220", "res": "-3590"}
    return fields(case, **(head | rows | costs | more))


def decision(case: str, amount: str = "3590") -> dict[str, str]:
    text = "Försörjningsstöd beviljas.\r\nÅäö – klart."
    code = "01 Bifall försörjningsstöd"
    return fields(case, kod=code, bel=amount, mot=text, fat="Digital medarbetare", **MONTH)


def test_the_inbox_has_pages_and_a_status_can_be_changed(visitor: Visit, demo: Running) -> None:
    user = visitor("etjanst")
    first, second = user.get("/inkorg"), user.get("/inkorg?sida=2")
    assert re.findall(r"/handlaggning/(\d+)", first) == ["260101", "260102", "260103", "260106", "260107"]
    assert re.findall(r"/handlaggning/(\d+)", second) == ["235212", "260122", "260124"]
    assert "Nästa sida" in first
    assert "Nästa sida" not in second
    page = user.post("/handlaggning/260101/status", status="Beslutad")
    assert '<dd id="status">Beslutad</dd>' in page
    facit = demo.facit("etjanst")
    assert facit["statuses"]["260101"] == "Beslutad"
    assert [row["user"] for row in facit["registered"]["statusandringar"]] == ["robot"]


def test_the_foreign_form_comes_as_it_was_sent(visitor: Visit) -> None:
    user = visitor("etjanst")
    assert b"<FamilyID>832</FamilyID>" in user.fetch("/handlaggning/235212/xml")
    assert user.fetch("/handlaggning/235212/pdf").startswith(b"%PDF")


def test_the_population_register_shows_of_a_protected_person_only_the_mark(visitor: Visit) -> None:
    user = visitor("folkbokforing")
    parent = user.post("/sok", personnummer="19880218-9897")
    assert "Linn Lönesson" in parent
    assert parent.count("<td>Barn</td>") == 2
    protected = user.post("/sok", personnummer="199204232384")
    assert "Skyddad folkbokföring" in protected
    assert "Skyddsson" not in protected
    assert "Provvägen" not in protected


def test_the_agencies_answer_only_for_the_right_purpose_and_period(visitor: Visit, demo: Running) -> None:
    user = visitor("ssbtek")
    question = {"personnummer": "198802189897", "fran": "2026-10-01", "till": "2026-10-31", "myndighet": "FK"}
    assert "inte tillåten" in user.post("/fraga", syfte="Annat ändamål", **question)
    answer = user.post("/fraga", syfte="Ekonomiskt bistånd", **question)
    dates = re.findall(r"<tr><td>(2026-\d\d-\d\d)</td><td>(2026-\d\d-\d\d)", answer)
    assert dates == [("2026-10-20", "2026-10-01"), ("2026-10-23", "2026-10-01"), ("2026-10-28", "2026-11-01")]
    assert "svar-AF" not in answer
    assert [asked["myndigheter"] for asked in demo.facit("ssbtek")["registered"]["fragor"]] == [["FK"]]


def test_a_decision_without_its_letter_is_silently_not_saved_and_twice_with_it_is_two(
    visitor: Visit, demo: Running
) -> None:
    user = visitor("verksamhet")
    saved = user.post("/ny_berakning.do?arende=4702", **calculation("4702", "19900125-9887"))
    blank = user.get("/ny_berakning.do?arende=4702")
    assert saved == blank
    user.post("/nytt_beslut.do?arende=4702", **decision("4702"))
    assert demo.facit()["registered"]["beslut"] == []
    assert user.fetch("/beslutsmeddelande.do?arende=4702").startswith(b"%PDF")
    for _ in range(2):
        user.post("/nytt_beslut.do?arende=4702", **decision("4702"))
    registered = demo.facit()["registered"]
    assert [(row["arende"], row["belopp"], row["user"]) for row in registered["beslut"]] == [
        ("4702", "3590", "robot"),
        ("4702", "3590", "robot"),
    ]
    assert registered["beslut"][0]["motivering"] == "Försörjningsstöd beviljas.\nÅäö – klart."
    mine = next(row for row in registered["berakningar"] if row["arende"] == "4702")
    assert mine["status"] == "Slutlig"
    assert [row["typ"] for row in mine["kostnader"]] == ["Hyra"]
    assert "Försörjningsstöd beviljas." in user.get("/beslut.do?arende=4702")


def test_the_same_income_twice_is_refused_with_an_answer_that_looks_all_right(visitor: Visit, demo: Running) -> None:
    user = visitor("verksamhet")
    before = len(demo.facit()["registered"]["berakningar"])
    person = "19850128-9832"
    again = {"i2_typ": "Aktivitetsstöd", "i2_per": person, "i2_bel": "100", "i2_dat": "2026-11-26"}
    page = user.post("/ny_berakning.do?arende=4701", **calculation("4701", person, **again))
    assert "Fel: Samma inkomst" in page
    assert len(demo.facit()["registered"]["berakningar"]) == before


@pytest.mark.parametrize("path", ["/oversikt.do?arende=4701", "/nytt_beslut.do?arende=4701"])
def test_whoever_is_not_logged_in_meets_the_log_in_page_with_status_200(
    demo: Running, stranger: Callable[..., Any], path: str
) -> None:
    assert 'name="inloggning"' in stranger(demo, "verksamhet").get(path)
    assert demo.facit()["requests"][-1]["status"] == 200


def test_a_lost_session_loses_what_was_typed(data: Path, case_system: Callable[[Running], Any]) -> None:
    world = worlds.only(worlds.load("demo"), "260102")
    note = fields("4702", dat="2026-12-01", rub="Prov", txt="Text")
    stubborn = worlds.World.model_validate(
        {**world.model_dump(), "system": {"verksamhet": {"session": {"max_requests": 4, "borta_vid": [7]}}}}
    )
    with running(stubborn, data) as sandkommun:
        user = case_system(sandkommun)
        answers = [user.post("/ny_anteckning.do?arende=4702", **note) for _ in range(4)]
        assert ['name="inloggning"' in answer for answer in answers] == [False, False, False, True]
        again = case_system(sandkommun)
        assert 'name="inloggning"' in again.post("/ny_anteckning.do?arende=4702", **note)
        assert len(sandkommun.facit()["registered"]["anteckningar"]) == 3
