"""Letting the robot try again, at the web: who may, what is told, and that it is done once."""

import pytest

from medarbetare.cases.status import CaseStatus
from medarbetare.engine.mode import Mode
from medarbetare.engine.outcome import decided
from medarbetare.errors import SelectorError


class Changed:
    """A page that somebody has changed, met at once or after a payment."""

    def __init__(self, house, betala):
        self.is_mended = False
        self._house, self._betala = house, betala

    def flow(self, run):
        if run.reference.startswith("HALV"):
            run.mode = Mode.AUTOMATISK
            run.write(self._betala(run.portal("kassa"), "hyra"))
        if not self.is_mended:
            raise SelectorError("Fältet «belopp» saknas.")
        return decided("Klart.")

    def given_up(self, reference):
        bench = self._house.bench
        case = bench.receive(reference, reference)
        while bench.work_on(case) is not CaseStatus.HANDED_OVER:
            pass
        return case, case.handoffs.get()


@pytest.fixture
def changed(house, betala):
    changed = Changed(house, betala)
    house.bench._workflows["flode"] = changed.flow
    return changed


@pytest.fixture
def ivar(house):
    """IT's own."""
    return house.person("ivar", "it", name="Ivar IT")


def test_it_lets_the_robot_try_again_from_the_cases_page_and_says_why(house, ivar, changed):
    case, handoff = changed.given_up("REF-1")
    browser, address = house.browser(ivar), f"/overlamning/{handoff.pk}/"
    assert "Nej, roboten kan försöka igen" in browser.get("/").content.decode()
    page = browser.get(address).content.decode()
    assert "<button>Låt roboten försöka igen</button>" in page
    assert "Eller ta över ärendet" in page
    assert page.count('id="id_note"') == page.count('id="beslut"') == 1

    changed.is_mended = True
    told = browser.post(f"{address}forsok-igen/", {"note": "Rättat i selectors."}, follow=True).content.decode()

    assert f"Ärende {case.handle}: roboten försöker igen." in told
    (entry,) = house.bench.entries(case, "handoff.retried")
    assert (entry.actor, entry.payload["note"]) == ("person:ivar", "Rättat i selectors.")
    assert house.bench.work_on(case) is CaseStatus.DECIDED
    closed = browser.get(address).content.decode()
    assert "Överlämningen är återlämnad till roboten" in closed
    assert "Anteckning: Rättat i selectors." in closed
    assert "Låt roboten försöka igen" not in closed
    again = browser.post(f"{address}forsok-igen/", {"note": ""}, follow=True).content.decode()
    assert "ingenting gjordes. Överlämningen är redan återlämnad till roboten." in again
    assert len(house.bench.entries(case, "handoff.retried")) == 1


def test_of_a_half_done_case_the_page_says_what_stands_already(house, tova, changed):
    case, handoff = changed.given_up("HALV-1")
    page = house.browser(tova).get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "Det som står kvar och inte görs om: <strong>hyra</strong>." in page

    changed.is_mended = True
    house.browser(tova).post(f"/overlamning/{handoff.pk}/forsok-igen/", {"note": ""})
    assert house.bench.work_on(case) is CaseStatus.DECIDED
    assert len(house.rows) == 1


def test_a_hand_off_that_a_person_must_judge_offers_no_new_attempt(house, tova):
    case, handoff = house.hand_over("HAND-1")
    browser, address = house.browser(tova), f"/overlamning/{handoff.pk}/"
    assert "försöka igen" not in browser.get(address).content.decode()
    told = browser.post(f"{address}forsok-igen/", {"note": ""}, follow=True).content.decode()
    assert "ingenting gjordes. Roboten kan bara försöka igen" in told
    assert house.bench.status(case) is CaseStatus.HANDED_OVER


def test_nobody_else_lets_it_try_again_no_form_from_elsewhere_and_no_endless_note(house, tova, ivar, changed):
    case, handoff = changed.given_up("REF-1")
    address = f"/overlamning/{handoff.pk}/forsok-igen/"
    assert house.browser(tova).post(address, {"note": ""}).status_code == 404
    assert house.browser(ivar).get(address).status_code == 405
    assert house.browser(ivar, enforce_csrf_checks=True).post(address, {"note": ""}).status_code == 403
    long = house.browser(ivar).post(address, {"note": "å" * 1001})
    assert (long.status_code, 'aria-invalid="true"' in long.content.decode()) == (422, True)
    assert house.bench.status(case) is CaseStatus.HANDED_OVER
