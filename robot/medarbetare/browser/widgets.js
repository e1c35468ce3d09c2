// What pages build out of plain elements: lists to choose from, boxes that lie over the page; and whether a pointer could
// press something. Follows find.js.
const pause = (ms) => new Promise((done) => setTimeout(done, ms)).then(forget);

// The documents whose frames this one lies in, from the innermost, as far as they are the portal's own.
const outerFrames = () => {
  const frames = [];
  try {
    for (let win = window; win.frameElement; win = win.parent) frames.push(win.frameElement);
  } catch (error) {
    if (error.name !== "SecurityError") throw error;
  }
  return frames;
};

const isBusy = () =>
  state.busy.length > 0 && (present(state.busy) || outerFrames().some((frame) => present(state.busy, frame.ownerDocument)));

const isLocked = (el) =>
  el.matches(":disabled") || [...withAncestors(el)].some((node) => node.getAttribute?.("aria-disabled") === "true");

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

// The options that a list to choose from shows: in the list that it names, else those that were not in sight before.
const optionsOf = (el, css, before) => {
  const ids = `${el.getAttribute("aria-controls") ?? ""} ${el.getAttribute("aria-owns") ?? ""}`.split(/\s+/).filter(Boolean);
  const own = ids.map((id) => el.getRootNode().getElementById(id) ?? document.getElementById(id)).filter((list) => list && visible(list));
  if (own.length > 0) return own.flatMap((list) => all(list, css)).filter(visible);
  return all(document, css).filter((option) => visible(option) && !before.has(option));
};

// A list that is no <select> opens somewhere on the page when pressed.
const choose = async (el, value, spec, patience) => {
  if (typeof value === "boolean") return "kind";
  const wanted = fold(String(value));
  const css = spec.options ?? "[role=option]";
  if (chosenIn(el) === wanted) return null;
  const isOpen = el.getAttribute("aria-expanded") === "true";
  const before = new Set(isOpen ? [] : all(document, css).filter(visible));
  if (!isOpen) press(el);
  const end = performance.now() + patience;
  for (;;) {
    const options = optionsOf(el, css, before).filter((option) => textOf(option) === wanted);
    if (options.length > 1) return "options";
    if (options.length === 1) {
      if (isLocked(options[0])) return "option";
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
  while (chosenIn(el) !== wanted && performance.now() < end) await pause(5);
  return null;
};

// A button that would send a form is nobody's way to close a box.
const sends = (el) => Boolean(el.form) && ["submit", "image"].includes(el.type);

// Closes the boxes that the selector file knows and that lie over the page: each is pressed once in its life.
const clearAway = () => {
  for (const { box, close } of state.interruptions) {
    const boxes = box.map((candidate) => find(candidate)).find((found) => found.length > 0) ?? [];
    if (boxes.length !== 1 || state.closing.has(boxes[0])) continue;
    const hasScope = (candidate) => candidate.within || candidate.under || candidate.in_row;
    const buttons = close
      .map((candidate) => find(candidate).filter((el) => hasScope(candidate) || inside(boxes[0], el)))
      .find((found) => found.length > 0);
    if (buttons?.length !== 1 || sends(buttons[0])) continue;
    state.closing.add(boxes[0]);
    press(buttons[0]);
  }
};

// The innermost element that a person's pointer would meet there.
const elementAt = (root, x, y) => {
  const el = root.elementFromPoint(x, y);
  const deeper = el?.shadowRoot && elementAt(el.shadowRoot, x, y);
  return deeper && deeper !== el ? deeper : el;
};

const isSeen = (el) => {
  const { width, height } = el.getBoundingClientRect();
  return width > 0 && height > 0 && el.checkVisibility({ visibilityProperty: true, opacityProperty: true });
};

// Whether a pointer meets a point of this document, through all the frames that it lies in.
const isFrameMet = (x, y) =>
  outerFrames().every((frame) => {
    const { left, top } = frame.getBoundingClientRect();
    const { paddingLeft, paddingTop } = getComputedStyle(frame);
    x += left + frame.clientLeft + parseFloat(paddingLeft);
    y += top + frame.clientTop + parseFloat(paddingTop);
    return isSeen(frame) && elementAt(frame.ownerDocument, x, y) === frame;
  });

const isMetByPointer = (el) => {
  el.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  const { left, top, width, height } = el.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const met = elementAt(document, x, y);
  const takesPress = (part) => inside(part, met);
  return isSeen(el) && met !== null && isFrameMet(x, y) && [el, ...(el.labels ?? [])].some(takesPress);
};

// Whether something else would take the press. Known boxes are closed first, and given time to go; what saves is never
// pressed through another.
const isCovered = async (el, patience) => {
  if (isMetByPointer(el)) return false;
  clearAway();
  const end = performance.now() + patience;
  do await pause(20);
  while (!isMetByPointer(el) && performance.now() < end);
  return !isMetByPointer(el);
};
