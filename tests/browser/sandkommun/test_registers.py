"""The agencies' portals in a real browser: each with its own habits, by its own kind of log-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds.model import Systemnamn

WORLD = Path(__file__).parents[2] / "integration" / "sandkommun" / "registers.yaml"
LINN, SVEA = "198802189897", "199204232384"


@pytest.fixture(scope="module")
def sandkommun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(worlds.load(WORLD), tmp_path_factory.mktemp("registers") / "data") as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def log_in(page: Page, sandkommun: Running, system: Systemnamn, user: str = "Användarnamn") -> None:
    account = sandkommun.account(system)
    page.goto(sandkommun.address(system))
    page.get_by_label(user).fill(account.user)
    page.get_by_label("Lösenord").fill(account.password)
    page.get_by_role("button", name="Logga in").click()


def test_one_question_goes_to_all_agencies_and_each_answers_in_a_section_of_its_own(
    page: Page, sandkommun: Running
) -> None:
    log_in(page, sandkommun, "ssbtek", "Användar-id")
    page.get_by_label("Personnummer").fill(LINN)
    page.get_by_label("Ändamål").select_option("Ekonomiskt bistånd")
    page.get_by_label("Period från").fill("2026-10-01")
    page.get_by_label("Period till").fill("2026-12-31")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Ställ fråga").click()
    sections = [section.get_attribute("id") for section in page.locator("section").all()]
    assert sections == [f"svar-{code}" for code in ("FK", "PM", "AF", "SO", "CSN", "SKV", "TS", "MIV")]
    expect(page.locator("#csn-utbetalningar tbody tr").last).to_contain_text("Planerad")
    expect(page.locator("#fk-utbetalningar tbody tr")).to_have_count(3)


def test_forsakringskassans_portal_leads_from_step_to_step_and_writes_dates_and_amounts_in_words(
    page: Page, sandkommun: Running
) -> None:
    log_in(page, sandkommun, "fk")
    page.get_by_label("Ekonomiskt bistånd").check()
    page.get_by_label("Personnummer").fill("19880218-9897")
    page.get_by_role("button", name="Nästa").click()
    expect(page.locator("#person")).to_contain_text("Linn Lönesson")
    page.get_by_role("link", name="Nästa").click()
    entries = page.locator("#utbetalningar > li")
    expect(entries).to_have_count(6)
    expect(entries.nth(1)).to_contain_text("13 november 2026")
    assert "8\u00a0000,50\u00a0kr" in entries.nth(1).inner_text()
    page.get_by_role("link", name="Visa fler").click()
    expect(entries).to_have_count(2)
    page.get_by_role("link", name="2025").click()
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("18 december 2025")
    page.get_by_role("link", name="Nästa").click()
    expect(page.locator("#arenden > li").last).to_contain_text("Väntar på intyg")
    assert LINN not in page.url


def test_arbetsformedlingens_page_fills_itself_a_moment_later_and_keeps_its_facts_folded(
    page: Page, sandkommun: Running
) -> None:
    log_in(page, sandkommun, "af")
    page.get_by_label("PNR").fill(LINN)
    page.get_by_label("EB-ärende").check()
    page.get_by_role("button", name="Hämta").click()
    expect(page.locator("#resultat")).to_have_text("Hämtar …")
    expect(page.locator("#huvud")).to_contain_text("Lönesson, Linn")
    report = page.locator("#aktivitetsrapport")
    expect(report.locator("table")).to_be_hidden()
    report.locator("summary").click()
    expect(report.locator("table")).to_contain_text("501")
    page.locator("#teckenforklaring summary").click()
    expect(page.locator("#teckenforklaring")).to_contain_text("Aktivitetsrapport: Ej inlämnad")


def test_a_session_lost_while_the_page_waits_for_its_facts_leads_back_to_the_log_in(
    page: Page, sandkommun: Running
) -> None:
    log_in(page, sandkommun, "af")
    page.get_by_label("PNR").fill(LINN)
    page.get_by_label("EB-ärende").check()
    page.get_by_role("button", name="Hämta").click()
    page.context.clear_cookies()
    expect(page.get_by_label("Lösenord")).to_be_visible()


def test_a_protected_person_is_a_mark_in_both_portals(page: Page, sandkommun: Running) -> None:
    log_in(page, sandkommun, "fk")
    page.get_by_label("Ekonomiskt bistånd").check()
    page.get_by_label("Personnummer").fill(SVEA)
    page.get_by_role("button", name="Nästa").click()
    expect(page.locator("#besked")).to_contain_text("skyddad identitet")
    log_in(page, sandkommun, "af")
    page.get_by_label("PNR").fill(SVEA)
    page.get_by_label("EB-ärende").check()
    page.get_by_role("button", name="Hämta").click()
    expect(page.locator("#huvud tr").last).to_have_text("SEKJ")
    expect(page.locator("details")).to_have_count(0)
