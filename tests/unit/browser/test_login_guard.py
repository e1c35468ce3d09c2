"""No account is ever locked by the robot."""

import base64
import hmac
import struct
import time

import pytest

from medarbetare.browser.login import LoginGuard, one_time_code
from medarbetare.errors import ConfigurationError, Held, LoginRefused


def test_two_failed_attempts_a_minute_are_let_through_and_a_success_starts_afresh():
    now = 0.0
    guard = LoginGuard("prov", clock=lambda: now)
    guard.sending()
    guard.sending()
    with pytest.raises(Held, match="två inloggningar"):
        guard.begin()
    now = 60.0
    guard.begin()
    guard.succeeded()
    guard.sending()
    guard.sending()
    with pytest.raises(Held):
        guard.begin()


def test_a_portal_that_cannot_be_reached_costs_no_attempt():
    guard = LoginGuard("prov", clock=lambda: 0.0)
    for _ in range(9):
        guard.begin()
    assert guard.refused().portal == "prov"


def test_after_a_refusal_no_attempt_is_made_however_long_the_wait():
    now = 0.0
    guard = LoginGuard("prov", clock=lambda: now)
    guard.begin()
    assert "avvisades" in guard.refused().message
    now = 1e9
    with pytest.raises(LoginRefused, match="avvisades tidigare"):
        guard.begin()


def _code_at(moment: float) -> str:
    digest = hmac.digest(b"12345678901234567890", struct.pack(">Q", int(moment // 30)), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def test_a_one_time_code_is_that_of_the_standard():
    before = time.time()
    code = one_time_code(base64.b32encode(b"12345678901234567890").decode())
    assert code in {_code_at(before), _code_at(time.time())}


@pytest.mark.parametrize("secret", ["inte base32!", "JBSWY3DPEHPK3PXP"])
def test_a_wrong_secret_is_a_configuration_error_that_does_not_show_it(secret):
    with pytest.raises(ConfigurationError) as raised:
        one_time_code(secret)
    assert secret not in raised.value.message
