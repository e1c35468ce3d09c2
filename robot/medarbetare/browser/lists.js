// Reading tables whole: those that hold all their rows, and lists that hold only the rows in sight. A table that has not
// loaded is never taken for an empty one. Follows widgets.js.
const LOOK_MS = 30;
const MOVED_MS = 150;
const STILL_MS = 300;

const headerRow = (grid, columns) => {
  const texts = columns.filter((column) => column.pattern);
  return grid.findIndex((cells) => cells && texts.every((column) => columnsIn(cells, column.pattern).length > 0));
};

// A row without text is spacing, unless it is drawn by something that may hold anything.
const isDrawnOtherwise = (cell) =>
  [cell, ...all(cell, "*")].some((el) => el.shadowRoot || el.localName.includes("-") || el.matches("img, canvas, svg, object"));

// {row}, or {without: true} for one that holds nothing to read (`toldEmpty`: it says that there are no rows), or {problem}.
const rowOf = (cells, spec, places, width) => {
  const there = [...cells].filter(Boolean);
  const alone = new Set(there).size === 1;
  if (there.length === 0) return { spacing: true };
  if (spec.skip && matches(spec.skip, textOf(there[0]))) return { without: true };
  if (alone && spec.empty && matches(spec.empty, textOf(there[0]))) return { without: true, toldEmpty: true };
  if (there.every((cell) => cellValue(cell) === "")) return there.some(isDrawnOtherwise) ? { problem: "cells" } : { spacing: true };
  if (places.some(([x]) => !cells[x]) || (places.length > 1 && alone)) return { problem: "cells" };
  if (width !== null && cells.length !== width && !there.some(told)) return { problem: "cells" };
  return { row: Object.fromEntries(spec.columns.map((column, i) => [column.name, cellValue(cells[places[i][0]])])) };
};

// A list that is no table: each column is the text of what its CSS finds in the entry, or of the entry itself; several
// texts stand on a line each.
const entriesOf = (list, spec) => {
  const entries = all(list, spec.rows).filter(visible);
  const isText = (entry) => spec.empty && matches(spec.empty, textOf(entry));
  const textsAt = (entry, css) => [entry, ...all(entry, "*")].filter((el) => el.matches(css) && visible(el)).map(textOf).join("\n");
  const rows = entries
    .filter((entry) => !isText(entry))
    .map((entry) => Object.fromEntries(spec.columns.map(({ name, css }) => [name, textsAt(entry, css)])));
  return { rows, numbered: [], toldEmpty: entries.some(isText), head: null };
};

const rowsOf = (table, spec) => {
  if (spec.rows) return entriesOf(table, spec);
  const grid = gridOf(table);
  const byText = spec.columns.some((column) => column.pattern);
  const header = byText ? headerRow(grid, spec.columns) : grid.findLastIndex((cells) => cells.some((cell) => cell.tagName === "TH"));
  if (byText && header < 0) return { problem: "headers" };
  const places = spec.columns.map((column) => (column.pattern ? columnsIn(grid[header], column.pattern) : [column.position - 1]));
  if (places.some((place) => place.length > 1)) return { problem: "many" };
  const elements = rowsIn(table);
  const width = table.tagName === "TABLE" || header < 0 ? null : grid[header].length;
  const rows = [];
  const numbered = [];
  let toldEmpty = false;
  for (let y = header + 1; y < grid.length; y += 1) {
    if (!visible(elements[y])) continue;
    const found = rowOf(grid[y], spec, places, width);
    if (found.problem) return found;
    toldEmpty ||= Boolean(found.toldEmpty);
    if (found.spacing) continue;
    if (found.row) rows.push(found.row);
    numbered.push([Number(elements[y].getAttribute("aria-rowindex")), found.row ?? null]);
  }
  return { rows, numbered, toldEmpty, head: header < 0 ? null : elements[header] };
};

// Whether the page says that it has nothing to list. With a table there (null: there is none), the text must stand nearer
// to it than any other list does.
const saysEmpty = (spec, table) => {
  const isOther = (list) => visible(list) && !inside(list, table) && !inside(table, list) && (list.tagName !== "TABLE" || list.querySelector("th"));
  const hits = innermost(document, spec.empty).filter((el) => visible(el) && spec.candidates.some((one) => regionOf(document, one)(el)));
  return hits.some((hit) => {
    if (table === null || inside(table, hit)) return true;
    const common = [...withAncestors(table)].find((el) => inside(el, hit));
    return !all(common, TABLES).some(isOther);
  });
};

const findTable = (spec) => {
  const tried = [];
  for (const [index, candidate] of spec.candidates.entries()) {
    const found = find(candidate, document, spec.columns);
    const result = found.length === 1 ? rowsOf(found[0], spec) : {};
    if (result.rows) return { ...result, el: found[0], used: index };
    tried.push({ count: found.length, reason: result.problem ?? (found.length ? "many" : "none") });
  }
  if (spec.empty && tried.every((one) => one.count === 0) && saysEmpty(spec, null)) return { rows: [], numbered: [], toldEmpty: true, used: 0 };
  return { failed: { outcome: "element", element: spec.name, tried } };
};

const lookAt = (spec) => (isBusy() ? { failed: { outcome: "busy" } } : findTable(spec));

const unread = (spec, used) => ({
  failed: { outcome: "element", element: spec.name, tried: spec.candidates.map((_, i) => ({ count: 1, reason: i === used ? "unread" : "unused" })) },
});

// How long the page has been complete, at rest and unchanged. Moving pictures (style) change nothing that is read.
const watch = () => {
  let since = performance.now();
  const changed = (records) => {
    if (records.some((record) => record.attributeName !== "style")) since = performance.now();
  };
  const observer = new MutationObserver(changed);
  const still = () => {
    for (const part of [document, ...shadowsIn(document)]) {
      observer.observe(part, { subtree: true, childList: true, characterData: true, attributes: true });
    }
    changed(observer.takeRecords());
    if (document.readyState !== "complete" || isBusy()) since = performance.now();
    return performance.now() - since;
  };
  return { still, end: () => observer.disconnect() };
};

// Whether no rows may be believed: where the file says what an empty list tells, that must show; where it says that pages
// load for a while, the page must have come to rest.
const isEmpty = (shown, spec, watched) => {
  if (spec.empty) return shown.toldEmpty || saysEmpty(spec, shown.el);
  return (state.busy.length === 0 && !spec.scrolls) || watched.still() >= STILL_MS;
};

// A table that holds all its rows. Patience with it is counted from when the page is complete.
const readWhole = async (spec, watched, patience, limit) => {
  let end = performance.now() + patience;
  for (;;) {
    const shown = lookAt(spec);
    if (shown.rows?.length > 0 || (!shown.failed && isEmpty(shown, spec, watched))) return shown;
    const comesToRest = !shown.failed && !spec.empty;
    if (document.readyState !== "complete") end = performance.now() + patience;
    if (performance.now() >= limit || (performance.now() >= end && !comesToRest)) return shown.failed ? shown : unread(spec, shown.used);
    await pause(20);
  }
};

const totalOf = ({ el, head }) => {
  if (!el) return 0; // no list at all, but the text that stands in its place
  const rowCount = el.getAttribute("aria-rowcount");
  if (!/^\d+$/.test(rowCount ?? "")) return null;
  return Math.max(0, Number(rowCount) - (head?.hasAttribute("aria-rowindex") ? 1 : 0));
};

const agrees = ({ numbered }, seen) =>
  new Set(numbered.map(([number]) => number)).size === numbered.length &&
  numbered.every(([number, row]) => !seen.has(number) || JSON.stringify(seen.get(number)) === JSON.stringify(row));

// The rows in sight, when two looks have found the same. What contradicts rows already seen must stand for a while: rows
// that are used again get their numbers before their contents. After a scroll the rows are given time to move.
const settled = async (spec, list, patience, limit) => {
  let start = performance.now();
  let last = null;
  let since = start;
  for (;;) {
    const shown = lookAt(spec);
    const now = performance.now();
    const key = shown.failed ? null : JSON.stringify([totalOf(shown), shown.numbered]);
    const stood = key !== null && key === last;
    if (!stood) since = now;
    if (document.readyState !== "complete") start = now;
    const mayMove = key === list.scrolledFrom && now - start < MOVED_MS;
    if (stood && !mayMove && (agrees(shown, list.seen) || now - since >= STILL_MS)) return { ...shown, key };
    if (now >= limit || (key === null && now - start >= patience)) return shown.failed ? shown : unread(spec, shown.used);
    last = key;
    await pause(LOOK_MS);
  }
};

// Takes in the rows in sight. A list that has changed meanwhile is read from the beginning again.
const takeIn = (list, shown) => {
  const total = totalOf(shown);
  if (total !== list.total || !agrees(shown, list.seen)) Object.assign(list, { total, seen: new Map(), stage: "reading" });
  const before = list.seen.size;
  for (const [number, row] of shown.numbered) if (number > 0) list.seen.set(number, row);
  if (list.seen.size > before || document.readyState !== "complete") Object.assign(list, { news: performance.now(), rounds: 0 });
  const numbers = [...list.seen.keys()].sort((a, b) => a - b);
  const isGapless = numbers.length === 0 || (numbers[0] <= 2 && numbers.at(-1) - numbers[0] === numbers.length - 1);
  list.first = numbers[0];
  list.rows = numbers.map((number) => list.seen.get(number)).filter((row) => row !== null);
  return total !== null && numbers.length === total && isGapless;
};

const boxOf = (table, css) => (table?.matches(css) ? table : table && all(table, css)[0]);
const scrollsAt = (box) => Boolean(box) && box.scrollHeight > box.clientHeight + 1;
const scrollTo = (box, top) => {
  box.scrollTop = top;
  box.dispatchEvent(new Event("scroll"));
};

// When every row has been seen the box goes to its end, where more may come, and then back: the first rows must be as they
// were. Gives whether that has been done.
const isConfirmed = (list, shown, box) => {
  if (!scrollsAt(box)) return true;
  if (list.stage === "top" && (list.seen.size === 0 || shown.numbered.some(([number]) => number === list.first))) return true;
  if (list.stage === "reading") scrollTo(box, box.scrollHeight);
  if (list.stage === "end") scrollTo(box, 0);
  list.stage = list.stage === "reading" ? "end" : "top";
  return false;
};

const scrollOn = (list, box) => {
  const atEnd = !scrollsAt(box) || box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
  if (atEnd) list.rounds += 1;
  if (box) scrollTo(box, atEnd ? 0 : box.scrollTop + box.clientHeight * 0.8);
};

// All rows of a list that holds only those in sight: it tells how many there are and each row its number, and it is
// scrolled until every one has been seen. Given up when two rounds have brought nothing new.
const readScrolling = async (spec, watched, patience, limit) => {
  const list = { seen: new Map(), total: null, stage: "reading", rounds: 0, news: performance.now(), scrolledFrom: null };
  for (;;) {
    const shown = await settled(spec, list, patience, limit);
    if (shown.failed) return shown;
    const complete = takeIn(list, shown);
    const box = boxOf(shown.el, spec.scrolls);
    const comesToRest = complete && list.rows.length === 0 && !spec.empty;
    const accepted = complete && (list.rows.length > 0 || isEmpty(shown, spec, watched));
    list.scrolledFrom = scrollsAt(box) ? shown.key : null;
    if (accepted && isConfirmed(list, shown, box)) return { rows: list.rows, used: shown.used };
    if (!accepted && !comesToRest) scrollOn(list, box);
    const tired = list.rounds >= 2 && performance.now() - list.news >= patience && !comesToRest;
    if (performance.now() >= limit || (tired && !accepted)) return unread(spec, shown.used);
    await pause(accepted || scrollsAt(box) ? 15 : 0);
  }
};

// All rows of a table: {rows, used} or {failed}. Gives up with a fault well before the whole operation is given up.
const readTable = async (spec, patience, timeout) => {
  const watched = watch();
  try {
    return await (spec.scrolls ? readScrolling : readWhole)(spec, watched, patience, performance.now() + timeout * 0.8);
  } finally {
    watched.end();
  }
};
