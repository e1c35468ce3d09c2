"""The page Uppföljning: whose households there are, and one case worker's list."""

from datetime import date

import pytest
from django.db import transaction

from medarbetare.engine.follow_up import Fact, FollowUp, Found, keep

OWN, OTHER = "Hilda Handläggarsson", "Örjan Handläggarsson"


@pytest.fixture
def hilda(house):
    return house.person("hilda", "handläggare", name=OWN)


def stated(house, reference, name, worker=OWN, text="Planeringen tar slut.", due=date(2026, 2, 1)):
    case, _ = house.hand_over(reference)
    facts = (Fact(text=text, since=date(2026, 1, 1), due=due),)
    found = FollowUp(name=name, worker=worker, facts=facts, until=date(9999, 1, 1))
    with transaction.atomic():
        keep(house.bench.journal, case, Found(found, case.created_at), "robot")
    return case


def address_of(page, name):
    """Where the list of a case worker is, by the overview."""
    rows = page.content.decode().partition("<tbody")[2].split("<tr")
    row = next(row for row in rows if name in row)
    return row.split('href="')[1].split('"')[0]


def test_the_overview_tells_whose_the_households_are_the_persons_own_first_and_nothing_about_them(house, hilda):
    cases = [stated(house, "REF-1", "Tova Testsson", OTHER), stated(house, "REF-2", "Sixten Provsson")]
    page = house.browser(hilda).get("/uppfoljning/")
    text = page.content.decode()
    assert text.index(OWN, text.index("<main")) < text.index(OTHER)
    assert "(din lista)" in text
    assert "2026-02-01" in text
    assert not any(told in text for told in ("Tova", "Sixten", "Planeringen", *(case.handle for case in cases)))
    assert not any(house.bench.entries(case, "shown") for case in cases)


def test_a_case_workers_list_names_households_and_facts_and_links_to_the_case(house, hilda):
    late = stated(house, "REF-1", "Tova Testsson", due=date(2026, 3, 1))
    soon = stated(house, "REF-2", "Sixten <b>Provsson</b>", text="Närvaro < 80 procent.")
    browser = house.browser(hilda)
    page = browser.get(address_of(browser.get("/uppfoljning/"), OWN))
    text = page.content.decode()
    assert text.index("Sixten &lt;b&gt;Provsson") < text.index("Tova Testsson")
    assert "Närvaro &lt; 80 procent." in text
    for case in (late, soon):
        assert f'href="/arende/{case.handle}/"' in text
        assert [entry.actor for entry in house.bench.entries(case, "shown")] == ["person:hilda"]


def test_who_lacks_the_role_or_the_department_sees_no_household_and_learns_of_no_worker(house, hilda):
    case = stated(house, "REF-1", "Tova Testsson")
    address = address_of(house.browser(hilda).get("/uppfoljning/"), OWN)
    for other in (house.person("it", "it"), house.person("annan", "handläggare", department="annan")):
        browser = house.browser(other)
        assert OWN not in browser.get("/uppfoljning/").content.decode()
        assert browser.get(address).status_code == 404
    assert house.browser().get(address).status_code == 302
    assert not house.bench.entries(case, "shown")


def test_a_household_that_a_mark_shields_since_is_in_no_list(house, hilda):
    stated(house, "REF-1", "Tova Testsson")
    stated(house, "REF-2", "Sixten Provsson")
    browser = house.browser(hilda)
    case = house.bench.receive("SKYDD-1", "REF-1")
    house.bench.work_on(case)
    text = browser.get(address_of(browser.get("/uppfoljning/"), OWN)).content.decode()
    assert "Tova Testsson" not in text
    assert "Sixten Provsson" in text


def test_with_nobody_to_follow_up_the_page_says_so(house, hilda):
    assert "Inget hushåll att följa upp i dag." in house.browser(hilda).get("/uppfoljning/").content.decode()
