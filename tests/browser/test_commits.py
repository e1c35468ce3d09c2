"""What saves is pressed only on the page that was meant, when a person could press it there; and the fields and boxes
of newer systems on the way to it."""

import pytest

from medarbetare.errors import PortalError, SelectorError

HEAD = "<!DOCTYPE html><meta charset=iso-8859-1><h1>Ärende 1</h1>"
SAVE = "<form method=post action=/sparat%s>%s<button%s>Spara</button></form>"
FIELD = "<input name=belopp>"
OVER = "<div id=kakor style='position:fixed;inset:0;background:#eee'>%s</div>"
FRAME = "<!DOCTYPE html><h1>Ram</h1><iframe name=arbete src=/blankett style='%s'></iframe>%s"
DROPDOWN = """<div role=combobox id=kod tabindex=0>Välj <span aria-hidden=true>v</span></div><script>
kod.onclick = () => setTimeout(() => {
  const list = document.body.appendChild(document.createElement("div"));
  list.innerHTML = "<div role=option %s>Bifall</div>";
  list.onclick = () => { kod.firstChild.data = "Bifall "; list.remove(); };
}, 60);
</script>"""


@pytest.fixture
def form(calm):
    """Opens the page `blankett`, which is `html` after its heading; inside a frame when `outer` is a page around it."""

    def show(html, outer=None):
        calm.system.pages |= {"/blankett": HEAD + html, "/sparat": "<p>Sparat</p>", "/ram-modern": outer or ""}
        return calm.modern.page("inramad" if outer else "blankett")

    yield show
    calm.system.pages = {}


def test_what_a_person_could_press_is_pressed(form, calm):
    form(SAVE % ("", "", "")).commit("spara")
    form(SAVE % ("", "", ""), FRAME % ("padding:9px;margin-top:1500px", "")).commit("spara")
    assert calm.system.requests.count("POST /sparat") == 2


@pytest.mark.parametrize("looks", ["position:absolute;left:-9999px", "opacity:0", "transform:scale(0)"])
def test_what_no_pointer_meets_is_not_pressed(form, calm, looks):
    with pytest.raises(SelectorError, match="täcks"):
        form(SAVE % (f" style='{looks}'", "", "")).commit("spara")
    assert "POST /sparat" not in calm.system.requests


@pytest.mark.parametrize(
    ("frame", "beside"),
    [("", "<div style='position:fixed;inset:0'>Låst</div>"), ("width:0;height:0;border:0", ""), ("opacity:0", "")],
    ids=["a box over the frame", "a frame without size", "a frame that is not drawn"],
)
def test_what_lies_over_a_frame_lies_over_what_is_in_it(form, calm, frame, beside):
    with pytest.raises(SelectorError, match="täcks"):
        form(SAVE % ("", "", ""), FRAME % (frame, beside)).commit("spara")
    assert "POST /sparat" not in calm.system.requests


def test_a_frame_is_at_work_while_the_page_around_it_says_so(form):
    late = """<dl><dt>Mottagare<dd id=m>gammalt</dl><script>
    const busy = parent.document.body.appendChild(parent.document.createElement("p"));
    busy.ariaBusy = "true";
    busy.append("Laddar");
    setTimeout(() => { m.textContent = "nytt"; busy.remove(); }, 200);</script>"""
    assert form(late, FRAME % ("", "")).read("mottagare") == "nytt"


def test_the_text_of_a_slot_is_read_where_it_is_drawn(form):
    part = """<script>customElements.define("x-del", class extends HTMLElement { connectedCallback() {
      this.attachShadow({mode: "open"}).innerHTML = "<b><slot></slot></b>"; } });</script>"""
    page = form(f"<table><tr><td>Mottagare<td><x-del>God <i>man</i></x-del></table>{part}")
    assert page.read("mottagare") == "God man"


@pytest.mark.parametrize("locked", [" disabled", " aria-disabled=true"])
def test_what_is_locked_by_what_it_lies_in_is_neither_filled_nor_pressed(form, calm, locked):
    page = form(f"<fieldset{locked}>{SAVE % ('', FIELD, '')}</fieldset>")
    with pytest.raises(SelectorError, match="belopp» är låst"):
        page.fill("belopp", 6865)
    with pytest.raises(SelectorError, match="spara» är låst"):
        page.commit("spara")
    assert "POST /sparat" not in calm.system.requests


@pytest.mark.parametrize(
    "choice",
    [
        "<select id=kod><option>-<option disabled>Bifall</select>",
        "<select id=kod><option>-<optgroup disabled><option>Bifall</optgroup></select>",
        DROPDOWN % "aria-disabled=true",
    ],
)
def test_a_choice_that_is_locked_cannot_be_made(form, choice):
    with pytest.raises(SelectorError, match="alternativ"):
        form(choice).fill("kod", "Bifall")


def test_a_page_hears_of_what_is_filled_in_inside_a_shadow_tree(form, calm):
    listener = """<x-falt></x-falt>
    <form method=post action=/sparat><input type=hidden name=hort><button>Spara</button></form>
    <script>document.addEventListener("input", (event) => {
      document.querySelector("[name=hort]").value = event.composedPath()[0].value;
    });
    document.querySelector("x-falt").attachShadow({mode: "open"}).innerHTML = "<input name=belopp>";</script>"""
    page = form(listener)
    page.fill("belopp", 6865)
    page.commit("spara")
    assert calm.system.posted == [{"hort": "6865"}]


def test_a_choice_is_made_in_the_list_that_opened_not_in_one_that_was_there(form):
    other = """<div role=listbox><div role=option onclick="m.textContent = 'fel lista'">Bifall</div></div>"""
    page = form(other + DROPDOWN % "" + "<dl><dt>Mottagare<dd id=m></dl>")
    page.fill("kod", "Bifall")
    assert page.read_all("kod", "mottagare") == {"kod": "Bifall", "mottagare": ""}


def test_a_choice_is_made_in_the_list_that_the_field_names(form):
    also = "document.body.insertAdjacentHTML('beforeend', '<p role=option>Bifall'); list.id = 'egen'; list.innerHTML"
    page = form((DROPDOWN % "").replace("tabindex=0", "aria-controls=egen").replace("list.innerHTML", also))
    page.fill("kod", "Bifall")
    assert page.read("kod") == "Bifall"


def test_a_known_box_is_closed_by_its_own_button_only_and_once(form, calm):
    closing = "<button type=button onclick=\"fetch('/svar', {method: 'POST'}); setTimeout(() => kakor.remove(), 200)\">"
    calm.system.pages["/svar"] = "ok"
    alike = "<form method=post action=/fel><button>Bara nödvändiga</button></form>"
    page = form(alike + OVER % f"{closing}Bara nödvändiga</button>" + SAVE % ("", FIELD, ""))
    page.fill("belopp", 6865)
    page.commit("spara")
    assert [request for request in calm.system.requests if "POST" in request] == ["POST /svar", "POST /sparat"]


def test_a_button_that_would_send_a_form_closes_no_box(form, calm):
    page = form(SAVE % ("", FIELD + OVER % "<button>Bara nödvändiga</button>", ""))
    with pytest.raises(SelectorError, match="täcks"):
        page.commit("spara")
    assert "POST /sparat" not in calm.system.requests


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ("document.querySelector('h1').textContent = 'Ärende 2'", PortalError, "inte längre öppen"),
        ("document.querySelector('[name=belopp]').value = '1'", SelectorError, "behöll inte"),
        ("document.querySelector('form').innerHTML = '<button>Spara</button>'", SelectorError, "belopp"),
        ("document.body.insertAdjacentHTML('beforeend', '<p>Fel: spärrat</p>')", PortalError, "visar «fel»"),
        ("document.body.ariaBusy = 'true'", PortalError, "laddar"),
    ],
    ids=["another case", "another value", "fields gone", "a sign of failure", "at work"],
)
def test_a_page_that_has_gone_on_to_something_else_is_not_saved(form, calm, change, error, told):
    page = form(SAVE % ("", FIELD.replace(">", f' onchange="setTimeout(() => {{ {change} }})">'), ""))
    page.fill("belopp", 6865)
    with pytest.raises(error, match=told):
        page.commit("spara")
    assert "POST /sparat" not in calm.system.requests


def test_a_field_that_was_drawn_anew_with_its_value_is_still_filled(form, calm):
    again = "const anew = this.cloneNode(); anew.value = this.value; this.replaceWith(anew)"
    page = form(SAVE % ("", FIELD.replace(">", f' onchange="setTimeout(() => {{ {again} }})">'), ""))
    page.fill("belopp", 6865)
    page.commit("spara")
    assert calm.system.posted == [{"belopp": "6865"}]
