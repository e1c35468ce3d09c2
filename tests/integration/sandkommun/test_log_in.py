"""The four kinds of log-in, and what an account goes through: refused, locked, made to change its password."""

import json
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from sandkommun import worlds
from sandkommun.entrances.accounts import Account
from sandkommun.running import Running, running

WRONG = "Felaktigt användarnamn eller lösenord."
LOCKED = "Kontot är spärrat"
NEW = "ett-nytt-ord-att-minnas"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Every kind of log-in, in systems that the kind is not usual in."""
    world = worlds.load("demo").model_dump()
    kinds = {"etjanst": "engangskod", "folkbokforing": "sso", "ssbtek": "certifikat", "fk": "losenord"}
    system: dict[str, dict[str, Any]] = {name: {"inloggning": kind} for name, kind in kinds.items()}
    system["parkering"] = {"vanor": {"sparrar_konto_efter": 2}}
    faults = [
        {"fel": "konto_sparrat", "system": "fk", "gang": 2},
        {"fel": "byt_losenord", "system": "inloggning"},
        {"fel": "byt_losenord", "system": "verksamhet", "sida": "/login.do"},
    ]
    stubborn = worlds.World.model_validate({**world, "system": system, "fel": faults})
    with running(stubborn, tmp_path_factory.mktemp("log-in") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture
def town(served: Running, web: Any) -> Running:
    """The systems as they were at the start."""
    web(served).post(f"{served.address('start')}/reset", headers={"Accept": "application/json"})
    return served


@pytest.fixture
def visitor(town: Running, web: Any) -> Any:
    return web(town)


def log_in(visitor: Any, town: Running, system: Any, password: str = "", user: str = "robot") -> Any:
    account = town.account(system, user)
    address = f"{town.address(system)}/logga-in"
    return visitor.post(address, anvandare=user, losenord=password or account.password)


def passwords(town: Running, system: str) -> list[str]:
    return [town.account(system, user).password for user in ("robot", "handlaggare")]  # type: ignore[arg-type]


# By password.


def test_a_right_password_leads_in_and_a_wrong_one_does_not(visitor: Any, town: Running) -> None:
    assert WRONG in log_in(visitor, town, "parkering", "fel").text
    assert WRONG in visitor.post(f"{town.address('parkering')}/logga-in", anvandare="ingen", losenord="fel").text
    assert log_in(visitor, town, "parkering").address == f"{town.address('parkering')}/ansokningar"
    visitor.get(f"{town.address('parkering')}/logga-ut")
    assert 'type="password"' in visitor.get(f"{town.address('parkering')}/ansokningar").text


def test_an_account_is_locked_after_so_many_refused_log_ins_in_a_row(visitor: Any, town: Running) -> None:
    assert WRONG in log_in(visitor, town, "parkering", "fel").text
    log_in(visitor, town, "parkering")
    assert WRONG in log_in(visitor, town, "parkering", "fel").text
    assert LOCKED in log_in(visitor, town, "parkering", "fel").text
    assert LOCKED in log_in(visitor, town, "parkering").text
    assert log_in(visitor, town, "parkering", user="handlaggare").address.endswith("/ansokningar")
    locked = next(one for one in town.facit("parkering")["changes"] if one["content"].get("sparrat"))
    assert {"kind": "konto", "key": "robot", "user": "robot"}.items() <= locked.items()
    visitor.post(f"{town.address('start')}/reset")
    assert log_in(visitor, town, "parkering").address.endswith("/ansokningar")


def test_konto_sparrat_locks_the_account_though_the_password_is_right(visitor: Any, town: Running) -> None:
    assert log_in(visitor, town, "fk").address.endswith("/sok")
    visitor.get(f"{town.address('fk')}/logga-ut")
    assert LOCKED in log_in(visitor, town, "fk").text
    assert LOCKED in log_in(visitor, town, "fk").text
    assert [row["fel"] for row in town.facit("fk")["requests"] if row["fel"]] == [["konto_sparrat"]]


# With a one-time code.


def test_a_one_time_code_is_asked_for_after_the_password(visitor: Any, town: Running) -> None:
    inbox, account = f"{town.address('etjanst')}/inkorg", town.account("etjanst")
    assert "Engångskod" in log_in(visitor, town, "etjanst").text
    assert visitor.get(inbox).address.endswith("/logga-in")
    assert "Felaktig engångskod." in visitor.post(f"{town.address('etjanst')}/kod", kod="000000").text
    assert 'name="losenord"' in visitor.post(f"{town.address('etjanst')}/kod", kod=account.code()).text
    log_in(visitor, town, "etjanst")
    assert visitor.post(f"{town.address('etjanst')}/kod", kod=account.code()).address == inbox


def test_a_person_s_code_is_told_for_each_system_that_wants_one(town: Running) -> None:
    ask = [sys.executable, "-m", "sandkommun", "kod", "--data", str(town.data), "--system"]
    told = subprocess.run([*ask, "etjanst"], capture_output=True, text=True, timeout=20)
    assert town.account("etjanst", "handlaggare").proves(told.stdout)
    refused = subprocess.run([*ask, "parkering"], capture_output=True, text=True, timeout=20)
    assert (refused.returncode, "inte in med engångskod" in refused.stderr) == (1, True)


def test_wrong_codes_lock_the_account_too(visitor: Any, town: Running) -> None:
    for _ in range(5):
        log_in(visitor, town, "etjanst")
        refused = visitor.post(f"{town.address('etjanst')}/kod", kod="000000")
    assert LOCKED in refused.text
    assert LOCKED in log_in(visitor, town, "etjanst").text


def test_byt_losenord_lets_nobody_in_before_the_password_is_another(visitor: Any, town: Running) -> None:
    address, account = town.address("verksamhet"), town.account("verksamhet")
    change, old = f"{address}/byt.do", account.password
    asked = visitor.post(f"{address}/login.do", anv="robot", los=old)
    assert 'name="nytt"' in asked.text
    assert 'name="inloggning"' in visitor.get(f"{address}/ram.do").text
    assert 'name="inloggning"' in visitor.post(f"{address}/kod.do", kod=account.code()).text
    for wrong in ({"gammalt": "fel"}, {"upprepat": "något annat"}, {"nytt": "kort", "upprepat": "kort"}):
        again = visitor.post(change, **({"gammalt": old, "nytt": NEW, "upprepat": NEW} | wrong))
        assert 'name="nytt"' in again.text
        assert town.account("verksamhet").password == old
    visitor.post(change, gammalt=old, nytt=NEW, upprepat=NEW)
    assert town.account("verksamhet").password == NEW
    assert stat.S_IMODE((town.data / "credentials" / "verksamhet.json").stat().st_mode) == 0o600
    assert visitor.post(f"{address}/kod.do", kod=account.code()).address.endswith("/ram.do")
    assert NEW not in json.dumps(town.facit())
    visitor.post(f"{town.address('start')}/reset")
    assert town.account("verksamhet").password == old


# Through the common log-in.


def test_one_common_log_in_opens_every_system_that_trusts_it(visitor: Any, town: Running) -> None:
    register, common = town.address("folkbokforing"), town.address("inloggning")
    met = visitor.get(f"{register}/sok?fraga=1")
    assert met.address.startswith(f"{common}/sso?")
    onwards = f"/sso?system=folkbokforing&till={'%2Fsok%3Ffraga%3D1'}"
    fields = {"anvandare": "robot", "losenord": town.account("folkbokforing").password, "vidare": onwards}
    asked = visitor.post(f"{common}/logga-in", **fields)
    assert 'name="nytt"' in asked.text, "byt_losenord hits the common log-in too"
    fields = {"gammalt": town.account("af").password, "nytt": NEW, "upprepat": NEW, "vidare": onwards}
    assert visitor.post(f"{common}/byt-losenord", **fields).address == f"{register}/sok?fraga=1"
    assert [town.account(one).password for one in ("folkbokforing", "af", "inloggning")] == [NEW] * 3
    assert visitor.get(f"{town.address('af')}/sok").address == f"{town.address('af')}/sok"
    assert [row["system"] for row in town.facit("inloggning")["registered"]["biljetter"]] == ["folkbokforing", "af"]


@pytest.fixture
def known(visitor: Any, town: Running) -> Any:
    """Somebody whom the common log-in knows."""
    common = town.address("inloggning")
    log_in(visitor, town, "inloggning")
    visitor.post(f"{common}/byt-losenord", gammalt=town.account("af").password, nytt=NEW, upprepat=NEW)
    return visitor


def test_a_lost_session_is_renewed_in_silence_and_the_page_comes_again(known: Any, town: Running) -> None:
    register = town.address("folkbokforing")
    known.get(f"{register}/sok")
    known.cookies.pop(register.partition("//")[2])
    assert known.get(f"{register}/sok?sida=2").address == f"{register}/sok?sida=2"


def test_what_is_posted_without_a_session_comes_back_as_a_page_and_saves_nothing(known: Any, town: Running) -> None:
    register = town.address("folkbokforing")
    person = worlds.load("demo").personer["tova"].personnummer
    known.get(f"{register}/sok")
    known.cookies.pop(register.partition("//")[2])
    page = known.post(f"{register}/sok", personnummer=person, headers={"Referer": f"{register}/sok?fran=menyn"})
    assert page.address == f"{register}/sok?fran=menyn"
    assert 'id="person"' not in page.text
    assert town.facit("folkbokforing")["registered"]["sokningar"] == []


def test_a_ticket_is_good_once_for_one_system_on_one_day(known: Any, town: Running, web: Any) -> None:
    register, common = town.address("folkbokforing"), town.address("inloggning")

    def ticket() -> str:
        sent = known.get(f"{common}/sso?system=folkbokforing&till=/sok", follow=False)
        return str(sent.headers["Location"])

    used = ticket()
    assert web(town).get(used).address == f"{register}/sok"
    again = web(town).get(used)
    assert (again.status, "gäller inte längre" in again.text) == (403, True)
    assert web(town).get(ticket().replace(register, town.address("af"))).status == 403
    old = ticket()
    known.post(f"{town.address('start')}/tick", steg="1d")
    assert web(town).get(old).status == 403


@pytest.mark.parametrize("till", ["//exempel.se/", "https://exempel.se", "/\\exempel.se", "exempel.se"])
def test_the_common_log_in_sends_nobody_to_another_host(known: Any, town: Running, till: str) -> None:
    register, common = town.address("folkbokforing"), town.address("inloggning")
    sent = known.get(known.get(f"{common}/sso?system=folkbokforing&till=", follow=False).headers["Location"] + till)
    assert sent.address == f"{register}/sok"
    fields = {"anvandare": "robot", "losenord": town.account("af").password, "vidare": till}
    assert known.post(f"{common}/logga-in", **fields).address == f"{common}/oversikt"


def test_the_common_log_in_knows_only_systems_that_trust_it(known: Any, town: Running) -> None:
    refused = known.get(f"{town.address('inloggning')}/sso?system=parkering&till=/")
    assert (refused.status, "inte anslutet" in refused.text) == (404, True)


def test_whoever_leaves_one_system_is_logged_out_of_the_common_log_in(known: Any, town: Running) -> None:
    register = town.address("folkbokforing")
    known.get(f"{register}/sok")
    known.get(f"{register}/logga-ut")
    assert 'type="password"' in known.get(f"{register}/sok").text


# By certificate.


def test_a_certificate_says_who_one_is(town: Running, web: Any) -> None:
    address, account = town.address("ssbtek"), town.account("ssbtek", "handlaggare")
    visitor = web(town, account)
    assert "Logga in med certifikat" in visitor.get(f"{address}/fraga").text
    assert visitor.post(f"{address}/logga-in").address == f"{address}/fraga"
    assert town.facit("ssbtek")["requests"][-1]["user"] == "handlaggare"
    assert account.password == ""
    bundle = pkcs12.load_pkcs12(Path(str(account.certificate)).with_suffix(".p12").read_bytes(), None)
    assert bundle.cert is not None
    assert "CN=handlaggare" in bundle.cert.certificate.subject.rfc4514_string()
    assert all(stat.S_IMODE(Path(str(file)).stat().st_mode) == 0o600 for file in (account.certificate, account.key))


def test_without_a_certificate_there_is_no_page_at_all(town: Running, web: Any) -> None:
    address = town.address("ssbtek")
    for refused in (web(town).get(f"{address}/fraga"), web(town).post(f"{address}/logga-in", anvandare="robot")):
        assert (refused.status, "Certifikat saknas" in refused.text) == (403, True)


def test_a_certificate_of_another_authority_is_no_certificate(town: Running, web: Any, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "robot")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1)
        .not_valid_before(datetime.now(UTC))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
    )
    pem, private = tmp_path / "egen.pem", tmp_path / "egen.key"
    pem.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    encoding = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(*encoding))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        web(town, Account("robot", "", None, str(pem), str(private))).get(f"{town.address('ssbtek')}/fraga")


def test_every_user_has_secrets_of_their_own(town: Running) -> None:
    assert len({*passwords(town, "etjanst"), *passwords(town, "parkering"), *passwords(town, "fk")}) == 6
    assert town.announced["systems"]["ssbtek"]["login"] == "certifikat"
    assert "credentials" not in town.announced["systems"]["start"]
