"""The parking permits over HTTP: applications, medical statements, decisions, the register."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.error import HTTPError

import pytest
from pdfminer.high_level import extract_text
from pydantic import ValidationError

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds import World

PARKING: dict[str, Any] = {
    "ansokningar": {
        "7001": {
            "inkommet": "2026-11-24",
            "sokande": "tova",
            "tidigare_tillstand": "2021-00012",
            "beskrivning": "Jag orkar inte gå till vårdcentralen.",
        },
        "7002": {"inkommet": "2026-11-26", "sokande": "kim", "som": "passagerare", "status": "Under utredning"},
        "7003": {"inkommet": "2026-11-30", "sokande": "svea", "underskrift": False},
        "7004": {"inkommet": "2026-12-02", "sokande": "aron"},
    },
    "utlatanden": {
        "7001": {
            "datum": "2026-11-18",
            "lakare": "Lena Läkarsson",
            "vardenhet": "Sandköpings vårdcentral",
            "diagnos": "Artros i båda knäna",
            "gangstracka_m": 60,
            "hjalpmedel": "Rollator",
            "varaktighet_manader": 24,
        }
    },
    "tillstand": {
        "2021-00012": {"innehavare": "tova", "fran": "2021-12-01", "till": "2026-11-30"},
        "2024-00031": {"innehavare": "pia", "fran": "2024-05-01", "till": "2027-04-30"},
        "2025-00040": {
            **{"innehavare": "par", "som": "passagerare", "fran": "2025-01-01", "till": "2027-12-31"},
            **{"aterkallat": "2026-03-01", "skal": "Använt av någon annan"},
        },
    },
}
GRANT = {"beslut": "Bevilja", "giltigt_fran": "2026-12-01", "giltigt_till": "2028-11-30", "motivering": "60 meter."}


def world_of(parking: dict[str, Any]) -> World:
    content = worlds.load("demo").model_dump(mode="json", exclude_defaults=True)
    return World.model_validate({**content, "system": {}, "fel": [], "parkering": parking})


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(world_of(PARKING), tmp_path_factory.mktemp("parkering") / "data") as served:
        yield served


@pytest.fixture
def sandkommun(started: Running, stranger: Callable[..., Any]) -> Running:
    """The world as it began."""
    stranger(started, "start").post("/reset")
    return started


@pytest.fixture
def user(sandkommun: Running, stranger: Callable[..., Any]) -> Any:
    account, visitor = sandkommun.account("parkering"), stranger(sandkommun, "parkering")
    visitor.post("/logga-in", anvandare=account.user, losenord=account.password)
    return visitor


def facts(page: str, table: str) -> dict[str, str]:
    body = re.search(rf'<table class="facts" id="{table}">(.*?)</table>', page, re.DOTALL)
    rows = re.findall(r"<th[^>]*>(.*?)</th><td>(.*?)</td>", body[1] if body else "", re.DOTALL)
    return {label: re.sub(r"<[^>]+>", "", value).strip() for label, value in rows}


def test_applications_that_have_come_are_listed_newest_first_and_by_status(user: Any) -> None:
    assert re.findall(r'href="/ansokningar/(\d+)"', user.get("/ansokningar")) == ["7003", "7002", "7001"]
    assert re.findall(r'href="/ansokningar/(\d+)"', user.get("/ansokningar?status=Under+utredning")) == ["7002"]


def test_an_application_of_another_day_comes_then(user: Any, sandkommun: Running, stranger: Any) -> None:
    with pytest.raises(HTTPError, match="404"):
        user.get("/ansokningar/7004")
    stranger(sandkommun, "start").post("/tick", steg="1d")
    assert "7004" in user.get("/ansokningar")


def test_an_application_shows_what_the_doctor_says_and_the_permits_of_the_person(user: Any) -> None:
    page = user.get("/ansokningar/7001")
    said = facts(page, "utlatande")
    assert (said["Gångsträcka på plan mark"], said["Varaktighet"]) == ("60 meter", "24 månader")
    assert facts(page, "ansokan")["Tidigare tillstånd"] == "2021-00012"
    assert "Utgånget" in page
    text = extract_text(BytesIO(user.fetch("/ansokningar/7001/utlatande.pdf")))
    assert "Artros i båda knäna" in text
    assert "Inget läkarutlåtande" in user.get("/ansokningar/7002")


def test_a_protected_applicants_address_is_not_shown(user: Any) -> None:
    page = user.get("/ansokningar/7003")
    assert facts(page, "sokande")["Adress"] == "Skyddade uppgifter"
    assert "Provvägen" not in page


def test_a_granted_application_becomes_a_permit_and_is_decided_once(user: Any, sandkommun: Running) -> None:
    page = user.post("/ansokningar/7001/beslut", **GRANT)
    number = facts(page, "beslut")["Tillståndsnr"]
    assert number == "2026-00041"
    assert "Giltigt" in facts(user.get(f"/tillstand/{number}"), "tillstand")["Läge"]
    assert "redan beslutad" in user.post("/ansokningar/7001/beslut", **GRANT)
    facit = sandkommun.facit("parkering")
    (decided,) = facit["registered"]["beslut"]
    assert (decided["ansokan"], decided["beslut"], decided["till"], decided["user"]) == (
        *("7001", "Beviljad", "2028-11-30"),
        "robot",
    )
    assert facit["statuses"]["7001"] == "Beslutad"
    assert len(facit["tillstand"]) == 4


def test_a_refused_application_becomes_no_permit(user: Any, sandkommun: Running) -> None:
    page = user.post("/ansokningar/7002/beslut", beslut="Avslå", motivering="Inget läkarutlåtande.")
    assert facts(page, "beslut")["Beslut"] == "Avslagen"
    assert len(sandkommun.facit("parkering")["tillstand"]) == 3


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"beslut": ""}, "beviljas eller avslås"),
        ({"giltigt_fran": "1 december"}, "ÅÅÅÅ-MM-DD"),
        ({"giltigt_till": "2026-11-30"}, "efter giltigt från"),
        ({"giltigt_till": "2031-12-02"}, "högst 5 år"),
        ({"motivering": ""}, "Motivering saknas"),
        ({"beslut": "Avslå"}, "ingen giltighetstid"),
    ],
)
def test_a_wrong_decision_is_told_and_not_saved(
    user: Any, sandkommun: Running, typed: dict[str, str], told: str
) -> None:
    assert told in user.post("/ansokningar/7001/beslut", **(GRANT | typed))
    assert sandkommun.facit("parkering")["registered"]["beslut"] == []


def test_the_register_is_searched_and_a_permit_is_revoked(user: Any, sandkommun: Running) -> None:
    found = user.post("/tillstand", sok="2024-")
    assert re.findall(r'href="/tillstand/([\d-]+)"', found) == ["2024-00031"]
    assert "Ange varför" in user.post("/tillstand/2024-00031/aterkalla", skal="")
    page = user.post("/tillstand/2024-00031/aterkalla", skal="Innehavaren har flyttat.")
    assert facts(page, "tillstand")["Läge"] == "Återkallat"
    (revoked,) = sandkommun.facit("parkering")["registered"]["aterkallelser"]
    assert (revoked["tillstand"], revoked["datum"]) == ("2024-00031", "2026-12-01")


def test_the_status_of_an_open_application_is_changed(user: Any, sandkommun: Running) -> None:
    user.post("/ansokningar/7003/status", status="Väntar på komplettering")
    assert sandkommun.facit("parkering")["statuses"]["7003"] == "Väntar på komplettering"


def test_whoever_has_not_logged_in_meets_the_log_in_page(sandkommun: Running, stranger: Any) -> None:
    page = stranger(sandkommun, "parkering").get("/ansokningar/7001")
    assert "Logga in</h1>" in page
    assert "Artros" not in page


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"utlatanden": {"7009": PARKING["utlatanden"]["7001"]}}, "utlatanden utan ansökan: 7009"),
        ({"ansokningar": {"7001": {"inkommet": "2026-11-24", "sokande": "ingen"}}}, "parkering: personen 'ingen'"),
        ({"tillstand": {"12": PARKING["tillstand"]["2021-00012"]}}, "pattern"),
    ],
)
def test_a_world_that_contradicts_itself_is_refused(part: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        world_of(part)
