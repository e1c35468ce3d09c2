"""The case system's frames in a real browser: one-time code, Latin-1, popups and dialogs, uploads, five new looks."""

from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Dialog, FrameLocator, Page, expect

from sandkommun import worlds
from sandkommun.running import Running, running

NR = "4702"
TEXT = "Försörjningsstöd – enligt 12 kap. 1 §"
DECISION = {"pfr": "2026-12-01", "ptm": "2026-12-31", "bel": "5220", "mot": TEXT, "fat": "Åsa Provsson"}
NEW_LOOKS = [
    {"fel": "ny_version", "system": "verksamhet", "sida": "/narvaro.do", "gang": version, "varde": version}
    for version in range(1, 6)
]


def serving(tmp_path_factory: pytest.TempPathFactory, **changes: Any) -> Any:
    content = worlds.only(worlds.load("demo"), "260102").model_dump(mode="json") | changes
    return running(worlds.World.model_validate(content), tmp_path_factory.mktemp("frames") / "data")


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A case system that looks newer each time somebody reads the attendance."""
    with serving(tmp_path_factory, fel=NEW_LOOKS) as served:
        yield served


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A case system that asks before a decision and tells after it."""
    habits = {"fraga_fore_beslut": True, "bekraftar_beslut": True, "brev_fore_beslut": False}
    with serving(tmp_path_factory, system={"verksamhet": {"vanor": habits}}) as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def log_in(page: Page, sandkommun: Running) -> tuple[FrameLocator, FrameLocator]:
    """The menu and the work frame of a world that has just begun again, with the case found."""
    with urlopen(f"{sandkommun.direct('start')}/reset", b"", timeout=10) as answer:  # noqa: S310
        assert answer.status == 200
    account = sandkommun.account("verksamhet")
    page.goto(sandkommun.address("verksamhet"))
    page.locator("[name=anv]").fill(account.user)
    page.locator("[name=los]").fill(account.password)
    page.locator("[type=submit]").click()
    page.locator("[name=kod]").fill(account.code())
    page.locator("[type=submit]").click()
    left, work = page.frame_locator("[name=vanster]"), page.frame_locator("[name=arbete]")
    left.locator("[name=sokpnr]").fill("199001259887")
    left.locator("[type=submit]").click()
    expect(left.get_by_text(f"Ärende {NR}")).to_be_visible()
    return left, work


def go(left: FrameLocator, work: FrameLocator, link: str, heading: str) -> None:
    left.get_by_role("link", name=link, exact=True).click()
    expect(work.locator("td.rubrik")).to_have_text(f"{heading} - ärende {NR}")


def type_into(work: FrameLocator | Page, values: dict[str, str]) -> None:
    for field, value in values.items():
        work.locator(f"[name=f{NR}_{field}]").fill(value)


def calculate(page: Page, left: FrameLocator, work: FrameLocator) -> None:
    go(left, work, "Ny beräkning", "Ny beräkning")
    type_into(work, {"man": "2026-12", "ant": "1", "nsum": "5220", "res": "-5220"})
    work.locator(f"[name=f{NR}_norm]").select_option("Riksnorm 2026")
    with page.expect_response("**/ny_berakning.do*"):
        work.locator("[type=submit]").click()


def fetch_letter(page: Page, left: FrameLocator, work: FrameLocator) -> bytes:
    go(left, work, "Brev", "Brev")
    with page.expect_download() as letter:
        work.get_by_role("link", name="Beslutsmeddelande").click()
    return letter.value.path().read_bytes()


def fill_decision(left: FrameLocator, work: FrameLocator) -> None:
    go(left, work, "Nytt beslut", "Nytt beslut")
    type_into(work, DECISION)
    work.locator(f"[name=f{NR}_kod]").select_option("01 Bifall försörjningsstöd")


def test_a_decision_typed_into_the_frames_is_in_the_list_and_with_the_judge(page: Page, changing: Running) -> None:
    left, work = log_in(page, changing)
    calculate(page, left, work)
    assert fetch_letter(page, left, work).startswith(b"%PDF")
    fill_decision(left, work)
    with page.expect_response("**/nytt_beslut.do*"):
        work.locator("[type=submit]").click()
    go(left, work, "Beslut", "Beslut")
    row = work.locator("table.lista tr").last
    expect(row.locator("td").nth(4)).to_have_text("5 220,00")
    expect(row.locator("td").nth(5)).to_have_text(TEXT)
    (decided,) = changing.facit()["registered"]["beslut"]
    assert (decided["motivering"], decided["beslutsfattare"], decided["av"]) == (TEXT, "Åsa Provsson", "robot")


def test_a_monitoring_is_written_in_a_window_that_closes_itself_and_reloads_the_list(
    page: Page, changing: Running
) -> None:
    left, work = log_in(page, changing)
    go(left, work, "Bevakningar", "Bevakningar")
    with page.expect_popup() as opened:
        work.get_by_role("link", name="Ny bevakning").click()
    window = opened.value
    type_into(window, {"dat": "2027-01-32", "ans": "Åsa Provsson", "txt": "Följ upp"})
    window.get_by_role("button", name="Spara bevakning").click()
    expect(window.locator("font.fel")).to_have_text("Fel: Bevakningsdatum anges som ÅÅÅÅ-MM-DD.")
    type_into(window, {"dat": "2027-01-31", "ans": "Åsa Provsson", "txt": "Följ upp"})
    with window.expect_event("close"):
        window.get_by_role("button", name="Spara bevakning").click()
    expect(work.locator("table.lista tr")).to_have_count(2)
    expect(work.locator("table.lista tr").last).to_contain_text("Följ upp")
    assert [one["datum"] for one in changing.facit()["registered"]["bevakningar"]] == ["2027-01-31"]


def test_a_note_with_a_file_is_written_in_a_window_of_its_own(page: Page, changing: Running) -> None:
    left, work = log_in(page, changing)
    go(left, work, "Journal", "Journal")
    with page.expect_popup() as opened:
        work.get_by_role("link", name="Ny anteckning med bilaga").click()
    window = opened.value
    type_into(window, {"dat": "2026-12-01", "rub": "Intyg", "txt": "Intyg – inkom"})
    intyg = {"name": "läkarintyg.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 intyg"}
    window.locator("[type=file]").set_input_files([intyg])
    with window.expect_event("close"):
        window.get_by_role("button", name="Spara anteckning").click()
    expect(work.locator("table.lista tr").last).to_contain_text("Intyg – inkom")
    assert [one["namn"] for one in changing.facit()["registered"]["dokument"]] == ["läkarintyg.pdf"]


def test_help_opens_in_a_window(page: Page, changing: Running) -> None:
    log_in(page, changing)
    with page.expect_popup() as opened:
        page.frame_locator("[name=topp]").get_by_role("link", name="Hjälp").click()
    expect(opened.value.locator("td.rubrik")).to_have_text("Hjälp")


def test_attachments_are_uploaded_with_an_application_and_can_be_fetched(page: Page, changing: Running) -> None:
    left, work = log_in(page, changing)
    go(left, work, "Ny aktualisering", "Ny aktualisering")
    type_into(work, {"ank": "2026-12-01", "ref": "260102", "bil": "Två filer – hyra och kvitto"})
    work.locator(f"[name=f{NR}_typ]").select_option("Återansökan ekonomiskt bistånd")
    rent = {"name": "hyresavi åäö.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 hyra"}
    receipt = {"name": "kvitto.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\x00\xff"}
    work.locator("[type=file]").set_input_files([rent, receipt])
    with page.expect_response("**/ny_aktualisering.do*"):
        work.locator("[type=submit]").click()
    (matter,) = changing.facit()["registered"]["aktualiseringar"]
    assert (matter["typ"], matter["bilagor"]) == ("Återansökan ekonomiskt bistånd", "Två filer – hyra och kvitto")
    go(left, work, "Dokument", "Dokument")
    with page.expect_download() as fetched:
        work.locator("tr", has_text="kvitto.png").get_by_role("link", name="Hämta").click()
    assert fetched.value.suggested_filename == "kvitto.png"
    assert fetched.value.path().read_bytes() == receipt["buffer"]
    expect(work.locator("tr", has_text="hyresavi åäö.pdf")).to_be_visible()


def test_a_question_comes_before_a_decision_and_a_message_after_it(page: Page, asking: Running) -> None:
    left, work = log_in(page, asking)
    told: list[tuple[str, str]] = []
    answers = iter([False, True, True])

    def answer(dialog: Dialog) -> None:
        told.append((dialog.type, dialog.message))
        dialog.accept() if next(answers) else dialog.dismiss()

    page.on("dialog", answer)
    calculate(page, left, work)
    fill_decision(left, work)
    work.get_by_role("button", name="Spara och skrivskydda").click()
    assert asking.facit()["registered"]["beslut"] == []
    with page.expect_response("**/nytt_beslut.do*"):
        work.get_by_role("button", name="Spara och skrivskydda").click()
    expect(work.locator(f"[name=f{NR}_bel]")).to_have_value("")
    assert told == [
        ("confirm", "Ett sparat beslut kan inte ändras. Vill du spara?"),
        ("confirm", "Ett sparat beslut kan inte ändras. Vill du spara?"),
        ("alert", "Beslutet är sparat och skrivskyddat."),
    ]
    assert len(asking.facit()["registered"]["beslut"]) == 1


def test_five_new_looks_each_keep_what_those_before_them_changed(page: Page, changing: Running) -> None:
    left, work = log_in(page, changing)
    looks = []
    for _ in range(6):
        go(left, work, "Nytt beslut", "Nytt beslut")
        labels = [text.strip() for text in work.locator("td.ledtext").all_inner_texts()]
        looks.append((labels, work.locator("[type=submit]").get_attribute("value")))
        go(left, work, "Närvaro", "Närvaro")
    old = ["Beslutskod", "Fr o m", "T o m", "Belopp", "Motivering", "Beslutsfattare"]
    amount = ["Beslutskod", "Fr o m", "T o m", "Beviljat belopp, kr", "Motivering", "Beslutsfattare"]
    moved = ["Beslutsfattare", *amount[:-1]]
    delivered = [*moved, "Delgivningssätt"]
    save, settle = "Spara och skrivskydda", "Fastställ beslut"
    assert looks == [
        (old, save),
        (amount, save),
        (moved, save),
        (moved, settle),
        (delivered, settle),
        (delivered, settle),
    ]


def test_the_newest_looks_save_only_on_the_page_in_between(page: Page, changing: Running) -> None:
    left, work = log_in(page, changing)
    for _ in range(5):
        go(left, work, "Närvaro", "Närvaro")
        go(left, work, "Journal", "Journal")
    calculate(page, left, work)
    fetch_letter(page, left, work)
    fill_decision(left, work)
    work.get_by_role("button", name="Fastställ beslut").click()
    expect(work.locator("font.fel")).to_have_text("Fel: Delgivningssätt saknas.")
    fill_decision(left, work)
    work.locator(f"[name=f{NR}_del]").select_option("Digital brevlåda")
    work.get_by_role("button", name="Fastställ beslut").click()
    expect(work.locator("td.rubrik")).to_have_text(f"Kontrollera uppgifterna - ärende {NR}")
    expect(work.locator("table.upp")).to_contain_text(TEXT)
    assert changing.facit()["registered"]["beslut"] == []
    with page.expect_response("**/nytt_beslut.do*"):
        work.get_by_role("button", name="Bekräfta och spara").click()
    (decided,) = changing.facit()["registered"]["beslut"]
    assert (decided["motivering"], decided["delgivning"]) == (TEXT, "Digital brevlåda")
