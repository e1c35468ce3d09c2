"""A handler at work in the parking permits' pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds import World

STATEMENT = {
    **{"datum": "2026-11-18", "lakare": "Lena Läkarsson", "vardenhet": "Sandköpings vårdcentral"},
    **{"diagnos": "Artros i båda knäna", "gangstracka_m": 60},
}
PARKING = {
    "ansokningar": {"7001": {"inkommet": "2026-11-24", "sokande": "aron"}},
    "utlatanden": {"7001": STATEMENT},
}


@pytest.fixture(scope="module")
def sandkommun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    content = worlds.only(worlds.load("demo"), "260102").model_dump(mode="json", exclude_defaults=True)
    world = World.model_validate({**content, "parkering": PARKING})
    with running(world, tmp_path_factory.mktemp("parkering") / "data") as served:
        yield served


@pytest.fixture(scope="module")
def page(browser: Browser, sandkommun: Running) -> Page:
    page = browser.new_page()
    account = sandkommun.account("parkering", "handlaggare")
    page.goto(sandkommun.address("parkering"))
    page.get_by_label("Användarnamn").fill(account.user)
    page.get_by_label("Lösenord").fill(account.password)
    page.get_by_role("button", name="Logga in").click()
    return page


def test_a_statement_is_read_a_permit_granted_and_later_revoked(page: Page, sandkommun: Running) -> None:
    page.get_by_role("link", name="7001").click()
    expect(page.locator("#utlatande")).to_contain_text("60 meter")
    with page.expect_download() as statement:
        page.get_by_role("link", name="Hämta läkarutlåtandet").click()
    assert statement.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_label("Bevilja").check()
    page.get_by_role("button", name="Spara beslut").click()
    expect(page.get_by_role("alert")).to_contain_text("Motivering saknas.")
    expect(page.get_by_label("Bevilja")).to_be_checked()
    page.get_by_label("Giltigt från").fill("2026-12-01")
    page.get_by_label("Giltigt till").fill("2031-11-30")
    page.get_by_label("Motivering").fill("Kan gå 60 meter.")
    page.get_by_role("button", name="Spara beslut").click()
    expect(page.get_by_role("status")).to_have_text("Uppgifterna är sparade.")
    expect(page.locator("#beslut")).to_contain_text("Beviljad")
    page.get_by_role("link", name="Tillståndsregister").click()
    page.get_by_label("Tillståndsnr, personnummer eller namn").fill("aktivsson")
    page.get_by_role("button", name="Sök").click()
    page.get_by_role("link", name="2026-00001").click()
    page.get_by_label("Skäl för återkallelse").fill("Innehavaren har flyttat.")
    page.get_by_role("button", name="Återkalla tillståndet").click()
    expect(page.locator("#tillstand")).to_contain_text("Återkallat")
    registered = sandkommun.facit("parkering")["registered"]
    assert (len(registered["beslut"]), len(registered["aterkallelser"])) == (1, 1)
