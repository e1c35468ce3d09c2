// Addresses and the view that is shown. Every address but the log-in's is a view; its data lie under /api.
const main = document.getElementById("vy");
const menu = document.getElementById("meny");
let latest = 0;

const PLACES = [
  ["Översikt", ""],
  ["Aktualiseringar", "/aktualiseringar"],
  ["Beräkningar", "/berakningar"],
  ["Beslut", "/beslut"],
  ["Utbetalningar", "/utbetalningar"],
  ["Journal", "/journal"],
  ["Bevakningar", "/bevakningar"],
  ["Dokument", "/dokument"],
  ["Närvaro", "/narvaro"],
];
const NEW = [
  ["Ny aktualisering", "/ny/aktualisering"],
  ["Ny beräkning", "/ny/berakning"],
  ["Nytt beslut", "/ny/beslut"],
  ["Ny utbetalning", "/ny/utbetalning"],
  ["Ny journalanteckning", "/ny/anteckning"],
  ["Ny bevakning", "/ny/bevakning"],
];

const drawMenu = (arende) => {
  const link = ([text, path]) => {
    const here = path === location.pathname;
    return h("a", { href: path, class: here ? "har" : null, "aria-current": here ? "page" : null }, text);
  };
  const under = (places) => places.map(([text, path]) => link([text, `/arende/${arende.nr}${path}`]));
  menu.replaceChildren(link(["Sök person", "/sok"]));
  if (!arende) return;
  menu.append(h("div", { class: "arende" }, h("strong", {}, `Ärende ${arende.nr}`), h("span", {}, arende.namn), h("em", {}, arende.status)));
  menu.append(...under(PLACES), h("div", { class: "avsnitt" }, "Skapa nytt"), ...under(NEW));
};

const viewOf = (page, path) => {
  if (page.form) return new Form().start(page, path);
  return page.falt ? new Search().start(page) : new View().start(page, path);
};

// Shows the view of the address in the address bar. Of two on their way only the later is shown.
const render = async () => {
  const mine = (latest += 1);
  closeOpenCalendar();
  main.setAttribute("aria-busy", "true");
  main.replaceChildren(spinner("Hämtar sidan"));
  const path = `/api${location.pathname}`;
  let page = {};
  let view;
  try {
    page = await askPage(path);
    view = viewOf(page, path);
  } catch (trouble) {
    view = errorBox(trouble instanceof Trouble ? trouble.message : TROUBLE);
  }
  if (mine !== latest) return;
  main.replaceChildren(view);
  main.setAttribute("aria-busy", "false");
  if (page.rubrik || menu.childElementCount === 0) drawMenu(page.arende);
  document.title = page.rubrik ? `${page.rubrik} | Verksamhetssystem IFO` : "Verksamhetssystem IFO";
};

const go = (path) => {
  history.pushState(null, "", path);
  return render();
};

// Links inside the system change the view, not the document; files and the log-out are fetched as usual.
document.addEventListener("click", (event) => {
  const link = event.composedPath().find((el) => el.matches?.("a[href]"));
  const path = link?.getAttribute("href") ?? "";
  if (event.ctrlKey || event.metaKey || !/^\/(?:sok|arende)\b/.test(path)) return;
  event.preventDefault();
  go(path);
});
addEventListener("popstate", render);
render();
