"""What holds for every answer: forged forms, headers, error pages, addresses; and the server that gives them."""

import re
from io import StringIO
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from medarbetare.errors import ConfigurationError, TechnicalError
from medarbetare.web.serving import WebServer


@pytest.fixture
def pages(house, tova):
    _, handoff = house.hand_over("REF-1")
    return ("/", "/avslutade/", f"/overlamning/{handoff.pk}/", f"/overlamning/{handoff.pk}/ta-over/", "/finns-inte/")


def test_no_page_is_kept_framed_or_may_run_or_fetch_anything(house, tova, pages):
    browser, stranger = house.browser(tova), house.browser()
    answers = [*(browser.get(page) for page in pages), stranger.get("/"), stranger.get("/logga-in/")]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Content-Type-Options"] == "nosniff"
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script|style=|\son\w+=|http:", answer.content.decode())


def test_pages_tell_their_language_have_one_heading_and_a_way_past_the_menu(house, tova, pages):
    for address in (*pages, "/logga-in/"):
        browser = house.browser() if "logga" in address else house.browser(tova)
        page = browser.get(address).content.decode()
        assert '<html lang="sv">' in page
        assert page.count("<h1>") == 1
        assert '<a class="skip" href="#innehall">' in page
        assert 'id="innehall"' in page
        fields = set(re.findall(r'<(?:input|textarea)(?![^>]*type="hidden")[^>]*id="([^"]+)"', page))
        assert fields == set(re.findall(r'<label for="([^"]+)"', page))
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_the_style_sheet_is_kept_and_named_by_its_content(house):
    page = house.browser().get("/logga-in/").content.decode()
    (address,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    answer = house.browser().get(address)
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert b"font" in answer.content


def test_a_form_from_elsewhere_does_nothing(house, tova):
    case, handoff = house.hand_over("REF-1")
    browser = house.browser(tova, enforce_csrf_checks=True)
    for address in (f"/overlamning/{handoff.pk}/", f"/overlamning/{handoff.pk}/ta-over/", "/logga-ut/"):
        answer = browser.post(address, {"reason-1": "on", "reason-2": "on", "note": ""})
        assert answer.status_code == 403
        assert "Ingenting är gjort." in answer.content.decode()
        assert "CSRF" not in answer.content.decode()
    assert house.bench.entries(case, "handoff.") == []
    assert browser.get("/").status_code == 200


def test_error_pages_are_in_swedish_and_without_details(house, tova):
    browser = house.browser(tova)
    missing = browser.get("/finns-inte/")
    assert missing.status_code == 404
    assert "Sidan finns inte" in missing.content.decode()
    assert "finns-inte" not in missing.content.decode()
    wrong_host = browser.get("/", SERVER_NAME="annan.example")
    assert wrong_host.status_code == 400
    assert "Begäran kunde inte tolkas" in wrong_host.content.decode()
    assert "annan.example" not in wrong_host.content.decode()


def test_an_encrypted_address_makes_cookies_secure(house, tova):
    house.prepare("https://medarbetare.exempelby.example/")
    try:
        browser = house.browser()
        form = {"username": "tova", "password": "ett-ganska-langt-losenord"}
        answer = browser.post("/logga-in/", form, secure=True, SERVER_NAME="medarbetare.exempelby.example")
        assert answer.status_code == 302
        assert answer.cookies["sessionid"]["secure"]
        assert answer.cookies["csrftoken"]["secure"]
        assert "max-age=31536000" in answer["Strict-Transport-Security"]
        assert settings.CSRF_TRUSTED_ORIGINS == ["https://medarbetare.exempelby.example"]
    finally:
        house.prepare()


def test_it_serves_this_machine_only_unless_somebody_encrypts(house):
    for host in ("0.0.0.0", "192.0.2.1"):  # noqa: S104
        with pytest.raises(ConfigurationError, match="utan kryptering"):
            WebServer(host, 0)


def test_a_port_that_is_taken_is_told(house):
    with WebServer("127.0.0.1", 0) as server:
        port = int(server.address.rsplit(":", 1)[1].strip("/"))
        with pytest.raises(TechnicalError, match=f"port {port}"):
            WebServer("127.0.0.1", port)


def test_the_server_answers_and_ends(house, tova):
    with WebServer("127.0.0.1", 0) as server, urlopen(server.address, timeout=10) as answer:  # noqa: S310
        assert answer.url.endswith("/logga-in/?next=/")
        assert "server" not in answer.headers
        assert "Exempelby" in answer.read().decode()
    with pytest.raises(OSError, match="refused"):
        urlopen(server.address, timeout=10)  # noqa: S310


def test_a_request_gives_its_database_connection_back(house, tova):
    cookie = house.browser(tova).cookies["sessionid"].value
    with WebServer("127.0.0.1", 0) as server:
        for _ in range(20):
            with urlopen(Request(server.address, headers={"Cookie": f"sessionid={cookie}"}), timeout=10) as answer:  # noqa: S310
                assert "Att göra" in answer.read().decode()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            assert cursor.fetchone()[0] <= 2


def test_every_change_of_a_table_has_its_migration(database):
    said = StringIO()
    call_command("makemigrations", dry_run=True, stdout=said)
    assert "No changes detected" in said.getvalue()
