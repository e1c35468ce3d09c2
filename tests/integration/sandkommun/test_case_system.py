"""The case system's jobs over plain HTTP, as its frames take and show them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running

Visit = Callable[[Running], Any]
CASE = "4702"
ARON, KIM = "19900125-9887", "19910515-9892"
MADE_BY_STAFF = {"registrerad": "2026-11-03T09:00:00", "av": "Hilda Handläggarsson"}


def fields(nr: str, **values: str) -> dict[str, str]:
    return {f"f{nr}_{name}": value for name, value in values.items()}


def calculation(nr: str, person: str) -> dict[str, str]:
    income = {"i1_typ": "Aktivitetsstöd", "i1_per": person, "i1_bel": "7900", "i1_dat": "2026-11-25"}
    cost = {"k1_typ": "Hyra", "k1_sok": "5800", "k1_god": "5800"}
    return fields(nr, norm="Riksnorm 2026", man="2026-12", ant="1", nsum="5220", res="-3120", **income, **cost)


def decision(nr: str) -> dict[str, str]:
    code = {"kod": "01 Bifall försörjningsstöd", "bel": "3120", "fat": "Åsa Provsson"}
    return fields(nr, pfr="2026-12-01", ptm="2026-12-31", mot="Försörjningsstöd beviljas.", **code)


def rows(page: str) -> list[list[str]]:
    """The cells of the page's list, without mark-up."""
    table = page[page.index('<table class="lista') :]
    cells = [
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells if row]


def world() -> worlds.World:
    """Two people of the same name, and a case with every kind of history."""
    content = worlds.only(worlds.load("demo"), "260102", "260103").model_dump(mode="json")
    aron, kim = content["personer"]["aron"], content["personer"]["kim"]
    kim.update({name: aron[name] for name in ("fornamn", "efternamn")})
    content["arenden"][CASE] |= {
        "bevakningar": [
            {"datum": "2027-02-01", "ansvarig": "Hilda Handläggarsson", "text": "Följ upp", **MADE_BY_STAFF}
        ],
        "narvaro": [{"manad": "2026-10", "planerat": 120, "narvaro": 96, "giltig_franvaro": 8}],
        "dokument": [{"namn": "plan.pdf", "rubrik": "Planering", "text": "Söka arbete på heltid.", **MADE_BY_STAFF}],
    }
    return worlds.World.model_validate(content)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(world(), tmp_path_factory.mktemp("verksamhet") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture
def user(served: Running, case_system: Visit) -> Any:
    return case_system(served)


def test_a_name_that_two_people_have_gives_a_list_to_choose_from(user: Any) -> None:
    page = user.post("/sok.do", soknamn="aktivsson, aron")
    assert [row[:4] for row in rows(page)] == [
        [ARON, "Aron Aktivsson", "Sökande", CASE],
        [KIM, "Aron Aktivsson", "Sökande", "4703"],
    ]
    assert "ärende 4703" in user.get("/oversikt.do?arende=4703&vald=1")
    assert "Ingen person med angivet namn" in user.post("/sok.do", soknamn="Aron Annansson")


def test_planning_case_worker_history_attendance_and_monitorings_are_there_to_read(user: Any) -> None:
    overview = user.get(f"/oversikt.do?arende={CASE}")
    assert "Arbetsmarknadsenheten, jobbsökarstöd" in overview
    assert "Hilda Handläggarsson" in overview
    assert rows(user.get(f"/narvaro.do?arende={CASE}")) == [["2026-10", "120", "96", "8"]]
    assert rows(user.get(f"/bevakningar.do?arende={CASE}"))[0][1:4] == [
        "2027-02-01",
        "Hilda Handläggarsson",
        "Följ upp",
    ]
    (before,) = rows(user.get(f"/berakningar.do?arende={CASE}"))
    assert before[1] == "2026-11"
    assert "Aktivitetsst" in user.get(f"/berakning.do?arende={CASE}&id={before[0]}")


def test_an_application_is_registered_with_its_attachments_as_files(user: Any, served: Running) -> None:
    files = {"hyresavi för november.pdf": b"%PDF-1.4 hyra", "kvitto.png": b"\x89PNG\r\n\x1a\n"}
    typed = fields(CASE, ank="2026-12-01", typ="Återansökan ekonomiskt bistånd", ref="260102", bil="två filer – åäö")
    assert "Fel:" not in user.post_files(f"/ny_aktualisering.do?arende={CASE}", typed, files, f"f{CASE}_fil")
    registered = served.facit()["registered"]
    (matter,) = (one for one in registered["aktualiseringar"] if one["arende"] == CASE)
    assert (matter["referens"], matter["bilagor"]) == ("260102", "två filer – åäö")
    assert [(one["namn"], one["storlek"], one["till"]) for one in registered["dokument"]] == [
        ("hyresavi för november.pdf", 13, f"Ny aktualisering, nr {matter['id']}"),
        ("kvitto.png", 8, f"Ny aktualisering, nr {matter['id']}"),
    ]
    listed = {row[1]: row[0] for row in rows(user.get(f"/dokument.do?arende={CASE}"))}
    kept = {name: user.fetch(f"/dokument_fil.do?arende={CASE}&id={nr}") for name, nr in listed.items()}
    assert files.items() <= kept.items()
    assert kept["plan.pdf"].startswith(b"%PDF")


def test_a_file_that_is_empty_is_refused_and_nothing_is_registered(user: Any, served: Running) -> None:
    before = served.facit()["registered"]
    typed = fields("4703", ank="2026-12-01", typ="Komplettering")
    page = user.post_files("/ny_aktualisering.do?arende=4703", typed, {"tom.pdf": b""}, "f4703_fil")
    assert "Fel: En bifogad fil är tom." in page
    assert served.facit()["registered"] == before


def test_a_draft_is_made_final_by_hand_and_can_still_be_decided(user: Any, served: Running) -> None:
    user.post("/ny_berakning.do?arende=4703", **calculation("4703", KIM))
    mine = rows(user.get("/berakningar.do?arende=4703"))[-1]
    assert mine[6] == "Utkast"
    page = user.post(f"/slutfor_berakning.do?arende=4703&id={mine[0]}")
    assert "Slutlig" in page
    assert "Slutför beräkning" not in page
    assert user.fetch("/beslutsmeddelande.do?arende=4703").startswith(b"%PDF")
    user.post("/nytt_beslut.do?arende=4703", **decision("4703"))
    assert "2026-11, 2026-12</td>" in user.get("/oversikt.do?arende=4703")
    (decided,) = served.facit()["registered"]["beslut"]
    assert (str(decided["berakning"]), decided["beslutsfattare"]) == (mine[0], "Åsa Provsson")
    assert "inget utkast" in user.get("/brev.do?arende=4703")
    again = next(row[0] for row in rows(user.get("/dokument.do?arende=4703")) if row[2] == "Beslutsmeddelande")
    assert user.fetch(f"/dokument_fil.do?arende=4703&id={again}").startswith(b"%PDF")
    assert len(served.facit()["registered"]["brev"]) == 1


def test_several_payees_a_note_and_a_monitoring_are_registered_as_typed(user: Any, served: Running) -> None:
    for payee, account, amount in (
        ("Aron Aktivsson", "9999-1000002", "1000"),
        ("Sandbostäder AB", "5050-1055", "2120"),
    ):
        typed = fields(CASE, mtg=payee, kto=account, man="2026-12", dat="2026-12-02", bel=amount)
        user.post(f"/ny_utbetalning.do?arende={CASE}", **typed)
    user.post(
        f"/ny_anteckning.do?arende={CASE}", **fields(CASE, dat="2026-12-01", rub="Samtal", txt="Rad ett\r\nrad två")
    )
    typed = fields(CASE, dat="2027-01-15", ans="Åsa Provsson", txt="Planeringen går ut")
    assert "Uppgifterna är sparade" in user.post(f"/ny_bevakning.do?arende={CASE}", **typed)
    registered = served.facit()["registered"]
    assert [(one["mottagare"], one["belopp"]) for one in registered["utbetalningar"]] == [
        ("Aron Aktivsson", "1000"),
        ("Sandbostäder AB", "2120"),
    ]
    assert registered["anteckningar"][-1]["text"] == "Rad ett\nrad två"
    assert registered["bevakningar"][-1]["ansvarig"] == "Åsa Provsson"


def test_a_note_may_bring_a_file_in_its_window(user: Any, served: Running) -> None:
    typed = fields(CASE, dat="2026-12-01", rub="Intyg", txt="Läkarintyg inkom")
    user.post_files(f"/ny_anteckning_bilaga.do?arende={CASE}", typed, {"intyg.pdf": b"%PDF-1.4"}, f"f{CASE}_fil")
    kept = served.facit()["registered"]["dokument"][-1]
    assert (kept["namn"], kept["till"].partition(",")[0]) == ("intyg.pdf", "Ny journalanteckning")


def test_a_case_is_closed_and_opened_by_hand(user: Any, served: Running) -> None:
    assert "Avslutat</td><td>2026-12-01" in user.post("/avsluta.do?arende=4703")
    assert "Öppna ärendet" in user.get("/avsluta.do?arende=4703")
    assert "Pågående" in user.post("/avsluta.do?arende=4703")
    changes = [(one["user"], one["content"]["status"]) for one in served.facit()["changes"] if one["kind"] == "case"]
    assert changes[-2:] == [("robot", "Avslutat"), ("robot", "Pågående")]


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("/ny_berakning.do", calculation("4703", KIM)),
        ("/nytt_beslut.do", decision("4703")),
        ("/ny_anteckning.do", fields("4703", dat="2026-12-01", rub="Samtal", txt="Text")),
    ],
)
def test_a_closed_case_takes_nothing_until_it_is_opened(
    user: Any, served: Running, page: str, typed: dict[str, str]
) -> None:
    user.post("/avsluta.do?arende=4703")
    before = served.facit()["registered"]
    assert "Fel: Ärendet är avslutat. Inget sparades." in user.post(f"{page}?arende=4703", **typed)
    assert served.facit()["registered"] == before
    assert "Pågående" in user.post("/avsluta.do?arende=4703")


@pytest.mark.parametrize(
    ("page", "typed", "told"),
    [
        ("/ny_utbetalning.do", "-500", "Fel: Belopp ska vara större än noll."),
        ("/ny_utbetalning.do", "0", "Fel: Belopp ska vara större än noll."),
        ("/nytt_beslut.do", "-1", "Fel: Belopp är mindre än noll."),
    ],
)
def test_nobody_pays_or_grants_less_than_nothing(user: Any, served: Running, page: str, typed: str, told: str) -> None:
    whole = {"mtg": "Aron Aktivsson", "kto": "9999-1000002", "man": "2026-12", "dat": "2026-12-02"}
    before = served.facit()["registered"]
    values = {**decision(CASE), **fields(CASE, **whole), **fields(CASE, bel=typed)}
    assert told in user.post(f"{page}?arende={CASE}", **values)
    assert served.facit()["registered"] == before


@pytest.mark.parametrize("path", ["/oversikt.do", "/dokument_fil.do", "/nytt_beslut.do", "/slutfor_berakning.do"])
def test_a_case_that_is_not_there_is_told_so_with_status_200(user: Any, path: str) -> None:
    answer = user.post(f"{path}?arende=9999") if "slutfor" in path else user.get(f"{path}?arende=9999&id=1")
    assert "Ärendet finns inte." in answer
