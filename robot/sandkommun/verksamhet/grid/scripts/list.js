// A list that holds only the rows in sight. Rows are asked for in chunks, and row elements are used again.
const ROW_PX = 48;
const IN_SIGHT = 8;

class List extends Part {
  // `first`: {antal, rader} from the first row on. `more(from)` gives the same from another row on; null: all are here.
  start({ namn, kolumner, first, more = null }) {
    this._rows = [];
    this._more = more;
    this._loading = false;
    this._columns = kolumner.map((column) => `minmax(0, ${column.bredd}fr)`).join(" ");
    this._pool = [];
    this._space = h("div", { class: "hojd", role: "presentation" });
    this._box = h("div", { class: "rullning", role: "rowgroup", tabindex: "0", onscroll: () => this._draw() }, this._space);
    const heads = kolumner.map((column) => h("div", { role: "columnheader" }, column.text));
    const head = h("div", { role: "row", class: "huvud", style: `grid-template-columns: ${this._columns}` }, heads);
    this._grid = h("div", { class: "lista", role: "grid", "aria-label": namn, "aria-busy": "false" }, head, this._box);
    this._width = kolumner.length;
    this._take(0, first);
    this.show(this._grid, this._count === 0 ? h("p", { class: "inga" }, "Inga rader.") : null);
    this._draw();
    return this;
  }

  _take(from, { antal, rader }) {
    this._count = antal;
    rader.forEach((row, i) => (this._rows[from + i] = row));
    this._grid.setAttribute("aria-rowcount", antal);
    this._space.style.height = `${antal * ROW_PX}px`;
    this._box.style.height = `${Math.min(antal, IN_SIGHT) * ROW_PX}px`;
  }

  _draw() {
    const first = Math.max(0, Math.floor(this._box.scrollTop / ROW_PX) - 1);
    const last = Math.min(this._count, first + IN_SIGHT + 2);
    for (let i = first; i < last; i += 1) {
      if (this._rows[i] === undefined) {
        this._load(i);
        return; // the rows that were there stay until the new ones have come
      }
    }
    while (this._pool.length > last - first) this._pool.pop().remove();
    while (this._pool.length < last - first) this._pool.push(this._newRow());
    this._pool.forEach((row, i) => this._fill(row, first + i));
  }

  _newRow() {
    const cells = Array.from({ length: this._width }, () => h("div", { role: "gridcell" }));
    const row = h("div", { role: "row", class: "rad", style: `grid-template-columns: ${this._columns}` }, cells);
    this._space.append(row);
    return row;
  }

  _fill(row, number) {
    row.setAttribute("aria-rowindex", number + 1);
    row.style.transform = `translateY(${number * ROW_PX}px)`;
    row.classList.toggle("udda", number % 2 === 1);
    this._rows[number].forEach((value, i) => {
      const cell = row.children[i];
      if (typeof value === "string") cell.textContent = value;
      else cell.replaceChildren(h("a", { href: value.till }, value.text));
    });
  }

  async _load(missing) {
    if (this._loading || this._more === null) return;
    this._loading = true;
    this.find(".fel")?.remove();
    this._grid.setAttribute("aria-busy", "true");
    const wait = spinner("Hämtar fler rader");
    this._grid.append(wait);
    try {
      this._take(missing, await this._more(missing));
    } catch (trouble) {
      this._grid.before(errorBox(trouble.message));
      return;
    } finally {
      this._loading = false;
      wait.remove();
      this._grid.setAttribute("aria-busy", "false");
    }
    this._draw();
  }
}
customElements.define("ifo-list", List);
