"""Takes the pictures of `robot/sandkommun/README.md`: `.venv/bin/python tests/tour.py` walks through the practice
municipality in a browser, in both skins, and writes them into `robot/sandkommun/tour/`. Look at them afterwards."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, ViewportSize, sync_playwright

from sandkommun import remote, worlds
from sandkommun.running import Running, running
from sandkommun.worlds.model import Systemnamn, World

PICTURES = Path(__file__).parents[1] / "robot" / "sandkommun" / "tour"
WINDOW: ViewportSize = {"width": 1100, "height": 700}
LARGEST = 120_000
COLOURS = 64
CHROMIUM = next(
    (path for path in map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")) if path.exists()), None
)
LINN, ARON = "19880218-9897", "19900125-9887"
ANSWER = {
    "efter_dagar": 2,
    "text": "Här kommer kvittot på medicinen.",
    "bilagor": [{"filnamn": "kvitto.png", "fil_id": "21", "slag": "kvitto", "text": "Medicin 240 kr"}],
}
FAULTS = [
    {"fel": "popup", "system": "folkbokforing", "sida": "/sok"},
    {"fel": "nyhetsruta", "system": "verksamhet", "sida": "/journal.do"},
    {"fel": "kapad_text", "system": "verksamhet", "sida": "/ny_anteckning.do", "varde": 40},
    {"fel": "langsam_sida", "system": "ssbtek", "sida": "/fraga", "metod": "POST", "varde": 500},
    {"fel": "underhall", "system": "af", "antal": "alltid", "tider": {"fran": "22:00", "till": "05:00"}},
]


def world(skin: str) -> World:
    """The demonstration with one applicant who answers a message, a few faults, and one log-in for three systems."""
    content = worlds.load("demo").model_dump(mode="json", exclude_defaults=True)
    content["inkorg"]["260103"]["svar"] = [ANSWER]
    system = {"verksamhet": {"skin": skin}, "folkbokforing": {"inloggning": "sso"}, "parkering": {"inloggning": "sso"}}
    return World.model_validate({**content, "system": system, "fel": FAULTS if skin == "frames" else []})


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """Write what the window shows, or the whole page, as a picture of few colours."""
    shown = Image.open(BytesIO(page.screenshot(full_page=whole)))
    file = PICTURES / f"{name}.png"
    shown.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    assert size <= LARGEST, f"{file.name} takes {size} bytes: use fewer colours"
    print(f"{file.name:24} {size // 1000:4} kB")


def at_top(page: Page, selector: str) -> None:
    """Scroll until an element lies near the upper edge of the window, below its heading."""
    page.locator(selector).first.evaluate("(el) => window.scrollBy(0, el.getBoundingClientRect().top - 75)")


@contextmanager
def visit(browser: Browser, town: Running, system: Systemnamn) -> Iterator[Page]:
    """A page of somebody who has found the way to a system, not logged in; shows a certificate where one is wanted."""
    account, address = town.account(system, "handlaggare"), town.address(system)
    shown = [{"origin": address, "certPath": account.certificate, "keyPath": account.key}] if account.key else []
    context = browser.new_context(
        viewport=WINDOW,
        locale="sv-SE",
        ignore_https_errors=True,
        client_certificates=shown,  # type: ignore[arg-type]  # a list of dicts of the right keys
    )
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def log_in(page: Page, town: Running, system: Systemnamn) -> None:
    account = town.account(system, "handlaggare")
    page.locator("[name=anvandare], [name=anv]").fill(account.user)
    page.locator("[name=losenord], [name=los]").fill(account.password)
    page.locator("[type=submit], button").first.click()


def start(browser: Browser, town: Running) -> None:
    page = browser.new_page(viewport=WINDOW)
    page.goto(town.address("start"))
    keep(page, "start", whole=True)
    page.close()


def e_service(browser: Browser, town: Running) -> None:
    with visit(browser, town, "etjanst") as page:
        log_in(page, town, "etjanst")
        page.get_by_role("button", name="Visa").wait_for()
        keep(page, "inkorg")
        page.get_by_role("link", name="260103").click()
        page.get_by_role("button", name="Ta ärendet").click()
        page.get_by_label("Meddelande till sökanden").fill("Hej! Vi behöver se kvittot på medicinen.")
        page.get_by_label("Begär komplettering").check()
        page.get_by_role("button", name="Skicka meddelande").click()
        page.locator("#meddelanden .ut").wait_for()
        remote.tick(town.data, "2d")
        page.reload()
        page.locator("#meddelanden .in").wait_for()
        keep(page, "arende")
        at_top(page, "#bilagor")
        keep(page, "meddelanden")
    remote.reset(town.data)


def ssbtek(browser: Browser, town: Running) -> None:
    with visit(browser, town, "ssbtek") as page:
        log_in(page, town, "ssbtek")
        page.get_by_label("Personnummer").fill(LINN)
        page.get_by_label("Ändamål").select_option("Ekonomiskt bistånd")
        page.get_by_label("Period från").fill("2026-10-01")
        page.get_by_label("Period till").fill("2026-12-31")
        for agency in ("Försäkringskassan", "Arbetsförmedlingen"):
            page.get_by_label(agency).check()
        page.get_by_role("button", name="Ställ fråga").click()
        page.locator("#svar-AF").wait_for()
        keep(page, "ssbtek", whole=True)


def agencies(browser: Browser, town: Running) -> None:
    with visit(browser, town, "fk") as page:
        page.get_by_role("button", name="Logga in med certifikat").click()
        page.get_by_label("Ekonomiskt bistånd").check()
        page.get_by_label("Personnummer").fill(LINN)
        page.get_by_role("button", name="Nästa").click()
        page.get_by_role("link", name="Nästa").click()
        page.locator("#utbetalningar").wait_for()
        keep(page, "fk")
    with visit(browser, town, "af") as page:
        log_in(page, town, "af")
        page.get_by_label("PNR").fill(ARON)
        page.get_by_label("EB-ärende").check()
        page.get_by_role("button", name="Hämta").click()
        page.locator("#huvud").wait_for()
        for part in ("#registrering", "#aktivitetsrapport", "#beslut"):
            page.locator(f"{part} summary").click()
        keep(page, "af")


def common_log_in(browser: Browser, town: Running) -> None:
    with visit(browser, town, "folkbokforing") as page:
        keep(page, "inloggning")
        with page.context.expect_page() as opened:
            log_in(page, town, "folkbokforing")
        window = opened.value
        window.set_viewport_size({"width": 440, "height": 260})
        window.get_by_role("button", name="Stäng fönstret").wait_for()
        keep(window, "popup")
        window.close()
        page.get_by_label("Personnummer").fill(LINN)
        page.get_by_role("button", name="Sök").click()
        page.locator("#person").wait_for()
        keep(page, "folkbokforing")


def parking(browser: Browser, town: Running) -> None:
    with visit(browser, town, "parkering") as page:
        log_in(page, town, "parkering")
        page.get_by_role("link", name="7001").click()
        at_top(page, "#ansokan")
        keep(page, "parkering")


def case_system(page: Page, town: Running) -> None:
    """Log in to either skin."""
    log_in(page, town, "verksamhet")
    page.locator("[name=kod]").fill(town.account("verksamhet", "handlaggare").code())
    page.locator("[type=submit], button").first.click()


def frames(browser: Browser, town: Running) -> None:
    with visit(browser, town, "verksamhet") as page:
        case_system(page, town)
        left, work = page.frame_locator("[name=vanster]"), page.frame_locator("[name=arbete]")
        left.locator("[name=sokpnr]").fill(LINN)
        left.locator("[name=sokpnr] ~ [type=submit], form:has([name=sokpnr]) [type=submit]").first.click()
        left.get_by_text("Ärende 4707").wait_for()
        heading(work, "Översikt - ärende 4707")
        keep(page, "frames")
        left.get_by_role("link", name="Ny beräkning", exact=True).click()
        heading(work, "Ny beräkning - ärende 4707")
        work.locator("[name=f4707_norm]").select_option("Riksnorm 2026")
        work.locator("[name=f4707_man]").fill("2026-12")
        work.locator("[name=f4707_i1_typ]").select_option("Bostadsbidrag")
        work.locator("[name=f4707_i1_per]").select_option(LINN)
        work.locator("[name=f4707_i1_bel]").fill("3 400,00")
        keep(page, "frames-berakning")
        left.get_by_role("link", name="Journal", exact=True).click()
        work.locator("#nyhetsruta").wait_for()
        keep(page, "nyhetsruta")


def heading(work: FrameLocator, text: str) -> None:
    work.locator("td.rubrik", has_text=text).wait_for()


def grid(browser: Browser, town: Running) -> None:
    with visit(browser, town, "verksamhet") as page:
        case_system(page, town)
        page.get_by_label("Personnummer").fill(LINN)
        page.get_by_role("button", name="Sök").click()
        page.get_by_role("heading", name="Översikt - ärende 4707").wait_for()
        page.get_by_role("grid", name="Hushåll").wait_for()
        keep(page, "grid")
        page.goto(f"{town.address('verksamhet')}/arende/4707/ny/beslut")
        page.locator("[data-falt=kod]").click()
        page.get_by_role("option", name="01 Bifall försörjningsstöd").click()
        page.locator("[data-falt=fran]").click()
        page.get_by_role("dialog", name="Kalender").wait_for()
        keep(page, "grid-kalender")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    # The systems write the machine's time of day: in the pictures people work at ten in the morning.
    os.environ["TZ"] = f"TUR{datetime.now(UTC).hour - 10:+d}"
    with tempfile.TemporaryDirectory(prefix="sandkommun-") as folder, chdir(folder), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with running(world("frames"), Path("min-kommun")) as town:
            for part in (start, e_service, ssbtek, agencies, common_log_in, parking, frames):
                part(browser, town)
        with running(world("grid"), Path("min-andra-kommun")) as town:
            grid(browser, town)
        browser.close()


if __name__ == "__main__":
    main()
