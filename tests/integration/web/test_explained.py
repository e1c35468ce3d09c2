"""The explanation of a case on the pages: who may see it, that every look is journalled first, and what it shows."""

import json

from medarbetare.cases.status import CaseStatus
from medarbetare.journal.models import Leaf


def decided(house, reference="BIFALL-1"):
    """A case that the robot decided alone: nothing of it was ever handed over."""
    case = house.bench.receive(reference, "tova")
    assert house.bench.work_on(case) is CaseStatus.DECIDED
    return case


def test_a_decided_case_is_explained_and_that_it_was_shown_stands_in_the_journal(house, tova):
    case = decided(house)
    answer = house.browser(tova).get(f"/arende/{case.handle}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for told in (
        f"Förklaring: ärende {case.handle}",
        "Hushållet beviljas 3\N{NO-BREAK SPACE}997\N{NO-BREAK SPACE}kr.",
        "Roboten, om Tova Testsson.",
        "Högst 6\N{NO-BREAK SPACE}400\N{NO-BREAK SPACE}kr.",
        "&lt;b&gt;Hyra&lt;/b&gt;",
        "BIFALL-1",
        "<dd>beslutad</dd>",
    ):
        assert told in page
    for absent in ("Tomt", "<script", "Till överlämningen"):
        assert absent not in page
    (shown,) = house.bench.entries(case, "shown")
    assert shown.actor == "person:tova"


def test_the_same_is_given_as_json_and_is_journalled_too(house, tova):
    case = decided(house)
    answer = house.browser(tova).get(f"/arende/{case.handle}/json/")
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/json"
    assert (told["ärende"], told["ärendet är nu"]) == (case.handle, "beslutad")
    assert told["förklaring"] == {"utgang": "Hushållet beviljas 3997 kr."}
    assert len(house.bench.entries(case, "shown")) == 1


def test_what_a_person_did_stands_there_and_the_pages_lead_to_one_another(house, tova):
    case, handoff = house.hand_over("REF-1")
    browser = house.browser(tova)
    assert f'href="/arende/{case.handle}/"' in browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    assert f'href="/overlamning/{handoff.pk}/"' in browser.get(f"/arende/{case.handle}/").content.decode()
    browser.post(f"/overlamning/{handoff.pk}/ta-over/", {"note": ""})
    assert f'href="/arende/{case.handle}/"' in browser.get("/avslutade/").content.decode()
    assert "togs över av Tova Testsson" in browser.get(f"/arende/{case.handle}/").content.decode()


def test_a_case_that_ended_before_any_proposal_has_its_page_too(house, tova, monkeypatch):
    monkeypatch.setattr(house.workflow, "explain", lambda *given: None)
    case, handoff = house.hand_over("HAND-1")
    browser = house.browser(tova)
    page = browser.get(f"/arende/{case.handle}/").content.decode()
    for told in (
        "Roboten lämnade över ärendet till en människa, innan den hade räknat eller föreslagit något.",
        "Ärendet ligger hos handläggare: gruppen, ingen särskild.",
        "Varför roboten stannade",
        "Hyran har ändrats till 3\N{NO-BREAK SPACE}997\N{NO-BREAK SPACE}kr.",
        "Steg som blev klara",
    ):
        assert told in page
    assert json.loads(browser.get(f"/arende/{case.handle}/json/").content)["förklaring"]["skal"]

    browser.post(f"/overlamning/{handoff.pk}/ta-over/", {"note": ""})
    assert "En handläggare har tagit över ärendet" in browser.get(f"/arende/{case.handle}/").content.decode()


def test_a_protected_case_without_a_proposal_is_hidden_as_any_other(house, tova, monkeypatch):
    monkeypatch.setattr(house.workflow, "explain", lambda *given: None)
    case, _ = house.hand_over("SKYDD-1")
    address = f"/arende/{case.handle}/"
    assert house.browser(tova).get(address).status_code == 404
    sara = house.browser(house.person("sara", "skyddade personuppgifter"))
    assert "Den som har särskild behörighet har ärendet." in sara.get(address).content.decode()


def test_a_case_is_found_by_its_handle_or_its_application(house, tova):
    case = decided(house)
    browser = house.browser(tova)
    for wanted in (case.handle, " BIFALL-1 "):
        found = browser.post("/arende/", {"beteckning": wanted})
        assert (found.status_code, found["Location"]) == (302, f"/arende/{case.handle}/")
    lost = browser.post("/arende/", {"beteckning": "BIFALL-2"}, follow=True).content.decode()
    assert "Det finns inget sådant ärende, eller så får du inte se det." in lost
    assert "BIFALL-2" not in lost
    assert browser.get("/arende/").status_code == 405


def test_who_may_not_see_a_case_is_refused_and_the_attempt_is_journalled(house, tova):
    case, _ = house.hand_over("SKYDD-1")
    alone = decided(house, "BIFALL-2")
    others = [
        (tova, case),
        (house.person("ivar", "it"), case),
        (house.person("isa", "it"), alone),
        (house.person("olle", "handläggare", department="annan"), alone),
    ]
    for number, (user, wanted) in enumerate(others, 1):
        browser = house.browser(user)
        for address in (f"/arende/{wanted.handle}/", f"/arende/{wanted.handle}/json/"):
            assert browser.get(address).status_code == 404
        assert Leaf.objects.filter(kind="access.refused").count() == 2 * number
        assert browser.post("/arende/", {"beteckning": wanted.handle})["Location"] == "/avslutade/"
    assert not Leaf.objects.filter(kind="shown").exists()
    assert (
        house.browser(house.person("sara", "skyddade personuppgifter")).get(f"/arende/{case.handle}/").status_code
        == 200
    )


def test_a_household_that_is_shielded_since_is_not_seen_by_an_earlier_case(house, tova):
    earlier = decided(house, "BIFALL-3")
    marked = house.bench.receive("SKYDD-3", "tova")
    house.bench.work_on(marked)
    assert house.browser(tova).get(f"/arende/{earlier.handle}/").status_code == 404


def test_a_mark_that_was_read_shields_the_case_before_it_has_come_to_its_role(house, tova):
    case = decided(house)
    house.workflow.marked = True
    assert house.browser(tova).get(f"/arende/{case.handle}/").status_code == 404
    assert [entry.actor for entry in house.bench.entries(case, "access.refused")] == ["person:tova"]


def test_nobody_sees_an_explanation_without_a_log_in(house):
    case = decided(house)
    address = f"/arende/{case.handle}/"
    assert house.browser().get(address)["Location"] == f"/logga-in/?next={address}"
