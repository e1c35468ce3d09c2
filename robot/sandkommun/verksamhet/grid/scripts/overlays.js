// What lies over the page, at the end of the body: messages that vanish, lists to choose from.
const TOAST_MS = 3000;

// One message at a time: an older one would seem to be about what was done last.
const clearToasts = () => document.querySelectorAll(".toast").forEach((box) => box.remove());

const toast = (text, refused = false) => {
  clearToasts();
  const box = h("div", { class: refused ? "toast nekad" : "toast", role: "status" }, text);
  document.body.append(box);
  setTimeout(() => box.remove(), TOAST_MS);
};

// Right below an element, and inside the window as far as it fits.
const placeBelow = (box, anchor) => {
  const at = anchor.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(at.bottom + 2, innerHeight - box.offsetHeight - 8))}px`;
  box.style.minWidth = `${at.width}px`;
};

// Opens the choices of a combobox; a transparent sheet takes every other click until one is made.
const openChoices = (combobox, choices, choose) => {
  const close = () => {
    sheet.remove();
    document.removeEventListener("keydown", onKey, true);
    combobox.setAttribute("aria-expanded", "false");
    combobox.focus();
  };
  const take = (text) => {
    close();
    choose(text);
  };
  const options = choices.map((text) =>
    h("div", { role: "option", "aria-selected": String(text === combobox.textContent), onclick: () => take(text) }, text),
  );
  const list = h("div", { class: "val", role: "listbox", "aria-label": combobox.getAttribute("aria-label") }, options);
  const sheet = h("div", { class: "valjare", onclick: (event) => event.target === sheet && close() }, list);
  let marked = Math.max(0, choices.indexOf(combobox.textContent));
  const mark = (step) => {
    options[marked].classList.remove("markerad");
    marked = (marked + step + options.length) % options.length;
    options[marked].classList.add("markerad");
    options[marked].scrollIntoView({ block: "nearest" });
  };
  const onKey = (event) => {
    const act = { Escape: close, Enter: () => take(choices[marked]), ArrowDown: () => mark(1), ArrowUp: () => mark(-1) }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  document.addEventListener("keydown", onKey, true);
  document.body.append(sheet);
  combobox.setAttribute("aria-expanded", "true");
  placeBelow(list, combobox);
  mark(0);
};
