"""Other forms in the inbox are known by what they call themselves, with the deadline that the law gives."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.formular.inkommet import AnnatFormular, Slag
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import annat_arende, las_ansokan, namnda_personer
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.engine import Original
from medarbetare.errors import BusinessError

LINN, PARTNER = "198802189897", "198603069876"
REGISTRERA = "Registrera skrivelsen, ankomstdag 2026-12-03"
POSTING = Path(__file__).parent / "format" / "ateransokan.json"


def letter(name: str, family: str = "977", header: str = "<Posted>2026-12-03T08:15:00</Posted>") -> Original:
    """A form of Open ePlatform of whatever kind."""
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>'
        '<FlowInstance xmlns="http://www.oeplatform.org/version/2.0/schemas/flowinstance">'
        f"<Header><Flow><FamilyID>{family}</FamilyID><Version>2</Version><Name><![CDATA[{name}]]></Name></Flow>"
        f"<FlowInstanceID>260555</FlowInstanceID>{header}</Header><Values><applicant><QueryID>1</QueryID><Name>x</Name>"
        f"<citizenIdentifier>{LINN}</citizenIdentifier></applicant><skal><Value>Jag är inte nöjd.</Value></skal>"
        "</Values></FlowInstance>"
    )
    return Original.of(text.encode("iso-8859-1"))


def posting(kind: Any, *answers: dict[str, Any]) -> Original:
    return Original.of(json.dumps({"applicationType": kind, "answers": list(answers)}).encode())


@pytest.fixture
def med() -> Callable[..., tuple[AnnatFormular, ...]]:
    """One other form alone."""

    def made(**form: Any) -> tuple[AnnatFormular, ...]:
        return (AnnatFormular(**{"slag": "annat", "till": "registrator", "text": "Ett brev.", **form}),)

    return made


@pytest.mark.parametrize(
    ("name", "slag", "told"),
    [
        ("Begäran om omprövning", Slag.OMPROVNING, ["38 § förvaltningslagen", "37 § andra stycket", REGISTRERA]),
        (
            "  ÖVERKLAGANDE av  beslut ",
            Slag.OVERKLAGANDE,
            ["inom tre veckor", "senast 2026-12-10", "46 §", "45 § andra stycket", REGISTRERA],
        ),
        ("Yttrande om återkrav", Slag.ATERKRAV, ["33 kap. socialtjänstlagen", REGISTRERA]),
    ],
)
def test_what_follows_a_decision_is_known_by_its_name_and_told_with_its_law(
    regelverk: Regelverk, name: str, slag: Slag, told: list[str]
) -> None:
    found = annat_arende(letter(name), regelverk.kommun.andra_arenden)
    assert found is not None
    assert (found.formular.slag, found.formular.till) == (slag, "handläggare")
    assert [part for part in told if part not in found.text] == []
    with pytest.raises(BusinessError, match="en annan e-tjänst"):
        las_ansokan(letter(name))


def test_a_form_is_known_by_its_family_too_but_not_by_a_part_of_its_name(
    med: Callable[..., tuple[AnnatFormular, ...]],
) -> None:
    assert annat_arende(letter("Vad som helst", "977"), med(formular="977")) is not None
    assert annat_arende(letter("Begäran om omprövning av avgift"), med(formular="Begäran om omprövning")) is None


def test_a_posting_is_known_by_its_application_type(med: Callable[..., tuple[AnnatFormular, ...]]) -> None:
    submitted = {"field": {"tags": ["application", "submitted"]}, "value": 1796281200000}
    andra = med(formular="appeal", inom_dagar=7, text="Kom {inkommen}, senast {senast}.")
    found = annat_arende(posting("appeal", submitted), andra)
    assert found is not None
    assert found.text == "Kom 2026-12-03, senast 2026-12-10."
    assert annat_arende(posting("new"), andra) is None


def test_when_it_came_in_is_never_guessed(med: Callable[..., tuple[AnnatFormular, ...]]) -> None:
    andra = med(formular="appeal", inom_dagar=7, text="Kom {inkommen}, senast {senast}.")
    found = annat_arende(posting("appeal", {"field": {"tags": ["application", "submitted"]}, "value": "i går"}), andra)
    assert found is not None
    assert found.text == "Kom en dag som inte framgår, senast omgående."
    undated = annat_arende(letter("Appeal", header=""), andra)
    assert undated is not None
    assert undated.inkommen is None


@pytest.mark.parametrize("formular", ["Återansökan ekonomiskt bistånd", "411", "recurrent"])
def test_a_re_application_is_never_another_form_whatever_is_configured(
    med: Callable[..., tuple[AnnatFormular, ...]], formular: str
) -> None:
    andra = med(formular=formular)
    assert annat_arende(letter("Återansökan ekonomiskt bistånd", "411"), andra) is None
    assert annat_arende(Original.of(POSTING.read_bytes()), andra) is None


@pytest.mark.parametrize(
    "content", [b"", b"<trasig", b'{"applicationType": ["appeal"]}', b"%PDF-1.7", b"[1]", b'{"annat": 1}']
)
def test_what_cannot_be_read_is_not_recognised(med: Callable[..., tuple[AnnatFormular, ...]], content: bytes) -> None:
    assert annat_arende(Original.of(content), med(formular="appeal")) is None


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"text": "Senast {dagen}."}, "okända fält i texten: dagen"),
        ({"text": "Senast {senast}."}, "inom_dagar"),
        ({"inom_dagar": 7}, "inom_dagar"),
        ({"formular": ""}, "formular"),
        ({"slag": "klagomål"}, "slag"),
    ],
)
def test_a_configured_form_that_cannot_be_used_is_refused(form: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        AnnatFormular(**{"formular": "x", "slag": "annat", "till": "registrator", "text": "Ett brev.", **form})


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (letter("Överklagande av beslut").content, {LINN}),
        (f"<trasig> 19880218-9897 och {PARTNER}".encode(), {LINN, PARTNER}),
        (f"<trasig>{PARTNER}".encode("utf-16"), {PARTNER}),
        (f'{{"a": "19860306-9876", "konto": "1{LINN}"}}'.encode(), {PARTNER}),
        (b"%PDF-1.7", set()),
    ],
)
def test_everybody_named_in_a_file_is_found_whether_it_can_be_read_or_not(content: bytes, named: set[str]) -> None:
    assert namnda_personer(Original.of(content)) == named


def test_everybody_in_an_application_is_found() -> None:
    original = Original.of(POSTING.read_bytes())
    assert namnda_personer(original) >= {person.digits for person in las_ansokan(original).personer}
