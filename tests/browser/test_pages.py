"""Reading, filling and saving in an old system, through names only."""

import pytest

from medarbetare.errors import PortalError, SelectorError, SessionLost


def test_a_case_is_read_through_frames_codes_and_tables_without_labels(calm):
    page = calm.portal.page("arende", arende="4711")
    assert page.read_all("rubrik", "status", "kod_fk", "kod_af") == {
        "rubrik": "Ärende 4711",
        "status": "Öppen",
        "kod_fk": "OK",
        "kod_af": "502",
    }
    assert page.table("beslut") == [{"datum": "2026-10-01", "belopp": "100", "anmarkning": ""}]
    assert page.table("betalningar") == []
    assert page.read("belopp_i_rad") == "100"
    assert page.has("status")
    assert not page.has("gammal_status")
    assert calm.stamps > 10
    assert calm.system.logins == 1


def test_a_decision_is_filled_saved_once_and_read_back(calm):
    portal = calm.portal
    form = portal.page("nytt_beslut", arende="4711")
    form.fill_all({"belopp": 6865, "kod": "Avslag", "skal": "Åtta – rad ett\nrad två", "klar": True})
    form.fill("inkomst.2.belopp", "3400")
    assert form.read_all("belopp", "kod", "klar", "inkomst.2.belopp") == {
        "belopp": "6865",
        "kod": "Avslag",
        "klar": "Ja",
        "inkomst.2.belopp": "3400",
    }
    form.commit("spara")
    assert [row["belopp"] for row in portal.page("arende", arende="4711").table("beslut")] == ["100", "6865"]
    saved = calm.system.decisions[-1]
    assert (saved["kod"], saved["skal"], saved["i2"]) == ("Avslag", "Åtta – rad ett\r\nrad två", "3400")
    assert calm.system.requests.count("POST /arende/4711/nytt") == 1


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("belopp", "1234567", "rymmer inte"),
        ("belopp", "tolv", "annat format"),
        ("kod", "Kanske", "alternativ"),
        ("skal", "łaska", "teckenuppsättning"),
        ("last", "x", "låst"),
        ("klar", "ja", "annat slag"),
    ],
)
def test_a_field_that_cannot_hold_the_value_is_told_without_the_value(calm, field, value, told):
    form = calm.portal.page("nytt_beslut", arende="4711")
    with pytest.raises(SelectorError, match=told) as raised:
        form.fill(field, value)
    assert value not in raised.value.message.replace(field, "")


def test_a_read_heals_and_reports_while_input_and_commit_stop(calm):
    page = calm.portal.page("arende", arende="1")
    assert page.read("handlaggare") == "Avdelning nord"
    assert calm.healed == [("gammalt", "arende", "handlaggare", "2. beside «Handläggare:»")]
    form = calm.portal.page("nytt_beslut", arende="1")
    with pytest.raises(SelectorError, match="bara första kandidaten"):
        form.fill("flyttad", "Bifall")
    with pytest.raises(SelectorError, match="Spara och skrivskydda"):
        form.commit("flyttad_spara")
    assert not any(request.startswith("POST /arende") for request in calm.system.requests)


def test_a_missing_element_is_told_with_the_nearest_labels_and_no_names_or_values(calm):
    page = calm.portal.page("arende", arende="4711")
    with pytest.raises(SelectorError) as raised:
        page.read("gammal_status")
    message = raised.value.message
    assert message.startswith("selectors/gammalt.yaml: sida «arende»: element «gammal_status»")
    assert "«Status:»" in message
    assert not any(secret in message for secret in ("Testsson", "hemligt", "4711"))


def test_an_ambiguous_element_is_a_fault_even_when_only_asked_for(calm):
    page = calm.portal.page("arende", arende="4711")
    with pytest.raises(SelectorError, match="2 träffar"):
        page.has("kod")
    with pytest.raises(SelectorError, match="2 träffar"):
        page.read("kod")


def test_only_a_commit_element_saves_and_only_an_input_is_filled(calm):
    form = calm.portal.page("nytt_beslut", arende="1")
    with pytest.raises(SelectorError, match="does: commit"):
        form.click("spara")
    with pytest.raises(SelectorError, match="does: input"):
        form.commit("belopp")


def test_a_letter_is_fetched_as_bytes_and_a_web_page_is_not_taken_for_one(calm):
    page = calm.portal.page("arende", arende="1")
    assert page.download("brev") == b"%PDF-1.4 \xe5\xe4\xf6"
    with pytest.raises(SessionLost):
        page.download("inget_brev")


def test_a_pager_gives_the_same_page_in_a_new_document(calm):
    page = calm.portal.page("lista")
    seen = page.table("poster")
    page.click("nasta")
    assert [row["nummer"] for row in seen + page.table("poster")] == ["1", "2", "3"]
    assert not page.has("nasta")


def test_a_page_may_open_in_a_window_of_its_own(calm):
    portal = calm.portal
    assert portal.page("hjalp").read("rubrik") == "Hjälp"
    assert portal.page("arende", arende="1").read("status") == "Öppen"


def test_a_page_that_was_left_is_never_worked_on(calm):
    portal = calm.portal
    form = portal.page("nytt_beslut", arende="1")
    portal.page("nytt_beslut", arende="2")
    with pytest.raises(PortalError, match="inte längre öppen"):
        form.fill("belopp", 1)


def test_at_rest_no_page_is_left_open_and_the_portal_stays_logged_in(calm):
    calm.portal.page("arende", arende="4711")
    left = calm.simple.page("start", nr="1")
    logins = calm.system.logins
    calm.browser.rest()
    with pytest.raises(PortalError, match="inte längre öppen"):
        left.read("rubrik")
    assert calm.simple.page("start", nr="2").read("rubrik") == "Sida 2"
    assert calm.portal.page("arende", arende="4711").read("status") == "Öppen"
    assert calm.system.logins == logins
