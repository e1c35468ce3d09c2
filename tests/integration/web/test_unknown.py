"""Okänt utfall at the web: what is shown of a write, and settling it once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from medarbetare.cases.status import CaseStatus
from medarbetare.engine.models import Write
from medarbetare.journal.evidence import remove_old_evidence
from medarbetare.journal.models import Blob


@pytest.fixture
def spoiled(house):
    """A payment of which the other system has kept something else."""
    house.bench.evidence = house.pictures
    house.save = lambda row: house.rows.append({**row, "belopp": "359.00"})
    case, handoff = house.hand_over("OKÄND-1-utbetalning")
    house.save = house.rows.append
    return case, handoff


@pytest.fixture
def lost(house):
    """A payment that the other system has not kept, and another one after it."""
    house.save = lambda row: None
    case, handoff = house.hand_over("OKÄND-1-utbetalning-hyra")
    house.save = house.rows.append
    return case, handoff


def settling(case, handoff, answer):
    return f"/overlamning/{handoff.pk}/skrivning/{Write.objects.get(case=case, state='unknown').pk}/{answer}/"


def test_the_page_tells_what_was_intended_what_each_look_showed_and_shows_the_evidence(house, tova, spoiled):
    case, handoff = spoiled
    browser = house.browser(tova)
    listed = browser.get("/").content.decode()
    assert "Okänt utfall: ska redas ut" in listed

    answer = browser.get(f"/overlamning/{handoff.pk}/")

    page = answer.content.decode()
    assert f"<h1>Okänt utfall i ärende {case.handle}</h1>" in page
    assert "Posten finns men skiljer sig i: belopp." in page
    assert "Inget av det slaget (listan visade 0 i allt)" in page
    assert '<th scope="row">Mottagare</th><td>Tova Testsson</td><td>Tova Testsson</td><td></td>' in page
    assert '<tr class="differs"><th scope="row">Belopp</th><td>3590.00</td><td>359.00</td>' in page
    assert "(listan visade 1 i allt)" in page
    assert 'Sidan<span class="unseen">, ifyllt, strax innan det skickades</span>' in page
    assert 'alt="Bild av sidan, vid läsningen efteråt"' in page
    assert "Godkänn" not in page
    assert "; img-src 'self'" in answer["Content-Security-Policy"]
    assert house.bench.entries(case, "shown")[-1].actor == "person:tova"


def test_okant_utfall_comes_first_in_the_list(house, tova, spoiled):
    earlier, _ = house.hand_over("REF-1")
    earlier.handoffs.update(created_at=spoiled[1].created_at - timedelta(days=3))
    page = house.browser(tova).get("/").content.decode()
    assert page.index(spoiled[0].handle) < page.index(earlier.handle)


def test_evidence_is_shown_inert_to_those_who_may_see_the_case_and_each_look_is_journalled(house, tova, spoiled):
    case, handoff = spoiled
    entry = house.bench.entries(case, "write.unknown")[0].index
    html, picture = (f"/overlamning/{handoff.pk}/bevis/{entry}/{position}/" for position in (0, 1))
    browser = house.browser(tova)
    shown = browser.get(html)
    assert b"<script>" in shown.content, "as it was; it is the policy that keeps it from running"
    policy = shown["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert browser.get(picture).content == house.pictures.jpeg
    assert browser.get(picture)["Content-Type"] == "image/jpeg"
    assert [one.payload["evidence"] for one in house.bench.entries(case, "shown")] == [
        f"{entry}/0",
        f"{entry}/1",
        f"{entry}/1",
    ]
    assert browser.get(f"/overlamning/{handoff.pk}/bevis/{entry}/2/").status_code == 404
    assert browser.get(f"/overlamning/{handoff.pk}/bevis/{entry + 1}/0/").status_code == 404
    stranger = house.browser(house.person("olle", "it"))
    assert stranger.get(html).status_code == 404
    assert house.bench.entries(case, "access.refused")[-1].actor == "person:olle"
    house.workflow.marked = True
    assert browser.get(html).status_code == 404


def test_evidence_lies_sealed_and_under_a_keyed_name_until_it_is_over_age(house, tova, spoiled):
    case, handoff = spoiled
    named = house.bench.entries(case, "write.unknown")[0].payload["evidence"]
    blobs = list(Blob.objects.all())
    assert blobs
    for blob in blobs:
        assert b"Testsson" not in bytes(blob.sealed)
        assert blob.name not in {piece["sha256"] for piece in named}
    assert remove_old_evidence(blobs[0].made_at) == 0
    assert remove_old_evidence(blobs[-1].made_at + timedelta(seconds=1)) == len(blobs)
    page = house.browser(tova).get(f"/overlamning/{handoff.pk}/").content.decode()
    assert page.count("(gallrat)") == 2 * 3
    entry = house.bench.entries(case, "write.unknown")[0].index
    assert house.browser(tova).get(f"/overlamning/{handoff.pk}/bevis/{entry}/0/").status_code == 404


def test_what_is_done_is_never_written_again_and_the_robot_goes_on(house, tova, spoiled):
    case, handoff = spoiled
    browser, address = house.browser(tova), settling(case, handoff, "gjort")
    asked = browser.get(address).content.decode()
    assert "skriver aldrig «utbetalning» igen" in asked
    assert house.bench.status(case) is CaseStatus.UNKNOWN_OUTCOME

    after = browser.post(address, {"note": "Rättat till 3590."}, follow=True).content.decode()

    assert "«utbetalning» är utrett som gjort. Roboten går vidare." in after
    (told,) = house.bench.entries(case, "write.settled")
    assert (told.actor, told.payload["done"], told.payload["note"]) == ("person:tova", True, "Rättat till 3590.")
    assert house.bench.work_on(case) is CaseStatus.DECIDED
    assert len(house.kassa.commits()) == 1
    closed = browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "utredd</strong> av Tova Testsson" in closed
    assert "<strong>Utrett som gjort</strong> av Tova Testsson" in closed
    assert "Det är gjort …" not in closed
    assert house.bench.journal.verify().ok


def test_what_is_not_done_is_written_once_after_a_new_look(house, tova, lost):
    case, handoff = lost
    page = house.browser(tova).get(f"/overlamning/{handoff.pk}/").content.decode()
    assert "fanns inte (listan visade 0 i allt)" in page
    assert "Inga bevis har sparats." in page
    address = settling(case, handoff, "inte-gjort")
    browser = house.browser(tova)
    assert "tittar då efter en gång till" in browser.get(address).content.decode()
    browser.post(address, {"note": ""})
    assert house.bench.work_on(case) is CaseStatus.DECIDED
    assert [row["sort"] for row in house.rows] == ["utbetalning", "hyra"]


def test_what_is_said_not_to_be_done_and_is_there_all_the_same_stops_the_robot_once_more(house, tova, spoiled):
    case, handoff = spoiled
    house.browser(tova).post(settling(case, handoff, "inte-gjort"), {"note": ""})
    assert house.bench.work_on(case) is CaseStatus.UNKNOWN_OUTCOME
    assert len(house.rows) == 1
    again = case.handoffs.get(closed_at=None)
    page = house.browser(tova).get(f"/overlamning/{again.pk}/").content.decode()
    assert "<strong>Utrett som inte gjort</strong>" in page
    assert page.count('<tr class="differs">') == 2
    assert "Det är gjort …" in page


@pytest.mark.parametrize("note", ["å" * 1001])
def test_a_note_that_is_too_long_settles_nothing(house, tova, lost, note):
    case, handoff = lost
    answer = house.browser(tova).post(settling(case, handoff, "gjort"), {"note": note})
    assert 'role="alert"' in answer.content.decode()
    assert house.bench.entries(case, "write.settled") == []


def test_two_answers_at_the_same_moment_settle_once_and_the_later_is_told(house, tova, lost):
    case, handoff = lost
    gjort, inte = settling(case, handoff, "gjort"), settling(case, handoff, "inte-gjort")
    browsers = [house.browser(tova), house.browser(house.person("olle", "handläggare"))]

    def answer(browser, address):
        try:
            return browser.post(address, {"note": ""})["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(answer, browsers, (gjort, inte)))
    assert answers == ["/", f"/overlamning/{handoff.pk}/"]
    assert len(house.bench.entries(case, "write.settled")) == 1
    for browser in browsers:
        late = browser.post(gjort, {"note": ""}, follow=True).content.decode()
        assert "ingenting gjordes. Skrivningen är redan utredd" in late
        assert browser.get(gjort)["Location"] == f"/overlamning/{handoff.pk}/"
    assert len(house.bench.entries(case, "write.settled")) == 1


def test_a_case_taken_over_meanwhile_and_a_write_of_another_case_are_told_kindly(house, tova, spoiled):
    case, handoff = spoiled
    browser, address = house.browser(tova), settling(case, handoff, "gjort")
    _, other = house.hand_over("REF-1")
    elsewhere = address.replace(f"/overlamning/{handoff.pk}/", f"/overlamning/{other.pk}/")
    assert "ingenting gjordes" in browser.post(elsewhere, {"note": ""}, follow=True).content.decode()
    browser.post(f"/overlamning/{handoff.pk}/ta-over/", {"note": ""})
    assert "ingenting gjordes" in browser.post(address, {"note": ""}, follow=True).content.decode()
    assert house.bench.entries(case, "write.settled") == []
    assert house.bench.status(case) is CaseStatus.TAKEN_OVER


def test_nobody_else_settles_and_no_form_from_elsewhere(house, tova, lost):
    case, handoff = lost
    address = settling(case, handoff, "gjort")
    assert house.browser(house.person("olle", "it")).post(address, {"note": ""}).status_code == 404
    assert Client(SERVER_NAME="localhost").post(address)["Location"] == f"/logga-in/?next={address}"
    forged = house.browser(tova, enforce_csrf_checks=True).post(address, {"note": ""})
    assert forged.status_code == 403
    assert house.bench.entries(case, "write.settled") == []
