"""On whose list a hand-off is, and taking one oneself. Whom it goes to never decides who may see it."""

from datetime import UTC, datetime, timedelta

import pytest

from medarbetare.cases import staff
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus


@pytest.fixture
def hilda(house):
    return house.person("hilda", "handläggare", name="Hilda Handläggarsson")


def lists(page: str) -> dict[str, str]:
    """The parts of Att göra by title, as they stand on the page."""
    parts = page.split('<caption class="unseen">Öppna överlämningar: ')[1:]
    return {part.partition("</caption>")[0]: part for part in parts}


def start(house, name, cover=""):
    today = datetime.now(UTC).date()
    # A day on either side: the test may run at midnight.
    staff.set_absent(name, today - timedelta(days=1), today + timedelta(days=1), cover, today)


def test_mine_come_first_then_the_groups_then_folded_others(house, tova, hilda):
    unnamed, _ = house.hand_over("REF-1")
    house.workflow.worker = "Hilda Handläggarsson"
    hildas, handoff = house.hand_over("REF-2")
    house.workflow.worker = "tova testsson"
    tovas, _ = house.hand_over("REF-3")

    page = house.browser(tova).get("/").content.decode()
    found = lists(page)
    assert list(found) == ["Mina (1)", "Gruppens (1)", "Andras (1)"]
    for case, (title, whom) in zip(
        (tovas, unnamed, hildas),
        (("Mina (1)", "dig"), ("Gruppens (1)", "gruppen"), ("Andras (1)", "Hilda Handläggarsson")),
        strict=True,
    ):
        assert case.handle in found[title]
        assert f'data-label="Hos">{whom}</td>' in found[title]
    assert '<details class="part"><summary>Andras (1)</summary>' in page
    assert house.browser(tova).get(f"/overlamning/{handoff.pk}/").status_code == 200, "seen by all of the role"


def test_others_stand_open_where_there_is_nothing_else(house, tova, hilda):
    house.workflow.worker = "Hilda Handläggarsson"
    house.hand_over("REF-1")
    page = house.browser(tova).get("/").content.decode()
    assert "<h2>Andras (1)</h2>" in page
    assert "<details" not in page


def test_what_i_cover_for_is_mine_and_says_for_whom_and_the_groups_while_nobody_covers(house, tova, hilda):
    house.workflow.worker = "Hilda Handläggarsson"
    house.hand_over("REF-1")
    browser = house.browser(tova)
    start(house, "hilda", "tova")
    (title, part), *_ = lists(browser.get("/").content.decode()).items()
    assert title == "Mina (1)"
    assert "dig (Hilda Handläggarsson är frånvarande till " in part
    start(house, "hilda")
    (title, part), *_ = lists(browser.get("/").content.decode()).items()
    assert title == "Gruppens (1)"
    assert "gruppen (Hilda Handläggarsson är frånvarande till " in part
    hilda.is_active = False
    hilda.save()
    (title, part), *_ = lists(browser.get("/").content.decode()).items()
    assert title == "Gruppens (1)"
    assert "gruppen (hilda tar den inte längre)" in part


def test_a_person_takes_a_hand_off_and_it_stands_in_the_journal(house, tova, hilda):
    house.workflow.worker = "Hilda Handläggarsson"
    case, handoff = house.hand_over("REF-1")
    browser, address = house.browser(tova), f"/overlamning/{handoff.pk}/"
    page = browser.get(address).content.decode()
    assert "<dt>Hos</dt><dd>Hilda Handläggarsson</dd>" in page
    assert "Tilldela mig" in page

    assert browser.get(f"{address}tilldela-mig/").status_code == 405
    page = browser.post(f"{address}tilldela-mig/", follow=True).content.decode()

    assert f"Ärende {case.handle} är tilldelat dig." in page
    assert "<dt>Hos</dt><dd>dig</dd>" in page
    assert "Tilldela mig" not in page
    assert "<td>tilldelades</td>" in page
    assert [entry.actor for entry in house.bench.entries(case, "handoff.assigned")] == ["robot", "person:tova"]
    browser.post(address, {"reason-1": "on", "reason-2": "on"})
    assert house.bench.work_on(case) is CaseStatus.DECIDED
    page = browser.get(address).content.decode()
    assert "Överlämningen är godkänd</strong> av Tova Testsson" in page
    assert "Tilldela mig" not in page
    assert "ingenting gjordes" in browser.post(f"{address}tilldela-mig/", follow=True).content.decode()


def test_who_may_not_see_a_hand_off_cannot_take_it(house, tova):
    case, handoff = house.hand_over("REF-1")
    outsider = house.browser(house.person("ivar", "it"))
    assert outsider.post(f"/overlamning/{handoff.pk}/tilldela-mig/").status_code == 404
    assert house.bench.entries(case, "access.refused")
    assert Handoff.objects.get().assigned_to == ""


def test_a_shielded_households_hand_offs_are_always_the_groups(house, tova):
    siv = house.person("siv", "handläggare", "skyddade personuppgifter", name="Siv Skyddsson")
    house.workflow.worker = "Tova Testsson"
    before, earlier = house.hand_over("REF-1")
    assert Handoff.objects.get(pk=earlier.pk).assigned_to == "tova"
    case, shielded = house.hand_over("SKYDD-1")
    type(case).objects.filter(pk=case.pk).update(household=before.household)

    page = house.browser(siv).get("/").content.decode()
    (title, part), *more = lists(page).items()
    assert (title, more) == ("Gruppens (2)", [])
    assert before.handle in part
    browser, address = house.browser(siv), f"/overlamning/{shielded.pk}/"
    assert "Tilldela mig" not in browser.get(address).content.decode()
    said = browser.post(f"{address}tilldela-mig/", follow=True).content.decode()
    assert "tilldelas ingen" in said
    assert Handoff.objects.get(pk=shielded.pk).assigned_to == ""
    assert before.handle not in house.browser(tova).get("/").content.decode()


def test_what_is_urgent_stands_first_in_its_list_and_says_so(house, tova):
    ordinary, _ = house.hand_over("DEL-1")
    urgent, _ = house.hand_over("DEL-BRÅDSKAR-2")
    (found,) = lists(house.browser(tova).get("/").content.decode()).values()
    assert found.index(urgent.handle) < found.index(ordinary.handle)
    first, then = found.split(ordinary.handle)
    assert "Brådskar" in first
    assert "Brådskar" not in then


def test_the_applicants_wait_is_shown_and_once_it_is_too_long_what_the_law_asks_for(house, tova):
    case, handoff = house.hand_over("REF-1")
    today, browser = datetime.now(UTC).date(), house.browser(tova)

    def shown(deadline):
        Case.objects.filter(handle=case.handle).update(deadline=deadline, created_at=datetime.now(UTC) - timedelta(20))
        return [browser.get(path).content.decode() for path in ("/", f"/overlamning/{handoff.pk}/")]

    for page in shown(today + timedelta(days=2)):
        assert "20 dagar" in page
        assert "11 §" not in page
    for page in shown(today - timedelta(days=2)):
        assert "20 dagar" in page
        assert "11 §" in page
