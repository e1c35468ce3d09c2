"""Logging in, sessions, and guessing passwords."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from medarbetare.web.models import LoginAttempt

PASSWORD = "ett-ganska-langt-losenord"
WRONG = "Fel användarnamn eller lösenord."
TOO_MANY = "För många misslyckade försök."


def log_in(browser, user, password, **more):
    return browser.post("/logga-in/", {"username": user, "password": password, **more})


def test_the_right_password_leads_to_the_page_that_was_asked_for(house, tova):
    browser = house.browser()
    answer = log_in(browser, "tova", PASSWORD, next="/avslutade/")
    assert (answer.status_code, answer["Location"]) == (302, "/avslutade/")
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["secure"], cookie["max-age"]) == ("Lax", "", "")
    assert log_in(house.browser(), "tova", PASSWORD, next="https://exempel.example/")["Location"] == "/"


@pytest.mark.parametrize(
    ("user", "password"), [("tova", "fel"), ("finnsinte", PASSWORD), ("tova", " "), ("tova\x00", "x")]
)
def test_a_wrong_log_in_does_not_say_what_was_wrong(house, tova, user, password):
    page = log_in(house.browser(), user, password).content.decode()
    assert page.count('class="message error"') == 1
    assert "<title>Fel: Logga in" in page
    assert (WRONG in page) == ("\x00" not in user)


def test_an_empty_field_neither_counts_nor_makes_earlier_failures_forgotten(house, tova):
    for _ in range(4):
        log_in(house.browser(), "tova", "fel")
    assert "Lösenord: Detta fält måste fyllas i." in log_in(house.browser(), "tova", "").content.decode()
    assert "Användarnamn: Detta fält måste fyllas i." in log_in(house.browser(), "", PASSWORD).content.decode()
    assert LoginAttempt.objects.count() == 4


def test_five_failures_close_the_log_in_for_fifteen_minutes(house, tova):
    house.person("olle", "handläggare")
    browser = house.browser()
    for _ in range(5):
        assert WRONG in log_in(browser, "Tova", "fel").content.decode()
    for _ in range(3):
        assert TOO_MANY in log_in(browser, "tova", PASSWORD).content.decode()
    assert log_in(house.browser(), "olle", PASSWORD).status_code == 302

    house.later = timedelta(minutes=14)
    assert TOO_MANY in log_in(browser, "tova", PASSWORD).content.decode()
    house.later = timedelta(minutes=16)
    assert log_in(browser, "tova", PASSWORD).status_code == 302
    assert not LoginAttempt.objects.exists()


def test_a_log_in_that_succeeds_forgets_the_failures_before_it(house, tova):
    for _ in range(2):
        for _ in range(4):
            log_in(house.browser(), "tova", "fel")
        assert log_in(house.browser(), "tova", PASSWORD).status_code == 302


def test_what_was_typed_is_not_kept(house):
    log_in(house.browser(), "mitt-hemliga-losenord", "x")
    (attempt,) = LoginAttempt.objects.all()
    assert "losenord" not in attempt.who
    assert len(attempt.who) == 64


def test_half_an_hour_without_a_click_logs_out(house, tova):
    browser = house.browser()
    log_in(browser, "tova", PASSWORD)
    assert browser.get("/").status_code == 200
    session = Session.objects.get()
    left = session.expire_date - datetime.now(UTC)
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)

    Session.objects.update(expire_date=datetime.now(UTC) + timedelta(seconds=60))
    browser.get("/")
    assert Session.objects.get().expire_date > datetime.now(UTC) + timedelta(minutes=29)

    Session.objects.update(expire_date=datetime.now(UTC) - timedelta(seconds=1))
    assert browser.get("/")["Location"] == "/logga-in/?next=/"
    log_in(house.browser(), "tova", PASSWORD)
    assert Session.objects.count() == 1


def test_logging_out_ends_the_session_and_asks_for_a_click(house, tova):
    browser = house.browser()
    log_in(browser, "tova", PASSWORD)
    assert browser.get("/logga-ut/").status_code == 405
    browser.post("/logga-ut/")
    assert not Session.objects.exists()
    assert browser.get("/").status_code == 302


def test_a_person_who_is_shut_out_or_changes_groups_notices_at_once(house, tova):
    case, _ = house.hand_over("REF-1")
    browser = house.browser()
    log_in(browser, "tova", PASSWORD)
    assert case.handle in browser.get("/").content.decode()
    tova.groups.clear()
    assert case.handle not in browser.get("/").content.decode()
    tova.is_active = False
    tova.save()
    assert browser.get("/").status_code == 302
