"""The robot at the log-ins of the practice municipality: single sign-on, certificate, and what only a person can do."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler import arbetsformedlingen
from medarbetare.browser import Browser, PortalSettings, find_browser
from medarbetare.config import selectors_folder
from medarbetare.errors import PortalError
from sandkommun import worlds
from sandkommun.running import running

WORLD = {"today": "2026-12-01", "personer": {}, "hushall": {}}


@contextmanager
def portal_of(sandkommun, name, **otherwise):
    """The robot's portal for a system, configured as the system wants it, or otherwise."""
    account = sandkommun.account(name)
    settings = {"name": name, "visibility": {"limit_s": 1}}
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("NODE_EXTRA_CA_CERTS", raising=False)
        if account.certificate:
            authority = str(sandkommun.data / "credentials" / "ca.pem")
            settings["certificate"] = {"file": account.certificate, "key": account.key, "authority": authority}
        else:
            environment.setenv("PROV_USER", account.user)
            environment.setenv("PROV_PASSWORD", account.password)
            settings |= {"user": {"env": "PROV_USER"}, "password": {"env": "PROV_PASSWORD"}}
            settings["login_address"] = sandkommun.address("inloggning")
        settings |= {"address": sandkommun.address(name), **otherwise}
        portals = [PortalSettings.model_validate(settings)]
        browser = Browser(find_browser(), portals, selectors_folder(), on_progress=ignored, on_heal=ignored)
        yield browser.portal(name)
        browser.close()


def ignored(*_):
    """What the robot tells of its progress."""


def posts(sandkommun, name):
    return [one for one in sandkommun.facit(name)["requests"] if one["method"] == "POST"]


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    with running(worlds.World.model_validate(WORLD), tmp_path_factory.mktemp("log-in") / "data") as sandkommun:
        yield sandkommun


@pytest.mark.parametrize("name", ["fk", "af"])
def test_the_robot_is_let_in(calm, name):
    with portal_of(calm, name) as portal:
        assert portal.page("sok").has("personnummer")
    assert calm.facit(name)["requests"][-1]["user"] == "robot"


def test_a_portal_whose_certificate_nobody_vouches_for_is_not_used(calm):
    account = calm.account("fk")
    mine = {"file": account.certificate, "key": account.key}
    with portal_of(calm, "fk", certificate=mine) as portal, pytest.raises(PortalError):
        portal.page("sok")


def test_the_password_is_typed_at_the_configured_host_only(calm):
    before = posts(calm, "inloggning")
    with portal_of(calm, "af", login_address=None) as portal, pytest.raises(PortalError):
        portal.page("sok")
    assert posts(calm, "inloggning") == before


def test_a_forced_change_of_password_is_left_to_a_person_and_no_log_in_follows(tmp_path):
    fault = {"fel": "byt_losenord", "system": "inloggning", "antal": "alltid"}
    world = worlds.World.model_validate({**WORLD, "fel": [fault]})
    with running(world, tmp_path / "data") as sandkommun, portal_of(sandkommun, "af") as portal:
        for told in ("en människa måste", "avvisades tidigare"):
            with pytest.raises(PortalError, match=told):
                portal.page("sok")
        assert len(posts(sandkommun, "inloggning")) == 1


def test_what_is_asked_while_the_log_in_is_renewed_in_silence_is_asked_again(tmp_path):
    fault = {"fel": "sso_get", "system": "af", "sida": "/sok"}
    world = worlds.World.model_validate({**WORLD, "fel": [fault]})
    asked = {"now": datetime(2026, 12, 1, 6, tzinfo=UTC), "accept_silence": False}
    nobody = Personnummer("199001259887")
    with running(world, tmp_path / "data") as sandkommun, portal_of(sandkommun, "af") as portal:
        with pytest.raises(PortalError, match="Arbetsförmedlingens portal lämnade inget svar"):
            arbetsformedlingen.fraga(portal, nobody, **asked)
        assert arbetsformedlingen.fraga(portal, nobody, **asked).af.arbetssokande is False
