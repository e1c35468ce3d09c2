"""A case worker at the web, in a real browser, with the real robot in the practice municipality."""

import json
import subprocess
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import sync_playwright

from medarbetare.browser import find_browser
from medarbetare.cases.models import Case
from sandkommun import worlds
from sandkommun.worlds.faults import Fel

REFERENCE = "260102"
USER, PASSWORD, NAME = "tova.testsson", "ett-ganska-langt-losenord", "Tova Testsson"
WORKER = "Hilda Handläggarsson"
SAFETY = 300
PHONE, DESK, DESK_AT_DOUBLE_SIZE = (360, 740), (1280, 900), (640, 450)


def leave_to_people(content):
    for decision_type in content["beslutstyper"].values():
        decision_type["mode"] = "förbered"


@pytest.fixture
def prepared(practise):
    """A robot that has prepared scenario 2 and waits for a person, and somebody who may log in."""
    practice = practise(worlds.only(worlds.load("demo"), REFERENCE))
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
        page.get_by_role("button", name="Logga ut").wait_for()
        page.wait_for_load_state()
        yield page
        browser.close()


def open_the_only_one(page):
    page.get_by_role("rowheader").get_by_role("link").click()


def registered(practice):
    return {kind: len(records) for kind, records in practice.facit()["registered"].items() if records}


def test_what_a_person_approves_the_robot_decides_and_pays_in_their_name(prepared):
    assert registered(prepared) == {"aktualiseringar": 1, "dokument": 1, "berakningar": 1}
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
        assert registered(prepared) == {"aktualiseringar": 1, "dokument": 1, "berakningar": 1}
        work(prepared)
        page.get_by_role("link", name="Avslutade").click()
        open_the_only_one(page)
        assert f"av {NAME}" in page.inner_text("main")
        assert "Ärendet är nu: beslutad" in page.inner_text("main")
        page.get_by_role("link", name="Förklaring av ärendet").click()
        explained = page.inner_text("main")
        assert "Hushållet beviljas 3\N{NO-BREAK SPACE}590\N{NO-BREAK SPACE}kr" in explained
        assert f"{NAME}, som godkände förslaget" in explained

    facit = prepared.facit()["registered"]
    assert registered(prepared) == {
        **dict.fromkeys(["aktualiseringar", "berakningar", "brev", "beslut", "utbetalningar"], 1),
        **dict.fromkeys(["anteckningar", "dokument"], 2),
    }
    (decision,), (payment,) = facit["beslut"], facit["utbetalningar"]
    assert (decision["beslutsfattare"], Decimal(decision["belopp"])) == (NAME, Decimal(3590))
    assert f"Beslutsfattare: {NAME}" in decision["motivering"]
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
            page.get_by_role("link", name="Förklaring av ärendet").click()
            page.get_by_role("heading", name="Så är det räknat").wait_for()
            for element in ("main", "body"):
                assert page.evaluate(f"document.querySelector('{element}').scrollWidth") <= size[0]
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


@pytest.fixture
def drifting(practise):
    """A robot that has worked on a household with eleven months of aid and a plan that ends before Christmas."""
    world = worlds.only(worlds.load("demo"), REFERENCE)
    ((number, case),) = world.arenden.items()
    months = tuple(f"2026-{month:02}" for month in range(1, 12))
    plan = case.planering.model_copy(update={"till": date(2026, 12, 20)})
    changed = case.model_copy(update={"planering": plan, "bistandsmanader": months})
    practice = practise(world.model_copy(update={"arenden": {number: changed}}))
    work(practice)
    may_log_in(practice)
    return practice


def test_a_household_that_drifts_is_listed_for_its_case_worker_with_what_was_read(drifting):
    facts = ["Bistånd 11 månader i rad, till och med november 2026.", "Planeringens sista dag är 2026-12-20."]
    (told,) = json.loads(drifting.medarbetare("followup", "--json").stdout)
    assert (told["handläggare"], told["sökande"], told["uppgifter"]) == (WORKER, "Aron Aktivsson", facts)
    with web_of(drifting) as address:
        for size in (PHONE, DESK_AT_DOUBLE_SIZE, DESK):
            with browsing(address, size) as page:
                said = []
                page.on("console", lambda message, said=said: said.append(message.text))
                page.get_by_role("link", name="Uppföljning").click()
                page.get_by_role("link", name=WORKER).click()
                whole = page.get_by_role("row").filter(has_text="Aron Aktivsson").inner_text()
                assert all(fact in whole for fact in (*facts, "2026-11-15"))
                assert page.evaluate("document.body.scrollWidth") <= size[0]
                assert said == []


@pytest.fixture
def shared_out(practise):
    """Three applications prepared: one of this person's, one of a colleague's, one of nobody's."""
    world = worlds.copies(worlds.load("demo"), REFERENCE, 3)
    workers = (NAME.upper(), WORKER, "")
    cases = {
        number: case.model_copy(update={"handlaggare": worker})
        for (number, case), worker in zip(world.arenden.items(), workers, strict=True)
    }
    practice = practise(world.model_copy(update={"arenden": cases}))
    practice.configure("ekonomiskt_bistand/delegation.yaml", leave_to_people)
    may_log_in(practice)
    named = ("--name", WORKER, "--password-file", str(practice.folder / "password"))
    assert practice.medarbetare("users", "add", "hilda", "--role", "handläggare", *named).returncode == 0
    work(practice)
    return practice


def listed(page):
    """Where each hand-off is, by the part of the list that it stands in."""
    parts = page.get_by_role("table").all()
    return {part.locator("caption").inner_text(): part.locator("[data-label=Hos]").all_inner_texts() for part in parts}


def test_everybody_finds_their_own_first_takes_a_colleagues_and_gets_what_they_cover_for(shared_out):
    with web_of(shared_out) as address, browsing(address) as page:
        assert listed(page) == {
            "Öppna överlämningar: Mina (1)": ["dig"],
            "Öppna överlämningar: Gruppens (1)": ["gruppen"],
        }, "what is others' is folded"
        page.locator("summary", has_text="Andras (1)").click()
        page.get_by_role("table", name="Andras").get_by_role("link").click()
        assert WORKER in page.locator(".facts").inner_text()
        page.get_by_role("button", name="Tilldela mig").click()
        assert "är tilldelat dig" in page.get_by_role("status").inner_text()
        page.get_by_role("link", name="Till Att göra").click()
        assert listed(page)["Öppna överlämningar: Mina (2)"] == ["dig", "dig"]
        assert page.locator("summary").count() == 0

        away = shared_out.medarbetare("users", "absent", USER, "--to", "2031-12-20", "--cover", "hilda")
        assert away.returncode == 0, away.stderr
        page.reload()
        assert list(listed(page)) == ["Öppna överlämningar: Gruppens (1)"]
        page.locator("summary", has_text="Andras (2)").click()
        assert WORKER in listed(page)["Öppna överlämningar: Andras (2)"][0]
    assert shared_out.medarbetare("audit", "verify").returncode == 0
