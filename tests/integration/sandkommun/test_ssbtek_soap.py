"""SSBTEK's SOAP service as a service: who may ask, what is refused and how, what comes back of the question."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from sandkommun import worlds
from sandkommun.running import Running, running

LINN = "198802189897"
SSBT = "{http://schema.forsakringskassan.se/integration/ssbt/10}"
CODES = ("AF", "CSN", "FK", "SKV", "SO", "TNS", "MIV")


def asking(*codes: str, number: str = LINN, period: str = "2026-10-01", own: str = "", lefi: str = "") -> str:
    """A request; `own`: the a-kassor's own period from that day on."""
    span = "<q:tidsperiod><q:fromDatum>{}</q:fromDatum><q:tomDatum>2026-12-31</q:tomDatum></q:tidsperiod>"
    inside = {"SO": span.format(own) if own else "", "FK": lefi}
    parts = "".join(
        f'<q:{code} inkludera="{str(code in codes).lower()}">{inside.get(code, "")}</q:{code}>' for code in CODES
    )
    return f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<q:hamtaBastjanstInformation xmlns:q="http://schema.forsakringskassan.se/integration/ssbt/10">
<q:generellaFrageparametrar><q:frageTidpunkt>2026-12-01T08:00:00</q:frageTidpunkt><q:korrelationsid>K-1</q:korrelationsid>
<q:fraganSkallInkluderasISvaret>true</q:fraganSkallInkluderasISvaret>
<q:ingivare><q:organisationsnummer>162120000001</q:organisationsnummer><q:namn>Sandkommun</q:namn>
<q:handlaggare>robot</q:handlaggare></q:ingivare><q:personidentitet>{number}</q:personidentitet>
<q:arendeidentitet>AID1</q:arendeidentitet>{span.format(period)}
<q:syfte>Beslut om ekonomiskt bistånd</q:syfte><q:lagtext>SoL</q:lagtext></q:generellaFrageparametrar>
<q:specifikaFrageparametrar>{parts}</q:specifikaFrageparametrar></q:hamtaBastjanstInformation></s:Body></s:Envelope>"""


def lefi_question(text: str) -> str:
    encoded = base64.b64encode(text.encode()).decode()
    return f"<q:fraga><q:aktorsid>1</q:aktorsid><q:lefiJsonFraga>{encoded}</q:lefiJsonFraga></q:fraga>"


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    world = worlds.load(Path(__file__).with_name("registers.yaml"))
    with running(world, tmp_path_factory.mktemp("soap") / "data") as sandkommun:
        yield sandkommun


def post(sandkommun: Running, body: str, password: str | None = None, user: str | None = None) -> tuple[int, bytes]:
    account = sandkommun.account("ssbtek")
    proof = base64.b64encode(f"{user or account.user}:{password or account.password}".encode()).decode()
    headers = {"Content-Type": "text/xml; charset=utf-8", "Authorization": f"Basic {proof}"}
    address = f"{sandkommun.direct('ssbtek')}/soap/ssbtek/v10"
    try:
        with urlopen(Request(address, body.encode(), headers), timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read()
    except HTTPError as refusal:
        return refusal.code, refusal.read()


def text(element: Element, name: str) -> str:
    return next((one.text or "" for one in element.iter() if one.tag.rpartition("}")[2] == name), "")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("inte xml", "SSBT-1001"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "SSBT-1001"),
        ("<x/>", "SSBT-1002"),
        (asking("AF").replace("AID1", ""), "SSBT-1002"),
        (asking("AF", number="19880218"), "SSBT-1003"),
        (asking("AF").replace("ekonomiskt bistånd", "skolskjuts"), "SSBT-1004"),
        (asking(), "SSBT-1005"),
        (asking("FK", lefi=lefi_question("inte json")), "SSBT-1006"),
        (asking("FK", lefi=lefi_question('{"personnummer": "198501289832"}')), "SSBT-1007"),
        (asking("AF", period="2027-01-01"), "SSBT-1008"),
    ],
)
def test_a_request_that_cannot_be_answered_is_a_fault_with_a_code(registers: Running, body: str, code: str) -> None:
    before = len(registers.facit("ssbtek")["registered"]["fragor"])
    status, answer = post(registers, body)
    fault = fromstring(answer)
    assert (status, text(fault, "felkod"), text(fault, "faultcode")) == (500, code, "soap:Client")
    assert LINN not in answer.decode()
    assert len(registers.facit("ssbtek")["registered"]["fragor"]) == before


def test_only_the_agencies_asked_answer_and_the_question_comes_back(registers: Running) -> None:
    answer = fromstring(post(registers, asking("TNS", "SO", own="2026-11-26"))[1])
    data = answer.find(f".//{SSBT}svarsdata")
    assert data is not None
    assert [part.tag.removeprefix(SSBT) for part in data] == ["SO", "TNS"]
    assert (text(answer, "korrelationsid"), text(answer, "frageTidpunkt")) == ("K-1", "2026-12-01T08:00:00")
    assert answer.find(f".//{SSBT}fraga//{SSBT}personidentitet") is not None
    assert (text(answer, "From"), text(answer, "SvarandeOrganisation")) == ("2026-11-26", "Provkassan")
    assert "Utbetalningsdatum" not in {one.tag.rpartition("}")[2] for one in answer.iter()}
    asked = registers.facit("ssbtek")["registered"]["fragor"][-1]
    assert (asked["user"], asked["myndigheter"]) == ("robot", ["SO", "TS"])


@pytest.mark.parametrize(
    ("wanted", "sources"),
    [("", ["FK", "PM"]), ('"utbetalningar": ["FK:BOB", "PM:AP"]', ["FK", "PM"]), ('"beslut": ["FK:BOB"]', ["FK"])],
)
def test_pensionsmyndigheten_is_asked_together_with_forsakringskassan(
    registers: Running, wanted: str, sources: list[str]
) -> None:
    own = lefi_question(f'{{"personnummer": "{LINN}"{", " + wanted if wanted else ""}}}')
    answer = fromstring(post(registers, asking("FK", lefi=own))[1])
    told = base64.b64decode(text(answer, "lefiJsonSvar")).decode()
    assert [code for code in ("FK", "PM") if f'{{"kod": "{code}", "namn"' in told] == sources


def test_nobody_asks_without_a_password_and_many_wrong_ones_lock_the_account(tmp_path: Path) -> None:
    world = worlds.load(Path(__file__).with_name("registers.yaml"))
    with running(world, tmp_path / "data") as sandkommun:
        assert post(sandkommun, asking("AF"))[0] == 200
        assert post(sandkommun, asking("AF"), user="ingen")[0] == 401
        assert [post(sandkommun, asking("AF"), "fel")[0] for _ in range(5)] == [401] * 5
        assert post(sandkommun, asking("AF"))[0] == 401
        assert [one["user"] for one in sandkommun.facit("ssbtek")["requests"]] == ["robot"] + [None] * 7
        assert len(sandkommun.facit("ssbtek")["registered"]["fragor"]) == 1


def test_what_lies_ahead_is_told_when_time_has_come_there_and_a_reset_begins_again(tmp_path: Path) -> None:
    world = worlds.load(Path(__file__).with_name("registers.yaml"))
    down = world.personer["vera"].personnummer

    def lefi(number: str) -> str:
        answer = fromstring(post(sandkommun, asking("FK", number=number))[1])
        return base64.b64decode(text(answer, "lefiJsonSvar")).decode()

    def plan() -> str:
        answer = fromstring(post(sandkommun, asking("CSN"))[1])
        return base64.b64decode(text(answer, "svar")).decode()

    def start(path: str, body: bytes) -> None:
        address = f"{sandkommun.direct('start')}{path}"
        with urlopen(Request(address, body, {"Accept": "application/json"}), timeout=10) as answer:  # noqa: S310
            assert answer.status == 200

    with running(world, tmp_path / "data") as sandkommun:
        first = ("2026-12-20" in lefi(LINN), plan().count("Planerad"), "OTILLGANGLIG" in lefi(down))
        assert first == (False, 1, True)
        start("/tick", b"steg=1month")
        assert ("2026-12-20" in lefi(LINN), plan().count("Planerad"), "OTILLGANGLIG" in lefi(down)) == (True, 0, False)
        start("/reset", b"")
        assert ("2026-12-20" in lefi(LINN), plan().count("Planerad"), "OTILLGANGLIG" in lefi(down)) == first


def test_where_the_portal_is_entered_by_certificate_so_is_the_service(tmp_path: Path) -> None:
    world = worlds.load(Path(__file__).with_name("registers.yaml"))
    certified = worlds.World.model_validate({**world.model_dump(), "system": {"ssbtek": {"inloggning": "certifikat"}}})
    with running(certified, tmp_path / "data") as sandkommun:
        account, trust = sandkommun.account("ssbtek"), sandkommun.trust("ssbtek")
        assert trust is not None
        address = f"{sandkommun.direct('ssbtek')}/soap/ssbtek/v10"
        with pytest.raises(HTTPError, match="401"):
            urlopen(Request(address, asking("AF").encode()), timeout=10, context=trust)  # noqa: S310
        trust.load_cert_chain(str(account.certificate), account.key)
        with urlopen(Request(address, asking("AF").encode()), timeout=10, context=trust) as answer:  # noqa: S310
            assert text(fromstring(answer.read()), "Arbetssokande") == "true"
        assert [one["user"] for one in sandkommun.facit("ssbtek")["requests"]] == [None, "robot"]
