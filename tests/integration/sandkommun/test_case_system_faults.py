"""What is stubborn about cases: each fault and each habit, shown by what it does, each in a world begun again."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running

Visit = Callable[[Running], Any]
NR, ARON = "4702", "19900125-9887"
STAFF = "Hilda Handläggarsson"
PLAN = [
    {"fel": "kapad_text", "sida": "/ny_anteckning.do", "varde": 10},
    {"fel": "teckenskada", "sida": "/ny_bevakning.do"},
    {"fel": "halv_sparning", "sida": "/ny_berakning.do"},
    {"fel": "halv_sparning", "sida": "/ny_aktualisering.do"},
    {"fel": "sen_synlighet", "sida": "/ny_utbetalning.do", "varde": 700},
    {"fel": "post_last", "sida": "/ny_anteckning_bilaga.do"},
    {"fel": "redigeringskonflikt", "sida": "/nytt_beslut.do"},
    {"fel": "kollega", "sida": "/journal.do", "varde": "antecknar"},
    {"fel": "kollega", "sida": "/berakningar.do", "varde": "beraknar"},
    {"fel": "kollega", "sida": "/beslut.do", "varde": "beslutar"},
    {"fel": "kollega", "sida": "/oversikt.do", "varde": "avslutar"},
    {"fel": "ny_version", "sida": "/narvaro.do", "varde": 4},
    {"fel": "ny_version", "sida": "/dokument.do", "varde": 5},
]
STRICT = {
    "andra_sparning": "vagras",
    "nollrader": "sparas",
    "samma_inkomst": "sparas",
    "brev_fore_beslut": False,
    "gammal_bild": "vagras",
    "postlas": True,
}


def fields(**values: str) -> dict[str, str]:
    return {f"f{NR}_{name}": value for name, value in values.items()}


NOTE = fields(dat="2026-12-01", rub="Samtal på måndag", txt="Sökanden har hört av sig")
MONITORING = fields(dat="2027-01-15", ans="Åsa Provsson", txt="Följ upp")
MATTER = fields(ank="2026-12-01", typ="Återansökan ekonomiskt bistånd", ref="260102", bil="kvitto")
PAYMENT = fields(mtg="Aron Aktivsson", kto="9999-1000002", man="2026-12", dat="2026-12-02", bel="3120")
DECISION = fields(
    kod="01 Bifall försörjningsstöd",
    pfr="2026-12-01",
    ptm="2026-12-31",
    bel="3120",
    mot="Beviljas.",
    fat="Åsa Provsson",
)


def calculation(**more: str) -> dict[str, str]:
    income = {"i1_typ": "Aktivitetsstöd", "i1_per": ARON, "i1_bel": "7900"}
    costs = {"k1_typ": "Hyra", "k1_sok": "5800", "k1_god": "5800", "k2_typ": "Hushållsel", "k2_sok": "1", "k2_god": "1"}
    return fields(norm="Riksnorm 2026", man="2026-12", ant="1", nsum="5220", res="-3120", **(income | costs | more))


def at(page: str) -> str:
    return f"{page}?arende={NR}"


def version_of(page: str) -> str:
    """The state of the case that a form page was made from."""
    return re.findall(rf'name="f{NR}_ver" value="(\d+)"', page)[0]


def world(**changes: Any) -> worlds.World:
    return worlds.World.model_validate(worlds.only(worlds.load("demo"), "260102").model_dump(mode="json") | changes)


def worked(sandkommun: Running) -> list[str]:
    """Who changed something since the beginning, besides beginning again and logging in."""
    changes = sandkommun.facit()["changes"]
    return [one["user"] for one in changes if one["kind"] not in ("varld", "session")]


def begin_again(sandkommun: Running) -> None:
    with urlopen(f"{sandkommun.direct('start')}/reset", b"", timeout=10) as answer:  # noqa: S310
        assert json.load(answer) == {"today": "2026-12-01"}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    plan = [{**fel, "system": "verksamhet"} for fel in PLAN]
    with running(world(fel=plan, system={}), tmp_path_factory.mktemp("fel") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    system = {"verksamhet": {"vanor": STRICT}}
    with running(world(system=system), tmp_path_factory.mktemp("vanor") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture(scope="module")
def hiding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    plan = [{"fel": "sen_synlighet", "system": "verksamhet", "sida": "/ny_berakning.do", "varde": 3000}]
    with running(world(fel=plan, system={}), tmp_path_factory.mktemp("sent") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture
def late(hiding: Running, case_system: Visit) -> Any:
    return case_system(hiding)


@pytest.fixture
def user(faulty: Running, case_system: Visit) -> Any:
    begin_again(faulty)
    return case_system(faulty)


@pytest.fixture
def orderly(strict: Running, case_system: Visit) -> Any:
    begin_again(strict)
    return case_system(strict)


def registered(sandkommun: Running) -> dict[str, list[dict[str, Any]]]:
    return {kind: made for kind, made in sandkommun.facit()["registered"].items() if made}


# Faults of a plan.


def test_kapad_text_cuts_every_text_of_the_save_in_silence(user: Any, faulty: Running) -> None:
    assert "Fel:" not in user.post(at("/ny_anteckning.do"), **NOTE)
    user.post(at("/ny_anteckning.do"), **NOTE)
    cut, whole = registered(faulty)["anteckningar"]
    assert (cut["rubrik"], cut["text"]) == ("Samtal på ", "Sökanden h")
    assert (whole["rubrik"], whole["text"]) == ("Samtal på måndag", "Sökanden har hört av sig")
    posts = [one["fel"] for one in faulty.facit()["requests"] if one["path"] == at("/ny_anteckning.do")]
    assert posts == [["kapad_text"], []]


def test_teckenskada_spoils_the_swedish_letters_of_texts_only(user: Any, faulty: Running) -> None:
    user.post(at("/ny_bevakning.do"), **MONITORING)
    (made,) = registered(faulty)["bevakningar"]
    assert (made["ansvarig"], made["text"], made["datum"]) == ("Ã…sa Provsson", "FÃ¶lj upp", "2027-01-15")
    assert "Ã…sa Provsson" in user.get(at("/bevakningar.do"))


def test_halv_sparning_keeps_half_of_the_rows(user: Any, faulty: Running) -> None:
    assert "Fel:" not in user.post(at("/ny_berakning.do"), **calculation())
    (made,) = registered(faulty)["berakningar"]
    assert ([row["typ"] for row in made["kostnader"]], made["inkomster"], made["resultat"]) == (["Hyra"], [], "-3120")


def test_halv_sparning_keeps_half_of_what_is_optional_and_of_the_files(user: Any, faulty: Running) -> None:
    files = {"a.pdf": b"%PDF-a", "b.pdf": b"%PDF-b"}
    user.post_files(at("/ny_aktualisering.do"), MATTER, files, f"f{NR}_fil")
    made = registered(faulty)
    assert [(one["referens"], one["bilagor"]) for one in made["aktualiseringar"]] == [("260102", "")]
    assert [one["namn"] for one in made["dokument"]] == ["a.pdf"]


def test_sen_synlighet_hides_what_was_saved_from_the_list_for_a_while(user: Any, faulty: Running) -> None:
    user.post(at("/ny_utbetalning.do"), **PAYMENT)
    assert "3 120,00" not in user.get(at("/utbetalningar.do"))
    assert len(registered(faulty)["utbetalningar"]) == 1
    deadline = time.monotonic() + 10
    while "3 120,00" not in user.get(at("/utbetalningar.do")):
        assert time.monotonic() < deadline


def test_a_calculation_that_no_list_shows_yet_has_no_letter(late: Any) -> None:
    """The case system itself knows of it: a decision waits for its letter."""
    late.post(at("/ny_berakning.do"), **calculation())
    shown = [
        late.fetch(at(page)).decode("latin-1")
        for page in ("/berakningar.do", "/brev.do", "/dokument.do", "/beslutsmeddelande.do")
    ]
    assert ["Utkast" in shown[0], *("Beräkning 2" in page for page in shown[1:])] == [False] * 4
    assert "Det finns inget utkast" in shown[1]
    late.post(at("/nytt_beslut.do"), **DECISION)
    assert "Beviljas." not in late.get(at("/beslut.do"))
    deadline = time.monotonic() + 10
    while "Utkast" not in late.get(at("/berakningar.do")):
        assert time.monotonic() < deadline
    assert 'href="/beslutsmeddelande.do' in late.get(at("/brev.do"))


@pytest.mark.parametrize(
    ("page", "typed", "told"),
    [
        ("/ny_anteckning_bilaga.do", NOTE, f"Fel: Ärendet är låst av {STAFF}. Inget sparades."),
        ("/nytt_beslut.do", DECISION, f"Fel: Ärendet har ändrats av {STAFF} sedan sidan öppnades. Inget sparades."),
    ],
    ids=["post_last", "redigeringskonflikt"],
)
def test_a_case_that_others_hold_or_have_changed_takes_nothing(
    user: Any, faulty: Running, page: str, typed: dict[str, str], told: str
) -> None:
    assert told in user.post(at(page), **typed)
    assert registered(faulty) == {}
    assert worked(faulty) == []
    assert told not in user.post(at(page), **typed)


def test_kollega_antecknar(user: Any, faulty: Running) -> None:
    assert "Telefonsamtal" in user.get(at("/journal.do"))
    assert [one["av"] for one in registered(faulty)["anteckningar"]] == [STAFF]


def test_kollega_beraknar(user: Any, faulty: Running) -> None:
    assert user.get(at("/berakningar.do")).count("<td>Utkast</td>") == 1
    (made,) = registered(faulty)["berakningar"]
    assert (made["manad"], made["user"], made["resultat"]) == ("2026-12", STAFF, "-3590")


def test_kollega_beslutar_with_letter_decision_and_payment_of_the_draft(user: Any, faulty: Running) -> None:
    user.post(at("/ny_berakning.do"), **calculation())
    assert STAFF in user.get(at("/beslut.do"))
    made = registered(faulty)
    assert [(one["belopp"], one["beslutsfattare"], one["fran"]) for one in made["beslut"]] == [
        ("3120", STAFF, "2026-12-01")
    ]
    assert [(one["mottagare"], one["belopp"]) for one in made["utbetalningar"]] == [("Aron Aktivsson", "3120")]
    assert [one["av"] for one in made["brev"]] == [STAFF]
    assert [one["status"] for one in made["berakningar"]] == ["Slutlig"]


def test_kollega_avslutar(user: Any, faulty: Running) -> None:
    assert "Avslutat" in user.get(at("/oversikt.do"))
    assert worked(faulty) == [STAFF]


def test_ny_version_comes_into_force_and_stays(user: Any, faulty: Running) -> None:
    assert "Delgivningssätt" not in user.get(at("/nytt_beslut.do"))
    user.get(at("/narvaro.do"))
    page = user.get(at("/nytt_beslut.do"))
    assert "Beviljat belopp, kr" in page
    assert page.index("Beslutsfattare") < page.index("Beslutskod")
    assert 'value="Fastställ beslut"' in page
    refused = user.post(at("/nytt_beslut.do"), **DECISION)
    assert "redigeringskonflikt" in faulty.facit()["requests"][-1]["fel"]
    assert "Fel:" in refused
    assert "Fel: Delgivningssätt saknas." in user.post(at("/nytt_beslut.do"), **DECISION)


def test_ny_version_five_asks_on_a_page_in_between_before_anything_is_saved(user: Any, faulty: Running) -> None:
    user.get(at("/dokument.do"))
    user.post(at("/ny_berakning.do"), **calculation())
    user.fetch(at("/beslutsmeddelande.do"))
    typed = DECISION | fields(**{"del": "Brev"})
    assert 'value="Bekräfta och spara"' in user.post(at("/nytt_beslut.do"), **typed)
    assert "beslut" not in registered(faulty)
    assert "Fel: Ärendet har ändrats" in user.post(at("/nytt_beslut.do"), **typed, **fields(klar="1"))
    user.post(at("/nytt_beslut.do"), **typed, **fields(klar="1"))
    assert [one["delgivning"] for one in registered(faulty)["beslut"]] == ["Brev"]


# Habits of a world.


def test_andra_sparning_may_be_refused(orderly: Any, strict: Running) -> None:
    orderly.post(at("/ny_anteckning.do"), **NOTE)
    assert "Fel: Uppgifterna är redan registrerade." in orderly.post(at("/ny_anteckning.do"), **NOTE)
    assert len(registered(strict)["anteckningar"]) == 1
    orderly.post(at("/ny_anteckning.do"), **(NOTE | fields(txt="Något annat")))
    assert len(registered(strict)["anteckningar"]) == 2


def test_rows_of_zero_and_the_same_income_twice_may_be_kept(orderly: Any, strict: Running) -> None:
    again = {
        "i2_typ": "Aktivitetsstöd",
        "i2_per": ARON,
        "i2_bel": "1",
        "k3_typ": "Fackavgift",
        "k3_sok": "0",
        "k3_god": "",
    }
    orderly.post(at("/ny_berakning.do"), **calculation(**again))
    (made,) = registered(strict)["berakningar"]
    assert [row["belopp"] for row in made["inkomster"]] == ["7900", "1"]
    assert [row["typ"] for row in made["kostnader"]] == ["Hyra", "Hushållsel", "Fackavgift"]


def test_a_decision_may_need_no_letter(orderly: Any, strict: Running) -> None:
    orderly.post(at("/ny_berakning.do"), **calculation())
    orderly.post(at("/nytt_beslut.do"), **DECISION)
    made = registered(strict)
    assert (len(made["beslut"]), made["berakningar"][0]["status"]) == (1, "Slutlig")
    assert "brev" not in made


def test_a_form_opened_before_somebody_changed_the_case_may_be_refused(orderly: Any, strict: Running) -> None:
    old = version_of(orderly.get(at("/ny_anteckning.do")))
    orderly.post(at("/ny_bevakning.do"), **MONITORING)
    refused = orderly.post(at("/ny_anteckning.do"), **NOTE, **fields(ver=old))
    assert "Fel: Ärendet har ändrats av robot" in refused
    assert "anteckningar" not in registered(strict)
    orderly.post(at("/ny_anteckning.do"), **NOTE, **fields(ver=version_of(refused)))
    assert len(registered(strict)["anteckningar"]) == 1


def test_whoever_opens_a_form_may_hold_the_case_until_it_is_saved(orderly: Any, strict: Running) -> None:
    other = log_in_as(strict, orderly, "handlaggare")
    other.get(at("/ny_anteckning.do"))
    assert "öppnat av handlaggare" in orderly.get(at("/ny_anteckning.do"))
    assert "Fel: Ärendet är låst av handlaggare." in orderly.post(at("/ny_anteckning.do"), **NOTE)
    assert registered(strict) == {}
    other.post(at("/ny_bevakning.do"), **MONITORING)
    orderly.post(at("/ny_anteckning.do"), **NOTE)
    assert [one["user"] for one in registered(strict)["anteckningar"]] == ["robot"]


def log_in_as(sandkommun: Running, like: Any, name: str) -> Any:
    account = sandkommun.account("verksamhet", name)
    other = type(like)(sandkommun.direct("verksamhet"), "cp1252")
    other.post("/login.do", anv=account.user, los=account.password)
    other.post("/kod.do", kod=account.code())
    return other


def test_personal_acts_once_after_every_so_many_requests_and_the_same_seed_acts_the_same(
    tmp_path_factory: pytest.TempPathFactory, case_system: Visit
) -> None:
    staffed, data = world(personal={"var": 3, "seed": 7}, system={}), tmp_path_factory.mktemp("personal") / "data"
    with running(staffed, data) as sandkommun:
        told = [a_day_of(sandkommun, case_system) for _ in range(2)]
    assert told[0] == told[1]
    acts = [made for made in told[0] if made]
    assert {one["user"] for made in acts for one in made} == {STAFF}
    assert all(not made for at_request, made in enumerate(told[0], 2) if at_request % 3 != 1)
    assert len(acts) >= 3


def a_day_of(sandkommun: Running, case_system: Visit) -> list[list[dict[str, Any]]]:
    """What was changed at each of fifteen requests; logging in was the first request of all."""
    begin_again(sandkommun)
    user = case_system(sandkommun)
    told: list[list[dict[str, Any]]] = []
    for _ in range(15):
        before = len(sandkommun.facit()["changes"])
        user.get(at("/narvaro.do"))
        made = sandkommun.facit()["changes"][before:]
        told.append([{name: one[name] for name in ("what", "kind", "key", "user")} for one in made])
    return told
