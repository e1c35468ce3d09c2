"""Faults and log-ins as a browser meets them: what lies over a page or opens beside it, what comes late, the common
log-in, certificates."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds.model import Systemnamn

FAULTS = [
    {"fel": "kakbanner", "system": "parkering", "sida": "/ansokningar"},
    {"fel": "nyhetsruta", "system": "parkering", "sida": "/tillstand"},
    {"fel": "popup", "system": "etjanst", "sida": "/inkorg"},
    {"fel": "langsam_tabell", "system": "ssbtek", "sida": "/fraga", "varde": 1500},
    {"fel": "sso_get", "system": "etjanst", "sida": "/handlaggning/*/status"},
    {"fel": "session_borta", "system": "folkbokforing", "sida": "/sok", "metod": "POST"},
    {"fel": "kakbanner", "system": "verksamhet", "sida": "/oversikt.do"},
    {"fel": "nyhetsruta", "system": "verksamhet", "sida": "/journal.do"},
    {"fel": "byt_losenord", "system": "verksamhet", "sida": "/login.do"},
    {"fel": "csrf_byte", "system": "verksamhet", "sida": "/ny_anteckning.do"},
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    world = worlds.load("demo").model_dump()
    system = {"folkbokforing": {"inloggning": "sso"}, "fk": {"inloggning": "certifikat"}}
    stubborn = worlds.World.model_validate({**world, "system": system, "fel": FAULTS})
    with running(stubborn, tmp_path_factory.mktemp("fel") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture
def town(served: Running) -> Running:
    """The systems as they were at the start: nothing has been counted."""
    reset = Request(f"{served.direct('start')}/reset", b"", {"Accept": "application/json"})  # noqa: S310
    with urlopen(reset, timeout=10) as answer:  # noqa: S310
        assert "today" in json.load(answer)
    return served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    opened.set_default_timeout(8000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def log_in(page: Page, town: Running, system: Systemnamn) -> None:
    account = town.account(system)
    page.goto(town.address(system))
    page.locator("[name=anvandare]").fill(account.user)
    page.locator("[name=losenord]").fill(account.password)
    page.get_by_role("button", name="Logga in").click()


def covered(page: Page, x: float, y: float) -> str:
    """The id of the overlay at a point of the window, if there is one."""
    found = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y)?.closest('#kakbanner, #nyhetsruta')?.id || ''", [x, y]
    )
    return str(found)


def test_kakbanner_covers_the_lower_edge_until_it_is_answered_and_the_answer_is_remembered(
    page: Page, town: Running
) -> None:
    log_in(page, town, "parkering")
    expect(page.get_by_text("Vi använder kakor")).to_be_visible()
    size: Any = page.viewport_size
    at = size["width"] / 2, size["height"] - 20
    assert covered(page, *at) == "kakbanner"
    page.reload()
    assert covered(page, *at) == "kakbanner"
    page.get_by_role("button", name="Bara nödvändiga kakor").click()
    assert covered(page, *at) == ""
    page.reload()
    expect(page.get_by_text("Vi använder kakor")).to_have_count(0)


def test_nyhetsruta_covers_the_whole_page_until_it_is_closed(page: Page, town: Running) -> None:
    log_in(page, town, "parkering")
    page.goto(f"{town.address('parkering')}/tillstand")
    expect(page.get_by_role("dialog", name="Nyheter i systemet")).to_be_visible()
    assert covered(page, 5, 5) == "nyhetsruta"
    page.get_by_role("button", name="Stäng").click()
    assert covered(page, 5, 5) == ""


def test_overlays_lie_in_the_frame_that_they_hit_and_speak_swedish_in_latin_1(page: Page, town: Running) -> None:
    account = town.account("verksamhet")
    change_password(page, town, "nytt-ord-for-ramarna")
    page.locator("[name=kod]").fill(account.code())
    page.locator("[type=submit]").click()
    left, work = page.frame_locator("[name=vanster]"), page.frame_locator("[name=arbete]")
    left.locator("[name=sokpnr]").fill(worlds.load("demo").personer["tova"].personnummer)
    left.locator("[type=submit]").click()
    left.get_by_role("link", name="Översikt").click()
    work.get_by_role("button", name="Godkänn alla kakor").click()
    expect(work.get_by_text("Vi använder kakor")).to_have_count(0)
    expect(left.get_by_text("Vi använder kakor")).to_have_count(0)
    left.get_by_role("link", name="Journal", exact=True).click()
    work.get_by_role("button", name="Stäng").click()
    expect(work.locator("#nyhetsruta")).to_have_count(0)


def change_password(page: Page, town: Running, new: str) -> None:
    """Log in to the case system as far as the code, by way of the page that wants a new password."""
    account = town.account("verksamhet")
    page.goto(town.address("verksamhet"))
    page.locator("[name=anv]").fill(account.user)
    page.locator("[name=los]").fill(account.password)
    page.locator("[type=submit]").click()
    page.get_by_label("Gammalt lösenord").fill(account.password)
    page.get_by_label("Nytt lösenord", exact=True).fill(new)
    page.get_by_label("Upprepa nytt lösenord").fill(new)
    page.get_by_role("button", name="Byt lösenord").click()
    page.locator("[name=kod]").wait_for()
    assert town.account("verksamhet").password == new


def test_popup_opens_a_window_that_a_person_can_close(context: BrowserContext, page: Page, town: Running) -> None:
    with context.expect_page() as opened:
        log_in(page, town, "etjanst")
    window = opened.value
    expect(window.get_by_role("heading", name="Driftinformation")).to_be_visible()
    expect(window.get_by_text("långsamt. Du behöver inte göra något")).to_be_visible()
    with window.expect_event("close"):
        window.get_by_role("button", name="Stäng fönstret").click()
    expect(page.get_by_role("heading", name="Inkommande ärenden")).to_be_visible()


def test_langsam_tabell_shows_the_beginning_of_the_page_long_before_its_end(page: Page, town: Running) -> None:
    account = town.account("ssbtek")
    page.goto(town.address("ssbtek"))
    page.locator("[name=anvandare]").fill(account.user)
    page.locator("[name=losenord]").fill(account.password)
    page.get_by_role("button", name="Logga in").click(no_wait_after=True)
    page.wait_for_url("**/fraga", wait_until="commit")
    assert page.evaluate("document.readyState") == "loading"
    assert page.get_by_role("button", name="Ställ fråga").count() == 0
    page.wait_for_load_state("load")
    expect(page.get_by_role("button", name="Ställ fråga")).to_be_visible()


def test_a_save_that_turns_into_a_page_looks_saved_and_is_not(page: Page, town: Running) -> None:
    # A browser may crash when a page is left while its other window opens.
    with page.expect_popup() as popup:
        log_in(page, town, "etjanst")
    popup.value.wait_for_load_state()
    page.goto(f"{town.address('etjanst')}/handlaggning/260101")
    for _ in range(2):
        page.get_by_label("Ny status").select_option("Beslutad")
        page.get_by_role("button", name="Ändra status").click()
        assert page.url.endswith("/handlaggning/260101")
    saved = town.facit("etjanst")["registered"]["statusandringar"]
    assert len(saved) == 1
    assert [row["fel"] for row in town.facit("etjanst")["requests"] if row["method"] == "POST"][-2:] == [
        ["sso_get"],
        [],
    ]


def test_a_form_that_is_too_old_says_so_in_the_looks_of_the_system(page: Page, town: Running) -> None:
    account = town.account("verksamhet")
    change_password(page, town, "nytt-ord-for-ramarna")
    page.locator("[name=kod]").fill(account.code())
    page.locator("[type=submit]").click()
    page.goto(f"{town.address('verksamhet')}/ny_anteckning.do?arende=4701")
    page.locator("[type=submit]").click()
    expect(page.locator("td.rubrik")).to_have_text("Formuläret är för gammalt")
    assert town.facit()["registered"]["anteckningar"] == []


def test_the_common_log_in_is_met_once_and_then_never_seen_and_it_makes_a_search_a_blank_page(
    page: Page, town: Running
) -> None:
    account, register = town.account("folkbokforing"), town.address("folkbokforing")
    page.goto(f"{register}/sok?fran=menyn")
    assert page.url.startswith(f"{town.address('inloggning')}/sso?")
    page.get_by_label("Användarnamn").fill(account.user)
    page.get_by_label("Lösenord").fill(account.password)
    page.get_by_role("button", name="Logga in").click()
    assert page.url == f"{register}/sok?fran=menyn"
    page.goto(f"{town.address('af')}/sok")
    assert page.url == f"{town.address('af')}/sok"
    page.goto(f"{register}/sok")
    for seen in (0, 1):
        page.get_by_label("Personnummer").fill(worlds.load("demo").personer["tova"].personnummer)
        page.get_by_role("button", name="Sök").click()
        expect(page.locator("table#person")).to_have_count(seen)
        assert page.url == f"{register}/sok"
    assert len(town.facit("folkbokforing")["registered"]["sokningar"]) == 1


def test_a_browser_with_the_certificate_comes_in_and_one_without_does_not(browser: Browser, town: Running) -> None:
    address, account = town.address("fk"), town.account("fk")
    shown = [{"origin": address, "certPath": account.certificate, "keyPath": account.key}]
    known: Any = {"ignore_https_errors": True, "client_certificates": shown}
    holder, stranger = browser.new_context(**known), browser.new_context(ignore_https_errors=True)
    page = holder.new_page()
    page.goto(address)
    page.get_by_role("button", name="Logga in med certifikat").click()
    expect(page.get_by_label("Personnummer")).to_be_visible()
    other = stranger.new_page()
    refused = other.goto(address)
    assert refused is not None
    assert refused.status == 403
    expect(other.get_by_role("heading", name="Certifikat saknas")).to_be_visible()
    distrusting = browser.new_context().new_page()
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        distrusting.goto(address)
    for context in (holder, stranger, distrusting.context):
        context.close()
