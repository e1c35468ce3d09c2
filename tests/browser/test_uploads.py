"""Files are chosen in a file field from memory, in shadow trees too, and are still there when the page is saved."""

import pytest

from medarbetare.engine import File
from medarbetare.errors import SelectorError

PAGE = """<!DOCTYPE html><meta charset=iso-8859-1><h1>Bilagor</h1><label>Text <input></label>
<label>En fil <input type=file></label><label>Låst fil <input type=file disabled></label><x-filer></x-filer>
<script>
const root = document.querySelector("x-filer").attachShadow({mode: "open"});
root.innerHTML = "<label>Filer <input type=file multiple></label>";
const chosen = root.querySelector("input");
const save = async () => {
  const told = new URLSearchParams();
  for (const file of chosen.files) told.append(file.name, `${file.type} ${await file.text()}`);
  fetch("/spara", {method: "POST", body: told});
};
</script><button onclick="save()">Spara</button>"""
FILES = [File("beslut å.pdf", "application/pdf", b"%PDF-1.4 ett"), File("kvitto.png", "image/png", b"png")]


@pytest.fixture
def page(calm):
    calm.system.pages = {"/uppladdning": PAGE, "/spara": "ok"}
    yield calm.modern.page("uppladdning")
    calm.system.pages = {}


def test_files_are_sent_whole_with_name_and_kind(page, calm):
    page.attach("filer", FILES)
    page.commit("spara")
    (posted,) = calm.system.posted
    first, second = posted
    assert (first.encode("cp1252").decode("utf-8"), second) == ("beslut å.pdf", "kvitto.png")
    assert list(posted.values()) == ["application/pdf %PDF-1.4 ett", "image/png png"]


def test_files_chosen_anew_replace_those_before(page, calm):
    page.attach("filer", FILES)
    page.attach("filer", FILES[1:])
    page.commit("spara")
    assert calm.system.posted == [{"kvitto.png": "image/png png"}]


@pytest.mark.parametrize(("field", "told"), [("text", "annat slag"), ("en_fil", "en fil"), ("last", "är låst")])
def test_a_field_that_cannot_take_the_files_is_told(page, field, told):
    with pytest.raises(SelectorError, match=told):
        page.attach(field, FILES)


def test_a_file_field_takes_no_text(page):
    with pytest.raises(SelectorError, match="annat slag"):
        page.fill("filer", "beslut.pdf")


def test_a_page_that_has_let_go_of_a_file_is_not_saved(calm):
    forgets = "<script>document.querySelector('input').oninput = () => { chosen.value = ''; };</script>"
    calm.system.pages = {"/uppladdning": PAGE + forgets, "/spara": "ok"}
    page = calm.modern.page("uppladdning")
    page.attach("filer", FILES)
    page.fill("text", "Prov")
    with pytest.raises(SelectorError, match="filer» behöll inte värdet"):
        page.commit("spara")
    assert calm.system.posted == []
