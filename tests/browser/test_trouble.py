"""Lost sessions, failing portals, crashed browsers, foreign hosts."""

import os
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest
from processes import below, send

from medarbetare.errors import PortalError, SelectorError, SessionLost


def test_a_session_lost_before_a_read_is_made_again_once(system, drive):
    portal = drive().portal
    portal.page("arende", arende="1")
    system.lose_session_at = "/visa"
    assert portal.page("arende", arende="1").read("status") == "Öppen"
    assert system.logins == 2


def test_a_session_lost_in_the_middle_of_a_write_is_never_made_again_there_and_saves_nothing(system, drive):
    portal = drive().portal
    form = portal.page("nytt_beslut", arende="1")
    form.fill("belopp", 5)
    system.lose_session_at = "/arende/1/nytt"
    # The log-in page may have come in whole or only have begun when the commit returns: a read-back tells, not this.
    with suppress(SessionLost):
        form.commit("spara")
    assert (len(system.decisions), system.logins) == (1, 1)
    assert portal.page("arende", arende="1").has("status")
    assert (len(system.decisions), system.logins) == (1, 2)
    form = portal.page("nytt_beslut", arende="1")
    form.fill("belopp", 5)
    system.lose_session_at = "/visa"
    with pytest.raises(SessionLost):
        portal.page("arende", arende="1")
    assert portal.page("arende", arende="1").read("status") == "Öppen"


def test_a_refused_password_is_tried_once_and_never_again(system, drive):
    portal = drive().portal
    system.password = "annat"
    for _ in range(3):
        with pytest.raises(PortalError, match="avvisades") as raised:
            portal.page("lista")
        assert "rätt" not in raised.value.message
    assert system.logins == 1


def test_a_server_error_is_a_portal_error_before_and_after_a_save(system, drive):
    portal = drive().portal
    system.fail_at = {"/visa": 502}
    with pytest.raises(PortalError, match="HTTP 502"):
        portal.page("arende", arende="1")
    form = portal.page("nytt_beslut", arende="1")
    system.fail_at = {"/arende/1/nytt": 500}
    with pytest.raises(PortalError, match="HTTP 500"):
        form.commit("spara")
    assert system.requests.count("POST /arende/1/nytt") == 1


def test_a_failure_page_with_status_200_is_a_portal_error(system, drive):
    system.closed = True
    with pytest.raises(PortalError, match="stangt"):
        drive().portal.page("arende", arende="1")


def test_a_changed_page_is_a_selector_error_and_a_slow_one_a_portal_error(system, drive):
    portal = drive(operation_s=0.6).simple
    system.fail_at = {"/enkel/7": 404}
    with pytest.raises(SelectorError, match="HTTP 404"):
        portal.page("start", nr="7")
    system.delay_at = {"/enkel/8": 1.0}
    with pytest.raises(PortalError, match=r"inom 0\.6 s"):
        portal.page("start", nr="8")
    assert portal.page("start", nr="9").read("rubrik") == "Sida 9"


def test_a_slow_answer_to_a_save_is_a_portal_error_and_never_a_second_click(system, drive):
    form = drive(operation_s=0.6).simple.page("start", nr="1")
    system.delay_at = {"/enkel/1": 1.0}
    with pytest.raises(PortalError, match="inget svar kom efter klicket"):
        form.commit("skicka")
    assert system.requests.count("POST /enkel/1") == 1


@pytest.mark.parametrize("victim", ["headless", "node"])
def test_after_a_crash_of_browser_or_driver_the_next_use_starts_another(drive, victim):
    driven = drive()
    page = driven.simple.page("start", nr="1")
    assert driven.portal.page("arende", arende="1").has("status")
    killed = below(psutil.Process(), lambda process: victim in process.name())
    send(killed)
    assert killed
    with pytest.raises(PortalError):
        page.read("rubrik")
    assert driven.simple.page("start", nr="2").read("rubrik") == "Sida 2"
    assert driven.portal.page("arende", arende="1").read("status") == "Öppen"


def test_a_page_that_hangs_is_a_portal_error_within_the_time_limit(drive):
    portal = drive(operation_s=0.5).simple
    with pytest.raises(PortalError, match="avslutades oväntat"):
        portal.page("start", nr="hangande")
    assert portal.page("start", nr="1").read("rubrik") == "Sida 1"


def test_a_page_of_one_portal_cannot_ask_another_host_not_even_a_configured_one(system, drive):
    portal = drive().portal
    assert portal.page("utat").read("rubrik") == "Utåt"
    assert "GET /bild" not in system.requests


def test_a_save_whose_answer_is_lost_has_been_sent_once_and_the_portal_is_read_again_at_once(system, drive):
    portal = drive().portal
    for _ in range(2):
        form = portal.page("nytt_beslut", arende="1")
    form.fill("belopp", 6865)
    system.drop_answer_of = "POST /arende/1/nytt"
    with pytest.raises(PortalError):
        form.commit("spara")
    rows = portal.page("arende", arende="1").table("beslut")
    assert [row["belopp"] for row in rows] == ["100", "6865"]
    assert system.requests.count("POST /arende/1/nytt") == 1


def test_a_page_whose_address_differs_only_after_the_number_sign_is_fetched_anew(system, drive):
    simple = drive().simple
    for number in ("1", "2", "2"):
        simple.page("hash", nr=number)
    assert system.requests.count("GET /enkel/hash") == 3


PROGRAM = """
import sys, time
from medarbetare.browser.chromium import Chromium
from medarbetare.browser import PortalSettings, find_browser
portal = PortalSettings(name="gammalt", address="http://gammalt.localhost", visibility={"limit_s": 1})
chromium = Chromium(find_browser(), [portal])
context = chromium.new_context(portal)
def outcome(host):
    try:
        return context.new_page().goto(f"http://{host}:{sys.argv[1]}/enkel/1").status
    except Exception as error:
        return str(error).partition(" at ")[0].rpartition("::")[2]
hosts = ("gammalt.localhost", "annat.localhost", "127.0.0.1", "localhost")
routed = [outcome(host) for host in hosts]
context.unroute_all()
print("READY", *routed, *[outcome(host) for host in hosts], flush=True)
time.sleep(60)
"""


def test_browser_and_driver_die_with_their_process_and_leave_nothing(system, tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    port = system.address.rpartition(":")[2]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, port], stdout=subprocess.PIPE, text=True, env=environment
    ) as program:
        assert program.stdout is not None
        try:
            told = next(line.split()[1:] for line in program.stdout if line.startswith("READY"))
            started = psutil.Process(program.pid).children(recursive=True)
        finally:
            program.kill()
    assert told == ["200", *["ERR_FAILED"] * 3, "200", *["ERR_NAME_NOT_RESOLVED"] * 3]
    assert len(started) >= 3
    _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []
    deadline = time.monotonic() + 5
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []
    assert system.requests.count("GET /enkel/1") == 2
