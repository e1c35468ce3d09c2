"""Approving and taking over: done once, by the person, or not at all."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.models.functions import Now

from medarbetare.cases.handoffs import Handoffs
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.models import Write, WriteState

TICKED = {"reason-1": "on", "reason-2": "on", "note": "Ringde hyresvärden."}


def test_an_approval_lets_the_robot_go_on_with_the_person_as_decision_maker(house, tova):
    case, handoff = house.hand_over("REF-1")
    browser = house.browser(tova)
    page = browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "<h2>Förslag att godkänna</h2>" in page
    assert "Jag har kontrollerat: Hyran är ny" in page
    assert "<strong>Tova Testsson</strong>, blir beslutsfattare" in page

    answer = browser.post(f"/overlamning/{handoff.pk}/", TICKED)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    after = browser.get("/").content.decode()
    assert f"Ärende {case.handle} är godkänt." in after
    assert "Inget väntar på dig" in after
    (act,) = house.bench.entries(case, "handoff.approved")
    assert act.actor == "person:tova"
    assert (act.payload["by"], act.payload["note"]) == ("Tova Testsson", "Ringde hyresvärden.")
    assert house.bench.work_on(case) is CaseStatus.DECIDED
    assert house.bench.entries(case, "case.outcome")[-1].payload["summary"] == "Bifall, beslutat av Tova Testsson."

    closed = browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "Överlämningen är godkänd</strong> av Tova Testsson" in closed
    assert "Ringde hyresvärden." in closed
    assert "Ärendet är nu: beslutad" in closed
    assert "<button>Godkänn" not in closed
    assert "godkänd" in browser.get("/avslutade/").content.decode()


def test_who_approves_what_is_no_decision_yet_is_told_so(house, tova):
    _, handoff = house.hand_over("MEDDELANDE-1")
    page = house.browser(tova).get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "<p>Inget beslutas ännu.</p>" in page
    assert "blir beslutsfattare" not in page
    assert "Godkänn förslaget" not in page
    assert "<button>Godkänn</button>" in page


def test_whoever_takes_over_is_told_what_the_robot_has_registered_already(house, tova):
    case, handoff = house.hand_over("REF-1")
    browser = house.browser(tova)
    assert "Roboten har inte registrerat något" in browser.get(f"/overlamning/{handoff.pk}/ta-over/").content.decode()
    for name in ("aktualisering", "beräkning"):
        Write.objects.create(
            **{"case": case, "name": name, "portal": "verksamhet", "department": case.department},
            **{"natural_key": name, "state": WriteState.RECEIPT, "intended_at": Now(), "settled_at": Now()},
        )

    for page in (f"/overlamning/{handoff.pk}/", f"/overlamning/{handoff.pk}/ta-over/"):
        assert "<strong>aktualisering, beräkning</strong>" in browser.get(page).content.decode()


@pytest.mark.parametrize(
    "ticked", [{}, {"reason-1": "on"}, {"reason-2": "on", "note": "x"}, {**TICKED, "note": "å" * 1001}]
)
def test_nothing_is_approved_until_every_reason_is_ticked(house, tova, ticked):
    case, handoff = house.hand_over("REF-1")
    answer = house.browser(tova).post(f"/overlamning/{handoff.pk}/", ticked)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Förslaget är inte godkänt." in page
    assert "<title>Fel: " in page
    assert 'aria-invalid="true"' in page
    assert house.bench.status(case) is CaseStatus.HANDED_OVER
    assert house.bench.entries(case, "handoff.") == []
    assert [entry.actor for entry in house.bench.entries(case, "shown")] == ["person:tova"]


def test_a_second_click_and_a_stale_page_are_told_politely_and_change_nothing(house, tova):
    case, handoff = house.hand_over("REF-1")
    tova_browser = house.browser(tova)
    other = house.browser(house.person("olle", "handläggare", name="Olle Olsson"))
    assert tova_browser.post(f"/overlamning/{handoff.pk}/", TICKED)["Location"] == "/"
    for browser, address, form in (
        (tova_browser, f"/overlamning/{handoff.pk}/", TICKED),
        (other, f"/overlamning/{handoff.pk}/", TICKED),
        (other, f"/overlamning/{handoff.pk}/", {}),
        (other, f"/overlamning/{handoff.pk}/ta-over/", {"note": ""}),
    ):
        answer = browser.post(address, form, follow=True)
        assert answer.redirect_chain == [(f"/overlamning/{handoff.pk}/", 302)]
        page = answer.content.decode()
        assert "ingenting gjordes. Överlämningen är redan godkänd." in page
        assert "av Tova Testsson" in page
    assert len(house.bench.entries(case, "handoff.")) == 1
    assert house.bench.status(case) is CaseStatus.WAITING


def test_two_people_at_the_same_moment_approve_once(house, tova):
    case, handoff = house.hand_over("REF-1")
    browsers = [house.browser(tova), house.browser(house.person("olle", "handläggare"))]

    def approve(browser):
        try:
            return browser.post(f"/overlamning/{handoff.pk}/", TICKED)["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(approve, browsers))
    assert answers == ["/", f"/overlamning/{handoff.pk}/"]
    assert len(house.bench.entries(case, "handoff.approved")) == 1


def test_what_cannot_be_approved_says_so_when_somebody_tries(house, tova):
    case, handoff = house.hand_over("HAND-1")
    browser = house.browser(tova)
    page = browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "Godkänn förslaget" not in page
    assert "Ta över ärendet" in page
    answer = browser.post(f"/overlamning/{handoff.pk}/", {"reason-1": "on"}, follow=True)
    assert "går inte att godkänna" in answer.content.decode()
    assert house.bench.status(case) is CaseStatus.HANDED_OVER


def test_taking_over_asks_first_and_then_ends_the_case_for_the_robot(house, tova):
    case, handoff = house.hand_over("REF-1")
    browser = house.browser(tova)
    asked = browser.get(f"/overlamning/{handoff.pk}/ta-over/").content.decode()
    assert f"Vill du ta över ärende {case.handle}?" in asked
    assert "Testsson" not in asked.replace("<span>Tova Testsson</span>", "")
    assert house.bench.status(case) is CaseStatus.HANDED_OVER

    browser.post(f"/overlamning/{handoff.pk}/ta-over/", {"note": "Sökanden ringde."})

    assert house.bench.status(case) is CaseStatus.TAKEN_OVER
    (act,) = house.bench.entries(case, "handoff.taken over")
    assert (act.actor, act.payload["note"]) == ("person:tova", "Sökanden ringde.")
    assert browser.get(f"/overlamning/{handoff.pk}/ta-over/")["Location"] == f"/overlamning/{handoff.pk}/"
    assert "övertagen</strong> av Tova Testsson" in browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    assert house.bench.journal.verify().ok


def test_a_part_that_was_handed_over_is_marked_as_taken_care_of(house, tova):
    case, handoff = house.hand_over("DEL-1")
    browser = house.browser(tova)
    assert "Prövning av prov: Medicin" in browser.get("/").content.decode()
    page = browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "Medicin 240\N{NO-BREAK SPACE}kr." in page
    assert "Markera som omhändertaget" in page
    after = browser.post(f"/overlamning/{handoff.pk}/ta-over/", {"note": ""}, follow=True).content.decode()
    assert "Medicin är markerat som omhändertaget." in after
    assert house.bench.status(case) is CaseStatus.DECIDED
    handoff.refresh_from_db()
    assert handoff.closed_by == "person:tova"


def test_a_hand_off_that_the_robot_let_go_says_so(house, tova):
    _, handoff = house.hand_over("REF-1")
    Handoffs(house.bench.journal).finished_elsewhere(handoff.pk, handoff.created_at, {"beslut": "01"})
    page = house.browser(tova).get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "avslutad av handläggare</strong> av roboten" in page
