// The operations of the robot on one document: each is one call of `run`, with plain JSON in and out. Follows lists.js.

// Attempts until one succeeds or the patience ends. While the page says that it is at work, nothing on it counts.
const patiently = async (patience, attempt) => {
  const end = performance.now() + patience;
  for (;;) {
    const result = isBusy() ? { failed: { outcome: "busy" } } : attempt();
    if (!result.failed || performance.now() >= end) return result;
    await pause(20);
  }
};

const resolveAll = (specs) => {
  const found = specs.map(resolve);
  return { found, failed: found.find((one) => one.failed)?.failed };
};

const explained = (failed, specs) => {
  if (failed.outcome !== "element") return failed;
  const spec = specs.find((one) => one.name === failed.element);
  return { ...failed, alternatives: alternatives(spec.does) };
};

const usedOf = (specs, found) => Object.fromEntries(specs.map((spec, i) => [spec.name, found[i].used]));

const read = async ({ elements, patience }) => {
  const { found, failed } = await patiently(patience, () => resolveAll(elements));
  if (failed) return explained(failed, elements);
  const values = Object.fromEntries(elements.map((spec, i) => [spec.name, found[i].el.matches("td, dd") ? cellValue(found[i].el) : valueOf(found[i].el)]));
  return { outcome: "ok", values, used: usedOf(elements, found) };
};

const has = async ({ elements: [spec], patience }) => {
  const { failed: busy } = await patiently(patience, () => ({}));
  if (busy) return busy;
  const { failed } = resolve(spec);
  if (failed && failed.tried.some((one, index) => one.reason === "many" && (index === 0 || spec.does === "read"))) {
    return explained(failed, [spec]);
  }
  return { outcome: "ok", has: !failed };
};

const setText = (el, text) => {
  const form = el.form?.getAttribute("accept-charset") || document.characterSet;
  if (/^(windows-1252|iso-8859-1)$/i.test(form) && !WESTERN.test(text)) return "charset";
  if (el.maxLength >= 0 && text.length > el.maxLength) return "long";
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(el), "value").set.call(el, text);
  return null;
};

// A tick is read as Ja or Nej and may be filled so too: then a page's parameter can say it.
const ticked = (value) => (typeof value === "boolean" ? value : ({ Ja: true, Nej: false }[value] ?? null));

const put = async (el, value, spec, patience) => {
  if (isLocked(el) || el.readOnly) return "locked";
  if (isDropdown(el)) return choose(el, value, spec, patience);
  if (isFileField(el)) return "kind";
  if (isTick(el)) {
    if (ticked(value) === null) return "kind";
    if (el.checked !== ticked(value)) el.click();
    return null;
  }
  if (typeof value === "boolean" || !el.matches("input, select, textarea")) return "kind";
  el.focus();
  if (el.tagName === "SELECT") {
    const options = [...el.options].filter((option) => fold(option.text) === fold(String(value)));
    if (options.length !== 1) return options.length ? "options" : "option";
    if (options[0].matches(":disabled")) return "option";
    options[0].selected = true;
  } else {
    const refused = setText(el, String(value));
    if (refused) return refused;
  }
  el.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  el.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
  if (spec.key) strike(el, spec.key);
  el.blur();
  return null;
};

// Files as their names and sizes.
const holdsFiles = (el, files) => {
  const held = [...el.files].map((file) => [file.name, file.size]);
  return JSON.stringify(held) === JSON.stringify(files);
};

const holds = (el, value) => {
  if (!el.isConnected) return false;
  if (isFileField(el)) return holdsFiles(el, value);
  if (isDropdown(el)) return chosenIn(el) === fold(String(value));
  if (isTick(el)) return el.checked === ticked(value);
  if (el.tagName === "SELECT") return valueOf(el) === fold(String(value));
  if (typeof value === "number") return el.value.replace(/\s/g, "") === String(value);
  return el.value.replace(/\r\n/g, "\n") === value.replace(/\r\n/g, "\n");
};

// Why what saves must not be pressed now: null when it may. Asked last before the press, since the page may have gone on to
// something else in its own document: it is still the page that was meant, and holds what was filled in.
const objection = (click, target) => {
  if (isBusy()) return { outcome: "busy" };
  const failure = failureOn(state);
  if (failure) return failure;
  if (resolve(click).el !== target || (state.arrived && look(state.arrived).failed)) return { outcome: "gone" };
  for (const [name, { spec, value }] of state.filled) {
    const { el, failed } = resolve(spec);
    if (failed) return failed;
    if (!holds(el, value)) return { outcome: "field", element: name, reason: "kept" };
  }
  return null;
};

const commit = async (click, target, patience) => {
  if (await isCovered(target, patience)) return { outcome: "field", element: click.name, reason: "covered" };
  forget();
  const against = objection(click, target);
  if (against) return against;
  state.left = true;
  target.click();
  return { outcome: "ok" };
};

// Fills `elements` with `values` and then clicks `click`, if given. Nothing is touched unless all of them are found.
const act = async ({ elements, values, click, patience }) => {
  const specs = click ? [...elements, click] : elements;
  const { found, failed } = await patiently(patience, () => resolveAll(specs));
  if (failed) return explained(failed, specs);
  for (const [i, spec] of elements.entries()) {
    const reason = await put(found[i].el, values[spec.name], spec, patience);
    forget();
    if (reason) return { outcome: "field", element: spec.name, reason };
    state.filled.set(spec.name, { spec, value: values[spec.name] });
  }
  const lost = elements.find((spec, i) => !holds(found[i].el, values[spec.name]));
  if (lost) return { outcome: "field", element: lost.name, reason: "kept" };
  if (!click) return { outcome: "ok" };
  const target = found[elements.length].el;
  if (isLocked(target)) return { outcome: "field", element: click.name, reason: "locked" };
  if (click.does === "commit") return commit(click, target, patience);
  state.filled.clear(); // the press may change the page by the robot's own wish
  if (click.stays) state.mark = null;
  else if (!click.in_place) state.left = true;
  target.click();
  return { outcome: "ok" };
};

// Finds the field that files are to be chosen in. The driver puts them there; then `attached` asks what it holds.
const attach = async ({ elements: [spec], files, patience }) => {
  const { found, failed } = await patiently(patience, () => resolveAll([spec]));
  if (failed) return explained(failed, [spec]);
  const { el } = found[0];
  const several = files.length > 1 && !el.multiple;
  const reason = !isFileField(el) ? "kind" : isLocked(el) ? "locked" : several ? "files" : null;
  if (reason) return { outcome: "field", element: spec.name, reason };
  state.chosen = el;
  return { outcome: "ok" };
};

const attached = ({ elements: [spec], files }) => {
  if (!state.chosen || !holds(state.chosen, files)) return { outcome: "field", element: spec.name, reason: "kept" };
  state.filled.set(spec.name, { spec, value: files });
  return { outcome: "ok" };
};

const failureOn = ({ lost, signs }, root = document) => {
  if (present(lost, root)) return { outcome: "lost" };
  const sign = Object.keys(signs).find((name) => present(signs[name], root));
  return sign === undefined ? null : { outcome: "sign", sign };
};

const table = async ({ table: spec, patience, timeout }) => {
  const { rows, used, failed } = await readTable(spec, patience, timeout);
  if (failed) return { ...failed, alternatives: alternatives("read") };
  return { outcome: "ok", rows, used: { [spec.name]: used } };
};

const download = async ({ elements: [spec], patience, timeout, lost, signs }) => {
  const { found, failed } = await patiently(patience, () => resolveAll([spec]));
  if (failed) return explained(failed, [spec]);
  const { el } = found[0];
  if (!el.matches("a[href], area[href]")) return { outcome: "field", element: spec.name, reason: "link" };
  const answer = await fetch(el.href, { cache: "no-store", signal: AbortSignal.timeout(timeout) }).catch(() => null);
  if (!answer) return { outcome: "unreachable" };
  if (answer.status >= 400) return { outcome: "status", status: answer.status };
  if ((answer.headers.get("content-type") ?? "").includes("text/html")) {
    const root = new DOMParser().parseFromString(await answer.text(), "text/html");
    return failureOn({ lost, signs }, root) ?? { outcome: "field", element: spec.name, reason: "html" };
  }
  const blob = await answer.blob().catch(() => null);
  if (!blob) return { outcome: "unreachable" };
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done({ outcome: "ok", base64: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.onerror = () => done({ outcome: "unreachable" });
    reader.readAsDataURL(blob);
  });
};

const statusOf = () => performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;

// An awaited field or button proves arrival by being there; what it holds is not asked.
const look = (spec) =>
  spec.columns ? findTable(spec) : resolve({ ...spec, does: "read", format: spec.does === "read" ? spec.format : null });

// Which of `alternatives` has come. Called again and again until one has, so the patience with a complete page is counted in
// the document. "waiting" after `wait` ms; "missing" when the page is complete without any of them.
const arrive = async ({ alternatives: awaited, mark, lost, signs, busy, interruptions, wait, patience }) => {
  const end = performance.now() + wait;
  Object.assign(state, { busy, interruptions, lost, signs });
  for (;;) {
    if (location.protocol === "chrome-error:" && !state.left) return { outcome: "unreachable" };
    const loading = document.readyState === "loading" || location.href === "about:blank";
    if (!state.left && !loading) {
      const status = statusOf();
      if (status >= 500 || status === 429) return { outcome: "status", status };
      const failure = failureOn({ lost, signs });
      if (failure) return failure;
      clearAway();
      const working = isBusy();
      for (const { key, element } of working ? [] : awaited) {
        const { failed, used } = look(element);
        if (failed) continue;
        Object.assign(state, { mark, complete: null, arrived: element });
        state.filled.clear();
        return { outcome: "arrived", key, used: { [element.name]: used } };
      }
      if (working) state.complete = null;
      else if (document.readyState === "complete") state.complete ??= performance.now();
      if (state.complete !== null && awaited.length && (status >= 400 || performance.now() - state.complete >= patience)) {
        const spec = awaited[0].element;
        const { failed } = look(spec);
        if (failed) return { ...failed, outcome: "missing", status, alternatives: alternatives(spec.does ?? "read") };
      }
    }
    if (performance.now() >= end) return { outcome: "waiting", complete: state.complete !== null };
    await pause(loading ? 2 : 5);
  }
};

const leave = () => {
  state.left = true;
  return { outcome: "ok" };
};

const OPERATIONS = { read, has, act, attach, attached, table, download, arrive, leave };

const run = async (request) => {
  forget();
  if (!["arrive", "leave"].includes(request.operation) && (state.left || state.mark !== request.mark)) return { outcome: "gone" };
  try {
    return await OPERATIONS[request.operation](request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "SyntaxError") return { outcome: "css" };
    throw error;
  }
};

const state = {
  mark: null,
  left: false,
  complete: null,
  busy: [],
  interruptions: [],
  lost: [],
  signs: {},
  arrived: null, // what proved that the page is the one meant
  filled: new Map(), // what the robot has put into it since
  chosen: null, // the file field that was found last
  closing: new WeakSet(), // boxes over the page whose button has been pressed
};
