"""A fault hits only what it can do something to, and waits until then; the changes tell who came and went."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running

NR = "4702"
LONG = "Ett långt meddelande på svenska till sökanden"
PERMIT = {
    "beslut": "Bevilja",
    "giltigt_fran": "2026-12-01",
    "giltigt_till": "2027-11-30",
    "motivering": "Rörelsenedsättningen är styrkt.",
}
SAVING = ("kapad_text", "teckenskada", "halv_sparning", "sen_synlighet", "post_last", "redigeringskonflikt")
OF_SAVING = [{"fel": name, "system": "verksamhet"} for name in SAVING]
ELSEWHERE = [
    {"fel": "kollega", "system": "verksamhet"},
    {"fel": "ny_version", "system": "etjanst", "varde": 3},
    {"fel": "ny_i_inkorgen", "system": "etjanst"},
    {"fel": "byt_losenord", "system": "ssbtek"},
    {"fel": "kapad_text", "system": "parkering", "varde": 5},
    {"fel": "teckenskada", "system": "etjanst"},
    {"fel": "session_borta", "system": "folkbokforing", "sida": "/sok", "metod": "POST"},
]


def world(**more: Any) -> worlds.World:
    return worlds.World.model_validate(worlds.load("demo").model_dump() | {"system": {}} | more)


@pytest.fixture(scope="module")
def saving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(world(fel=OF_SAVING), tmp_path_factory.mktemp("spara") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    system = {"parkering": {"session": {"max_requests": 3}}}
    with running(world(fel=ELSEWHERE, system=system), tmp_path_factory.mktemp("annat") / "data") as sandkommun:
        yield sandkommun


def reset(sandkommun: Running) -> Running:
    with urlopen(f"{sandkommun.direct('start')}/reset", b"", timeout=10) as answer:  # noqa: S310
        assert json.load(answer) == {"today": "2026-12-01"}
    return sandkommun


def enter(web: Any, town: Running, system: Any) -> tuple[Any, str]:
    visitor, account, address = web(town), town.account(system), town.address(system)
    visitor.post(f"{address}/logga-in", anvandare=account.user, losenord=account.password)
    return visitor, address


def hits(town: Running, system: Any) -> list[tuple[str, list[str]]]:
    return [(row["path"].partition("?")[0], row["fel"]) for row in town.facit(system)["requests"] if row["fel"]]


def note(user: Any, text: str) -> Any:
    fields = {"dat": "2026-12-01", "rub": "Samtal", "txt": text}
    return user.post(f"/ny_anteckning.do?arende={NR}", **{f"f{NR}_{key}": value for key, value in fields.items()})


def test_faults_of_saving_wait_for_a_save(saving: Running, case_system: Callable[[Running], Any]) -> None:
    user = case_system(reset(saving))
    user.post("/sok.do", sokpnr="19900125-9887")
    user.post(f"/ny_utbetalning.do?arende={NR}")
    assert hits(saving, "verksamhet") == [("/ny_utbetalning.do", ["post_last"])]
    user.post(f"/nytt_beslut.do?arende={NR}")
    assert hits(saving, "verksamhet")[1:] == [("/nytt_beslut.do", ["redigeringskonflikt"])]
    note(user, "Kort")
    note(user, LONG)
    assert hits(saving, "verksamhet")[2:] == [
        ("/ny_anteckning.do", ["halv_sparning", "sen_synlighet"]),
        ("/ny_anteckning.do", ["kapad_text", "teckenskada"]),
    ]


def test_whoever_holds_or_has_changed_a_case_hinders_its_closing_too(
    saving: Running, case_system: Callable[[Running], Any]
) -> None:
    user = case_system(reset(saving))
    told = [user.post(f"/avsluta.do?arende={NR}") for _ in range(3)]
    assert ["låst av" in told[0], "har ändrats av" in told[1], "Inget sparades" in told[2]] == [True, True, False]
    assert hits(saving, "verksamhet") == [("/avsluta.do", ["post_last"]), ("/avsluta.do", ["redigeringskonflikt"])]
    changed = [one["content"]["status"] for one in saving.facit()["changes"] if one["kind"] == "case"]
    assert changed == ["Avslutat"]


def test_a_colleague_waits_for_a_request_about_a_case(
    elsewhere: Running, case_system: Callable[[Running], Any]
) -> None:
    user = case_system(reset(elsewhere))
    user.get("/start.do")
    user.post("/sok.do", sokpnr="19900125-9887")
    user.get(f"/journal.do?arende={NR}")
    assert hits(elsewhere, "verksamhet") == [("/journal.do", ["kollega"])]


def test_new_looks_and_a_new_errand_wait_for_their_pages(elsewhere: Running, web: Any) -> None:
    visitor, address = enter(web, reset(elsewhere), "etjanst")
    for page in ("/handlaggning/260101/pdf", "/inkorg", "/handlaggning/260101"):
        visitor.get(address + page)
    assert hits(elsewhere, "etjanst") == [("/inkorg", ["ny_i_inkorgen"]), ("/handlaggning/260101", ["ny_version"])]


def test_a_new_password_waits_for_a_right_one(elsewhere: Running, web: Any) -> None:
    town = reset(elsewhere)
    web(town).post(f"{town.address('ssbtek')}/logga-in", anvandare="robot", losenord="fel")
    assert hits(town, "ssbtek") == []
    enter(web, town, "ssbtek")
    assert hits(town, "ssbtek") == [("/logga-in", ["byt_losenord"])]


def test_only_free_texts_are_spoiled(elsewhere: Running, web: Any) -> None:
    visitor, address = enter(web, reset(elsewhere), "etjanst")
    visitor.post(f"{address}/handlaggning/260101/status", status="Väntar på komplettering")
    visitor.post(f"{address}/handlaggning/260101/meddelande", text="Välkommen åter")
    made = elsewhere.facit("etjanst")["registered"]
    assert [one["status"] for one in made["statusandringar"]] == ["Väntar på komplettering"]
    assert [one["text"] for one in made["meddelanden"]] == ["VÃ¤lkommen Ã¥ter"]
    visitor, address = enter(web, elsewhere, "parkering")
    ref = next(iter(elsewhere.facit("parkering")["statuses"]))
    for typed in (PERMIT | {"beslut": ""}, PERMIT):
        visitor.post(f"{address}/ansokningar/{ref}/beslut", follow=False, **typed)
    (decision,) = elsewhere.facit("parkering")["registered"]["beslut"]
    assert (decision["beslut"], decision["motivering"]) == ("Beviljad", "Rörel")


def test_the_changes_tell_of_log_ins_and_how_they_ended_and_of_the_world_s_time(elsewhere: Running, web: Any) -> None:
    town = reset(elsewhere)
    visitor, address = enter(web, town, "parkering")
    for _ in range(3):
        visitor.get(f"{address}/ansokningar")
    visitor, address = enter(web, town, "folkbokforing")
    visitor.post(f"{address}/sok", personnummer="19900125-9887")
    visitor, address = enter(web, town, "folkbokforing")
    visitor.get(f"{address}/logga-ut")
    web(town).post(f"{town.address('start')}/tick", steg="1d")
    begun = ("startsidan", "nollställt", "varld", {"today": "2026-12-01"})
    came = ("robot", "påbörjad", "session", {})
    moved = ("startsidan", "framflyttat", "datum", {"fran": "2026-12-01", "till": "2026-12-02"})
    assert told(town, "parkering") == [begun, came, gone("systemet", "vanan session"), moved]
    assert told(town, "folkbokforing") == [
        *(begun, came, gone("systemet", "felet session_borta")),
        *(came, gone("robot", "utloggning"), moved),
    ]
    assert hits(town, "parkering") == [("/ansokningar", ["session"])]


def gone(by: str, why: str) -> tuple[str, str, str, dict[str, str]]:
    return by, "avslutad", "session", {"orsak": why}


def told(town: Running, system: Any) -> list[tuple[str, str, str, Any]]:
    return [(one["user"], one["what"], one["kind"], one["content"]) for one in town.facit(system)["changes"]]


def test_a_ticket_of_the_common_log_in_is_no_good_after_a_reset(web: Any, tmp_path: Any) -> None:
    with running(world(), tmp_path / "data") as town:
        visitor, address = enter(web, town, "inloggning")
        sent = visitor.get(f"{address}/sso?system=af&till=/sok", follow=False)
        reset(town)
        late = web(town).get(sent.headers["Location"])
        assert (late.status, "Inloggningen gäller inte längre" in late.text) == (403, True)
