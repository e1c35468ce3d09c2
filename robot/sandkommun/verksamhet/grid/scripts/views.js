// The views that show: cards of facts, lists, links, buttons; and the search.
class Card extends Part {
  start({ rubrik, uppgifter }) {
    const facts = uppgifter.flatMap(([text, value]) => [h("dt", {}, text), h("dd", {}, value)]);
    this.show(h("section", { class: "kort" }, h("h2", {}, rubrik), h("dl", {}, facts)));
    return this;
  }
}
customElements.define("ifo-card", Card);

const listOf = (list, path) => {
  const more = list.mer ? async (from) => (await askPage(`${path}?fran=${from}`)).listor[0] : null;
  return h("section", { class: "kort bred" }, h("h2", {}, list.namn), new List().start({ ...list, first: list, more }));
};

// A page that the server refuses is trouble; a form that it refuses is not.
const askPage = async (path) => {
  const page = await ask(path);
  if (page.fel) throw new Trouble(page.fel);
  return page;
};

class View extends Part {
  start(page, path) {
    const links = page.lankar.map((link) => h("p", {}, h("a", { class: "fil", href: link.till }, link.text)));
    const texts = page.texter.map((text) => h("p", {}, text));
    const files = links.length + texts.length ? [h("section", { class: "kort" }, texts, links)] : [];
    this.show(
      h("h1", {}, page.rubrik),
      h("div", { class: "knappar" }, page.knappar.map((button) => this._button(button))),
      h("div", { class: "rutnat" }, page.grupper.map((group) => new Card().start(group)), files, page.listor.map((list) => listOf(list, path))),
    );
    return this;
  }

  _button({ text, till }) {
    const press = async () => {
      button.disabled = true;
      try {
        const { sparat, fel } = await ask(till, {});
        if (sparat) toast("Sparat");
        await render();
        if (fel) toast(fel, true);
      } catch (trouble) {
        button.disabled = false;
        tell(this.shadowRoot, trouble.message);
      }
    };
    const button = h("button", { type: "button", class: "bi", onclick: press }, text);
    return button;
  }
}
customElements.define("ifo-view", View);

class Search extends Part {
  start(page) {
    this._fields = page.falt.map((about) => new Field().start(about));
    this._hits = h("div", { class: "traffar" });
    this._button = h("button", { type: "submit" }, "Sök");
    const submit = (event) => {
      event.preventDefault();
      this._search();
    };
    const form = h("form", { class: "kort smal", onsubmit: submit }, this._fields, h("div", { class: "fot" }, this._button));
    this.addEventListener("keydown", (event) => event.key === "Enter" && this._search());
    this.show(h("h1", {}, page.rubrik), form, this._hits);
    return this;
  }

  async _search() {
    if (this._button.disabled) return;
    this._button.disabled = true;
    this._hits.replaceChildren(spinner("Söker"));
    tell(this.shadowRoot, "");
    const asked = Object.fromEntries(this._fields.map((field) => [field.name, field.value]));
    try {
      const { arende, listor = [], fel = "" } = await ask("/api/sok", asked);
      if (arende) return await go(`/arende/${arende}`);
      tell(this.shadowRoot, fel);
      this._hits.replaceChildren(...listor.map((list) => listOf(list, "")));
    } catch (trouble) {
      tell(this.shadowRoot, trouble.message);
      this._hits.replaceChildren();
    } finally {
      this._button.disabled = false;
    }
  }
}
customElements.define("ifo-search", Search);
