"""The registers by the multi-question portal's page and by SSBTEK's XML: the same facts about everybody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler import ssbtek, ssbtek_v10
from arbetsfloden.ekonomiskt_bistand.registersvar import Register, Registersvar
from medarbetare.browser import Browser, PortalSettings, find_browser
from medarbetare.config import selectors_folder
from medarbetare.errors import LoginRefused, PortalError
from medarbetare.services import HttpService, ServiceSettings
from sandkommun import worlds
from sandkommun.running import Running, running

WORLD = Path(__file__).parents[1] / "integration" / "sandkommun" / "registers.yaml"
PEOPLE = worlds.load(WORLD).personer
EVERYBODY = {
    key: Personnummer(person.personnummer)
    for key, person in PEOPLE.items()
    if not any(getattr(person, register.value).svar for register in Register)
}
"""But for those about whom an agency answers differently each time."""
ASKED: dict[str, Any] = {
    "fran": date(2026, 9, 1),
    "till": date(2026, 12, 1),
    "now": datetime(2026, 12, 1, 6, tzinfo=UTC),
    "accept_silence": True,
}
INGIVARE = ssbtek_v10.Ingivare("162120000001", "Sandkommun", "robot")


class Turns:
    """The right to log in, as often as it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    @contextmanager
    def __call__(self, service: str) -> Iterator[Callable[[], None]]:
        self.taken += 1
        yield lambda: None


def service(
    sandkommun: Running, folder: Path, password: str | None = None, **settings: Any
) -> tuple[HttpService, Turns]:
    account = sandkommun.account("ssbtek")
    for name, secret in (("user", account.user), ("password", password or account.password)):
        (folder / name).write_text(secret, "utf-8")
    described = {
        "name": ssbtek_v10.SERVICE,
        "address": f"{sandkommun.direct('ssbtek')}/soap/ssbtek/v10",
        "user": {"file": folder / "user"},
        "password": {"file": folder / "password"},
        **settings,
    }
    turns = Turns()
    return HttpService(ServiceSettings.model_validate(described), lambda: None, turns), turns


@pytest.fixture(scope="module")
def sandkommun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(WORLD, tmp_path_factory.mktemp("register") / "data") as started:
        yield started


@pytest.fixture(scope="module")
def portal(sandkommun: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder, account = tmp_path_factory.mktemp("hemligheter"), sandkommun.account("ssbtek")
    for name, secret in (("user", account.user), ("password", account.password)):
        (folder / name).write_text(secret, "utf-8")
    settings = PortalSettings.model_validate(
        {
            "name": ssbtek.PORTAL,
            "address": sandkommun.address("ssbtek"),
            "user": {"file": folder / "user"},
            "password": {"file": folder / "password"},
            "visibility": {"limit_s": 10},
        }
    )
    browser = Browser(
        find_browser(None), [settings], selectors_folder(), on_progress=lambda: None, on_heal=lambda *healed: None
    )
    yield browser.portal(ssbtek.PORTAL)
    browser.close()


def comparable(svar: Registersvar) -> dict[str, Any]:
    """Everything but what by XML cannot be told apart: an error in the agency, known or not."""
    told = svar.model_dump(mode="json")
    for answer in told.values():
        if answer["kallstatus"] == "BEGRANSAD":
            answer["kallstatus"] = "FELANDE"
    return told


@pytest.mark.parametrize("key", EVERYBODY)
def test_the_facts_are_the_same_whichever_way_they_came(
    key: str, portal: Any, sandkommun: Running, tmp_path: Path
) -> None:
    by_page = ssbtek.fraga(portal, EVERYBODY[key], list(Register), **ASKED)
    asked, _ = service(sandkommun, tmp_path)
    by_xml = ssbtek_v10.fraga(asked, EVERYBODY[key], list(Register), ingivare=INGIVARE, **ASKED)
    asked.close()
    assert comparable(by_xml) == comparable(by_page)


def test_a_refused_password_costs_one_attempt_and_says_so(sandkommun: Running, tmp_path: Path) -> None:
    wrong, turns = service(sandkommun, tmp_path, password="fel")
    with pytest.raises(LoginRefused, match=r"godtar inte robotens inloggning \(HTTP 401\)"):
        wrong.ask(b"<x/>", content_type="text/xml")
    assert turns.taken == 1


def test_a_service_that_knows_the_robot_is_asked_without_another_turn(sandkommun: Running, tmp_path: Path) -> None:
    asked, turns = service(sandkommun, tmp_path)
    assert [asked.ask(b"inte xml", content_type="text/xml").status for _ in range(3)] == [500, 500, 500]
    assert turns.taken == 1
    asked.close()


def test_a_service_that_cannot_be_reached_is_told_without_its_address(sandkommun: Running, tmp_path: Path) -> None:
    gone, _ = service(sandkommun, tmp_path, address="http://127.0.0.1:9/soap")
    with pytest.raises(PortalError, match="Tjänsten ssbtek_v10 går inte att nå") as refused:
        gone.ask(b"<x/>", content_type="text/xml")
    assert "127.0.0.1" not in refused.value.message
