// Elements made by hand, and the base of the custom elements: each lives in a shadow root of its own.
// The scripts of this folder share one scope: the server puts them into the page in the order that it states.
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(document.getElementById("stil").textContent);

// h("a", { href: "/sok", onclick: act }, "Sök"): attributes that are null or false are left out.
const h = (tag, attributes = {}, ...children) => {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.flat(Infinity));
  return el;
};

class Part extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHEET];
  }

  show(...children) {
    this.shadowRoot.replaceChildren(...children.flat(Infinity).filter((child) => child !== null));
  }

  find(css) {
    return this.shadowRoot.querySelector(css);
  }
}

const spinner = (what) => h("div", { class: "snurra", role: "progressbar", "aria-label": what });

const errorBox = (text) => h("div", { class: "fel", role: "alert" }, text);

// The box above a view or form; no text takes it away.
const tell = (root, text) => {
  root.querySelector(".fel")?.remove();
  if (text) root.querySelector("h1").after(errorBox(text));
};
