"""The e-service's form is read whole, or handed over with a reason that names form or field."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Boende
from arbetsfloden.ekonomiskt_bistand.formular.oeplatform import las_ansokan, sokande
from medarbetare.errors import BusinessError

HEAD = """<?xml version="1.0" encoding="ISO-8859-1" standalone="no"?>
<FlowInstance xmlns="http://www.oeplatform.org/version/2.0/schemas/flowinstance"><Header><Flow><FamilyID>411</FamilyID>
<Version>7</Version><FlowID>1907</FlowID><Name><![CDATA[Återansökan ekonomiskt bistånd]]></Name></Flow>
<FlowInstanceID>260107</FlowInstanceID><Posted>2026-12-01T06:44:58</Posted></Header><Values>"""
NO = ("householdChanged", "assets", "vehicle", "studies", "pendingBenefits", "unemploymentFund", "stayElsewhere")
FIELDS = {
    "applicant": "<firstname><![CDATA[Linn]]></firstname><lastname><![CDATA[Lönesson]]></lastname>"
    "<citizenIdentifier>198802189897</citizenIdentifier><email>linn@example.com</email><phone>0701740605</phone>",
    "period": "<Value>2026-12</Value>",
    "childRow1": "<firstname>Femma</firstname><lastname>Lönesson</lastname>"
    "<citizenIdentifier>202101109839</citizenIdentifier><residence>Umgänge</residence><days>10</days>",
    "housing": "<housingType>Hyresrätt</housingType><rooms>3</rooms><personsInHome>2</personsInHome>"
    "<sharedHome>Nej</sharedHome>",
    "costRow1": "<kind>Hyra</kind><amount>6800</amount><payee>Bolaget AB</payee>",
    "costRow2": "<kind>Hushållsel</kind><amount>612,50</amount>",
    "incomeRow1": "<person>198802189897</person><kind>Lön</kind><amount>6000</amount><paidDate>2026-11-25</paidDate>",
    **dict.fromkeys(NO, "<Value>Nej</Value>"),
    "payment": "<method>Konto</method><clearing>9999</clearing><account>1000007</account><changed>Nej</changed>",
    "message": "<Value><![CDATA[]]></Value>",
    "attachmentRow1": "<filename>lön.pdf</filename><fileID>77</fileID>",
    "attestation": "<Value>Ja</Value>",
}
FOREIGN = Path(__file__).parents[3] / "robot" / "sandkommun" / "worlds" / "franmande-blankett.xml"


def form(head: str = HEAD, **changed: str | None) -> bytes:
    fields = {**FIELDS, **changed}
    body = "".join(f"<{n}><QueryID>1</QueryID><Name>x</Name>{v}</{n}>" for n, v in fields.items() if v is not None)
    return f"{head}{body}</Values></FlowInstance>".encode("iso-8859-1")


def test_a_whole_form_is_read_with_every_field() -> None:
    application = las_ansokan(form())
    assert application.sokande.efternamn == "Lönesson"
    assert [(row.slag, row.belopp) for row in application.kostnader] == [
        ("Hyra", Decimal(6800)),
        ("Hushållsel", Decimal("612.50")),
    ]
    assert (application.barn[0].boende, application.barn[0].dagar) == (Boende.UMGANGE, 10)
    assert application.inkomster[0].betald == date(2026, 11, 25)
    assert (application.intygad, application.fordon, application.bilagor[0].filnamn) == (True, False, "lön.pdf")
    assert Ansokan.model_validate_json(application.model_dump_json()) == application


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"period": "<Value>2026-13</Value>"}, "period.Value"),
        ({"costRow1": "<kind>Hyra</kind><amount>1 234,50</amount>"}, "costRow1.amount"),
        ({"costRow1": "<kind>Hyra</kind><amount>-5</amount>"}, "costRow1.amount"),
        ({"costRow1": "<kind>Hyra</kind><amount>1e9</amount>"}, "costRow1.amount"),
        ({"costRow1": "<kind>Hyra</kind>"}, "costRow1.amount"),
        ({"costRow1": "<kind>Hyra</kind><amount>5</amount><amount>6</amount>"}, "costRow1.amount"),
        ({"costRow1": "<kind>&#x202E;Hyra</kind><amount>5</amount>"}, "costRow1.kind"),
        ({"incomeRow1": FIELDS["incomeRow1"].replace("11-25", "11-31")}, "incomeRow1.paidDate"),
        ({"incomeRow1": FIELDS["incomeRow1"].replace("198802189897", "199001259887")}, "incomeRow1.person"),
        ({"applicant": FIELDS["applicant"].replace("198802189897", "************")}, "applicant.citizenIdentifier"),
        ({"assets": "<Value>Kanske</Value>"}, "assets.Value"),
        ({"assets": None}, "assets"),
        ({"costRow2": None, "costRow3": "<kind>El</kind><amount>5</amount>"}, "costRow2"),
        ({"lottery": "<Value>Ja</Value>"}, "lottery"),
        ({"housing": FIELDS["housing"] + "<pool>Ja</pool>"}, "housing.pool"),
    ],
)
def test_a_bad_field_is_named_with_its_fault_and_without_what_was_written(
    changed: dict[str, str | None], named: str
) -> None:
    with pytest.raises(BusinessError) as caught:
        las_ansokan(form(**changed))
    assert f"Fältet {named}" in caught.value.message
    assert "1988" not in caught.value.message


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (FOREIGN.read_bytes(), "Anmälan om sjukfrånvaro"),
        (form(HEAD.replace("<Version>7", "<Version>8")), "version 8"),
        (form()[:-40], "trasig"),
        (b"", "trasig"),
        (b"%PDF-1.7", "trasig"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entiteter"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "teckenkodning"),
        (b"<a/>", "inget formulär"),
    ],
)
def test_what_is_no_such_form_is_handed_over_with_the_reason(xml: bytes, reason: str) -> None:
    with pytest.raises(BusinessError, match=reason):
        las_ansokan(xml)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("Header", ("</Header>", "</Header><Header/>")),
        ("Values", ("</Values>", "</Values><Values/>")),
        ("Flow", ("</Flow>", "</Flow><Flow/>")),
        ("FamilyID", ("<FamilyID>", "<FamilyID>412</FamilyID><FamilyID>")),
        ("Version", ("<Version>", "<Version>6</Version><Version>")),
        ("Name", ("</Flow>", "<Name>Annat</Name></Flow>")),
        ("FlowInstanceID", ("<FlowInstanceID>", "<FlowInstanceID>260108</FlowInstanceID><FlowInstanceID>")),
        ("Posted", ("<Posted>", "<Posted>2026-11-01T06:44:58</Posted><Posted>")),
        ("LastSubmitted", ("<Posted>", "<LastSubmitted/><LastSubmitted>2026-12-02T06:44:58</LastSubmitted><Posted>")),
    ],
)
def test_a_part_that_stands_twice_is_handed_over_and_neither_is_chosen(part: str, other: tuple[str, str]) -> None:
    twice = form().decode("iso-8859-1").replace(*other).encode("iso-8859-1")
    with pytest.raises(BusinessError, match=f"Formulärets del {part} står två gånger"):
        las_ansokan(twice)


@pytest.mark.parametrize("other", [("</Values>", "</Values><Values/>"), ("<period>", "<applicant/><period>")])
def test_of_two_applicants_none_is_chosen(other: tuple[str, str]) -> None:
    with pytest.raises(BusinessError, match="två gånger"):
        sokande(form().decode("iso-8859-1").replace(*other).encode("iso-8859-1"))
