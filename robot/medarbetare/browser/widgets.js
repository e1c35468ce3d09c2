// What pages build out of plain elements: lists to choose from, lists that hold only the rows in sight, boxes that lie over
// the page. Follows find.js.
const pause = (ms) => new Promise((done) => setTimeout(done, ms)).then(forget);

const isBusy = () => present(state.busy);

// A whole press, since such widgets may listen to any part of it.
const press = (el) => {
  for (const [type, Kind] of [["pointerdown", PointerEvent], ["mousedown", MouseEvent], ["pointerup", PointerEvent], ["mouseup", MouseEvent]]) {
    el.dispatchEvent(new Kind(type, { bubbles: true, cancelable: true, composed: true, view: window }));
  }
  el.click();
  forget();
};

const strike = (el, key) => {
  for (const type of ["keydown", "keyup"]) {
    el.dispatchEvent(new KeyboardEvent(type, { key, code: key, bubbles: true, cancelable: true, composed: true }));
  }
};

// A list to choose from that is no <select>: it opens somewhere on the page when pressed.
const isDropdown = (el) => el.matches("[role=combobox]:not(input):not(select)");

const choose = async (el, value, spec, patience) => {
  if (typeof value === "boolean") return "kind";
  const wanted = fold(String(value));
  if (textOf(el) === wanted) return null;
  press(el);
  const end = performance.now() + patience;
  for (;;) {
    const shown = all(document, spec.options ?? "[role=option]").filter(visible);
    const options = shown.filter((option) => textOf(option) === wanted);
    if (options.length > 1) return "options";
    if (options.length === 1) {
      options[0].scrollIntoView({ block: "nearest" });
      press(options[0]);
      break;
    }
    if (performance.now() >= end) {
      strike(el, "Escape");
      return "option";
    }
    await pause(10);
  }
  while (textOf(el) !== wanted && performance.now() < end) await pause(5);
  return null;
};

// Closes the boxes that the selector file knows and that lie over the page.
const clearAway = () => {
  for (const { box, close } of state.interruptions) {
    if (!present(box)) continue;
    const buttons = close.flatMap((candidate) => find(candidate));
    if (buttons.length > 0) press(buttons[0]);
  }
};

// The innermost element that a person's pointer would meet there.
const elementAt = (x, y) => {
  let el = document.elementFromPoint(x, y);
  while (el?.shadowRoot) {
    const deeper = el.shadowRoot.elementFromPoint(x, y);
    if (!deeper || deeper === el) break;
    el = deeper;
  }
  return el;
};

const isMetByPointer = (el) => {
  el.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  const { left, top, width, height } = el.getBoundingClientRect();
  const met = elementAt(left + width / 2, top + height / 2);
  return met === null || inside(el, met) || el.labels?.length > 0 && [...el.labels].some((label) => inside(label, met));
};

// Whether something else would take the press. Known boxes are closed first; what saves is never pressed through another.
const isCovered = async (el) => {
  if (isMetByPointer(el)) return false;
  clearAway();
  await pause(50);
  return !isMetByPointer(el);
};

// All rows of a list that holds only those in sight: it tells how many there are and each row its number, and it is
// scrolled until every one has been seen. A list that changes its length meanwhile is read from the beginning again.
const readScrolling = async (spec, patience) => {
  const seen = new Map();
  let total = null;
  let end = performance.now() + patience;
  for (;;) {
    const shown = isBusy() ? { failed: { outcome: "busy" } } : findTable(spec);
    if (!shown.failed) {
      const told = Number(shown.el.getAttribute("aria-rowcount") ?? NaN);
      const count = told - (shown.head?.hasAttribute("aria-rowindex") ? 1 : 0);
      if (count !== total) seen.clear();
      total = count;
      const before = seen.size;
      shown.numbers.forEach((number, i) => number > 0 && seen.set(number, shown.rows[i]));
      if (told >= 0 && seen.size === total) {
        return { rows: [...seen.keys()].sort((a, b) => a - b).map((number) => seen.get(number)), used: shown.used };
      }
      if (seen.size > before) end = performance.now() + patience;
      scrollOn(shown.el, spec.scrolls);
    }
    if (performance.now() >= end) {
      return { failed: shown.failed ?? { outcome: "element", element: spec.name, tried: spec.candidates.map(() => ({ count: 1, reason: "unread" })) } };
    }
    await pause(10);
  }
};

const scrollOn = (table, css) => {
  const [box] = table.matches(css) ? [table] : all(table, css);
  if (!box) return;
  const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
  box.scrollTop = atEnd ? 0 : box.scrollTop + box.clientHeight * 0.8;
  box.dispatchEvent(new Event("scroll"));
};
