"""Who sees which hand-offs, and that every look stands in the journal before it is had."""

from datetime import timedelta

from django.db import connection

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.journal.models import Leaf


def test_without_a_log_in_every_page_leads_to_the_log_in(house):
    _, handoff = house.hand_over("REF-1")
    browser = house.browser()
    for address in ("/", "/avslutade/", f"/overlamning/{handoff.pk}/", f"/overlamning/{handoff.pk}/ta-over/"):
        for answer in (browser.get(address), browser.post(address)):
            assert (answer.status_code, answer["Location"]) == (302, f"/logga-in/?next={address}")
    assert not Leaf.objects.filter(kind="shown").exists()


def test_att_gora_lists_the_persons_own_hand_offs_oldest_first_and_nothing_personal(house, tova):
    first, handoff = house.hand_over("REF-1")
    second, _ = house.hand_over("HAND-2")
    protected, _ = house.hand_over("SKYDD-3")
    page = house.browser(tova).get("/").content.decode()
    assert page.index(first.handle) < page.index(second.handle)
    assert protected.handle not in page
    assert "skyddade personuppgifter" not in page
    assert "2 överlämningar väntar" in page
    assert "Prövning av prov" in page
    assert "Nej, tas över" in page
    assert f'href="/overlamning/{handoff.pk}/"' in page
    for personal in ("Hyran", "Förslag", "REF-1"):
        assert personal not in page
    assert not Leaf.objects.filter(kind="shown").exists()


def test_att_gora_says_how_long_each_has_waited(house, tova):
    house.hand_over("REF-1")
    browser = house.browser(tova)
    assert "mindre än en minut" in browser.get("/").content.decode()
    house.later = timedelta(days=3, hours=2, minutes=1)
    assert "3\xa0dagar, 2\xa0timmar" in browser.get("/").content.decode()


def test_a_long_list_is_shown_page_by_page(house, tova):
    case, handoff = house.hand_over("REF-1")
    Handoff.objects.bulk_create(
        Handoff(case=case, entry=handoff.entry, role="handläggare", created_at=handoff.created_at) for _ in range(50)
    )
    browser = house.browser(tova)
    assert "Sida 1 av 2" in browser.get("/").content.decode()
    last = browser.get("/?sida=2").content.decode()
    assert last.count('role="rowheader"') == 1
    assert "51 överlämningar" in last


def test_a_hand_off_is_shown_whole_and_that_it_was_shown_stands_in_the_journal(house, tova):
    case, handoff = house.hand_over("REF-1")
    answer = house.browser(tova).get(f"/overlamning/{handoff.pk}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for told in (
        "Förslag: bifall 3\N{NO-BREAK SPACE}997\N{NO-BREAK SPACE}kr.",
        "Hyran är ny",
        "Kontot är nytt",
        "Tova Testsson",
        "REF-1",
        "Med anmärkning.",
    ):
        assert told in page
    assert "&lt;b&gt;240&lt;/b&gt;" in page
    assert "Tomt" not in page
    assert page.count("<td>steg</td>") == 1
    assert "<td>roboten</td>" in page
    (shown,) = house.bench.entries(case, "shown")
    assert (shown.actor, shown.department) == ("person:tova", "avdelning")
    assert house.bench.journal.verify().ok


def test_what_cannot_be_journalled_is_not_shown(house, tova):
    _, handoff = house.hand_over("REF-1")
    browser = house.browser(tova)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_head")
    answer = browser.get(f"/overlamning/{handoff.pk}/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Något gick fel" in page
    for kept in ("Testsson", "Hyran", "JournalError", "Traceback"):
        assert kept not in page


def test_somebody_elses_hand_off_is_not_found_and_the_attempt_is_journalled(house, tova):
    case, handoff = house.hand_over("SKYDD-1")
    others = [
        house.person("ivar", "it"),
        house.person("olle", "skyddade personuppgifter", department="annan"),
        house.person("ola"),
        tova,
    ]
    for number, user in enumerate(others, 1):
        browser = house.browser(user)
        for answer in (
            browser.get(f"/overlamning/{handoff.pk}/"),
            browser.post(f"/overlamning/{handoff.pk}/"),
            browser.post(f"/overlamning/{handoff.pk}/ta-over/", {"note": ""}),
        ):
            assert answer.status_code == 404
            assert case.handle not in answer.content.decode()
        refused = house.bench.entries(case, "access.refused")
        assert [entry.actor for entry in refused[-3:]] == [f"person:{user.username}"] * 3
        assert len(refused) == 3 * number
    assert house.bench.entries(case, "shown") == []
    assert house.bench.status(case) is CaseStatus.STOPPED
    assert house.browser(tova).get("/overlamning/4711/").status_code == 404


def test_the_role_for_protected_people_sees_their_cases(house):
    case, handoff = house.hand_over("SKYDD-1")
    browser = house.browser(house.person("siv", "skyddade personuppgifter"))
    assert case.handle in browser.get("/").content.decode()
    assert "Tova Testsson" in browser.get(f"/overlamning/{handoff.pk}/").content.decode()


def test_once_a_case_is_protected_its_earlier_hand_offs_are_closed_to_others(house, tova):
    case, earlier = house.hand_over("SENARE-SKYDD-1")
    browser = house.browser(tova)
    assert browser.get(f"/overlamning/{earlier.pk}/").status_code == 200
    Handoffs(house.bench.journal).approve(earlier.pk, Person("tova", "Tova Testsson"), earlier.created_at)
    assert case.handle in browser.get("/avslutade/").content.decode()
    assert house.bench.work_on(case) is CaseStatus.STOPPED
    assert browser.get(f"/overlamning/{earlier.pk}/").status_code == 404
    assert case.handle not in browser.get("/avslutade/").content.decode()
    trusted = house.browser(house.person("siv", "skyddade personuppgifter", "handläggare"))
    assert trusted.get(f"/overlamning/{earlier.pk}/").status_code == 200


def test_a_hand_off_whose_workflow_cannot_show_it_can_still_be_taken_over(house, tova, monkeypatch):
    def broken(steps):
        raise KeyError("Tova Testsson")

    monkeypatch.setattr(house.workflow, "present", broken)
    case, handoff = house.hand_over("HAND-1")
    browser = house.browser(tova)
    page = browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "Underlaget kan inte visas" in page
    assert "Hyran har ändrats till 3\N{NO-BREAK SPACE}997\N{NO-BREAK SPACE}kr." in page
    assert "Förslag att godkänna" not in page
    assert browser.post(f"/overlamning/{handoff.pk}/ta-over/", {"note": ""}).status_code == 302
    assert house.bench.status(case) is CaseStatus.TAKEN_OVER


def test_what_a_register_has_marked_is_shielded_before_it_has_come_to_its_role(house, tova):
    case, handoff = house.hand_over("REF-1")
    house.workflow.marked = True
    answer = house.browser(tova).get(f"/overlamning/{handoff.pk}/")
    assert answer.status_code == 404
    assert "Tova Testsson" not in answer.content.decode().replace("Tova Testsson</", "")
    assert [leaf.kind for leaf in Leaf.objects.filter(case=case.handle, actor="person:tova")] == ["access.refused"]
    siv = house.person("siv", "handläggare", "skyddade personuppgifter")
    assert house.browser(siv).get(f"/overlamning/{handoff.pk}/").status_code == 200


def test_earlier_cases_of_a_household_that_is_shielded_now_are_hidden_too(house, tova):
    _, earlier = house.hand_over("REF-1")
    case, _ = house.hand_over("SKYDD-2")
    Case.objects.filter(handle=earlier.case_id).update(household=case.household)
    browser = house.browser(tova)
    assert earlier.case_id not in browser.get("/").content.decode()
    assert browser.get(f"/overlamning/{earlier.pk}/").status_code == 404
