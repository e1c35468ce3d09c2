"""Two municipalities side by side in one browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandkommun import worlds
from sandkommun.running import Running, running


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[list[Running]]:
    fault = {"fel": "kakbanner", "system": "folkbokforing", "antal": "alltid", "sida": "/sok"}
    system = {"folkbokforing": {"vanor": {"csrf": "session"}}}
    world = worlds.World.model_validate(worlds.load("demo").model_dump() | {"system": system, "fel": [fault]})
    with running(world, tmp_path / "ett") as one, running(world, tmp_path / "tva") as two:
        yield [one, two]


@pytest.fixture
def page(browser: Browser) -> Page:
    page = browser.new_page()
    page.set_default_timeout(8000)
    return page


def test_a_log_in_and_an_answer_about_cookies_in_one_leave_the_other_alone(towns: list[Running], page: Page) -> None:
    for town in towns:
        account = town.account("folkbokforing")
        page.goto(town.address("folkbokforing"))
        page.locator("input[name=anvandare]").fill(account.user)
        page.locator("input[name=losenord]").fill(account.password)
        page.locator("form button, form input[type=submit]").first.click()
        expect(page.locator("#kakbanner")).to_be_visible()
    page.get_by_role("button", name="Godkänn alla kakor").click()
    answered = []
    for town in towns:
        page.goto(f"{town.address('folkbokforing')}/sok")
        expect(page.locator("input[name=losenord]")).to_have_count(0)
        answered.append(page.locator("#kakbanner").count() == 0)
    assert answered == [False, True]
    cookies = sorted(cookie["name"] for cookie in page.context.cookies() if "SESSIONID" in cookie["name"])
    ports = sorted(town.address("folkbokforing").rpartition(":")[2] for town in towns)
    assert cookies == [f"FOLKBOKFORINGSESSIONID_{port}" for port in ports]
