"""Somebody who has never seen a practice municipality opens its start page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds import World

BANNER = {"fel": "kakbanner", "system": "folkbokforing", "antal": "alltid"}


@pytest.fixture(scope="module")
def sandkommun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    content = worlds.only(worlds.load("demo"), "260102").model_dump(mode="json", exclude_defaults=True)
    world = World.model_validate({**content, "fel": [BANNER]})
    with running(world, tmp_path_factory.mktemp("start") / "data") as served:
        yield served


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_page()


def test_the_page_leads_to_a_system_and_to_its_log_in(page: Page, sandkommun: Running) -> None:
    page.goto(sandkommun.address("start"))
    card = page.locator("#system-etjanst")
    card.get_by_text("Så loggar du in").click()
    expect(card.get_by_text("etjanst.handlaggare.json")).to_be_visible()
    card.get_by_role("link", name=sandkommun.address("etjanst")).click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()


def test_the_page_tells_the_days_faults(page: Page, sandkommun: Running) -> None:
    page.goto(sandkommun.address("start"))
    page.get_by_role("link", name="1 fel idag").click()
    row = page.get_by_role("row", name="Folkbokföringen")
    expect(row).to_contain_text("En ruta om kakor täcker sidans nederkant")
    expect(row).to_contain_text("alla sidor, när sidan hämtas")


def test_the_buttons_move_the_worlds_time_and_take_it_back(page: Page, sandkommun: Running) -> None:
    page.goto(sandkommun.address("start"))
    today = page.locator("#idag")
    expect(today).to_have_text("tisdag 1 december 2026")
    page.get_by_role("button", name="En dag framåt").click()
    expect(today).to_have_text("onsdag 2 december 2026")
    page.get_by_role("button", name="En månad framåt").click()
    expect(page.get_by_role("status")).to_contain_text("Nu är det lördag 2 januari 2027.")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Nollställ").click()
    expect(today).to_have_text("tisdag 1 december 2026")
