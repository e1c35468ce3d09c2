"""What newer systems build their pages of: shadow DOM, lists without <select>, lists that hold only the rows in sight,
boxes that lie over the page, dialogs, and windows that close themselves."""

import pytest

from medarbetare.errors import PortalError, SelectorError

FORM = """<!DOCTYPE html><meta charset=iso-8859-1>
<div id=kakor style="position:fixed;inset:0;background:#eee;display:%s">
<button onclick="this.parentNode.remove()">Bara nödvändiga</button></div><x-form></x-form><div id=hinder></div><script>
customElements.define("x-form", class extends HTMLElement {
  connectedCallback() {
    const inner = document.createElement("x-inner");
    this.attachShadow({mode: "open"}).append(inner);
  }
});
customElements.define("x-inner", class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({mode: "open"});
    root.innerHTML = `<h1>Formulär</h1><label>Namn <input></label>
      <div role=combobox tabindex=0 aria-label=Kod></div><input data-falt=datum><button>Spara</button>`;
    const box = root.querySelector("[role=combobox]"), day = root.querySelector("[data-falt=datum]");
    box.addEventListener("click", () => setTimeout(() => {
      const list = document.body.appendChild(document.createElement("div"));
      list.innerHTML = "<div role=option>Bifall</div><div role=option>Avslag</div>";
      list.addEventListener("mousedown", (event) => { box.textContent = event.target.textContent; list.remove(); });
    }, 30));
    day.addEventListener("focus", () => {
      const over = document.body.appendChild(document.createElement("div"));
      over.style = "position:fixed;inset:0;background:#ddd";
      document.addEventListener("keydown", (event) => event.key === "Escape" && over.remove());
    });
    root.querySelector("button").addEventListener("click", () => {
      const fields = {namn: root.querySelector("label input").value, kod: box.textContent, datum: day.value};
      fetch("/spara", {method: "POST", body: new URLSearchParams(fields)});
    });
  }
});
</script>"""
LIST = """<!DOCTYPE html><meta charset=iso-8859-1><h1>Lista</h1><div role=grid aria-rowcount=-1 aria-busy=true>
<div role=row><span role=columnheader>Nr</span><span role=columnheader>Belopp</span></div>
<div class=box style="height:100px;overflow:auto"><div id=all style="position:relative;height:1200px"></div></div></div>
<script>
const [grid, box, all] = ["[role=grid]", ".box", "#all"].map((css) => document.querySelector(css));
const row = (n) => `<div role=row aria-rowindex=${n} style="position:absolute;top:${(n - 1) * 20}px">
  <span role=gridcell>${n}</span><span role=gridcell>${n * 10}</span></div>`;
const show = () => {
  const first = Math.floor(box.scrollTop / 20) + 1;
  all.innerHTML = [...Array(7).keys()].map((i) => first + i).filter((n) => n <= TOTAL).map(row).join("");
};
const TOTAL = 60;
setTimeout(() => {
  grid.setAttribute("aria-rowcount", LIE ?? TOTAL);
  grid.removeAttribute("aria-busy");
  box.addEventListener("scroll", () => setTimeout(show, 15));
  show();
}, 150);
</script>"""
ASKING = """<form method=post action=/sparat onsubmit="return confirm('%s')"><button>Spara</button></form>"""
OPENER = """<button onclick="window.open('/nytt-fonster')">Ny</button>"""
WINDOW = """<form method=post action=/klart><label>Text <input name=t></label><button>Spara</button></form>"""


@pytest.fixture
def modern(calm):
    calm.system.pages = {"/formular": FORM % "none", "/spara": "ok", "/sparat": "<p>Sparat</p>"}
    yield calm.modern
    calm.system.pages = {}


def test_a_form_in_shadow_trees_is_filled_and_saved_by_a_request(modern, calm):
    form = modern.page("formular")
    form.fill_all({"namn": "Prov", "kod": "Avslag", "datum": "2026-12-01"})
    assert form.read_all("namn", "kod", "datum") == {"namn": "Prov", "kod": "Avslag", "datum": "2026-12-01"}
    form.commit("spara")
    assert calm.system.posted == [{"namn": "Prov", "kod": "Avslag", "datum": "2026-12-01"}]
    with pytest.raises(PortalError, match="inte längre öppen"):
        form.commit("spara")


def test_a_choice_that_the_list_does_not_have_is_told_without_the_value(modern):
    form = modern.page("formular")
    with pytest.raises(SelectorError, match="alternativ") as raised:
        form.fill("kod", "Kanske")
    assert "Kanske" not in raised.value.message


def test_a_known_box_over_the_page_is_closed_and_an_unknown_one_is_never_pressed_through(modern, calm):
    calm.system.pages["/formular"] = FORM % "block"
    form = modern.page("formular")
    form.fill("namn", "Prov")
    form.commit("spara")
    assert len(calm.system.posted) == 1
    calm.system.pages["/formular"] = (FORM % "none").replace("<div id=hinder", "<div style='position:fixed;inset:0'")
    covered = modern.page("formular")
    with pytest.raises(SelectorError, match="täcks"):
        covered.commit("spara")
    assert len(calm.system.posted) == 1


def test_a_long_list_is_read_to_its_end_though_only_some_rows_are_there(modern, calm):
    calm.system.pages["/lista-lang"] = LIST.replace("LIE ?? TOTAL", "TOTAL")
    rows = modern.page("lista").table("rader")
    assert [(row["nr"], row["belopp"]) for row in rows] == [(str(n), str(n * 10)) for n in range(1, 61)]


def test_a_list_that_shows_fewer_rows_than_it_tells_of_is_never_taken_for_whole(modern, calm):
    calm.system.pages["/lista-lang"] = LIST.replace("LIE ?? TOTAL", "61")
    with pytest.raises(SelectorError, match="i sin helhet"):
        modern.page("lista").table("rader")


def test_a_page_that_keeps_loading_is_the_portals_fault_not_an_empty_list(modern, calm):
    calm.system.pages["/lista-lang"] = LIST.replace("removeAttribute", "getAttribute")
    with pytest.raises(PortalError):
        modern.page("lista").table("rader")


def test_a_click_may_change_the_page_in_its_own_document(modern, calm):
    calm.system.pages["/sok-modernt"] = (
        "<main></main><button onclick=\"setTimeout(() => document.querySelector('main').innerHTML = '<p id=traff>Hittad"
        "</p>', 40)\">Sök</button>"
    )
    assert modern.page("traff").read("traff") == "Hittad"


def test_an_expected_question_is_answered_with_yes_and_any_other_with_no(modern, calm):
    calm.system.pages |= {"/fraga": ASKING % "Vill du spara beslutet?", "/annan-fraga": ASKING % "Ta bort ärendet?"}
    modern.page("fraga").commit("spara")
    assert calm.system.requests.count("POST /sparat") == 1
    with pytest.raises(PortalError, match="inte känner"):
        modern.page("annan_fraga").commit("spara")
    assert calm.system.requests.count("POST /sparat") == 1


def test_a_window_that_saves_and_closes_itself_has_saved(modern, calm):
    calm.system.pages |= {
        "/fonster": OPENER,
        "/nytt-fonster": WINDOW,
        "/klart": "<script>close()</script>",
    }
    window = modern.page("fonster")
    window.fill("text", "Prov")
    window.commit("spara")
    assert calm.system.posted == [{"t": "Prov"}]
    assert modern.page("formular").read("rubrik") == "Formulär"


def test_a_window_that_nobody_asked_for_is_closed(modern, calm):
    calm.system.pages["/formular"] = (FORM % "none") + "<script>open('/sparat')</script>"
    for _ in range(3):
        assert modern.page("formular").read("rubrik") == "Formulär"
    assert calm.modern._navigation.session.windows_open <= 2
