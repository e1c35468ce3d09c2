"""One application of scenario 7 in bare Playwright: the same pages, reads and clicks as the robot, and nothing else.

What a good Playwright user would write for this one household: no rules, no journal, no receipts, no retries; every
amount is known beforehand. It reads what the robot reads, types what the robot types and reads back what it has saved.
It is the yardstick for what the robot adds, and imports nothing of it.

Orders come as JSON lines: first the installation (`executable`, `sites` with address, user, password, totp), then one
application each (`reference`, `motivering`, `rubrik`, `anteckning`, and of the letter that is filed `brevfil`,
`brevrubrik`, `brevtext`). Each is answered by one line with its `seconds`.
"""

import base64
import json
import logging
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import pyotp
from defusedxml import ElementTree
from playwright.sync_api import Browser, Frame, Locator, Page, sync_playwright
from RPA.PDF import PDF

MONTH, TODAY, AMOUNT = "2026-12", "2026-12-01", "6865"
PDF_FILE = "application/pdf"
INCOMES = (
    ("Barnbidrag", "2650", "2026-11-20", ""),
    ("Underhållsstöd", "3496", "2026-11-25", ""),
    ("Bostadsbidrag", "3400", "2026-10-28", ""),
    ("Lön", "4500", "2026-11-25", "6 000 kr före jobbstimulans 25 %"),
)
AGENCIES = {
    "FK": "Försäkringskassan",
    "PM": "Pensionsmyndigheten",
    "AF": "Arbetsförmedlingen",
    "SO": "A-kassorna",
    "CSN": "CSN",
    "SKV": "Skatteverket",
    "TS": "Transportstyrelsen",
}
TABLES = (
    *("fk-arenden", "pm-utbetalningar", "pm-arenden", "af-beslut", "so-utbetalningar", "so-avstangningar"),
    *("csn-arenden", "csn-utbetalningar", "skv-kapital", "ts-fordon"),
)
COSTS = (("Hyra", "6800"), ("Hushållsel", "612"), ("Hemförsäkring", "169"), ("A-kasseavgift", "150"))
PERSON_ELEMENT = "citizenIdentifier"
DECIDED_BY = "Automatiserat beslut utan handläggare, delegationsordningen punkt 4.2 A"
FETCH = """async link => {
  const bytes = new Uint8Array(await (await fetch(link.href)).arrayBuffer());
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
}"""
Rows = list[list[str]]


class BareScript:
    """Four logged-in windows, kept between applications."""

    def __init__(self, browser: Browser, sites: Mapping[str, Mapping[str, str]]) -> None:
        self._sites = sites
        self._pages = {name: browser.new_context(locale="sv-SE").new_page() for name in sites}
        for name, user_label in (("etjanst", "Användarnamn"), ("folkbokforing", "Användaridentitet")):
            self._log_in(name, user_label)
        self._log_in("ssbtek", "Användar-id")
        self._log_in_to_case_system()

    def handle(self, order: Mapping[str, str]) -> None:
        """One application, from its form to its status."""
        people = self._application(order["reference"])
        for number in people:
            self._population_register(number)
        case, account, name = self._case(people[0])
        self._matter(case, order["reference"])
        self._agencies(people[0])
        assert self._messages(order["reference"]) == []
        self._calculation(case, people[0])
        letter = self._letter(case, name)
        self._decision(case, order["motivering"])
        self._payment(case, name, account)
        self._notice(order["reference"], order["underrattelse"])
        self._note(case, order["rubrik"], order["anteckning"])
        self._document(case, order, letter)
        self._status(order["reference"])

    def _log_in(self, name: str, user_label: str) -> None:
        page, site = self._pages[name], self._sites[name]
        page.goto(site["address"] + ("/logga-in" if name == "etjanst" else "/"))
        page.get_by_label(user_label).fill(site["user"])
        page.get_by_label("Lösenord").fill(site["password"])
        page.get_by_role("button", name="Logga in").click()
        page.get_by_role("heading", name="Logga in").wait_for(state="detached")

    def _log_in_to_case_system(self) -> None:
        page, site = self._pages["verksamhet"], self._sites["verksamhet"]
        page.goto(site["address"] + "/")
        page.locator("input[name=anv]").fill(site["user"])
        page.locator("input[name=los]").fill(site["password"])
        page.get_by_role("button", name="Logga in").click()
        page.locator("input[name=kod]").fill(pyotp.TOTP(site["totp"]).now())
        page.get_by_role("button", name="Fortsätt").click()
        page.frame_locator("frame[name=arbete]").get_by_text("Välkommen").wait_for()

    def _application(self, reference: str) -> list[str]:
        page = self._pages["etjanst"]
        page.goto(self._errand(reference))
        xml: Element = ElementTree.fromstring(_file(page.get_by_role("link", name="Hämta XML")))
        numbers = [one.text or "" for one in xml.iter() if one.tag.rpartition("}")[2] == PERSON_ELEMENT]
        return list(dict.fromkeys(numbers))

    def _population_register(self, number: str) -> None:
        page = self._pages["folkbokforing"]
        page.goto(self._sites["folkbokforing"]["address"] + "/sok")
        page.get_by_label("Personnummer").fill(number)
        with page.expect_navigation():
            page.get_by_role("button", name="Sök").click()
        facts = _facts(page, "table#person tr")
        assert facts["Skyddsmarkering"] == "Ingen"
        assert facts["Personnummer"].replace("-", "") == number
        assert len(_rows(page, "table#hushall tr")) == 2

    def _case(self, number: str) -> tuple[str, str, str]:
        left = self._frame("vanster")
        left.goto(self._sites["verksamhet"]["address"] + "/vanster.do")
        left.locator("input[name=sokpnr]").fill(number)
        with self._frame("arbete").expect_navigation():
            left.get_by_role("button", name="Sök").click()
        work = self._frame("arbete")
        facts = _facts(work, "table.upp tr")
        assert facts["Status"] == "Pågående"
        assert len(_rows(work, "table.hus tr")) == 3
        case = facts["Ärende"]
        for one in self._list("berakningar", case):
            if one[1] in (MONTH, "2026-11"):
                self._calculation_rows(case, one[0])
        self._list("beslut", case)
        self._list("utbetalningar", case)
        self._list("aktualiseringar", case)
        self._list("narvaro", case)
        return case, facts["Konto"], facts["Namn"]

    def _matter(self, case: str, reference: str) -> None:
        assert not [row for row in self._list("aktualiseringar", case) if row[3] == reference]
        inbox, name = self._pages["etjanst"], f"ansokan-{reference}.pdf"
        inbox.goto(self._errand(reference))
        form = _file(inbox.get_by_role("link", name="Hämta PDF"))
        work = self._open("ny_aktualisering", case)
        work.locator(f"[name=f{case}_ank]").fill(TODAY)
        work.locator(f"[name=f{case}_typ]").select_option(label="Återansökan ekonomiskt bistånd")
        work.locator(f"[name=f{case}_ref]").fill(reference)
        work.locator(f"[name=f{case}_bil]").fill("")
        work.locator(f"[name=f{case}_fil]").set_input_files({"name": name, "mimeType": PDF_FILE, "buffer": form})
        self._save("Spara aktualisering")
        (row,) = [row for row in self._list("aktualiseringar", case) if row[3] == reference]
        assert row[1:3] == [TODAY, "Återansökan ekonomiskt bistånd"]
        assert [one[1] for one in self._list("dokument", case) if one[3].endswith(f"nr {row[0]}")] == [name]

    def _agencies(self, number: str) -> None:
        page = self._pages["ssbtek"]
        page.goto(self._sites["ssbtek"]["address"] + "/fraga")
        page.get_by_label("Personnummer").fill(number)
        page.get_by_label("Ändamål").select_option(label="Ekonomiskt bistånd")
        page.get_by_label("Period från").fill("2026-10-01")
        page.get_by_label("Period till").fill(TODAY)
        for agency in AGENCIES.values():
            page.get_by_label(agency, exact=True).check()
        with page.expect_navigation():
            page.get_by_role("button", name="Ställ fråga").click()
        for code in AGENCIES:
            assert _facts(page, f"#svar-{code} table.uppgifter tr")["Status"] == "OK"
        assert len(_rows(page, "#fk-utbetalningar tr")) >= len(INCOMES) - 1
        for table in TABLES:
            _rows(page, f"#{table} tr")

    def _calculation(self, case: str, number: str) -> None:
        assert not [row for row in self._list("berakningar", case) if row[1] == MONTH]
        work, person = self._open("ny_berakning", case), f"{number[:8]}-{number[8:]}"
        work.locator(f"[name=f{case}_norm]").select_option(label="Riksnorm 2026")
        for field, value in (("man", MONTH), ("ant", "3"), ("nsum", "13180"), ("res", f"-{AMOUNT}")):
            work.locator(f"[name=f{case}_{field}]").fill(value)
        for n, (kind, amount, day, note) in enumerate(INCOMES, 1):
            work.locator(f"[name=f{case}_i{n}_typ]").select_option(label=kind)
            work.locator(f"[name=f{case}_i{n}_per]").select_option(label=person)
            for field, value in (("bel", amount), ("dat", day), ("not", note)):
                work.locator(f"[name=f{case}_i{n}_{field}]").fill(value)
        for n, (kind, amount) in enumerate(COSTS, 1):
            work.locator(f"[name=f{case}_k{n}_typ]").select_option(label=kind)
            for field, value in (("sok", amount), ("god", amount), ("not", "")):
                work.locator(f"[name=f{case}_k{n}_{field}]").fill(value)
        self._save("Spara utkast")
        (saved,) = [row for row in self._list("berakningar", case) if row[1] == MONTH]
        incomes, costs = self._calculation_rows(case, saved[0])
        assert [(row[0], _typed(row[2])) for row in incomes] == [(kind, amount) for kind, amount, _, _ in INCOMES]
        assert [(row[0], _typed(row[2])) for row in costs] == list(COSTS)

    def _calculation_rows(self, case: str, number: str) -> tuple[Rows, Rows]:
        work = self._open("berakning", case, f"&id={number}")
        assert _facts(work, "table.upp tr")["Nr"] == number
        return _rows(work, "table.ink tr"), _rows(work, "table.kost tr")

    def _letter(self, case: str, name: str) -> bytes:
        work = self._open("brev", case)
        letter, reader = _file(work.get_by_role("link", name="Beslutsmeddelande")), PDF()
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(letter)
            file.flush()
            reader.open_pdf(file.name)
            text = " ".join(" ".join(reader.get_text_from_pdf().values()).split())
        reader.close_all_pdfs()
        assert "6 865,00" in text
        assert name in text
        return letter

    def _decision(self, case: str, reasons: str) -> None:
        assert not [row for row in self._list("beslut", case) if row[2].startswith(MONTH)]
        work = self._open("nytt_beslut", case)
        work.locator(f"[name=f{case}_kod]").select_option(label="01 Bifall försörjningsstöd")
        for field, value in (
            ("pfr", "2026-12-01"),
            ("ptm", "2026-12-31"),
            ("bel", AMOUNT),
            ("mot", reasons),
            ("fat", DECIDED_BY),
        ):
            work.locator(f"[name=f{case}_{field}]").fill(value)
        self._save("Spara och skrivskydda")
        (row,) = [row for row in self._list("beslut", case) if row[2].startswith(MONTH)]
        assert (_typed(row[4]), " ".join(row[5].split()), row[6]) == (AMOUNT, " ".join(reasons.split()), DECIDED_BY)

    def _payment(self, case: str, name: str, account: str) -> None:
        assert not [row for row in self._list("utbetalningar", case) if row[3] == MONTH]
        work = self._open("ny_utbetalning", case)
        for field, value in (("mtg", name), ("kto", account), ("man", MONTH), ("dat", TODAY), ("bel", AMOUNT)):
            work.locator(f"[name=f{case}_{field}]").fill(value)
        self._save("Registrera")
        (row,) = [row for row in self._list("utbetalningar", case) if row[3] == MONTH]
        assert (row[1], row[2], row[4], _typed(row[5])) == (name, account, TODAY, AMOUNT)

    def _notice(self, reference: str, text: str) -> None:
        page = self._pages["etjanst"]
        assert self._messages(reference) == []
        page.goto(self._errand(reference))
        page.get_by_label("Meddelande till sökanden").fill(text)
        with page.expect_navigation():
            page.get_by_role("button", name="Skicka meddelande").click()
        (sent,) = self._messages(reference)
        assert " ".join(sent.split()) == " ".join(text.split())

    def _messages(self, reference: str) -> list[str]:
        page = self._pages["etjanst"]
        page.goto(self._errand(reference))
        return page.locator("#meddelanden li .text").all_inner_texts()

    def _errand(self, reference: str) -> str:
        return f"{self._sites['etjanst']['address']}/handlaggning/{reference}"

    def _note(self, case: str, heading: str, text: str) -> None:
        assert not [row for row in self._list("journal", case) if row[2] == heading]
        work = self._open("ny_anteckning", case)
        for field, value in (("dat", TODAY), ("rub", heading), ("txt", text)):
            work.locator(f"[name=f{case}_{field}]").fill(value)
        self._save("Spara anteckning")
        (row,) = [row for row in self._list("journal", case) if row[2] == heading]
        assert " ".join(row[3].split()) == " ".join(text.split())

    def _document(self, case: str, order: Mapping[str, str], letter: bytes) -> None:
        assert not [row for row in self._list("journal", case) if row[2] == order["brevrubrik"]]
        with self._pages["verksamhet"].expect_popup() as opened:
            self._frame("arbete").get_by_role("link", name="Ny anteckning med bilaga").click()
        form = opened.value
        for field, value in (("dat", TODAY), ("rub", order["brevrubrik"]), ("txt", order["brevtext"])):
            form.locator(f"[name=f{case}_{field}]").fill(value)
        file = form.locator(f"[name=f{case}_fil]")
        file.set_input_files({"name": order["brevfil"], "mimeType": PDF_FILE, "buffer": letter})
        with self._frame("arbete").expect_navigation(), form.expect_event("close"):
            form.get_by_role("button", name="Spara anteckning").click()
        (row,) = [row for row in self._list("journal", case) if row[2] == order["brevrubrik"]]
        assert row[3] == order["brevtext"]
        kept = [one[1] for one in self._list("dokument", case) if one[3].endswith(f"nr {row[0]}")]
        assert kept == [order["brevfil"]]

    def _status(self, reference: str) -> None:
        page, address = self._pages["etjanst"], self._errand(reference)
        page.goto(address)
        assert page.locator("dd#status").inner_text() == "Inkommen"
        page.goto(address)
        page.get_by_label("Ny status").select_option(label="Beslutad")
        with page.expect_navigation():
            page.get_by_role("button", name="Ändra status").click()
        page.goto(address)
        assert page.locator("dd#status").inner_text() == "Beslutad"

    def _frame(self, name: str) -> Frame:
        frame = self._pages["verksamhet"].frame(name=name)
        assert frame is not None
        return frame

    def _open(self, page: str, case: str, more: str = "") -> Frame:
        work = self._frame("arbete")
        work.goto(f"{self._sites['verksamhet']['address']}/{page}.do?arende={case}{more}")
        return work

    def _list(self, page: str, case: str) -> Rows:
        return _rows(self._open(page, case), "table.lista tr")

    def _save(self, button: str) -> None:
        work = self._frame("arbete")
        with work.expect_navigation():
            work.get_by_role("button", name=button).click()


def _file(link: Locator) -> bytes:
    """The file behind a link, fetched by the page: quicker than a download to the disk."""
    return base64.b64decode(link.evaluate(FETCH))


def _rows(where: Page | Frame, css: str) -> Rows:
    """Every row below the head, in one call."""
    texts = where.locator(css).all_inner_texts()
    return [[cell.strip() for cell in text.split("\t")] for text in texts[1:]]


def _facts(where: Page | Frame, css: str) -> dict[str, str]:
    pairs = (text.split("\t") for text in where.locator(css).all_inner_texts())
    return {pair[0].strip(): pair[1].strip() for pair in pairs}


def _typed(shown: str) -> str:
    return shown.replace(" ", "").removesuffix(",00")


def main() -> None:
    """Answer orders until standard input ends."""
    logging.disable(logging.WARNING)
    told, sys.stdout = sys.stdout, sys.stderr
    setup: dict[str, Any] = json.loads(sys.stdin.readline())
    with sync_playwright() as playwright:
        script = BareScript(
            playwright.chromium.launch(executable_path=setup["executable"], args=["--disable-gpu"]), setup["sites"]
        )
        for line in sys.stdin:
            began = time.perf_counter()
            script.handle(json.loads(line))
            print(json.dumps({"seconds": time.perf_counter() - began}), file=told, flush=True)


if __name__ == "__main__":
    main()
