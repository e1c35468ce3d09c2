// Finding elements and reading what they hold. Together with widgets.js, lists.js and operations.js one function that runs inside a
// portal's page (script.py joins them). Never reports values of fields, only names and labels.
const FIELDS =
  "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]):not([type=image]), select, textarea, " +
  "[role=combobox]:not(input):not(select)";
const BUTTONS = "button, input[type=submit], input[type=button], input[type=reset], input[type=image], [role=button]";
const HEADINGS = "h1, h2, h3, h4, h5, h6, legend, caption";
const ROLES = {
  button: BUTTONS,
  link: "a[href], area[href], [role=link]",
  textbox: "input, textarea, [role=textbox]",
  combobox: "select, [role=combobox]",
  checkbox: "input[type=checkbox], [role=checkbox]",
  radio: "input[type=radio], [role=radio]",
  heading: "h1, h2, h3, h4, h5, h6, [role=heading]",
  cell: "td, th, [role=cell]",
  row: "tr, [role=row]",
  img: "img, [role=img]",
  alert: "[role=alert]",
  status: "[role=status]",
};
// Western character sets: browsers treat ISO-8859-1 as windows-1252 and turn other letters into &#…; without a word.
const WESTERN = /^[\u0000-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/;

const fold = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const matches = (pattern, text) =>
  pattern.regex === undefined ? text === pattern.text : new RegExp(pattern.regex).test(text);
// What was fetched and is shown nowhere has no looks to ask for.
const visible = (el) => !el.ownerDocument.defaultView || el.checkVisibility({ visibilityProperty: true });

// The page as it is drawn: a shadow tree in place of its host's children, and those in the slots that they are put into.
const isShadow = (node) => Boolean(node.host) && node.nodeType === Node.DOCUMENT_FRAGMENT_NODE;
const isSlot = (node) => node.tagName === "SLOT" && isShadow(node.getRootNode());
const drawnChildren = (node) =>
  isSlot(node) ? node.assignedNodes({ flatten: true }) : [...(node.shadowRoot ?? node).childNodes];
const drawnParent = (node) => node.assignedSlot ?? node.parentNode ?? node.host;
function* withAncestors(el) {
  for (let node = el; node; node = drawnParent(node)) yield node;
}
const inside = (outer, el) => {
  for (const node of withAncestors(el)) if (node === outer) return true;
  return false;
};

// Open shadow roots belong to the page. Looking for them means looking at every element, so what was found is kept until
// anything may have changed (forget).
let shadows = null;
let aroundShadows = null;
const forget = () => {
  shadows = null;
  aroundShadows = null;
};
const shadowsUnder = (root) =>
  [...root.querySelectorAll("*")].filter((el) => el.shadowRoot).flatMap((el) => [el.shadowRoot, ...shadowsUnder(el.shadowRoot)]);
const shadowsIn = (root) => {
  if (root !== document && root.ownerDocument !== document) return root.defaultView ? shadowsUnder(root) : [];
  shadows ??= shadowsUnder(document);
  return root === document || shadows.length === 0 ? shadows : shadows.filter((shadow) => inside(root, shadow));
};
const all = (root, css) => [root, ...shadowsIn(root)].flatMap((part) => [...part.querySelectorAll(css)]);

// Whether a shadow tree or a slot is in what the element draws, so that the browser's own innerText misses some of it.
const drawsShadows = (el) => {
  if (el.ownerDocument !== document) return false;
  aroundShadows ??= new Set(
    shadowsIn(document).flatMap((shadow) => [shadow, ...shadow.querySelectorAll("slot")].flatMap((part) => [...withAncestors(part)])),
  );
  return aroundShadows.has(el);
};

// The pieces of text in what an element draws; `skipped` tells which elements are passed over.
const SILENT = "script, style, template, noscript";
const textsIn = (node, skipped) => {
  if (node.nodeType === Node.TEXT_NODE) return [node.data];
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SILENT) || skipped(node)) return [];
  if (node.tagName === "BR") return [" "];
  return drawnChildren(node).flatMap((child) => textsIn(child, skipped));
};
const drawnTexts = (el, skipped) => {
  const { display, visibility } = getComputedStyle(el);
  if (display === "none") return [];
  const texts = drawnChildren(el).flatMap((child) => {
    if (child.nodeType === Node.TEXT_NODE) return visibility === "visible" ? [child.data] : [];
    if (child.nodeType !== Node.ELEMENT_NODE || child.matches(SILENT) || skipped(child)) return [];
    return child.tagName === "BR" ? [" "] : drawnTexts(child, skipped);
  });
  return /^(inline|contents)/.test(display) ? texts : [" ", ...texts, " "];
};
const textOf = (el) => {
  if (drawsShadows(el)) return fold(drawnTexts(el, () => false).join(""));
  return fold(el.childElementCount === 0 ? el.textContent : el.innerText ?? el.textContent);
};
// A list to choose from that is no <select>, and what stands in it; its arrow is decoration.
const isDropdown = (el) => el.matches("[role=combobox]:not(input):not(select)");
const chosenIn = (el) => fold(drawnTexts(el, (part) => part.getAttribute("aria-hidden") === "true").join(""));
const isFileField = (el) => el.tagName === "INPUT" && el.type === "file";
const isTick = (el) => el.tagName === "INPUT" && (el.type === "checkbox" || el.type === "radio");

const valueOf = (el) => {
  if (isTick(el)) return el.checked ? "Ja" : "Nej";
  if (el.tagName === "SELECT") return [...el.selectedOptions].map((option) => fold(option.text)).join(", ");
  if (el.tagName === "INPUT" || el.tagName === "TEXTAREA") return fold(el.value);
  return isDropdown(el) ? chosenIn(el) : textOf(el);
};

const textOutsideFields = (el) => fold(textsIn(el, (part) => part.matches("select, textarea, button")).join(" "));

const cellValue = (cell) => {
  const fields = all(cell, FIELDS).filter(visible);
  return fields.length === 1 && textOutsideFields(cell) === "" ? valueOf(fields[0]) : textOf(cell);
};

const nameOf = (el) => {
  const ids = el.getAttribute("aria-labelledby");
  if (ids) return fold(ids.split(/\s+/).map((id) => el.getRootNode().getElementById(id)?.textContent ?? "").join(" "));
  if (el.getAttribute("aria-label")) return fold(el.getAttribute("aria-label"));
  if (el.labels?.length) return fold([...el.labels].map(textOutsideFields).join(" "));
  if (el.matches("input[type=submit], input[type=button], input[type=reset]")) return fold(el.value);
  const text = el.matches(FIELDS) || el.matches("input") ? "" : textOf(el);
  const alt = el.getAttribute("alt") ?? el.querySelector("img[alt]")?.alt;
  return text || fold(alt) || fold(el.title) || fold(el.getAttribute("placeholder"));
};

const textJustBefore = (field) => {
  const parts = [];
  for (let node = field.previousSibling; node; node = node.previousSibling) {
    if (node.nodeType === Node.ELEMENT_NODE && (node.tagName === "BR" || node.matches(FIELDS) || node.querySelector(FIELDS))) break;
    parts.unshift(textsIn(node, () => false).join(""));
  }
  return fold(parts.join(" "));
};

const TABLES = "table, [role=grid], [role=table], [role=treegrid]";
const rowsIn = (table) => (table.tagName === "TABLE" ? [...table.rows] : all(table, "[role=row]"));

// The table as its readers see it: rows of cells, a spanning cell repeated where it spans. A cell that tells its column
// (from 1) stands there, also when the cells before it are not drawn.
const told = (cell) => Number(cell.getAttribute("aria-colindex")) || null;
const gridOf = (table) => (table.tagName === "TABLE" ? gridOfTable(table) : rowsIn(table).map(cellsOfRow));
const cellsOfRow = (row) => {
  const cells = [];
  for (const cell of all(row, "[role=columnheader], [role=rowheader], [role=gridcell], [role=cell]")) {
    const x = told(cell) ? told(cell) - 1 : cells.length;
    for (let dx = 0; dx < (Number(cell.getAttribute("aria-colspan")) || 1); dx += 1) cells[x + dx] = cell;
  }
  return cells;
};
const gridOfTable = (table) => {
  const grid = [];
  [...table.rows].forEach((row, y) => {
    grid[y] ??= [];
    let x = 0;
    for (const cell of row.cells) {
      if (told(cell)) x = told(cell) - 1;
      while (grid[y][x]) x += 1;
      for (let dy = 0; dy < Math.min(cell.rowSpan || 1, table.rows.length - y); dy += 1) {
        grid[y + dy] ??= [];
        for (let dx = 0; dx < cell.colSpan; dx += 1) grid[y + dy][x + dx] = cell;
      }
      x += cell.colSpan;
    }
  });
  return grid;
};

const columnsIn = (cells, pattern) => {
  const found = cells.findIndex((cell) => cell && matches(pattern, textOf(cell)));
  const again = found < 0 ? -1 : cells.findIndex((cell) => cell && cell !== cells[found] && matches(pattern, textOf(cell)));
  return [found, again].filter((x) => x >= 0);
};

const controlsOrSelf = (cell) => {
  const controls = all(cell, `${FIELDS}, ${BUTTONS}`).filter(visible);
  return controls.length ? controls : [cell];
};

const besideText = (root, pattern) => {
  const cells = all(root, "td, th, dt").filter((cell) => cell.nextElementSibling && matches(pattern, textOutsideFields(cell)));
  const fields = all(root, FIELDS).filter((field) => matches(pattern, textJustBefore(field)));
  return [...cells.flatMap((cell) => controlsOrSelf(cell.nextElementSibling)), ...fields];
};

const inColumn = (root, { column, row }) =>
  all(root, TABLES).filter(visible).flatMap((table) => {
    const grid = gridOf(table);
    const header = grid.findIndex((cells) => columnsIn(cells, column).length > 0);
    const cells = header < 0 ? undefined : grid[header + Number(row)];
    return cells ? columnsIn(grid[header], column).flatMap((x) => (cells[x] ? controlsOrSelf(cells[x]) : [])) : [];
  });

// Only what is within the box is looked at where the candidate names one: the texts of a whole page cost a layout.
const innermost = (root, pattern, within) => {
  const elements = within
    ? all(root, within).flatMap((box) => [box, ...all(box, "*")])
    : [root, ...shadowsIn(root)].flatMap((part) => [...part.querySelectorAll(part.host ? "*" : "body *, td *, frameset")]);
  const hits = elements.filter((el) => !el.matches("script, style, option, slot") && matches(pattern, textOf(el)));
  return hits.filter((el) => !hits.some((other) => other !== el && inside(el, other)));
};

const WAYS = {
  role: (root, c) => all(root, ROLES[c.role] ?? `[role="${c.role}"]`).filter((el) => matches(c.name, nameOf(el))),
  label: (root, c) =>
    all(root, `${FIELDS}, ${BUTTONS}`).filter((el) => (el.labels?.length || el.getAttribute("aria-label")) && matches(c.label, nameOf(el))),
  text: (root, c) => innermost(root, c.text, c.within),
  beside: (root, c) => besideText(root, c.beside),
  column: (root, c) => inColumn(root, c),
  css: (root, c) => all(root, c.css),
  caption: (root, c) => all(root, "table").filter((table) => table.caption && matches(c.caption, textOf(table.caption))),
  headers: (root, c, columns) =>
    all(root, TABLES).filter((table) => headerRow(gridOf(table), columns) >= 0 && !table.querySelector(TABLES)),
};

const regionUnder = (root, pattern) => {
  const level = (heading) => Number(heading.tagName.slice(1));
  const headings = all(root, HEADINGS).filter(visible);
  const found = headings.filter((heading) => matches(pattern, textOf(heading)));
  if (found.length !== 1) return () => false;
  const [heading] = found;
  if (!level(heading)) return (el) => inside(heading.parentElement, el);
  const follows = (a, b) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);
  const next = headings.find((other) => level(other) <= level(heading) && follows(heading, other));
  return (el) => follows(heading, el) && (!next || follows(el, next));
};

const regionOf = (root, c) => {
  const regions = [];
  if (c.under) regions.push(regionUnder(root, c.under));
  if (c.within) {
    const boxes = all(root, c.within);
    regions.push((el) => boxes.length === 1 && inside(boxes[0], el));
  }
  if (c.in_row) {
    const hit = (row) => [row, ...all(row, "*")].some((part) => matches(c.in_row, textOf(part)));
    const rows = all(root, "tr, li, [role=row]").filter((row) => !row.querySelector("tr, li, [role=row]") && hit(row));
    regions.push((el) => rows.some((row) => inside(row, el)));
  }
  return (el) => regions.every((inside) => inside(el));
};

const find = (candidate, root = document, columns = undefined) => {
  const inside = regionOf(root, candidate);
  return [...new Set(WAYS[candidate.way](root, candidate, columns))].filter((el) => visible(el) && inside(el));
};

const present = (candidates, root = document) => candidates.some((candidate) => find(candidate, root).length > 0);

const labelsOf = (el) => {
  const cell = el.closest("td, dd");
  const table = cell?.closest("table");
  const labels = [nameOf(el), textJustBefore(el), cell?.previousElementSibling ? textOutsideFields(cell.previousElementSibling) : ""];
  if (table) {
    const grid = gridOf(table);
    const x = grid.find((cells) => cells.includes(cell))?.indexOf(cell);
    if (x !== undefined && grid[0][x]) labels.push(textOf(grid[0][x]));
  }
  return labels;
};

// Why a candidate cannot be used: null when it can.
const fault = (spec, found) => {
  if (found.length !== 1) return found.length === 0 ? "none" : "many";
  if (spec.label && !labelsOf(found[0]).some((label) => matches(spec.label, label))) return "label";
  if (spec.format && spec.does === "read" && !new RegExp(`^(?:${spec.format})$`).test(valueOf(found[0]))) return "format";
  return null;
};

const alternatives = (does) => {
  const css = { input: FIELDS, commit: BUTTONS, navigate: `${BUTTONS}, a[href]` }[does] ?? `${HEADINGS}, th, dt, label, td`;
  const names = all(document, css).filter(visible).flatMap((el) => {
    if (does === "input") return [nameOf(el), labelsOf(el)[1], labelsOf(el)[2], el.name];
    if (does !== "read") return [nameOf(el)];
    const text = textOf(el);
    return el.tagName !== "TD" || text.endsWith(":") ? [text] : [];
  });
  return [...new Set(names)].filter((name) => name && name.length <= 60).slice(0, 200);
};

// One element: {el, used} or {failed: …} where `tried` tells each candidate's hits.
const resolve = (spec) => {
  const tried = [];
  for (const [index, candidate] of spec.candidates.entries()) {
    const found = find(candidate);
    const reason = fault(spec, found);
    if (reason === null && (index === 0 || spec.does === "read")) return { el: found[0], used: index };
    tried.push({ count: found.length, reason: reason ?? "unused" });
  }
  return { failed: { outcome: "element", element: spec.name, tried } };
};
