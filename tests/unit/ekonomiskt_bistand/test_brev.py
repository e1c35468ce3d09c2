"""The decision letter is compared with the decision as a whole."""

import base64
import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from brevtext import APPEAL, brevtext

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.handlaggning import brev
from arbetsfloden.ekonomiskt_bistand.handlaggning.brev import Brev, hamta_och_jamfor
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Handling
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning, TidigareInkomst, TidigareKostnad
from medarbetare.errors import BusinessError
from medarbetare.testing import MemoryPortal, Sheet
from sandkommun.verksamhet.letter import printed

DECEMBER = Manad(2026, 12)
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


def decision(draft: TidigareBerakning = DRAFT) -> Handling:
    return Handling.model_construct(
        manad=DECEMBER,
        dag=date(2026, 12, 1),
        sokande=Personnummer("198802189897"),
        namn="Linn Lönesson",
        belopp=max(-(draft.resultat or Decimal(0)), Decimal(0)),
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
    portal = MemoryPortal("verksamhet", {"brev": lambda arende: Sheet(files={"beslutsmeddelande": pdf})})
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
    assert compare(letter(draft).encode(), decision(draft)).text
    # A PDF's lines may run into each other.
    assert compare(letter(draft).replace("\n", " ").replace(" kr ", " kr").encode(), decision(draft)).text


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
