"""Sandkommun in a real browser: one-time code, frames, Latin-1, a decision saved and seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect, sync_playwright

from sandkommun import worlds
from sandkommun.running import Running, running

CHROMIUM = next(
    (path for path in map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")) if path.exists()), None
)


@pytest.fixture
def sandkommun(tmp_path: Path) -> Iterator[Running]:
    with running(worlds.only(worlds.load("demo"), "260102"), tmp_path / "data") as served:
        yield served


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def log_in(page: Page, sandkommun: Running) -> tuple[FrameLocator, FrameLocator]:
    account = sandkommun.account("verksamhet")
    page.goto(sandkommun.address("verksamhet"))
    page.locator("[name=anv]").fill(account.user)
    page.locator("[name=los]").fill(account.password)
    page.locator("[type=submit]").click()
    page.locator("[name=kod]").fill(account.code())
    page.locator("[type=submit]").click()
    return page.frame_locator("[name=vanster]"), page.frame_locator("[name=arbete]")


def test_a_decision_typed_into_the_frames_is_in_the_list_and_with_the_judge(page: Page, sandkommun: Running) -> None:
    left, work = log_in(page, sandkommun)
    left.locator("[name=sokpnr]").fill("199001259887")
    left.locator("[type=submit]").click()
    left.get_by_role("link", name="Ny beräkning").click()
    for field, value in {"man": "2026-12", "ant": "1", "nsum": "5220", "res": "-5220"}.items():
        work.locator(f"[name=f4702_{field}]").fill(value)
    work.locator("[name=f4702_norm]").select_option("Riksnorm 2026")
    work.locator("[type=submit]").click()
    left.get_by_role("link", name="Brev").click()
    with page.expect_download() as letter:
        work.get_by_role("link", name="Beslutsmeddelande").click()
    assert letter.value.path().read_bytes().startswith(b"%PDF")
    left.get_by_role("link", name="Nytt beslut").click()
    text = "Försörjningsstöd – enligt 12 kap. 1 §"
    for field, value in {
        "pfr": "2026-12-01",
        "ptm": "2026-12-31",
        "bel": "5220",
        "mot": text,
        "fat": "Åsa Provsson",
    }.items():
        work.locator(f"[name=f4702_{field}]").fill(value)
    work.locator("[name=f4702_kod]").select_option("01 Bifall försörjningsstöd")
    with page.expect_response("**/nytt_beslut.do*"):
        work.locator("[type=submit]").click()
    left.get_by_role("link", name="Beslut", exact=True).click()
    row = work.locator("table.lista tr").last
    expect(row.locator("td").nth(4)).to_have_text("5 220,00")
    expect(row.locator("td").nth(5)).to_have_text(text)
    (decided,) = sandkommun.facit()["registered"]["beslut"]
    assert (decided["motivering"], decided["beslutsfattare"], decided["av"]) == (text, "Åsa Provsson", "robot")
