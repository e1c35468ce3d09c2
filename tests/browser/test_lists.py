"""Tables and lists of newer systems: texts in shadow trees and slots, lists that load late, rows that are used again,
and columns that are not drawn. What is not certainly the whole list is a fault, never a shorter list."""

import pytest

from medarbetare.errors import SelectorError

HEADS = "<div role=row><b role=columnheader>Nr</b><b role=columnheader>Belopp</b></div>"
PART = """<script>customElements.define("x-del", class extends HTMLElement { connectedCallback() {
  this.attachShadow({mode: "open"}).innerHTML = this.innerHTML ? "<div><slot></slot></div>" : `<b>${this.title}</b>`;
} });</script>"""
LONG = (
    f"<!DOCTYPE html><h1>Lista</h1><div role=grid aria-rowcount=%s>{HEADS}"
    """<div class=box style="height:100px;overflow:auto">
<div id=all style="position:relative;height:%spx"></div></div></div>
<script>
const [grid, box, all] = ["[role=grid]", ".box", "#all"].map((css) => document.querySelector(css));
const row = (n, nr, belopp) => `<div role=row aria-rowindex=${n} style="position:absolute;top:${(n - 1) * 20}px">
  <i role=gridcell>${nr}</i><i role=gridcell>${belopp}</i></div>`;
const numbers = (from, to) => [...Array(to - from + 1).keys()].map((i) => from + i);
const show = (from, to) => { all.innerHTML = numbers(from, to).map((n) => row(n, n, n * 10)).join(""); };
%s</script>"""
)
LATE = "setTimeout(() => { grid.setAttribute('aria-rowcount', 3); show(1, 3); grid.ariaBusy = 'false'; }, 150);"
RECYCLED = """const add = (n) => { all.insertAdjacentHTML("beforeend", row(n, n, n * 10)); return all.lastChild; };
const pool = numbers(1, 7).map(add);
box.onscroll = () => pool.forEach((el, i) => {
  const n = Math.min(Math.floor(box.scrollTop / 20), 23) + i + 1;
  el.setAttribute("aria-rowindex", n);
  el.style.top = `${(n - 1) * 20}px`;
  setTimeout(() => { el.children[0].textContent = n; el.children[1].textContent = n * 10; }, 60);
});"""
GROWING = """let there = 20; show(1, 20);
box.onscroll = () => there < 40 && box.scrollTop + box.clientHeight >= box.scrollHeight - 5 && setTimeout(() => {
  there = 40; all.style.height = "800px"; show(1, 40); grid.setAttribute("aria-rowcount", 40);
}, 50);"""
SORTED_ANEW = """let data = numbers(1, 12), once = false;
const draw = () => { const f = Math.min(Math.floor(box.scrollTop / 20), 6);
  all.innerHTML = data.slice(f, f + 6).map((x, i) => row(f + i + 1, x, x * 10)).join(""); };
draw(); box.onscroll = () => { if (!once) data = [data[11], ...data.slice(0, 11)]; once = true; draw(); };"""
SLOW = """show(1, 7);
box.onscroll = () => { const f = Math.floor(box.scrollTop / 20) + 1; show(f, Math.min(f + 6, 1500)); };"""


@pytest.fixture
def listing(calm):
    """Reads a table of the page `lista`, which is `html`."""

    def read(html, table="rader"):
        calm.system.pages = {"/lista-lang": html}
        return [(row["nr"], row["belopp"]) for row in calm.modern.page("lista").table(table)]

    yield read
    calm.system.pages = {}


def whole(count):
    return [(str(n), str(n * 10)) for n in range(1, count + 1)]


def ordinary(row):
    return f"<!DOCTYPE html><h1>Lista</h1><table id=rader><tr><th>Nr<th>Belopp{row}</table>{PART}"


@pytest.mark.parametrize(
    ("row", "belopp"),
    [
        ("<tr><td>1<td><x-del title=6865></x-del>", "6865"),
        ("<tr><td>1<td>6865 <x-del title=kr></x-del>", "6865 kr"),
        ("<tr><td><x-del>1</x-del><td><x-del>6865</x-del>", "6865"),
        ("<tr><td>1<td><x-del>68<b>65</b></x-del>", "6865"),
    ],
)
def test_texts_in_shadow_trees_and_slots_are_read_as_they_are_drawn(listing, row, belopp):
    assert listing(ordinary(row), "vanlig") == [("1", belopp)]


def test_a_grid_whose_cells_are_slots_is_read(listing):
    cells = "<div role=row><x-del role=gridcell>1</x-del><x-del role=gridcell>10</x-del></div>"
    assert listing(f"<h1>Lista</h1><div role=grid>{HEADS}{cells}</div>{PART}", "vanlig") == [("1", "10")]


@pytest.mark.parametrize("drawing", ["<canvas></canvas>", "<x-okand></x-okand>", "<img alt='' src=''>"])
def test_a_row_without_text_is_spacing_only_when_nothing_else_is_drawn_in_it(listing, drawing):
    assert listing(ordinary("<tr><td> <td> <tr><td>1<td>10"), "vanlig") == whole(1)
    with pytest.raises(SelectorError, match="celler"):
        listing(ordinary(f"<tr><td><td>{drawing}<tr><td>1<td>10"), "vanlig")


@pytest.mark.parametrize("table", ["vanlig", "med_tomtext"])
def test_a_table_that_has_not_begun_to_load_is_never_taken_for_empty(listing, table):
    loading = """<script>setTimeout(() => { rader.ariaBusy = "true"; setTimeout(() => {
      rader.tBodies[0].innerHTML += "<tr><td>1<td>10"; rader.ariaBusy = "false"; }, 100); }, 60);</script>"""
    assert listing(ordinary("") + loading, table) == whole(1)


def test_an_empty_table_is_empty_when_the_page_says_so_or_has_come_to_rest(listing):
    assert listing(ordinary("") + "<p>Inga rader.</p>", "med_tomtext") == []
    assert listing(ordinary(""), "vanlig") == []
    with pytest.raises(SelectorError, match="i sin helhet"):
        listing(ordinary(""), "med_tomtext")


def test_another_lists_word_that_it_is_empty_is_not_this_ones(listing):
    other = "<div><table><tr><th>Annat</table><p>Inga rader.</p></div>"
    with pytest.raises(SelectorError, match="i sin helhet"):
        listing(ordinary("") + other, "med_tomtext")
    assert listing(f"<div>{ordinary('')}<p>Inga rader.</p></div>{other}", "med_tomtext") == []


@pytest.mark.parametrize(
    ("told", "script", "count"),
    [
        (0, f"setTimeout(() => {{ grid.ariaBusy = 'true'; {LATE} }}, 30);", 3),
        ("''", LATE, 3),
        (30, RECYCLED, 30),
        (20, GROWING, 40),
    ],
    ids=["busy later than the list", "no count yet", "rows used again before their contents", "more at the end"],
)
def test_a_long_list_that_changes_while_it_is_read_is_read_whole(listing, told, script, count):
    height = {20: 400, 30: 600}.get(told, 60)
    assert listing(LONG % (told, height, script)) == whole(count)


def test_a_list_that_is_sorted_anew_while_it_is_read_has_every_row_once(listing):
    rows = listing(LONG % (12, 240, SORTED_ANEW))
    assert sorted(rows) == sorted(whole(12))
    assert rows[0] == ("12", "120")


def test_rows_that_are_left_out_count_as_seen_and_so_does_the_text_of_an_empty_list(listing):
    assert listing(LONG % (2, 60, "all.innerHTML = row(1, 1, 10) + row(2, 'Summa', 10);"), "utan_summa") == whole(1)
    told = "all.innerHTML = '<div role=row aria-rowindex=1><i role=gridcell>Inga rader.</i></div>';"
    assert listing(LONG % (1, 60, told), "utan_summa") == []


def test_a_row_that_is_numbered_but_blank_has_not_been_read(listing):
    with pytest.raises(SelectorError, match="i sin helhet"):
        listing(LONG % (2, 60, "all.innerHTML = row(1, 1, 10) + row(2, '', '');"))


def test_a_list_that_takes_too_long_is_a_fault_and_not_the_end_of_the_browser(listing):
    with pytest.raises(SelectorError, match="i sin helhet"):
        listing(LONG % (1500, 30000, SLOW))
    assert listing(LONG % (3, 60, "show(1, 3);")) == whole(3)


def test_cells_stand_in_the_columns_that_they_tell_of(listing):
    told = "<div role=row><i role=gridcell aria-colindex=2>10</i><i role=gridcell aria-colindex=1>1</i></div>"
    assert listing(f"<h1>Lista</h1><div role=grid>{HEADS}{told}</div>", "vanlig") == whole(1)


@pytest.mark.parametrize(
    "cells",
    [
        "<i role=gridcell aria-colindex=1>1</i><i role=gridcell aria-colindex=3>30</i>",
        "<i role=gridcell>1</i><i role=gridcell>10</i><i role=gridcell>30</i>",
    ],
    ids=["a column not drawn", "a cell too many"],
)
def test_a_row_whose_cells_do_not_fit_the_columns_is_a_fault(listing, cells):
    with pytest.raises(SelectorError, match="celler"):
        listing(f"<h1>Lista</h1><div role=grid>{HEADS}<div role=row>{cells}</div></div>", "vanlig")


def entries(calm, html):
    calm.system.pages = {"/lista-lang": f"<h1>Lista</h1>{html}"}
    return calm.modern.page("lista").table("inlagg")


def test_a_list_that_is_no_table_is_read_entry_by_entry(calm):
    rows = entries(
        calm,
        """<ol id=inlagg><li class=ut><p>Skicka   kvittot.</p></li><li hidden class=ut><p>Gömt</p></li>
        <li class=in><p>Här, <b>två</b> stycken.</p><a href=/1>ett.pdf</a> <a href=/2>två, tre.pdf</a></li></ol>""",
    )
    assert rows == [
        {"ut": "Skicka kvittot.", "text": "Skicka kvittot.", "filer": ""},
        {"ut": "", "text": "Här, två stycken.", "filer": "ett.pdf\ntvå, tre.pdf"},
    ]


def test_a_list_of_entries_is_empty_only_where_the_page_says_so(calm):
    assert entries(calm, "<ol id=inlagg><li>Inga inlägg.</li></ol>") == []
    with pytest.raises(SelectorError, match="i sin helhet"):
        entries(calm, "<ol id=inlagg></ol>")
    late = "<ol id=inlagg></ol><script>setTimeout(() => { inlagg.innerHTML = '<li class=ut><p>Nytt'; }, 100);</script>"
    assert [row["text"] for row in entries(calm, late)] == ["Nytt"]
