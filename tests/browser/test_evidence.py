"""Evidence: what windows and frames show, with what was typed, harmless, without a request or a trace on the page."""

import pytest

from medarbetare.browser import BrowserEvidence

EVERYTHING = """<!DOCTYPE html><html lang=sv><head><title>Formulär</title><link rel=stylesheet href=/stil.css>
<style>h1 { color: green }</style><script src=/skript.js></script></head><body onload="start()">
<h1 onclick="alert(1)">Formulär</h1><p style="display:none">Hemlig ruta</p><p hidden>Dold</p>
<img src="/bild.png" alt="Vapen"><a href="https://annanstans.example/?vem=tova">Länk</a><svg><script>x()</script></svg>
<form action=/spara method=post><input type=hidden name=token value=nyckel-123>
<label>Namn <input name=namn></label><input name=ruta type=checkbox checked><input name=val type=radio value=a>
<select name=kod><option selected>Avslag<option>Bifall</select><textarea name=skal></textarea></form>
<x-falt></x-falt><script>
document.querySelector("x-falt").attachShadow({mode: "open"}).innerHTML = "<label>Inre <input name=inre></label>";
const set = (name, key, value) => { document.querySelector(`[name=${name}]`)[key] = value; };
set("namn", "value", 'Tova "T" <Testsson>'); set("ruta", "checked", false); set("val", "checked", true);
set("kod", "selectedIndex", 1); set("skal", "value", "\\nRad ett\\nRad två");
document.querySelector("x-falt").shadowRoot.querySelector("input").value = "innerst";
document.querySelector("[name=namn]").focus();
</script></body></html>"""


def names(pieces):
    return [piece.name for piece in pieces]


def html_of(pieces, name="sidan"):
    return next(piece for piece in pieces if piece.name == name).content.decode()


@pytest.fixture
def evidence(calm):
    return BrowserEvidence(calm.browser)


def test_frames_and_popup_windows_are_taken_with_what_was_typed_and_the_form_can_still_be_saved(calm, evidence):
    calm.portal.page("hjalp")
    form = calm.portal.page("nytt_beslut", arende="1")
    form.fill("belopp", 5)
    asked = list(calm.system.requests)

    pieces = evidence.take("gammalt")

    assert calm.system.requests == asked
    assert names(pieces) == [
        *("sidan, ram vanster", "sidan, ram arbete", "bild av sidan"),
        *("fönstret hjalp", "bild av fönstret hjalp"),
    ]
    work = html_of(pieces, "sidan, ram arbete")
    assert 'name="f1_bel" maxlength="6" value="5"' in work
    assert '<option selected="">Bifall</option><option>Avslag</option>' in work
    assert "Hjälp" in html_of(pieces, "fönstret hjalp")
    assert all(piece.content[:3] == b"\xff\xd8\xff" for piece in pieces if piece.media_type == "image/jpeg")
    form.commit("spara")
    assert calm.system.decisions[-1]["belopp"] == "5"


def test_the_snapshot_shows_values_and_holds_nothing_that_runs_fetches_leads_or_is_hidden(calm, evidence):
    calm.system.pages["/formular"] = EVERYTHING
    calm.modern.page("formular")
    with calm.modern.shown() as windows:
        before = windows["main"].evaluate("[document.activeElement.name, document.documentElement.outerHTML]")
        asked = list(calm.system.requests)
        html = html_of(evidence.take("modernt"))
        assert windows["main"].evaluate("[document.activeElement.name, document.documentElement.outerHTML]") == before
    assert calm.system.requests == asked
    for shown in (
        'value="Tova &quot;T&quot; &lt;Testsson&gt;"',
        '<input name="ruta" type="checkbox">',
        '<input name="val" type="radio" value="a" checked="">',
        '<option>Avslag</option><option selected="">Bifall',
        "\n\nRad ett\nRad två</textarea>",
        '<template shadowrootmode="open"><label>Inre <input name="inre" value="innerst">',
        '<img alt="Vapen">',
        "<a>Länk</a>",
        "h1 { color: green }",
        "default-src 'none'",
    ):
        assert shown in html
    for gone in ("<script", "onclick", "onload", "href", "src=", "action", "nyckel-123", "Hemlig", "Dold"):
        assert gone not in html


def test_a_page_that_asks_for_a_password_is_never_taken_nor_its_picture(calm, evidence):
    calm.system.pages["/formular"] = "<h1>Formulär</h1><input type=password value=hemligt>"
    calm.modern.page("formular")
    assert evidence.take("modernt") == []


def test_what_is_too_large_is_left_out_whole_and_named(calm):
    calm.system.pages["/formular"] = f"<h1>Formulär</h1>{'x' * 3000}"
    calm.modern.page("formular")
    small, large = (BrowserEvidence(calm.browser, bound).take("modernt") for bound in (2000, 10**6))
    assert names(large) == ["sidan", "bild av sidan"]
    assert "för stor för att sparas" in small[0].name
    assert (small[0].media_type, len(small[0].content) < 200) == ("text/plain", True)


def test_what_cannot_be_taken_down_is_not_there_and_nothing_is_raised(calm, evidence):
    assert evidence.take("enkelt") == [], "nothing is open there"
    assert evidence.take("finns-inte") == []
    calm.portal.page("lista")
    assert evidence.take("gammalt")
    with calm.portal.shown() as windows:
        for window in windows.values():
            window.close()
    assert evidence.take("gammalt") == []
