"""The fakes that workflow authors get behave as the portals that they stand for."""

import pytest

from medarbetare.engine import File
from medarbetare.errors import SelectorError
from medarbetare.testing import Act, MemoryPortal, Sheet


def test_what_was_saved_is_seen_by_fresh_navigation_and_every_act_is_recorded() -> None:
    saved: list[dict[str, str]] = []
    portal = MemoryPortal(
        "verksamhet",
        {
            "lista": lambda arende: Sheet(texts={"rubrik": f" Beslut \n i {arende}"}, tables={"beslut": list(saved)}),
            "ny": lambda arende: Sheet(fields={"kod", "belopp"}, commits={"spara": saved.append}),
        },
    )
    before = portal.page("lista", arende="17")
    form = portal.page("ny", arende="17")
    form.fill_all({"kod": "BIFALL", "belopp": 6865})
    form.commit("spara")

    assert before.table("beslut") == []
    assert before.read_all("rubrik") == {"rubrik": "Beslut i 17"}
    assert portal.page("lista", arende="17").table("beslut") == [{"kod": "BIFALL", "belopp": "6865"}]
    assert portal.commits() == ["ny"]
    assert portal.acts == [
        Act("open", "lista"),
        Act("open", "ny"),
        Act("fill", "ny", "kod", "BIFALL"),
        Act("fill", "ny", "belopp", 6865),
        Act("commit", "ny", "spara"),
        Act("open", "lista"),
    ]


def test_an_element_that_is_not_there_is_named_with_those_that_are() -> None:
    portal = MemoryPortal("register", {"sok": lambda: Sheet(fields={"nummer"}, clicks={"sok": lambda: None})})
    page = portal.page("sok")

    assert (page.has("nummer"), page.has("svar")) == (True, False)
    with pytest.raises(SelectorError, match=r"register, sok: «namn» finns inte\. De som finns: nummer"):
        page.fill_all({"nummer": "1", "namn": "Tova"})
    with pytest.raises(SelectorError, match="«nummer»"):
        page.read("nummer")
    with pytest.raises(SelectorError, match="«okand»"):
        portal.page("okand")
    assert [act.what for act in portal.acts] == ["open"]


def test_a_click_leads_to_another_sheet_or_stays() -> None:
    answer = Sheet(texts={"svar": "inga uppgifter"}, files={"pdf": b"%PDF"})
    portal = MemoryPortal("register", {"sok": lambda: Sheet(clicks={"fraga": lambda: answer, "hjalp": lambda: None})})
    page = portal.page("sok")

    page.click("hjalp")
    page.click("fraga")

    assert page.read("svar") == "inga uppgifter"
    assert page.download("pdf") == b"%PDF"
    assert not page.has("fraga")


def test_files_are_chosen_in_a_file_field_and_saved_by_their_names() -> None:
    saved: list[dict[str, str]] = []
    portal = MemoryPortal("verksamhet", {"ny": lambda: Sheet(uploads={"filer"}, commits={"spara": saved.append})})
    files = [File("a.pdf", "application/pdf", b"a"), File("b.png", "image/png", b"b")]
    page = portal.page("ny")
    page.attach("filer", files)
    page.commit("spara")

    assert saved == [{"filer": "a.pdf\nb.png"}]
    assert [one.content for one in portal.acts[1].files] == [b"a", b"b"]
    with pytest.raises(SelectorError, match="«bilagor»"):
        page.attach("bilagor", files)
