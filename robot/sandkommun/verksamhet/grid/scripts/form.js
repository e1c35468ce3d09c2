// A form as the server describes it. After every answer of the server's it is blank again.
class Form extends Part {
  start(page, path) {
    this._path = path;
    this._page = page;
    this._blank();
    return this;
  }

  _blank() {
    const { rubrik, form } = this._page;
    this._fields = form.falt.map((about) => new Field().start(about));
    this._files = form.filer ? new Field().start({ namn: "filer", text: form.filer, slag: "files" }) : null;
    this._rows = form.rader.map((rows) => ({ rows, lines: this._lines(rows) }));
    this._step([
      h("section", { class: "kort falt" }, this._fields, this._files ? [this._files] : []),
      this._rows.map(({ rows, lines }) => this._table(rows, lines)),
    ]);
    this._button(form.knapp, () => (form.bekrafta ? this._review() : this._save()));
    this._heading(rubrik);
    tell(this.shadowRoot, this._page.meddelande);
  }

  _heading(text) {
    this.shadowRoot.prepend(h("h1", {}, text));
  }

  _step(parts) {
    this.show(h("div", { class: "blankett" }, parts));
  }

  _button(text, act) {
    const button = h("button", { type: "button", onclick: act }, text);
    this.find(".blankett").append(h("div", { class: "fot" }, button));
  }

  _lines({ namn, en, antal, falt }) {
    const name = en[0].toUpperCase() + en.slice(1);
    return Array.from({ length: antal }, (_, i) =>
      falt.map((about) => {
        const told = { ...about, namn: `${namn}.${i + 1}.${about.namn}`, text: `${name} ${i + 1} ${about.text}` };
        return new Field().start(told, { alone: false });
      }),
    );
  }

  _table({ rubrik, falt }, lines) {
    const columns = falt.map((about) => (about.namn === "notering" ? "2fr" : "1fr")).join(" ");
    const line = (cells, looks) => h("div", { class: looks, style: `grid-template-columns: 2rem ${columns}` }, cells);
    const heads = line(["", ...falt.map((about) => about.text)].map((text) => h("span", {}, text)), "rad huvud");
    const rows = lines.map((fields, i) => line([h("span", { class: "nr" }, String(i + 1)), ...fields], "rad"));
    return h("section", { class: "kort bred rader" }, h("h2", {}, rubrik), heads, rows);
  }

  // The page in between: what was typed, and the button that really saves.
  _review() {
    closeOpenCalendar();
    const typed = this._fields.map((field) => [field.label, field.value]);
    const { form, rubrik } = this._page;
    this._step([new Card().start({ rubrik: "Granska uppgifterna", uppgifter: typed })]);
    this._button(form.bekrafta, () => this._save());
    this._heading(rubrik.replace(form.titel, `Granska ${form.titel.toLowerCase()}`));
  }

  _typed() {
    const rader = {};
    for (const { rows, lines } of this._rows) {
      rader[rows.namn] = lines.map((fields) => Object.fromEntries(fields.map((field) => [field.name.split(".")[2], field.value])));
    }
    const varden = Object.fromEntries(this._fields.map((field) => [field.name, field.value]));
    const told = { varden, rader, version: this._page.form.version };
    const files = this._files?.files ?? [];
    if (files.length === 0) return told;
    const sent = new FormData();
    sent.append("json", JSON.stringify(told));
    files.forEach((file) => sent.append("filer", file));
    return sent;
  }

  async _save() {
    const button = this.find(".fot button");
    button.disabled = true;
    this.setAttribute("aria-busy", "true");
    try {
      const answer = await ask(this._path, this._typed());
      if (answer.form) this._page = answer;
      this._blank();
      closeOpenCalendar();
      if (answer.fel) tell(this.shadowRoot, answer.fel);
      if (answer.sparat || answer.fel) toast(answer.fel || "Sparat", Boolean(answer.fel));
    } catch (trouble) {
      tell(this.shadowRoot, trouble.message);
      toast(TROUBLE, true);
      button.disabled = false;
    } finally {
      this.removeAttribute("aria-busy");
    }
  }
}
customElements.define("ifo-form", Form);
