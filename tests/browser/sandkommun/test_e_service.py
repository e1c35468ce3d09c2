"""A handler at work in the e-service's pages: filters, a request for more that is answered, files, a signature."""

from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds import World

ANSWER = {
    "efter_dagar": 2,
    "text": "Här kommer kvittot.",
    "bilagor": [{"filnamn": "kvitto.png", "fil_id": "21", "slag": "kvitto", "text": "Medicin 240 kr"}],
}


def world() -> World:
    content = worlds.load("demo").model_dump(mode="json", exclude_defaults=True)
    inbox = content["inkorg"]
    inbox["260103"]["svar"] = [ANSWER]
    inbox["260106"]["medsokande"] = {"person": "par", "signerat": False, "signerar_efter_dagar": 1}
    # The log-in leads to the inbox: the second page is asked for by the third request.
    arrives = {"fel": "ny_i_inkorgen", "system": "etjanst", "sida": "/inkorg", "gang": 3}
    return World.model_validate({**content, "system": {}, "fel": [arrives]})


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(world(), tmp_path_factory.mktemp("e-tjanst") / "data") as served:
        yield served


@pytest.fixture
def page(browser: Browser, started: Running) -> Iterator[Page]:
    """A handler who has logged in to the world as it began."""
    tell(started, "/reset", b"")
    account = started.account("etjanst", "handlaggare")
    page = browser.new_page()
    page.goto(started.address("etjanst"))
    page.get_by_label("Användarnamn").fill(account.user)
    page.get_by_label("Lösenord").fill(account.password)
    page.get_by_role("button", name="Logga in").click()
    yield page
    page.close()


def tell(started: Running, path: str, body: bytes) -> None:
    """Ask the start page to move the world's time, or to begin again."""
    urlopen(f"{started.direct('start')}{path}", body, timeout=10).close()  # noqa: S310


def numbers(page: Page) -> list[str]:
    return page.locator("#arenden tbody tr td:first-child").all_inner_texts()


def test_the_inbox_is_filtered_and_shown_whole_again(page: Page) -> None:
    page.get_by_label("Status").select_option("Väntar på signering")
    page.get_by_role("button", name="Visa").click()
    expect(page.locator("#arenden tbody tr")).to_have_count(1)
    assert numbers(page) == ["260106"]
    page.get_by_role("link", name="Rensa").click()
    expect(page.locator("#arenden tbody tr")).to_have_count(5)


def test_the_second_page_shows_an_errand_again_when_another_has_arrived(page: Page) -> None:
    page.reload()
    first = numbers(page)
    page.get_by_role("link", name="Nästa sida").click()
    expect(page.locator(".sida")).to_have_text("Sida 2 av 2")
    assert numbers(page)[0] == first[-1]


def test_a_handler_asks_for_more_and_gets_a_picture_two_days_later(page: Page, started: Running) -> None:
    page.get_by_role("link", name="260103").click()
    page.get_by_label("Meddelande till sökanden").fill("Skicka kvittot på medicinen.")
    page.get_by_label("Begär komplettering").check()
    page.get_by_role("button", name="Skicka meddelande").click()
    expect(page.locator("#status")).to_have_text("Väntar på komplettering")
    tell(started, "/tick", b"steg=2d")
    page.reload()
    expect(page.locator("#status")).to_have_text("Komplettering inkommen")
    expect(page.locator("#meddelanden li").last).to_contain_text("Här kommer kvittot.")
    with page.expect_download() as download:
        page.locator("#bilagor").get_by_role("link", name="kvitto.png").click()
    assert Image.open(download.value.path()).format == "PNG"


def test_a_signature_is_waited_for(page: Page, started: Running) -> None:
    page.get_by_role("link", name="260106").click()
    signed = page.locator("section", has_text="Medsökande").locator("dd").last
    expect(page.locator("#status")).to_have_text("Väntar på signering")
    expect(signed).to_have_text("Nej")
    tell(started, "/tick", b"steg=1d")
    page.reload()
    expect(page.locator("#status")).to_have_text("Inkommen")
    expect(signed).to_have_text("Ja")
