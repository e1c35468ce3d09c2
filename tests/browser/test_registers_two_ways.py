"""The registers by the multi-question portal's page, by SSBTEK's XML and from the agencies' own portals: the same facts
about everybody, and the same decision."""

from collections import ChainMap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from registerhushall import HUSHALL, registervarld
from varldsfakta import fall

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.portaler import arbetsformedlingen, forsakringskassan, ssbtek, ssbtek_v10
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Registersvar
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.browser import Browser, PortalSettings, find_browser
from medarbetare.config import config_folder, selectors_folder
from medarbetare.engine import Portal
from medarbetare.errors import AnswerMissing, LoginRefused, PortalError
from medarbetare.services import HttpService, ServiceSettings
from sandkommun import worlds
from sandkommun.running import Running, running

TESTS = Path(__file__).parents[1]


def _world() -> worlds.World:
    """Those about whom every agency has something to say, and households that apply; fk and af by their usual log-ins.

    The family of scenario 7 are among the former.
    """
    people = worlds.load(TESTS / "integration" / "sandkommun" / "registers.yaml")
    household = worlds.load(TESTS / "worlds" / "par.yaml")
    sorts = (people, household, registervarld(utan=("260107",)))
    parts = ("personer", "hushall", "arenden", "inkorg")
    all_of_them: dict[str, Any] = {part: ChainMap(*(getattr(sort, part) for sort in sorts)) for part in parts}
    return people.model_copy(update={**{part: dict(told) for part, told in all_of_them.items()}, "system": {}})


WORLD = _world()
EVERYBODY = {
    key: Personnummer(person.personnummer)
    for key, person in WORLD.personer.items()
    if not any(getattr(person, register.value).svar for register in Register)
}
"""But for those about whom an agency answers differently each time."""
LINN, VERA = (Personnummer(WORLD.personer[key].personnummer) for key in ("linn", "vera"))
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


def secrets(folder: Path, user: str, password: str) -> dict[str, Any]:
    """A log-in as files that settings refer to."""
    for name, secret in (("user", user), ("password", password)):
        (folder / name).write_text(secret, "utf-8")
    return {"user": {"file": folder / "user"}, "password": {"file": folder / "password"}}


def service(
    sandkommun: Running, folder: Path, password: str | None = None, **settings: Any
) -> tuple[HttpService, Turns]:
    account = sandkommun.account("ssbtek")
    described = {
        "name": ssbtek_v10.SERVICE,
        "address": f"{sandkommun.direct('ssbtek')}/soap/ssbtek/v10",
        **secrets(folder, account.user, password or account.password),
        **settings,
    }
    turns = Turns()
    return HttpService(ServiceSettings.model_validate(described), lambda: None, turns), turns


@pytest.fixture(scope="module")
def sandkommun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(WORLD, tmp_path_factory.mktemp("register") / "data") as started:
        yield started


@pytest.fixture(scope="module")
def portals(sandkommun: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Portal]]:
    """The portals by name: by password, by certificate and by a log-in shared with others."""

    def settings(name: Any) -> PortalSettings:
        account = sandkommun.account(name)
        told = {"name": name, "address": sandkommun.address(name), "visibility": {"limit_s": 10}}
        if account.certificate:
            authority = sandkommun.data / "credentials" / "ca.pem"
            told["certificate"] = {"file": account.certificate, "key": account.key, "authority": authority}
        else:
            told |= secrets(tmp_path_factory.mktemp(name), account.user, account.password)
        if name == arbetsformedlingen.PORTAL:
            told["login_address"] = sandkommun.address("inloggning")
        return PortalSettings.model_validate(told)

    described = [settings(one) for one in (ssbtek.PORTAL, forsakringskassan.PORTAL, arbetsformedlingen.PORTAL)]
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("NODE_EXTRA_CA_CERTS", raising=False)
        browser = Browser(
            find_browser(None), described, selectors_folder(), on_progress=lambda: None, on_heal=lambda *healed: None
        )
        yield browser.portal
        browser.close()


@pytest.fixture(scope="module")
def portal(portals: Callable[[str], Portal]) -> Portal:
    """The multi-question portal."""
    return portals(ssbtek.PORTAL)


def by_own(portals: Callable[[str], Portal], person: Personnummer, **otherwise: Any) -> Registersvar:
    """What the two agencies with portals of their own answer there."""
    asked = ASKED | otherwise
    fk = forsakringskassan.fraga(portals(forsakringskassan.PORTAL), person, **asked).fk
    about = {name: asked[name] for name in ("now", "accept_silence")}
    return Registersvar(fk=fk, af=arbetsformedlingen.fraga(portals(arbetsformedlingen.PORTAL), person, **about).af)


def comparable(svar: Registersvar) -> dict[str, Any]:
    """Everything but the way itself, and what by XML cannot be told apart: an error in the agency, known or not."""
    told = {name: answer for name, answer in svar.model_dump(mode="json").items() if answer is not None}
    for answer in told.values():
        del answer["lasning"]
        if answer["kallstatus"] == "BEGRANSAD":
            answer["kallstatus"] = "FELANDE"
    return told


@pytest.mark.parametrize("key", EVERYBODY)
def test_the_facts_are_the_same_whichever_way_they_came(
    key: str, portal: Portal, sandkommun: Running, tmp_path: Path
) -> None:
    by_page = ssbtek.fraga(portal, EVERYBODY[key], list(Register), **ASKED)
    asked, _ = service(sandkommun, tmp_path)
    by_xml = ssbtek_v10.fraga(asked, EVERYBODY[key], list(Register), ingivare=INGIVARE, **ASKED)
    asked.close()
    assert comparable(by_xml) == comparable(by_page)


@pytest.mark.parametrize("key", [key for key in EVERYBODY if not WORLD.personer[key].avviker])
def test_the_agencies_own_portals_tell_the_same_facts_where_they_do_not_contradict_themselves(
    key: str, portal: Portal, portals: Callable[[str], Portal]
) -> None:
    by_page = ssbtek.fraga(portal, EVERYBODY[key], [Register.FK, Register.AF], **ASKED)
    assert comparable(by_own(portals, EVERYBODY[key])) == comparable(by_page)


def test_a_longer_time_is_read_from_as_many_pages_and_years_as_it_takes(
    portal: Portal, portals: Callable[[str], Portal]
) -> None:
    longer = {**ASKED, "fran": date(2025, 12, 1), "till": date(2026, 12, 31)}
    (fk,) = ssbtek.fraga(portal, LINN, [Register.FK], **longer).alla
    own = forsakringskassan.fraga(portals("fk"), LINN, **longer).fk
    assert own is not None
    assert len(own.utbetalningar) == 9
    assert own.model_copy(update={"lasning": fk.lasning}) == fk


def test_an_agency_that_is_down_is_asked_again_and_each_visit_is_one_question(
    portals: Callable[[str], Portal], sandkommun: Running
) -> None:
    for _ in range(2):
        with pytest.raises(AnswerMissing, match="Försäkringskassans portal"):
            by_own(portals, VERA, accept_silence=False)
    answer = by_own(portals, VERA, accept_silence=False).fk
    assert answer is not None
    assert [one.netto for one in answer.utbetalningar] == [900]
    asked = [one for one in sandkommun.facit("fk")["registered"]["fragor"] if one["personnummer"] == VERA.digits]
    assert [one["svar"] for one in asked] == ["OTILLGANGLIG", "FELANDE", "OK"]


DECIDED = {"260106": (), **{reference: rules for reference, (_, rules) in HUSHALL.items() if reference in WORLD.inkorg}}
"""The applications, with the rules that stand in the way."""


@pytest.mark.parametrize("reference", DECIDED)
def test_a_household_gets_the_same_decision_whichever_way_its_facts_came(
    reference: str, portal: Portal, portals: Callable[[str], Portal], sandkommun: Running, tmp_path: Path
) -> None:
    regelverk = load_regelverk(config_folder() / "ekonomiskt_bistand")
    ansokan, facts = fall(WORLD, reference)
    facts = facts.model_copy(update={register.value: () for register in Register})
    questions = Lage(ansokan, facts, regelverk, WORLD.today).fragor
    asked, _ = service(sandkommun, tmp_path)

    def own(person: Personnummer, register: tuple[Register, ...]) -> Registersvar:
        others = [one for one in register if one not in (Register.FK, Register.AF)]
        told = {one.register.value: one for one in by_own(portals, person).alla}
        return ssbtek.fraga(portal, person, others, **ASKED).model_copy(update=told)

    ways: list[Callable[[Personnummer, tuple[Register, ...]], Registersvar]] = [
        lambda person, register: ssbtek.fraga(portal, person, register, **ASKED),
        lambda person, register: ssbtek_v10.fraga(asked, person, register, ingivare=INGIVARE, **ASKED),
        own,
    ]
    by_page, by_xml, by_own_portals = (
        foresla(ansokan, facts.med([way(*question) for question in questions.items()]), regelverk, WORLD.today)
        for way in ways
    )
    asked.close()
    assert len(questions) == len(ansokan.vuxna)
    assert tuple(one.nummer for one in by_page.regler if one.hindrar) == DECIDED[reference]
    assert without_source(by_xml.model_dump()) == without_source(by_page.model_dump())
    assert without_source(by_own_portals.model_dump()) == without_source(by_page.model_dump())


def without_source(told: Any) -> Any:
    """The same without the names of the ways."""
    if isinstance(told, dict):
        return {name: without_source(part) for name, part in told.items() if name != "kalla"}
    return [without_source(part) for part in told] if isinstance(told, list | tuple) else told


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
