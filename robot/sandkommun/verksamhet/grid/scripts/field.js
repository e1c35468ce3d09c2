// One field of a form. What counts is what it was told by events, not what stands in the control.
class Field extends Part {
  // `about`: {namn, text, slag, val} as the server describes it; `alone`: with a visible label of its own.
  start(about, { alone = true } = {}) {
    this.value = "";
    this._about = about;
    const control = this._control(about);
    control.id = "f";
    this.classList.toggle("lang", about.slag === "long");
    control.dataset.falt = about.namn;
    if (!alone || control.matches("[role=combobox]")) control.setAttribute("aria-label", about.text);
    this.show(alone ? h("label", { for: "f" }, about.text) : null, control);
    return this;
  }

  get name() {
    return this._about.namn;
  }

  get label() {
    return this._about.text;
  }

  get files() {
    return this._about.slag === "files" ? [...this.find("input").files] : [];
  }

  _control({ slag, val }) {
    if (slag === "files") return h("input", { type: "file", multiple: true });
    if (slag === "choice" || slag === "person") return this._combobox(["", ...val]);
    const control = h(slag === "long" ? "textarea" : "input", {
      type: slag === "long" ? null : "text",
      rows: slag === "long" ? "7" : null,
      autocomplete: "off",
      placeholder: { day: "åååå-mm-dd", month: "åååå-mm", amount: "0,00" }[slag] ?? null,
      oninput: () => (this.value = control.value),
      onchange: () => (control.value = this.value),
    });
    if (slag === "day") control.addEventListener("focus", () => this._openCalendar(control));
    return control;
  }

  _combobox(choices) {
    const control = h("div", { role: "combobox", tabindex: "0", "aria-haspopup": "listbox", "aria-expanded": "false" });
    const open = () =>
      openChoices(control, choices, (text) => {
        this.value = text;
        control.textContent = text;
      });
    control.addEventListener("click", open);
    control.addEventListener("keydown", (event) => {
      if (!["Enter", " ", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      open();
    });
    return control;
  }

  _openCalendar(control) {
    openCalendar(control, document.body.dataset.today, (day) => {
      this.value = day;
      control.value = day;
    });
  }
}
customElements.define("ifo-field", Field);
