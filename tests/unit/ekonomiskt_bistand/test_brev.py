"""The decision letter is compared with the decision as a whole."""

import base64
import hashlib
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from brevtext import APPEAL, brevtext

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.betalning import Betalning
from arbetsfloden.ekonomiskt_bistand.handlaggning import brev
from arbetsfloden.ekonomiskt_bistand.handlaggning.brev import Brev, hamta_och_jamfor
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Handling
from arbetsfloden.ekonomiskt_bistand.portaler import pdf_text
from arbetsfloden.ekonomiskt_bistand.portaler.visning import shown_kronor
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning, TidigareInkomst, TidigareKostnad
from medarbetare.errors import BusinessError
from medarbetare.testing import MemoryPortal, Sheet
from sandkommun.verksamhet.letter import printed

DECEMBER = Manad(2026, 12)
DAY = date(2026, 12, 1)
COSTS = {"Hyra": "6800", "Hushållsel": "612", "Hemförsäkring": "169", "A-kasseavgift": "150"}
INCOMES = (("Barnbidrag", "2650"), ("Underhållsstöd", "3496"), ("Bostadsbidrag", "3400"), ("Lön", "4500"))
DRAFT = TidigareBerakning(
    manad=DECEMBER,
    slutlig=False,
    norm_namn="Riksnorm 2026",
    antal_personer=3,
    normsumma=Decimal(13180),
    resultat=Decimal(-6865),
    inkomster=tuple(TidigareInkomst(slag=slag, belopp=Decimal(belopp)) for slag, belopp in INCOMES),
    kostnader=tuple(
        TidigareKostnad(slag=slag, ansokt=Decimal(belopp), godkant=Decimal(belopp)) for slag, belopp in COSTS.items()
    ),
)


OWN = Betalning(mottagare="Linn Lönesson", konto="9999-123456", belopp=Decimal(6865))


def decision(draft: TidigareBerakning = DRAFT, utgang: str = "Bifall med 6 865 kr") -> Handling:
    return Handling.model_construct(
        manad=DECEMBER,
        dag=date(2026, 12, 1),
        sokande=Personnummer("198802189897"),
        namn="Linn Lönesson",
        belopp=max(-(draft.resultat or Decimal(0)), Decimal(0)),
        utgang=utgang,
        betalningar=() if utgang == "Avslag" else (OWN,),
        utkast=draft,
    )


def letter(draft: TidigareBerakning = DRAFT) -> str:
    head = {"manad": "2026-12", "norm": draft.norm_namn, "antal": draft.antal_personer}
    head |= {"normsumma": draft.normsumma, "resultat": draft.resultat}
    return brevtext(
        "4707",
        "Linn Lönesson",
        "19880218-9897",
        {key: str(value) for key, value in head.items()},
        [{"slag": one.slag, "belopp": str(one.belopp)} for one in draft.inkomster],
        [{"slag": one.slag, "godkant": str(one.godkant)} for one in draft.kostnader],
    )


def compare(pdf: bytes, handling: Handling) -> Brev:
    portal = MemoryPortal("verksamhet", {"brev": lambda arende: Sheet(files={"beslutsbrev": pdf})})
    return hamta_och_jamfor(portal, "4707", handling)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are text, as the reader of PDFs would give it."""
    monkeypatch.setattr(brev, "text_of", lambda pdf: pdf.decode())


def test_a_real_letter_is_read_compared_and_kept_byte_for_byte() -> None:
    pdf = printed("Beslutsmeddelande", letter(), date(2026, 12, 1))
    kept = compare(pdf, decision())
    assert (kept.innehall, kept.sha256) == (pdf, hashlib.sha256(pdf).hexdigest())
    assert base64.b64decode(kept.innehall_base64) == pdf
    assert "Lönesson" in kept.text


def test_a_real_letter_that_differs_by_a_krona_is_refused() -> None:
    changed = letter().replace("6 865,00", "6 866,00")
    assert changed != letter()
    with pytest.raises(BusinessError):
        compare(printed("Beslutsmeddelande", changed, DAY), decision())


def test_a_letter_is_read_line_by_line_and_its_pages_are_told_apart() -> None:
    pdf = printed("Beslutsmeddelande", "\n".join(["Namn: Linn Lönesson", *["Kostnad Hyra: 1,00 kr"] * 50]), DAY)
    read = subprocess.run([sys.executable, pdf_text.__file__], input=pdf, capture_output=True, check=True)
    first, second = json.loads(read.stdout).values()
    assert [line for line in first.splitlines() if line][:2] == ["Beslutsmeddelande", "Namn: Linn Lönesson"]
    assert {line for line in second.splitlines() if line} == {"Kostnad Hyra: 1,00 kr"}


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Linn Lönesson", "Linn L?nesson", "namnet saknas"),
        ("19880218-9897", "19880218-9998", "personnumret saknas"),
        ("Ärende: 4707", "Ärende: 14707", "ärendets nummer saknas"),
        ("2026-12", "2026-11", "månaden saknas"),
        ("Belopp: 6 865,00", "Belopp: 16 865,00", "beloppet 6 865 kr saknas"),
        ("Resultat: -6 865,00", "Resultat: 6 865,00", "resultatet -6 865 kr saknas"),
        ("Riksnorm 2026", "Riksnorm 2025", "normen Riksnorm 2026 för 3 personer saknas"),
        ("3 personer", "2 personer", "normen Riksnorm 2026 för 3 personer saknas"),
        ("13 180,00", "13 810,00", "normsumman 13 180 kr saknas"),
        ("Inkomst Lön: -4 500,00 kr\n", "", "inkomsten Lön 4 500 kr saknas"),
        ("Lön: -4 500,00", "Lön: -14 500,00", "inkomsten Lön 4 500 kr saknas"),
        ("Kostnad Hyra: 6 800,00", "Kostnad Hyra: 6 900,00", "kostnaden Hyra 6 800 kr saknas"),
        ("Resultat", "Inkomst Lön: -4 500,00 kr\nResultat", "Lön står med fler rader"),
        ("Resultat", "Inkomst Swish: -77,00 kr\nResultat", "ett belopp som inte finns i beräkningen"),
        (APPEAL, "", "hur man överklagar saknas"),
        ("tre veckor", "två veckor", "hur man överklagar saknas"),
    ],
)
def test_a_letter_that_differs_is_told_by_what_differs(old: str, new: str, told: str) -> None:
    assert old in letter()
    with pytest.raises(BusinessError, match="Inget är beslutat") as raised:
        compare(letter().replace(old, new).encode(), decision())
    assert told in raised.value.message


def of(**changed: Any) -> TidigareBerakning:
    return DRAFT.model_copy(update=changed)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    "draft",
    [
        pytest.param(of(resultat=Decimal(910)), id="a rejection"),
        pytest.param(of(resultat=Decimal(0)), id="neither more nor less"),
        pytest.param(
            of(kostnader=(TidigareKostnad(slag="Hyra", ansokt=Decimal(7900), godkant=Decimal(6400)),)),
            id="a cut row",
        ),
        pytest.param(of(inkomster=(DRAFT.inkomster[3], DRAFT.inkomster[3])), id="two wages of one amount"),
        pytest.param(of(inkomster=(), kostnader=()), id="no rows"),
    ],
)
def test_letters_of_every_kind_of_decision_agree(draft: TidigareBerakning) -> None:
    outcome = "Bifall" if (draft.resultat or 0) < 0 else "Avslag"
    assert compare(letter(draft).encode(), decision(draft, outcome)).text
    # A PDF's lines may run into each other.
    run_together = letter(draft).replace("\n", " ").replace(" kr ", " kr")
    assert compare(run_together.encode(), decision(draft, outcome)).text


@pytest.mark.usefixtures("plain")
def test_one_of_two_like_rows_does_not_stand_for_both() -> None:
    twice = of(inkomster=(DRAFT.inkomster[3], DRAFT.inkomster[3]))
    text = letter(twice).replace("Inkomst Lön: -4 500,00 kr\n", "", 1)
    with pytest.raises(BusinessError, match="inkomsten Lön 4 500 kr saknas"):
        compare(text.encode(), decision(twice))


@pytest.mark.usefixtures("plain")
def test_a_letter_larger_than_any_letter_is_not_read() -> None:
    with pytest.raises(BusinessError, match="1 MB"):
        compare(b"x" * 1_000_001, decision())


def test_a_draft_that_is_gone_is_told_as_that() -> None:
    portal = MemoryPortal("verksamhet", {"brev": lambda arende: Sheet(texts={"inget_utkast": "Inget utkast."})})
    with pytest.raises(BusinessError, match="inget utkast"):
        hamta_och_jamfor(portal, "4707", decision())


# --- One fault each --------------------------------------------------------------------------------------------------

ROWS = [line for line in letter().splitlines() if " kr" in line]
"""Every line of the letter that has an amount: the grant, the norm, costs, incomes and the result."""


def shifted(line: str) -> str:
    """The line with one krona more."""
    amount = line.split(":")[1].strip(" -").removesuffix(" kr")
    return line.replace(amount, shown_kronor(Decimal(amount.replace(" ", "").replace(",", ".")) + 1))


def told_of(text: str, handling: Handling | None = None) -> str:
    """What the comparison says of a letter that differs; it never says who the letter is about."""
    with pytest.raises(BusinessError, match="Inget är beslutat") as raised:
        compare(text.encode(), handling or decision())
    for personal in ("Lönesson", "Ek", "9897", "9998"):
        assert personal not in raised.value.message
    return raised.value.message


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("line", ROWS)
def test_an_amount_that_is_a_krona_off_is_found_in_every_row(line: str) -> None:
    assert " saknas" in told_of(letter().replace(line, shifted(line)))
    assert " saknas" in told_of(letter().replace(line, shifted(line).replace(",00", "")))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("line", ROWS)
def test_a_row_that_is_missing_is_found(line: str) -> None:
    assert " saknas" in told_of(letter().replace(f"{line}\n", ""))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("line", [line for line in ROWS if line.startswith(("Kostnad", "Inkomst"))])
def test_a_row_that_stands_twice_is_found(line: str) -> None:
    assert "står med fler rader än i beräkningen" in told_of(letter().replace(line, f"{line}\n{line}"))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    "extra",
    [
        "Inkomst Swish: -77 kr",
        "Inkomst Swish: -77",
        "Swish: 77",
        "Swish 77 kronor",
        "Swish: 77:-",
        "Inkomst Swish: -4 500,00 kr",  # an amount that another row has
        "Swish: 6 865,00 kr",  # the grant's own amount, under another name
        "Swish: 13 180,00",
        "Swish: 6\N{NARROW NO-BREAK SPACE}865 kr",
        "Swish: 6.865,00 kr",
        "Swish: \N{MINUS SIGN}77 kr",
        "Summa inkomster: 14 047,00 kr",
        "Beviljat belopp: 6 866,00 kr",
        "Underskott: 6 866,00 kr",
    ],
)
def test_a_row_that_the_decision_does_not_have_is_found(extra: str) -> None:
    assert "ett belopp som inte finns i beräkningen" in told_of(letter().replace("Resultat", f"{extra}\nResultat"))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("extra", ["Swish: 6,865.00 kr", "Swish: 77,5 kr", "Swish: 77.50"])
def test_an_amount_that_cannot_be_read_is_told(extra: str) -> None:
    assert "ett belopp som inte går att läsa" in told_of(letter().replace("Resultat", f"{extra}\nResultat"))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Period: 2026-12", "Datum: 2026-12-01\nPeriod: 2026-11", "månaden saknas"),
        ("Period: 2026-12", "Period: 2026-11, ansökan om 2026-12", "brevet nämner en annan månad"),
        ("Period: 2026-12", "Period: november 2026, december 2026", "brevet nämner en annan månad"),
        ("Namn: Linn Lönesson", "Namn: Linn Lönesson Ek", "namnet saknas"),
        ("Namn: Linn Lönesson", "Namn: Linn Lönesson-Ek", "namnet saknas"),
        ("Namn: Linn Lönesson", "Namn: Eva Linn Lönesson", "namnet saknas"),
        ("Namn: Linn Lönesson", "Namn: Eva Ek\nTill Linn Lönesson", "namnet saknas"),
        ("19880218-9897", "19880218-9897, 19880218-9998", "någon annans personnummer"),
        ("19880218-9897", "19880218-9897, 880218-9998", "någon annans personnummer"),
        ("Ärende: 4707", "Ärende: 4708, förr 4707", "ärendets nummer saknas"),
        ("Belopp: 6 865,00", "Belopp: -6 865,00", "beloppet 6 865 kr saknas"),
        ("Belopp: 6 865,00", "Belopp: 6 800,00", "beloppet 6 865 kr saknas"),  # the rent's
        ("Kostnad Hyra", "Inkomst Hyra", "kostnaden Hyra 6 800 kr saknas"),
        ("Hyra: 6 800", "Hyra: -6 800", "kostnaden Hyra 6 800 kr saknas"),
        ("Barnbidrag: -2 650", "Barnbidrag: -3 496", "inkomsten Barnbidrag 2 650 kr saknas"),
        ("Period", "Beslut: Avslag\nPeriod", "ett annat utfall"),
        ("Period", "Beslut: Delvis bifall\nPeriod", "ett annat utfall"),
        ("Period", "Din ansökan beviljas inte.\nPeriod", "ett annat utfall"),
        ("Period", "Utbetalas till: Eva Ek\nPeriod", "mottagaren av pengarna är en annan"),
        ("Period", "Konto: 9999-654321\nPeriod", "kontot är ett annat"),
        ("tre veckor", "tre veckor, för dig sex veckor", "hur man överklagar är ett annat"),
        ("Du kan överklaga", "Du kan inte överklaga", "hur man överklagar är ett annat"),
        ("förvaltningsrätten", "kammarrätten, inte förvaltningsrätten,", "hur man överklagar är ett annat"),
        ("förvaltningsrätten", "länsstyrelsen", "hur man överklagar saknas"),
    ],
)
def test_a_letter_with_one_thing_wrong_is_told_by_it(old: str, new: str, told: str) -> None:
    assert old in letter()
    assert told in told_of(letter().replace(old, new))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("draft", "utgang", "said"),
    [
        (DRAFT, "Delvis bifall med 6 865 kr", "Bifall"),
        (DRAFT, "Delvis bifall med 6 865 kr", "Avslag"),
        (of(resultat=Decimal(910)), "Avslag", "Bifall"),
        (of(resultat=Decimal(910)), "Avslag", "Delvis bifall"),
    ],
)
def test_an_outcome_that_is_not_the_decisions_is_found(draft: TidigareBerakning, utgang: str, said: str) -> None:
    wrong = f"Beslut: {said}\n{letter(draft)}"
    assert "ett annat utfall" in told_of(wrong, decision(draft, utgang))
    right = f"Beslut: {utgang.split(' med')[0]}\n{letter(draft)}"
    assert compare(right.encode(), decision(draft, utgang)).text


# --- Letters that are set in another way -----------------------------------------------------------------------------


def with_page_break() -> str:
    return letter().replace("Hyra: 6 800", "Hyra:\nSida 1 (2)\f" + "Beslut om bistånd\nSida 2 av 2\n6 800")


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(letter().replace(",00", ""), id="whole kronor"),
        pytest.param(letter().replace(",00 kr", ""), id="whole kronor without a unit"),
        pytest.param(letter().replace(",00 kr", ":-"), id="the old way of whole kronor"),
        pytest.param(letter().replace(" kr", ""), id="without a unit"),
        pytest.param(letter().replace(" ", "\N{NO-BREAK SPACE}"), id="no-break spaces"),
        pytest.param(letter().replace("6 8", "6\N{THIN SPACE}8"), id="thin spaces"),
        pytest.param(letter().replace("6 8", "6\N{NARROW NO-BREAK SPACE}8"), id="narrow spaces"),
        pytest.param(letter().replace("6 8", "6.8"), id="points between thousands"),
        pytest.param(letter().replace(": -", ": \N{MINUS SIGN}"), id="a real minus"),
        pytest.param(letter().replace("Lön: -", "Lön: "), id="incomes without a minus"),
        pytest.param(letter().replace(": ", ":\n"), id="amounts on lines of their own"),
        pytest.param(letter().replace(": ", ":\f"), id="page breaks between label and amount"),
        pytest.param("Beslut om bistånd\n" + with_page_break(), id="a head and a number on each page"),
        pytest.param(letter().replace("6 800", "6\n800"), id="a line that ends in an amount"),
        pytest.param(letter().replace("2026-12", "december 2026"), id="the month in words"),
        pytest.param(letter().replace("2026-12", "2026-12-01 - 2026-12-31"), id="the month's days"),
        pytest.param(letter().replace("19880218", "880218"), id="ten figures"),
        pytest.param(letter().replace("Lön:", "Lön 2026-11-25:"), id="the day of an income"),
        pytest.param(letter().replace("Lön:", "Lön november 2026:"), id="the month of an income"),
        pytest.param(letter().replace("förvaltningsrätten", "förvaltnings-\nrätten"), id="a word in two"),
        pytest.param(letter().replace("Resultat: -", "Underskott: "), id="a deficit"),
        pytest.param(f"Datum: 2026-12-01\nBeräkning: 12\n{letter()}\nBox 1, 999 01 Sandkommun", id="other numbers"),
        pytest.param(f"Du får 6 865 kr i försörjningsstöd.\n{letter()}", id="the amount in a sentence"),
        pytest.param(f"{letter()}\nSumma kostnader: 7 731,00 kr\nSumma inkomster: 14 046,00 kr", id="sums"),
        pytest.param(f"Utbetalas till: Linn Lönesson\nKonto: 9999-12 34 56\n{letter()}", id="the payee"),
        pytest.param(f"Beslut: Bifall\n{letter()}", id="the outcome"),
    ],
)
def test_a_right_letter_agrees_however_it_is_set(text: str) -> None:
    assert compare(text.encode(), decision()).text
