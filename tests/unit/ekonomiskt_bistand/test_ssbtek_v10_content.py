"""What answers of SSBTEK v10 may hold beside the ordinary, and what is refused, told by agency and part."""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ssbtek_svar import REAL, answer, part

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10 import Ingivare, fraga
from arbetsfloden.ekonomiskt_bistand.register import registersvar as svar
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Registersvar
from medarbetare.engine import Reply
from medarbetare.errors import PortalError


def short(value: object) -> str:
    """The name of a parameter: answers are too long for one."""
    return value if isinstance(value, str) and len(value) < 60 else "svar"


def changed(agency: str, what: str, to: str) -> bytes:
    """The real answer with a text of one agency's part, or of the document in base64 there, replaced by another."""
    before = part(agency)
    coded = re.search(r"<ssbt:(svar|lefiJsonSvar)>(.*?)</", before)
    inside = base64.b64decode(coded[2]).decode() if coded else before
    assert what in inside
    after = inside.replace(what, to)
    return answer(**{agency: before.replace(coded[2], encoded(after)) if coded else after})


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def lefi(**document: object) -> bytes:
    """The real answer with another LEFI document, where both insurers answer."""
    sources = [{"utlamnare": {"kod": code}, "tillstand": {"kod": "OK"}} for code in ("FK", "PM")]
    return written_in_lefi(json.dumps({"utlamnare": sources, **document}))


def written_in_lefi(text: str) -> bytes:
    data = f"<ssbt:data><ssbt:lefiJsonSvar>{encoded(text)}</ssbt:lefiJsonSvar></ssbt:data>"
    return answer(FK=f"<ssbt:FK>{data}</ssbt:FK>")


def failed(agency: str, source: str, code: str) -> bytes:
    told = (
        f"<ssbt:kalla>{source}</ssbt:kalla><ssbt:felkod>{code}</ssbt:felkod><ssbt:felmeddelande>x</ssbt:felmeddelande>"
    )
    return answer(**{agency: f"<ssbt:{agency}><ssbt:error>{told}</ssbt:error></ssbt:{agency}>"})


@dataclass
class Canned:
    """A service with one answer."""

    body: bytes
    status: int = 200
    name: str = "ssbtek_v10"

    def ask(self, body: bytes, *, content_type: str) -> Reply:
        return Reply(self.status, self.body)


def ask(service: Canned, *registers: Register, accept_silence: bool = False) -> Registersvar:
    return fraga(
        *(service, Personnummer("199001259887"), registers or tuple(Register)),
        ingivare=Ingivare("162120000001", "Sandkommun", "robot"),
        fran=date(2026, 10, 1),
        till=date(2026, 12, 31),
        now=datetime(2026, 12, 1, 8, tzinfo=UTC),
        accept_silence=accept_silence,
    )


# --- What LEFI may say ------------------------------------------------------------------------------------------------

SPAN = {"fran": "2026-11", "till": "2026-11"}
OWN = {"id": "SJP", "beskrivning": "Sjukpenning"}


def kronor(amount: object) -> dict[str, object]:
    return {"summa": amount, "valuta": "SEK"}


def paid(*details: dict[str, object], **other: object) -> dict[str, object]:
    return {
        "typ": {"id": 2},
        "formansfamilj": {"id": "DAG", "beskrivning": "Dagersättning"},
        "datum": "2026-11-25",
        "period": SPAN,
        "bruttobelopp": kronor(9000),
        "skattebelopp": kronor(2000),
        "avdragsbelopp": kronor(3000),
        "nettobelopp": kronor(6000),
        "utbetalningsdetalj": [{"forman": OWN, "beloppstyp": OWN, "bruttobelopp": kronor(9000)}, *details],
        **other,
    }


def with_gross(written: str) -> bytes:
    """A payment whose gross amount is written so."""
    source = {"utlamnare": {"kod": "FK"}, "tillstand": {"kod": "OK"}}
    document = {"utlamnare": [source], "formansinformation": {"utbetalningsuppgift": [paid(bruttobelopp=kronor(777))]}}
    return written_in_lefi(json.dumps(document).replace("777", written))


def payments_of(document: bytes, register: Register = Register.FK) -> tuple[svar.Utbetalning, ...]:
    told = ask(Canned(document), register).alla[0]
    assert isinstance(told, svar.Formanssvar)
    return told.utbetalningar


def test_försäkringskassan_s_deductions_are_told_without_the_tax_that_their_total_counts() -> None:
    seized = {"forman": OWN, "beloppstyp": {"id": "INF"}, "avdragsbelopp": kronor(600)}
    (payment,) = payments_of(lefi(formansinformation={"utbetalningsuppgift": [paid(seized)]}))
    assert (payment.skatt, payment.netto, payment.typ) == (Decimal(2000), Decimal(6000), 2)
    assert payment.avdrag == (*(svar.Avdrag(kod="INF", belopp=Decimal(600)), svar.Avdrag(kod="", belopp=Decimal(400))),)
    assert (payment.period_fran, payment.period_till) == (date(2026, 11, 1), date(2026, 11, 30))


def test_what_is_announced_is_presumed_and_a_payment_of_several_benefits_is_called_by_all() -> None:
    other = {"forman": {"id": "X", "beskrivning": "Rehabiliteringspenning"}, "beloppstyp": OWN}
    (payment,) = payments_of(lefi(formansinformation={"preliminarautbetalningar": [paid(other, typ={"id": 1})]}))
    assert (payment.typ, payment.forman) == (
        svar.Utbetalningstyp.PRESUMERAD,
        "Sjukpenning, Rehabiliteringspenning",
    )


def test_a_pension_whose_kind_is_not_told_is_no_ordinary_payment() -> None:
    row = {
        "formansgrupp": {"kod": "PM:EF", "beskrivning": "Efterlevandeförmåner"},
        "utbetalningsforman": {"kod": "PM:EP", "beskrivning": "Efterlevandepension"},
        "beloppstyp": {"kod": "PM:ANKEP", "beskrivning": "Änkepension"},
        "belopp": 4135,
    }
    kinds = {"PM:PS": -1000, "PM:UTMATNING": -135}
    payment = {
        "utbetalningsdatum": "2026-11-18",
        "bruttobelopp": 4135,
        "nettobelopp": 3000,
        "avdrag": [{"belopp": amount, "avdragstyp": {"kod": kind}} for kind, amount in kinds.items()],
        "utbetalningsrader": [row],
    }
    (told,) = payments_of(lefi(utbetalningar=[payment]), Register.PM)
    assert told.typ not in set(svar.Utbetalningstyp)
    assert (told.skatt, told.avdrag) == (Decimal(1000), (svar.Avdrag(kod="UTMATNING", belopp=Decimal(135)),))


def test_only_what_is_not_decided_is_waited_for() -> None:
    group = {"kod": "PM:AP", "beskrivning": "Allmän pension"}
    claims = [{"ankomstdatum": day, "formansgrupp": group} for day in ("2026-09-01", "2026-11-20")]
    cases = [
        {"startades": "2026-11-02", **one} for one in ({"aktivt": False}, {"avslaget": True}, {"beslut": [{}]}, {})
    ]
    document = lefi(
        formansinformation={"vardbidragsarende": cases},
        ansprak=claims,
        beslut=[{"beslutsdatum": "2026-10-10", "formansgrupp": group}],
    )
    told = ask(Canned(document), Register.FK, Register.PM)
    assert told.fk is not None
    assert told.pm is not None
    assert told.fk.vantande == (svar.VantandeArende(forman="Vårdbidrag", inkommet=date(2026, 11, 2)),)
    assert told.pm.vantande == (svar.VantandeArende(forman="Allmän pension", inkommet=date(2026, 11, 20)),)


def test_a_negative_amount_is_carried_as_it_stands() -> None:
    (payment,) = payments_of(lefi(formansinformation={"utbetalningsuppgift": [paid(bruttobelopp=kronor(-9000.5))]}))
    assert payment.brutto == Decimal("-9000.50")


@given(ore=st.integers(-(10**11) + 1, 10**11 - 1))
def test_an_amount_with_two_decimals_is_read_to_the_öre(ore: int) -> None:
    written = f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02}"
    exact = Decimal(ore).scaleb(-2)
    benefit = ask(Canned(changed("SO", ">1250.50<", f">{written}<")), Register.SO).so
    assert benefit is not None
    assert {(one.netto_efter_skatt, one.netto_efter_avdrag) for one in benefit.utbetalningar} == {(exact, exact)}
    (payment,) = payments_of(with_gross(written))
    assert payment.brutto == exact


# --- Bad content ------------------------------------------------------------------------------------------------------

PAYMENT = "utbetalningsuppgift"
FAULT = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
<faultcode>s:Client</faultcode><faultstring>199001259887</faultstring>
<detail><f:f xmlns:f="x"><f:felkod>{}</f:felkod></f:f></detail></s:Fault></s:Body>
</s:Envelope>"""
BOMB = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (changed("AF", "199001259887", "199105159892"), "Arbetsförmedlingen .* inte den person"),
        (changed("CSN", "9001259887", "9105159892"), "CSN .* inte den person"),
        (changed("CSN", 'sekel="19"', 'sekel="20"'), "CSN .* inte den person"),
        (changed("SKV", "199001259887", "199105159892"), "Skatteverket .* inte den person"),
        (changed("SO", "199001259887", "199105159892"), "A-kassan .* inte den person"),
        (changed("MIV", "199001259887", "199105159892"), "Migrationsverket .* inte den person"),
        (
            lefi(formansinformation={"generellPersoninformation": [{"personnummer": "199105159892"}]}),
            "Försäkringskassan .* inte den person",
        ),
        (
            REAL.replace("<ssbt:svarsdata>", "<ssbt:korrelationsid>1</ssbt:korrelationsid><ssbt:svarsdata>"),
            "annan fråga",
        ),
        (REAL.replace("<ssbt:svarsdata>", "<x>").replace("</ssbt:svarsdata>", "</x>"), "saknar svarsdata"),
        (changed("AF", "2016-11-18+01:00", "2016-13-18"), "datum i ArbetssokandeRegistrerad"),
        (changed("AF", ">true<", ">kanske<"), "ja eller nej i Arbetssokande"),
        (changed("SO", "1250.50", "1 250,50"), "belopp i NettoEfterSkatt"),
        (changed("SO", "in:Ersattningsdagar", "in:Dagar"), "saknar Ersattningsdagar"),
        (changed("SO", "<in:SvarandeOrganisation>", "<in:Ansokt/><in:SvarandeOrganisation>"), "okända delen Ansokt"),
        (changed("TNS", ">2012<", ">tolv<"), "heltal i fordonsar"),
        (changed("MIV", ">PERMANENT<", ">EVIG<"), "okänd giltighetstid"),
        (changed("SKV", "<PersonuppgiftLista>", "<Personuppgiftlista"), "Skatteverket .* inte XML"),
        (changed("SKV", '<?xml version="1.0" encoding="UTF-8"?>', BOMB), "Skatteverket .* inte XML"),
        (changed("CSN", "<Personer>", "<Personer><Person/>"), "Person två gånger"),
        (changed("CSN", "<CSNSvar", BOMB), "CSN .* inte XML"),
        (
            answer(CSN="<ssbt:CSN><ssbt:data><ssbt:svar>å, inte base64</ssbt:svar></ssbt:data></ssbt:CSN>"),
            "base64 i svar",
        ),
        (answer(TNS="<ssbt:TNS/>"), "Transportstyrelsen .* saknar data"),
        (written_in_lefi("{"), "Försäkringskassan .* inte JSON"),
        (written_in_lefi("[" * 100_000), "inte JSON"),
        (written_in_lefi("[]"), "objekt i lefiJsonSvar"),
        (lefi(utbetalningar2=[]), "okända delen utbetalningar"),
        (lefi(formansinformation={"nyforman": [{}]}), "okända delen nyforman"),
        (lefi(formansinformation={PAYMENT: [paid(nettobelopp=kronor("6000"))]}), "belopp i kronor och ören i summa"),
        (lefi(formansinformation={PAYMENT: [paid(nettobelopp=kronor(1e12))]}), "belopp i kronor och ören i summa"),
        (lefi(formansinformation={PAYMENT: [paid(nettobelopp=kronor(0.005))]}), "belopp i kronor och ören i summa"),
        (lefi(formansinformation={PAYMENT: [paid(nettobelopp=kronor(float("nan")))]}), "inte JSON"),
        (with_gross("1e-999999999"), "belopp i kronor och ören i summa"),
        (with_gross("1e999999999"), "belopp i kronor och ören i summa"),
        (with_gross("9" * 5000), "inte JSON"),
        (lefi(formansinformation={PAYMENT: [paid(nettobelopp={"summa": 1, "valuta": "EUR"})]}), "annan valuta"),
        (lefi(formansinformation={PAYMENT: [paid(bruttobelopp=None)]}), "saknar bruttobelopp"),
        (lefi(formansinformation={PAYMENT: [paid(utbetalningsdetalj=[])]}), "utbetalning utan förmån"),
        (FAULT.format("SSBT-1004"), r"tog inte emot frågan \(felkod SSBT-1004\)"),
        (FAULT.format("199001259887"), r"tog inte emot frågan \(felkod s:Client\)"),
        (BOMB, "tjänsten .* inte XML"),
        ("<a>" * 100 + "</a>" * 100, "tjänsten .* inte XML"),
        ("<html>", "tjänsten .* inte XML"),
        ("", "tjänsten .* inte XML"),
        (" " * 10_000_001, "större än något svar"),
    ],
    ids=short,
)
def test_an_answer_that_is_not_as_agreed_is_told_without_a_number(body: bytes | str, why: str) -> None:
    with pytest.raises(PortalError, match=why) as told:
        ask(Canned(body if isinstance(body, bytes) else body.encode()))
    assert told.value.portal == "ssbtek_v10"
    assert re.search("[0-9]{6}", str(told.value)) is None


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"", 401, "HTTP 401"),
        (b"<html><body>Internt fel</body></html>", 500, "HTTP 500"),
        (REAL.encode(), 503, "HTTP 503"),
        (FAULT.format("SSBT-1003").encode(), 500, "felkod SSBT-1003"),
    ],
)
def test_a_service_that_refuses_or_breaks_says_which_way(body: bytes, status: int, why: str) -> None:
    with pytest.raises(PortalError, match=why):
        ask(Canned(body, status))


@pytest.mark.parametrize(
    ("body", "register", "kallstatus"),
    [
        (failed("SO", "BT", "SO-21"), Register.SO, "FELANDE"),
        (failed("SKV", "SSBT", "SSBT-504"), Register.SKV, "OTILLGANGLIG"),
        (failed("MIV", "NY", "NY-1"), Register.MIV, "NY-1"),
        (failed("FK", "SSBT", "SSBT-504"), Register.PM, "OTILLGANGLIG"),
        (changed("AF", "Kod>0<", "Kod>7<"), Register.AF, "7"),
        (changed("SO", "all clear", "9"), Register.SO, "9"),
        (changed("CSN", "Kod>0<", "Kod>12<"), Register.CSN, "12"),
        (changed("SKV", ">999<", ">1<"), Register.SKV, "1"),
        (changed("TNS", ">OK<", ">FEL<"), Register.TS, "FEL"),
        (changed("FK", '"OK"', '"BEGRANSAD"'), Register.FK, "BEGRANSAD"),
    ],
)
def test_an_agency_in_any_other_state_than_answering_is_not_checkable(
    body: bytes, register: Register, kallstatus: str
) -> None:
    (told,) = ask(Canned(body), register, accept_silence=True).alla
    assert (told.status, told.kallstatus, told.skyddad) == (Svarsstatus.EJ_KONTROLLERBART, kallstatus, False)


def test_a_permit_that_a_later_decision_may_have_ended_is_none() -> None:
    revoked = "<svar><beslutsKod>ÅTK</beslutsKod><beslutsdatum>{}</beslutsdatum></svar></svarCollection>"
    for day, permits in (("1997-01-01", 1), ("2026-01-01", 0)):
        told = ask(Canned(changed("MIV", "</svarCollection>", revoked.format(day))), Register.MIV).miv
        assert told is not None
        assert (told.status, len(told.tillstand)) == (Svarsstatus.SVAR, permits)
