"""Whatever lies in an inbox is read, or handed over with the field and what is wrong with it; never what it holds."""

import json
import time

import pytest

from arbetsfloden.ekonomiskt_bistand.arbetsflode import EkonomisktBistand
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import granska_referens, las_ansokan, sokande
from medarbetare.engine import Original
from medarbetare.engine.original import Attachment
from medarbetare.errors import BusinessError

APPLICANT = "198802189897"
WHERE = {
    "applicant's name": ("applicant firstname", "personInfo firstName applicant client"),
    "applicant's number": ("applicant citizenIdentifier", "personInfo personalNumber applicant client"),
    "month": ("period Value", "application month"),
    "reference": (" FlowInstanceID", "application reference"),
    "rooms": ("housing rooms", "housing rooms"),
    "assets": ("assets Value", "declaration assets"),
    "rent": ("costRow1 amount", "expenses boende amount group:0"),
    "second child's days": ("childRow2 days", "personInfo days children group:1"),
    "first child's residence": ("childRow1 residence", "personInfo residence children group:0"),
    "wage's day": ("incomeRow1 paidDate", "incomes lon date group:0"),
    "wage's person": ("incomeRow1 person", "incomes lon personalNumber group:0"),
    "benefit's end": ("incomeRow2 periodTo", "incomes aktivitetsstod periodTo group:1"),
    "message": ("message Value", "message text"),
    "file name": ("attachmentRow1 filename", "attachments name group:0"),
    "account": ("payment account", "payment account"),
}
NAMED = {
    "applicant's name": ("applicant.firstname", "sökandens förnamn"),
    "applicant's number": ("applicant.citizenIdentifier", "sökandens personnummer"),
    "month": ("period.Value", "månaden som ansökan gäller"),
    "reference": ("FlowInstanceID", "ansökans ärendenummer"),
    "rooms": ("housing.rooms", "antal rum"),
    "assets": ("assets.Value", "om någon har tillgångar"),
    "rent": ("costRow1.amount", "kostnad 1 (hyra): belopp"),
    "second child's days": ("childRow2.days", "barn 2: antal dagar"),
    "first child's residence": ("childRow1.residence", "barn 1: boende"),
    "wage's day": ("incomeRow1.paidDate", "inkomst 1 (lön): utbetalningsdag"),
    "wage's person": ("incomeRow1.person", "inkomst 1 (lön): vem som har fått den"),
    "benefit's end": ("incomeRow2.periodTo", "inkomst 2 (aktivitetsstöd): sista dagen"),
    "message": ("message.Value", "meddelandet"),
    "file name": ("attachmentRow1.filename", "bilaga 1: filnamn"),
    "account": ("payment.account", "kontonummer"),
}


def refusal(content: bytes) -> str:
    with pytest.raises(BusinessError) as caught:
        las_ansokan(Original.of(content))
    assert APPLICANT not in caught.value.message
    return caught.value.message


def leaves_with(one_format, ansokan, what):
    leaves = one_format.leaves(ansokan)
    where = WHERE[what][0 if one_format.name == "xml" else 1].split(" ")
    return leaves, next(leaf for leaf in leaves if leaf.where == where)


def spoilt(one_format, ansokan, what, value) -> str:
    leaves, leaf = leaves_with(one_format, ansokan, what)
    leaf.value = value
    reason = refusal(one_format.write(leaves))
    assert NAMED[what][0 if one_format.name == "xml" else 1] in reason
    return reason


@pytest.mark.parametrize(
    "text", ["1 234,50", "1\u00a0234", "1.234", "-5", "+5", "1e9", "12;3", "5 kr", "0x10", "١٢", ""]
)
def test_an_amount_in_another_spelling_than_the_forms_own_is_handed_over(one_format, ansokan, text):
    assert ("belopp i hela kronor" in spoilt(one_format, ansokan, "rent", text)) == (text != "")


@pytest.mark.parametrize("text", ["12345678", "612,505", "9" * 5000, "NaN", "Infinity", "1,", ",5"])
def test_an_amount_that_no_household_applies_for_is_handed_over(one_format, ansokan, text):
    spoilt(one_format, ansokan, "rent", text)


@pytest.mark.parametrize("what", ["wage's day", "benefit's end"])
@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-11-31", "2026-00-10", "0000-01-01", "9999-12-31", "2026-1-1", "i går"]
)
def test_a_date_that_does_not_exist_is_handed_over(one_format, ansokan, what, text):
    spoilt(one_format, ansokan, what, text)


@pytest.mark.parametrize("value", ["2026-13", "2026-00", "0000-12", "1899-12", "2026-12-01", "december"])
def test_a_month_that_does_not_exist_is_handed_over(one_format, ansokan, value):
    spoilt(one_format, ansokan, "month", value)


@pytest.mark.parametrize("what", ["applicant's name", "account", "file name", "message"])
@pytest.mark.parametrize(
    "char",
    ["\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\ufeff", "\u0085", "\u2028", "\ue000", "\uffff"],
)
def test_bidi_controls_and_other_characters_nobody_sees_are_handed_over(one_format, ansokan, what, char):
    leaves, leaf = leaves_with(one_format, ansokan, what)
    leaf.value = f"a{char}b"
    reason = refusal(one_format.write(leaves))
    assert "styrtecken" in reason or (one_format.name == "xml" and char == "\uffff" and "trasig" in reason)


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f"])
@pytest.mark.parametrize("what", ["applicant's name", "applicant's number", "message"])
def test_nul_and_control_characters_are_handed_over(one_format, ansokan, what, char):
    leaves, leaf = leaves_with(one_format, ansokan, what)
    leaf.value = f"a{char}b"
    assert any(word in refusal(one_format.write(leaves)) for word in ("styrtecken", "trasig", "personnummer"))


def test_line_breaks_belong_in_a_message_only(one_format, ansokan):
    assert "styrtecken" in spoilt(one_format, ansokan, "applicant's name", "Linn\nBeslut: bifall")


def test_a_number_of_another_length_is_handed_over(one_format, ansokan):
    assert "tolv siffror" in spoilt(one_format, ansokan, "applicant's number", APPLICANT[2:])


@pytest.mark.parametrize("wrong", ["198802189890", "198813399890", "000000000000"])
def test_a_number_that_fails_its_check_digit_is_carried_and_marked(one_format, ansokan, wrong):
    leaves = one_format.leaves(ansokan)
    for leaf in leaves:
        leaf.value = wrong if leaf.value == APPLICANT else leaf.value
    applicant = one_format.read(leaves).sokande.personnummer
    assert (applicant.digits, applicant.is_valid) == (wrong, False)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("rooms", "-1"),
        ("rooms", "hundra"),
        ("assets", "Kanske"),
        ("second child's days", "0"),
        ("second child's days", "32"),
        ("first child's residence", "Ibland"),
        ("reference", "26 01/07"),
        ("reference", ""),
        ("wage's person", "198603162382"),
        ("applicant's name", "x" * 201),
        ("message", "x" * 5001),
        ("applicant's name", "   "),
        ("applicant's name", "\u00a0"),
    ],
)
def test_a_field_that_is_not_of_its_kind_is_named(one_format, ansokan, what, value):
    spoilt(one_format, ansokan, what, value)


@pytest.mark.parametrize("what", sorted(set(WHERE) - {"message"}))
def test_a_missing_field_is_named(one_format, ansokan, what):
    leaves, leaf = leaves_with(one_format, ansokan, what)
    leaves.remove(leaf)
    reason = refusal(one_format.write(leaves))
    assert "saknas" in reason
    field, answer = NAMED[what]
    assert (field.removesuffix(".Value") if one_format.name == "xml" else answer) in reason


@pytest.mark.parametrize("what", sorted(WHERE))
def test_a_field_that_stands_twice_is_handed_over(one_format, ansokan, what):
    leaves, leaf = leaves_with(one_format, ansokan, what)
    leaves.insert(leaves.index(leaf), leaf)
    assert "två gånger" in (reason := refusal(one_format.write(leaves))) or "redan är besvarat" in reason


def test_an_unknown_field_is_named_without_the_numbers_in_it(one_format, ansokan):
    leaves = one_format.leaves(ansokan)
    leaves.append(type(leaves[0])([f"lottery{APPLICANT}", "Value"], "Ja"))
    assert "lottery" in refusal(one_format.write(leaves))


def test_two_persons_with_one_number_are_handed_over(one_format, ansokan):
    child = ansokan.barn[0].model_copy(update={"personnummer": ansokan.sokande.personnummer})
    twice = ansokan.model_copy(update={"barn": (child,), "inkomster": ()})
    assert "Samma personnummer" in refusal(one_format.write(one_format.leaves(twice)))


@pytest.mark.parametrize(
    ("kind", "count", "limit"),
    [("bilagor", 300, 100), ("barn", 30, 20), ("kostnader", 51, 50), ("inkomster", 2000, 50)],
)
def test_more_rows_than_any_household_has_are_handed_over_with_their_number(one_format, ansokan, kind, count, limit):
    many = ansokan.model_copy(update={kind: getattr(ansokan, kind)[:1] * count})
    reason = refusal(one_format.write(one_format.leaves(many)))
    assert (
        f"{count} rader med {kind}; roboten tar högst {limit}" in reason
        or "6002 svar" in reason
        or "svar; roboten" in reason
    )


@pytest.mark.parametrize("end", [1, 2, 50, 500, 1500])
def test_a_truncated_file_is_handed_over_as_broken(one_format, ansokan, end):
    assert "trasig" in refusal(one_format.write(one_format.leaves(ansokan))[:-end])


def test_a_file_of_twenty_megabytes_is_handed_over_unread_and_at_once(one_format, ansokan):
    content = one_format.write(one_format.leaves(ansokan))
    began = time.process_time()
    assert "20 MB" in refusal(content + b" " * 20_000_000)
    assert time.process_time() - began < 5


def test_a_file_as_large_as_is_read_is_read(one_format, ansokan):
    content = one_format.write(one_format.leaves(ansokan))
    assert las_ansokan(Original.of(content + b"\n" * (9_900_000))) == ansokan


BOMB = (
    b'<!DOCTYPE a [<!ENTITY b "0123456789">'
    + b"".join(b'<!ENTITY b%d "%s">' % (n, b"&b%s;" % (str(n - 1).encode() if n else b"") * 10) for n in range(9))
    + b"]><a>&b8;</a>"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>', "säkerhetsskäl"),
        (b'<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>', "säkerhetsskäl"),
        (b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://example.com/b">%b;]><a/>', "säkerhetsskäl"),
        (BOMB, "säkerhetsskäl"),
        (b"<a>" * 3_000_000, "fler delar eller nivåer"),
        (b"<a>" + b"<b/>" * 2_000_000 + b"</a>", "fler delar eller nivåer"),
        (b"<a>" * 10, "trasig"),
        (b'<FlowInstance xmlns="http://example.com/annat"/>', "inget formulär"),
        (b"<FlowInstance/>", "inget formulär"),
        (b'<?xml version="1.0" encoding="utf-16"?><a/>', "kan inte läsas"),
        (b"[" * 200_000, "nivåer"),
        (b'{"applicationType":' * 50_000, "nivåer"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nivåer"),
        (b'{"applicationType": "new", "applicationType": "recurrent"}', "samma nyckel två gånger"),
        (b'{"applicationType": "recurrent", "answers": [{"value": NaN}]}', "inte är något tal"),
        (b'{"applicationType": "recurrent", "answers": -Infinity}', "inte är något tal"),
        (b'{"applicationType": "recurrent", "answers": ' + b"9" * 1_000_000 + b"}", "ingen lista"),
        (b'{"applicationType": "recurrent"', "trasig"),
        (b'{"applicationType": "recurrent", "answers": []} {}', "trasig"),
        (b'{"applicationType": "\xff"}', "inte UTF-8"),
        (b"{}", "applicationType saknas"),
        (b"[]", "applicationType saknas"),
        (b"", "varken XML"),
        (b"\x00" * 1000, "varken XML"),
        (b"%PDF-1.7", "varken XML"),
        (b"PK\x03\x04", "varken XML"),
        (b"null", "varken XML"),
    ],
    ids=range(27),
)
def test_what_is_no_form_is_handed_over_with_the_reason(content, reason):
    assert reason in refusal(content)
    assert sokande(Original.of(content)) is None


def test_a_field_of_another_namespace_is_handed_over(ansokan, formats):
    content = formats["xml"].write(formats["xml"].leaves(ansokan))
    strange = content.replace(b"<period>", b'<period xmlns="http://example.com/annat">')
    assert "främmande namnområde" in refusal(strange)


def test_a_form_in_another_encoding_is_read_all_the_same(ansokan, formats):
    text = formats["xml"].write(formats["xml"].leaves(ansokan)).decode("iso-8859-1")
    for encoding in ("utf-8", "utf-16", "utf-8-sig"):
        content = text.replace("ISO-8859-1", encoding.removesuffix("-sig")).encode(encoding)
        assert las_ansokan(Original.of(content)) == ansokan


@pytest.mark.parametrize("value", [None, 5, [], {}, ["a"], 1.234, -1, 10**30, True])
@pytest.mark.parametrize("what", sorted(WHERE))
def test_an_answer_of_another_json_type_is_handed_over(ansokan, formats, what, value):
    leaves, leaf = leaves_with(formats["json"], ansokan, what)
    if type(leaf.value) is type(value) or (what == "second child's days" and value == 5):
        value = "något annat"
    leaf.value = value
    assert NAMED[what][1] in refusal(formats["json"].write(leaves))


def test_the_applicant_is_told_also_of_a_form_that_is_handed_over(one_format, ansokan):
    leaves, leaf = leaves_with(one_format, ansokan, "month")
    leaf.value = "2026-13"
    found = sokande(Original.of(one_format.write(leaves)))
    assert found is not None
    assert found.digits == APPLICANT


def test_an_inbox_is_told_the_applicant_so_that_one_household_is_handled_one_at_a_time(one_format, ansokan, regelverk):
    workflow = EkonomisktBistand(regelverk)
    assert workflow.household(Original.of(one_format.write(one_format.leaves(ansokan)))) == APPLICANT
    assert workflow.household(Original.of(b"<a/>")) is None


def test_a_file_under_another_applications_reference_is_handed_over(ansokan):
    granska_referens(ansokan, "260107")
    with pytest.raises(BusinessError, match="hör till en annan ansökan"):
        granska_referens(ansokan, "260108")


PDF = Attachment(name="lön.pdf", size=9, kind="pdf", sha256="0" * 64)


@pytest.mark.parametrize(
    ("attachments", "reason"),
    [
        ((PDF.model_copy(update={"kind": ""}),), "Bilaga 1 av 1 (i namnordning) är ingen PDF"),
        ((PDF.model_copy(update={"kind": "zip"}),), "är ingen PDF"),
        ((PDF.model_copy(update={"is_file": False}),), "är en länk eller mapp"),
        ((PDF.model_copy(update={"sha256": None, "size": 200_000_000}),), "200 MB och för stor"),
        ((PDF, PDF.model_copy(update={"name": "a\u202efdp.exe"})), "Bilaga 2 av 2 (i namnordning) har styrtecken"),
        ((PDF,) * 300, "300 rader med bilagor; roboten tar högst 100"),
        ((), "nämner 1 bilaga och 0 kom med den"),
        ((PDF.model_copy(update={"name": "annan.pdf"}),), "filnamnen andra"),
    ],
    ids=range(8),
)
def test_attachments_that_are_not_what_they_say_are_handed_over(one_format, ansokan, attachments, reason):
    content = one_format.write(one_format.leaves(ansokan))
    with pytest.raises(BusinessError) as caught:
        las_ansokan(Original.of(content, attachments))
    assert reason in caught.value.message
    assert "lön" not in caught.value.message


def test_attachments_that_are_what_they_say_are_accepted(one_format, ansokan):
    content = one_format.write(one_format.leaves(ansokan))
    assert las_ansokan(Original.of(content, (PDF,))) == ansokan
    assert json.loads(Original.of(content, (PDF,)).model_dump_json())["attachments"][0]["name"] == "lön.pdf"
