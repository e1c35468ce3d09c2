"""A case worker at the web, in a real browser, with the real robot in the practice municipality."""

import subprocess
from contextlib import contextmanager
from decimal import Decimal

import pytest
from playwright.sync_api import sync_playwright

from medarbetare.browser import find_browser
from medarbetare.cases.models import Case
from sandkommun import worlds
from sandkommun.worlds.faults import Fel

REFERENCE = "260102"
USER, PASSWORD, NAME = "tova.testsson", "ett-ganska-langt-losenord", "Tova Testsson"
SAFETY = 300
PHONE, DESK, DESK_AT_DOUBLE_SIZE = (360, 740), (1280, 900), (640, 450)


@pytest.fixture
def prepared(practise):
    """A robot that has prepared scenario 2 and waits for a person, and somebody who may log in."""
    practice = practise(worlds.only(worlds.load("demo"), REFERENCE))

    def leave_to_people(content):
        for decision_type in content["beslutstyper"].values():
            decision_type["mode"] = "förbered"

    practice.configure("ekonomiskt_bistand/delegation.yaml", leave_to_people)
    work(practice)
    may_log_in(practice)
    return practice


def may_log_in(practice):
    secret = practice.folder / "password"
    secret.write_text(PASSWORD + "\n", "utf-8")
    added = practice.medarbetare(
        "users", "add", USER, "--role", "handläggare", "--name", NAME, "--password-file", str(secret)
    )
    assert added.returncode == 0, added.stderr


def work(practice):
    done = practice.medarbetare("run", "--once", timeout=SAFETY)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def web_of(practice):
    """The web as a service; its address."""
    command = practice.command("web", "--port", "0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/") as process:
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            assert process.wait(timeout=30) == 0


@contextmanager
def browsing(address, size=DESK):
    """A page on which somebody has logged in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()), chromium_sandbox=False)
        page = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="sv-SE").new_page()
        page.set_default_timeout(15_000)
        page.goto(address)
        page.get_by_label("Användarnamn").fill(USER)
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_role("button", name="Logga in").click()
        yield page
        browser.close()


def open_the_only_one(page):
    page.get_by_role("table").get_by_role("link").click()


def registered(practice):
    return {kind: len(records) for kind, records in practice.facit()["registered"].items() if records}


def test_what_a_person_approves_the_robot_decides_and_pays_in_their_name(prepared):
    assert registered(prepared) == {"aktualiseringar": 1, "berakningar": 1}
    with web_of(prepared) as address, browsing(address) as page:
        open_the_only_one(page)
        whole = page.inner_text("main")
        for told in (
            "Aron Aktivsson",
            "19900125-9887",
            "Underskott, att bevilja",
            "3\N{NO-BREAK SPACE}590",
            "Försäkringskassan om",
        ):
            assert told in whole
        page.get_by_role("button", name="Godkänn förslaget").click()
        assert "Förslaget är inte godkänt." in page.get_by_role("alert").inner_text()
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_label("Anteckning").fill("Kontrollerat mot kontoutdrag.")
        page.get_by_role("button", name="Godkänn förslaget").click()
        assert "Roboten går vidare" in page.get_by_role("status").inner_text()
        assert registered(prepared) == {"aktualiseringar": 1, "berakningar": 1}
        work(prepared)
        page.get_by_role("link", name="Avslutade").click()
        open_the_only_one(page)
        assert f"av {NAME}" in page.inner_text("main")
        assert "Ärendet är nu: beslutad" in page.inner_text("main")

    facit = prepared.facit()["registered"]
    assert registered(prepared) == dict.fromkeys(
        ["aktualiseringar", "berakningar", "brev", "beslut", "utbetalningar", "anteckningar"], 1
    )
    (decision,), (payment,) = facit["beslut"], facit["utbetalningar"]
    assert (decision["beslutsfattare"], Decimal(decision["belopp"])) == (NAME, Decimal(3590))
    assert f"fattat av: {NAME}" in decision["motivering"]
    assert Decimal(payment["belopp"]) == Decimal(3590)
    assert prepared.outcomes()[REFERENCE]["status"] == "beslutad"
    assert prepared.medarbetare("audit", "verify").returncode == 0


def usable(address, sizes):
    """Go through the pages with a keyboard; what the browser complained of."""
    said = []
    for size in sizes:
        with browsing(address, size) as page:
            page.on("console", lambda message: said.append(message.text))
            page.reload()
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.textContent") == "Hoppa till innehållet"
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.id") == "innehall"
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.wait_for_url("**/overlamning/*/")
            for element in ("main", "body"):
                assert page.evaluate(f"document.querySelector('{element}').scrollWidth") <= size[0]
            assert page.locator("html").get_attribute("lang") == "sv"
            assert page.get_by_role("button", name="Godkänn förslaget").is_visible()
    return said


def test_the_pages_can_be_used_everywhere_and_what_is_taken_over_on_a_phone_the_robot_leaves_alone(prepared):
    before = registered(prepared)
    with web_of(prepared) as address:
        said = usable(address, (PHONE, DESK_AT_DOUBLE_SIZE, DESK))
        assert said == [], "the browser complains, for example of what the content policy stops"
        with browsing(address, PHONE) as page:
            open_the_only_one(page)
            page.get_by_role("link", name="Ta över ärendet").click()
            page.get_by_role("button", name="Ja, jag tar över").click()
            assert "Du har tagit över ärendet" in page.get_by_role("status").inner_text()
    work(prepared)
    assert registered(prepared) == before
    with prepared.database():
        assert Case.objects.get().status == "övertagen"


@pytest.fixture
def in_doubt(practise):
    """Two decisions of which nobody can tell: one that the case system forgot, one whose text it cut off."""
    lost = Fel(fel="fel_som_200", system="verksamhet", sida="/nytt_beslut.do", metod="POST", gang=1)
    cut = Fel(fel="kapad_text", system="verksamhet", sida="/nytt_beslut.do", metod="POST", gang=2, varde=40)
    world = worlds.copies(worlds.load("demo"), "260107", 2).model_copy(update={"fel": (lost, cut)})
    practice = practise(world)

    def promise_nothing(content):
        for portal in content["portals"]:
            portal["visibility"]["guaranteed"] = False

    practice.configure("portals.yaml", promise_nothing)
    # A worker that a busy machine holds up for long is killed, and that too leaves a decision in doubt.
    calm = {"duration": 120, "margin": 6, "silence": 90}
    practice.configure("medarbetare.yaml", lambda content: content.update(lease=calm))
    work(practice)
    may_log_in(practice)
    return practice


def settle_the_first(page):
    """Look at the first okänt utfall and its evidence, and answer by what its page tells; returns the answer."""
    page.get_by_role("table").get_by_role("link").first.click()
    assert "Okänt utfall i ärende" in page.inner_text("h1")
    assert "Beslutsfattare" in page.inner_text("main")
    picture = page.get_by_role("img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 1000", arg=picture.element_handle())
    answer = "Det är gjort" if page.locator("tr.differs").count() else "Det är inte gjort"
    page.get_by_role("link", name=answer).click()
    page.get_by_role("button", name=f"Ja, {answer[0].lower()}{answer[1:]}").click()
    assert "Roboten går vidare." in page.get_by_role("status").inner_text()
    return answer


def test_what_nobody_could_tell_a_person_settles_both_ways_and_each_decision_stands_once(in_doubt):
    outcomes = in_doubt.outcomes().values()
    assert [(one["status"], "«beslut»" in one["summary"]) for one in outcomes] == [("okänt utfall", True)] * 2, outcomes
    assert registered(in_doubt).get("beslut") == 1, outcomes
    with web_of(in_doubt) as address, browsing(address) as page:
        said = []
        page.on("console", lambda message: said.append(message.text))
        answers = [settle_the_first(page) for _ in range(2)]
        assert sorted(answers) == ["Det är gjort", "Det är inte gjort"]
        assert said == [], "the browser complains, for example of what the content policy stops"
    work(in_doubt)
    assert {one["status"] for one in in_doubt.outcomes().values()} == {"beslutad"}
    decisions, payments = (in_doubt.facit()["registered"][kind] for kind in ("beslut", "utbetalningar"))
    for records in (decisions, payments):
        assert len(records) == len({record["sokande"] for record in records}) == 2
    assert in_doubt.medarbetare("audit", "verify").returncode == 0
