"""The case system's skin "grid" in a real browser: the whole job typed into it, and what makes it hard to drive."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sandkommun import worlds
from sandkommun.running import Running, running

NOTES = 60
REASON = "Försörjningsstöd – enligt 12 kap. 1 §\nTvå rader."
SLOW = "/api/arende/4703/journal"
# Watches the list at every frame: what a reader would have taken for all there is.
WATCH = """
    window.seen = { empty: 0, busy: 0 };
    const look = () => {
        requestAnimationFrame(look);
        if (!document.querySelector("#vy")) return;
        const view = document.querySelector("#vy > ifo-view");
        const list = view?.shadowRoot.querySelector("ifo-list")?.shadowRoot.querySelector("[role=grid]");
        const busy = document.querySelector("#vy").ariaBusy === "true" || list?.ariaBusy === "true";
        if (busy) window.seen.busy += 1;
        if (list ? !list.querySelector("[aria-rowindex]") : !busy) window.seen.empty += 1;
    };
    look();
"""
READ_BY_SCROLLING = """async (grid) => {
    const rows = new Map();
    const box = grid.querySelector(".rullning");
    let most = 0;
    for (let at = 0; rows.size < Number(grid.ariaRowCount) && at < 1000; at += 1) {
        const shown = [...grid.querySelectorAll("[aria-rowindex]")];
        most = Math.max(most, shown.length);
        shown.forEach((row) => rows.set(row.getAttribute("aria-rowindex"), row.children[3].textContent));
        if (grid.ariaBusy !== "true") box.scrollTop += 200;
        await new Promise(requestAnimationFrame);
    }
    return { texts: [...rows.values()], most };
}"""


def world(**val: Any) -> worlds.World:
    told = worlds.only(worlds.load("demo"), "260102", "260103").model_dump()
    note = {"datum": "2026-11-03", "rubrik": "Prov", "av": "Hilda Handläggarsson"}
    told["arenden"]["4703"]["anteckningar"] = [
        {**note, "text": f"Anteckning {n}", "registrerad": f"2026-11-03T09:{n:02}:00"} for n in range(NOTES)
    ]
    told["system"] = {"verksamhet": {"skin": "grid", **val}}
    fel = [
        {"fel": "langsam_sida", "sida": SLOW, "varde": 250, "antal": "alltid"},
        {"fel": "langsam_sida", "sida": "/api/arende/4703/ny/anteckning", "metod": "POST", "varde": 300},
        {"fel": "fel_500", "sida": "/api/arende/4703/beslut"},
        {"fel": "fel_502_efter", "sida": "/api/arende/4703/ny/bevakning"},
        {"fel": "session_borta", "sida": "/api/arende/4703/ny/utbetalning", "metod": "POST"},
        {"fel": "session_borta", "sida": "/api/arende/4703/dokument"},
        {"fel": "sso_get", "sida": "/api/arende/4703/ny/aktualisering"},
    ]
    told["fel"] = [{**one, "system": "verksamhet"} for one in fel]
    return worlds.World.model_validate(told)


@pytest.fixture(scope="module")
def sandkommun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(world(), tmp_path_factory.mktemp("grid") / "data") as served:
        yield served


@pytest.fixture
def page(browser: Browser, sandkommun: Running) -> Iterator[Page]:
    """A page of somebody who has logged in and meets the search."""
    with visiting(browser, sandkommun) as page:
        yield page


@contextmanager
def visiting(browser: Browser, sandkommun: Running) -> Iterator[Page]:
    with browser.new_context(base_url=sandkommun.address("verksamhet")) as context:
        page = context.new_page()
        page.goto("/")
        log_in(page, sandkommun)
        expect(page.get_by_role("heading", name="Sök person")).to_be_visible()
        yield page


def log_in(page: Page, sandkommun: Running) -> None:
    account = sandkommun.account("verksamhet")
    page.get_by_label("Användarnamn").fill(account.user)
    page.get_by_label("Lösenord").fill(account.password)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_label("Engångskod").fill(account.code())
    page.get_by_role("button", name="Fortsätt").click()


def field(page: Page, name: str) -> Any:
    return page.locator(f"[data-falt='{name}']")


def type_in(page: Page, **values: str) -> None:
    """Types values into fields, a calendar that opens is closed again."""
    for name, value in values.items():
        field(page, name).fill(value)
        if page.get_by_role("dialog", name="Kalender").count():
            page.keyboard.press("Escape")


def choose(page: Page, name: str, text: str) -> None:
    field(page, name).click()
    page.get_by_role("option", name=text, exact=True).click()
    expect(field(page, name)).to_have_text(text)


def save(page: Page, button: str) -> None:
    """Presses the button and waits until the form is blank again."""
    marked = page.locator("ifo-form ifo-field").first
    marked.evaluate("(field) => field.setAttribute('data-typed', '')")
    page.get_by_role("button", name=button).click()
    expect(page.locator("[data-typed]")).to_have_count(0)
    expect(page.get_by_role("status").last).to_have_text("Sparat")


def open_in_menu(page: Page, link: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=link, exact=True).click()
    expect(page.get_by_role("heading", name=f"{link} - ärende")).to_be_visible()


def registered(sandkommun: Running, kind: str, case: str) -> list[dict[str, Any]]:
    return [one for one in sandkommun.facit()["registered"][kind] if one["arende"] == case]


def register_and_calculate(page: Page) -> None:
    """The first half of the job in case 4702: aktualisering with a file, calculation."""
    page.get_by_label("Personnummer").fill("19900125-9887")
    page.get_by_role("button", name="Sök").click()
    expect(page.get_by_role("heading", name="Översikt - ärende 4702")).to_be_visible()
    assert page.url.endswith("/arende/4702")

    open_in_menu(page, "Ny aktualisering")
    type_in(page, ankomst="2026-12-01", referens="260102", bilagor="Ansökan")
    choose(page, "typ", "Återansökan ekonomiskt bistånd")
    field(page, "filer").set_input_files({"name": "ansökan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF prov"})
    save(page, "Spara aktualisering")

    open_in_menu(page, "Ny beräkning")
    choose(page, "norm", "Riksnorm 2026")
    type_in(page, manad="2026-12", antal="1", normsumma="5220", resultat="-3590")
    choose(page, "inkomster.1.typ", "Aktivitetsstöd")
    choose(page, "inkomster.1.person", "19900125-9887")
    choose(page, "kostnader.10.typ", "Hyra")
    row = {"inkomster.1.belopp": "7 900,00", "inkomster.1.datum": "2026-11-25", "inkomster.1.notering": "Åäö"}
    type_in(page, **row, **{"kostnader.10.sokt": "5800", "kostnader.10.godkant": "5800"})
    save(page, "Spara utkast")
    expect(field(page, "norm")).to_have_text("")
    expect(field(page, "manad")).to_have_value("")


def decide_and_pay(page: Page) -> None:
    """The second half: letter, decision, payment, note, bevakning."""
    open_in_menu(page, "Dokument")
    with page.expect_download() as letter:
        page.get_by_role("link", name="Beslutsmeddelande", exact=True).click()
    assert letter.value.path().read_bytes().startswith(b"%PDF")

    open_in_menu(page, "Nytt beslut")
    choose(page, "kod", "01 Bifall försörjningsstöd")
    type_in(page, fran="2026-12-01", till="2026-12-31", belopp="3590", motivering=REASON, beslutsfattare="Åsa Provsson")
    save(page, "Spara och skrivskydda")

    open_in_menu(page, "Ny utbetalning")
    type_in(page, mottagare="Aron Aktivsson", konto="9999-1000002", manad="2026-12", datum="2026-12-02", belopp="3590")
    save(page, "Registrera")
    open_in_menu(page, "Ny journalanteckning")
    type_in(page, datum="2026-12-01", rubrik="Beslut december", text="Beviljat.")
    save(page, "Spara anteckning")
    open_in_menu(page, "Ny bevakning")
    type_in(page, datum="2026-12-20", ansvarig="Hilda Handläggarsson", text="Ny ansökan?")
    save(page, "Spara bevakning")


def test_the_whole_job_typed_into_the_grid_is_what_the_judge_is_told(page: Page, sandkommun: Running) -> None:
    register_and_calculate(page)
    decide_and_pay(page)
    open_in_menu(page, "Beslut")
    row_shown = page.get_by_role("row").last.get_by_role("gridcell")
    expect(row_shown.nth(4)).to_have_text("3 590,00")
    expect(row_shown.nth(5)).to_have_text(REASON, use_inner_text=True)

    (matter,) = registered(sandkommun, "aktualiseringar", "4702")
    assert (matter["ankomst"], matter["typ"]) == ("2026-12-01", "Återansökan ekonomiskt bistånd")
    (attached,) = registered(sandkommun, "dokument", "4702")
    assert attached["namn"] == "ansökan.pdf"
    (calculated,) = registered(sandkommun, "berakningar", "4702")
    assert (calculated["status"], calculated["resultat"]) == ("Slutlig", "-3590")
    assert [(one["typ"], one["belopp"], one["notering"]) for one in calculated["inkomster"]] == [
        ("Aktivitetsstöd", "7900.00", "Åäö")
    ]
    assert [(one["typ"], one["godkant"]) for one in calculated["kostnader"]] == [("Hyra", "5800")]
    (decided,) = registered(sandkommun, "beslut", "4702")
    assert (decided["motivering"], decided["beslutsfattare"], decided["av"]) == (REASON, "Åsa Provsson", "robot")
    (paid,) = registered(sandkommun, "utbetalningar", "4702")
    assert (paid["mottagare"], paid["datum"]) == ("Aron Aktivsson", "2026-12-02")
    (note,) = registered(sandkommun, "anteckningar", "4702")
    assert (note["rubrik"], note["text"]) == ("Beslut december", "Beviljat.")
    (reminder,) = registered(sandkommun, "bevakningar", "4702")
    assert (reminder["datum"], reminder["ansvarig"]) == ("2026-12-20", "Hilda Handläggarsson")


def test_a_list_of_sixty_holds_only_the_rows_in_sight_and_is_never_seen_empty_while_it_loads(page: Page) -> None:
    page.add_init_script(WATCH)
    page.goto("/arende/4703/journal")
    grid = page.get_by_role("grid", name="Journal")
    expect(grid).to_have_attribute("aria-rowcount", str(NOTES))
    read = grid.evaluate(READ_BY_SCROLLING)
    assert sorted(read["texts"]) == sorted(f"Anteckning {n}" for n in range(NOTES))
    assert 8 <= read["most"] <= 12
    seen = page.evaluate("window.seen")
    assert (seen["empty"], seen["busy"] > 0) == (0, True)


def test_a_calendar_covers_its_neighbours_until_it_is_closed(page: Page) -> None:
    page.goto("/arende/4703/ny/beslut")
    covered = field(page, "beslutsfattare")
    at = covered.bounding_box()
    assert at is not None
    field(page, "fran").fill("2026-12-01")
    under = "([x, y]) => document.elementFromPoint(x, y).closest('.kalender') !== null"
    place = [at["x"] + at["width"] / 2, at["y"] + at["height"] / 2]
    assert page.evaluate(under, place)
    field(page, "belopp").focus()
    assert page.evaluate(under, place)
    page.get_by_role("button", name="Stäng").click()
    assert not page.evaluate(under, place)
    expect(field(page, "fran")).to_have_value("2026-12-01")
    field(page, "till").click()
    page.get_by_role("dialog", name="Kalender").get_by_role("button", name="31", exact=True).click()
    expect(field(page, "till")).to_have_value("2026-12-31")
    assert not page.evaluate(under, place)


def test_a_dropdown_opens_at_the_end_of_the_body_and_its_sheet_takes_every_other_click(page: Page) -> None:
    page.goto("/arende/4703/ny/beslut")
    expect(page.locator("select")).to_have_count(0)
    field(page, "kod").click()
    assert page.evaluate("document.body.lastElementChild.querySelector('[role=listbox]') !== null")
    page.mouse.click(5, 5)
    expect(page.get_by_role("listbox")).to_have_count(0)
    field(page, "kod").press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field(page, "kod")).to_have_text("01 Bifall försörjningsstöd")


def test_fields_lie_in_shadow_roots_within_shadow_roots(page: Page) -> None:
    page.goto("/arende/4703/ny/berakning")
    expect(field(page, "inkomster.10.belopp")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-falt]') === null")
    depth = "(el) => { let n = 0; while ((el = el.getRootNode().host)) n += 1; return n; }"
    assert field(page, "inkomster.10.belopp").evaluate(depth) == 2


def test_a_refusal_is_told_in_a_box_and_in_a_message_that_vanishes(page: Page, sandkommun: Running) -> None:
    before = len(sandkommun.facit()["changes"])
    page.goto("/arende/4703/ny/anteckning")
    type_in(page, rubrik="Utan datum")
    page.get_by_role("button", name="Spara anteckning").click()
    expect(page.get_by_role("button", name="Spara anteckning")).to_be_disabled()
    expect(page.get_by_role("alert")).to_have_text("Fel: Datum saknas.")
    expect(page.get_by_role("button", name="Spara anteckning")).to_be_enabled()
    expect(page.get_by_role("status")).to_have_text("Fel: Datum saknas.")
    expect(field(page, "rubrik")).to_have_value("")
    expect(page.get_by_role("status")).to_have_count(0, timeout=6000)
    expect(page.get_by_role("alert")).to_be_visible()
    assert len(sandkommun.facit()["changes"]) == before


def test_a_value_that_no_input_event_told_of_is_not_saved(page: Page, sandkommun: Running) -> None:
    page.goto("/arende/4703/ny/anteckning")
    type_in(page, datum="2026-12-01", text="Prov")
    field(page, "rubrik").evaluate("(input) => { input.value = 'Bara satt'; }")
    page.get_by_role("button", name="Spara anteckning").click()
    expect(page.get_by_role("alert")).to_have_text("Fel: Rubrik saknas.")
    assert registered(sandkommun, "anteckningar", "4703") == []


def test_a_server_error_is_told_and_the_page_lives_on(page: Page, sandkommun: Running) -> None:
    page.goto("/arende/4703/beslut")
    expect(page.get_by_role("alert")).to_contain_text("Något gick fel")
    page.reload()
    expect(page.get_by_role("heading", name="Beslut - ärende 4703")).to_be_visible()
    page.goto("/arende/4703/ny/bevakning")
    type_in(page, datum="2026-12-20", ansvarig="Hilda Handläggarsson", text="Prov")
    page.get_by_role("button", name="Spara bevakning").click()
    expect(page.get_by_role("alert")).to_contain_text("Något gick fel")
    expect(field(page, "text")).to_have_value("Prov")
    assert len(registered(sandkommun, "bevakningar", "4703")) == 1
    save(page, "Spara bevakning")
    assert len(registered(sandkommun, "bevakningar", "4703")) == 2


def test_a_session_lost_at_a_save_shows_the_log_in_and_loses_what_was_typed(page: Page, sandkommun: Running) -> None:
    page.goto("/arende/4703/ny/utbetalning")
    type_in(page, mottagare="Prov", konto="9999-1000002", manad="2026-12", datum="2026-12-02", belopp="1")
    page.get_by_role("button", name="Registrera").click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    log_in(page, sandkommun)
    expect(page.get_by_role("heading", name="Ny utbetalning - ärende 4703")).to_be_visible()
    expect(field(page, "mottagare")).to_have_value("")
    assert registered(sandkommun, "utbetalningar", "4703") == []


def test_a_session_lost_at_a_view_shows_the_log_in_and_then_the_view(page: Page, sandkommun: Running) -> None:
    page.goto("/arende/4703/dokument")
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    log_in(page, sandkommun)
    expect(page.get_by_role("heading", name="Dokument - ärende 4703")).to_be_visible()


def test_a_save_that_became_a_fetch_leaves_a_blank_form_without_a_word_and_nothing_saved(
    page: Page, sandkommun: Running
) -> None:
    page.goto("/arende/4703/ny/aktualisering")
    type_in(page, ankomst="2026-12-01", referens="260103")
    choose(page, "typ", "Komplettering")
    page.get_by_role("button", name="Spara aktualisering").click()
    expect(field(page, "referens")).to_have_value("")
    expect(page.get_by_role("alert").or_(page.get_by_role("status"))).to_have_count(0)
    assert registered(sandkommun, "aktualiseringar", "4703") == []


def test_a_whole_view_comes_with_two_requests(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith("http") else None)
    page.goto("/arende/4702/beslut")
    expect(page.get_by_role("grid", name="Beslut")).to_be_visible()
    assert len(asked) == 2


def test_the_newest_looks_save_a_decision_from_the_page_in_between_with_a_token_of_its_own_for_each_save(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        running(world(version=5, vanor={"csrf": "sida", "brev_fore_beslut": False}), tmp_path / "data") as sandkommun,
        visiting(browser, sandkommun) as page,
    ):
        for amount in ("100", "200"):
            page.goto("/arende/4702/ny/beslut")
            choose(page, "kod", "01 Bifall försörjningsstöd")
            choose(page, "delgivning", "Digital brevlåda")
            type_in(page, fran="2026-12-01", till="2026-12-31", motivering="Skäl", beslutsfattare="Åsa Provsson")
            page.get_by_label("Beviljat belopp, kr").fill(amount)
            page.get_by_role("button", name="Fastställ beslut").click()
            expect(page.get_by_role("heading", name="Granska nytt beslut - ärende 4702")).to_be_visible()
            expect(page.locator("dd", has_text="Digital brevlåda")).to_be_visible()
            page.get_by_role("button", name="Bekräfta och spara").click()
            expect(page.get_by_role("heading", name="Nytt beslut - ärende 4702")).to_be_visible()
        assert [one["belopp"] for one in registered(sandkommun, "beslut", "4702")] == ["100", "200"]
