"""What a selector file may say, and how a fault in it is told."""

from pathlib import Path

import pytest

from medarbetare.browser import load_selectors
from medarbetare.browser.fault import nearest
from medarbetare.browser.selector_file import Candidate, Page
from medarbetare.browser.template import MissingParameter, css, pattern
from medarbetare.errors import ConfigurationError

GOOD = """
pages:
  beslut:
    url: /arende/{arende}
    verified: 2026-11-21
    arrived: spara
    frame: arbete
    elements:
      spara: {does: commit, candidates: [{role: button, name: Spara}]}
      "rad.{nr}.belopp": {does: input, candidates: [{css: "input[name='b{nr}']"}]}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("does: commit", "does: comit", 9, "pages.beslut.elements.spara.does"),
        ("{role: button, name: Spara}", "{role: button}", 9, "role tillsammans med name"),
        ("{role: button, name: Spara}", "{css: a, text: b}", 9, "exakt en av"),
        ("name: Spara", 'name: "/(/"', 9, "reguljärt uttryck"),
        ("arrived: spara", "arrived: spar", 3, "«spar»"),
        ("    url: /arende/{arende}\n", "", 3, "exakt en av url och from"),
        ("frame: arbete", "within: ramar", 3, "within bara tillsammans med frame"),
        ("    frame: arbete", "    frame: arbete\n    within: ramar", 2, "pages.beslut.within"),
        ("    url: /arende/{arende}", "    from: {page: beslut, click: spara}", 2, "går i ring"),
        ("2026-11-21", "i går", 5, "pages.beslut.verified"),
        ("elements:", "element:", 8, "okänd nyckel"),
        ("does: commit", "does: commit, key: Escape", 9, "bara tillsammans med does: input"),
        ("{does: input", "{answer: request, does: input", 10, "bara tillsammans med does: commit"),
        ("\npages:", "\nlogin: {kind: form, page: beslut, submit: x, done: beslut}\npages:", 2, "user och password"),
        ("\npages:", "\nlogin: {kind: certificate, page: beslut, submit: x, done: last}\npages:", 2, "«last»"),
    ],
)
def test_a_fault_is_told_with_file_line_and_path(tmp_path: Path, old, new, line, told):
    path = tmp_path / "prov.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load_selectors(path)
    assert told in raised.value.message
    assert f"prov.yaml:{line}:" in raised.value.message


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("{rows: li, columns: {text: p}}", "rows inte tillsammans med headers"),
        ("{candidates: [{css: ol}], rows: li, skip: x, columns: {text: p}}", "rows inte tillsammans"),
        ("{candidates: [{css: ol}], rows: li, columns: {text: 1}}", "css-uttryck"),
    ],
)
def test_a_list_of_entries_has_no_headers_and_no_cells(tmp_path: Path, table, told):
    path = tmp_path / "prov.yaml"
    path.write_text(f"{GOOD}    tables:\n      inlagg: {table}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        load_selectors(path)


def test_an_element_of_a_family_is_found_by_its_pattern(tmp_path: Path):
    path = tmp_path / "prov.yaml"
    path.write_text(GOOD, encoding="utf-8")
    page: Page = load_selectors(path).pages["beslut"]
    assert page.frame == ("arbete",)
    found = page.element("rad.12.belopp")
    assert found is not None
    assert found[1] == {"nr": "12"}
    assert page.element("rad.12.annat") is None


def test_parameters_are_taken_literally_in_expressions_and_cannot_leave_a_css_string():
    assert pattern("/^Ärende {nr}$/", {"nr": "4.7"}) == {"regex": r"^Ärende 4\.7$"}
    assert pattern(" Ärende  {nr}", {"nr": "4.7"}) == {"text": "Ärende 4.7"}
    assert css("input[name='{nr}']", {"nr": "a'] *"}) == r"input[name='a\27 \5d \20 \2a ']"
    with pytest.raises(MissingParameter):
        pattern("{annan}", {"nr": "1"})


def test_the_nearest_alternatives_hide_digits_and_what_may_be_a_name():
    wanted = [Candidate(beside="Belopp:")]
    texts = ["Belopp 4711:", "Beslut Belopp:", "Namn på sökande", "Belopp kr:"]
    assert nearest(wanted, texts) == ["Belopp kr:", "Belopp ••••:"]


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[3].glob("selectors/*.yaml")), ids=lambda path: path.stem)
def test_every_selector_file_of_the_project_is_valid(path: Path):
    assert load_selectors(path).pages
