// The calendar that a day field opens when it gets the focus. It covers its neighbours, and does not go away by itself.
const MONTHS = [
  ...["januari", "februari", "mars", "april", "maj", "juni", "juli"],
  ...["augusti", "september", "oktober", "november", "december"],
];
const WEEKDAYS = ["må", "ti", "on", "to", "fr", "lö", "sö"];

let closeOpenCalendar = () => {};

const iso = (day) => day.toISOString().slice(0, 10);

const daysOf = (year, month, chosen, choose) => {
  const first = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const blanks = Array.from({ length: first }, () => h("span"));
  const days = Array.from({ length }, (_, i) => {
    const day = iso(new Date(Date.UTC(year, month, i + 1)));
    const looks = day === chosen ? "dag vald" : "dag";
    return h("button", { type: "button", class: looks, "data-dag": day, onclick: () => choose(day) }, String(i + 1));
  });
  return [...WEEKDAYS.map((name) => h("b", {}, name)), ...blanks, ...days];
};

// Opens below a field; `choose` gets the day that was picked. `today` is the world's.
const openCalendar = (field, today, choose) => {
  closeOpenCalendar();
  const typed = /^\d{4}-\d\d-\d\d$/.test(field.value) ? field.value : today;
  let [year, month] = [Number(typed.slice(0, 4)), Number(typed.slice(5, 7)) - 1];
  const box = h("div", { class: "kalender", role: "dialog", "aria-label": "Kalender" });
  const close = () => {
    box.remove();
    document.removeEventListener("keydown", onKey);
    closeOpenCalendar = () => {};
  };
  const onKey = (event) => event.key === "Escape" && close();
  const take = (day) => {
    close();
    choose(day);
  };
  const turn = (step) => {
    [year, month] = [year + Math.floor((month + step) / 12), (month + step + 12) % 12];
    draw();
  };
  const draw = () =>
    box.replaceChildren(
      h("div", { class: "manad" }, [
        h("button", { type: "button", "aria-label": "Föregående månad", onclick: () => turn(-1) }, "‹"),
        h("strong", {}, `${MONTHS[month]} ${year}`),
        h("button", { type: "button", "aria-label": "Nästa månad", onclick: () => turn(1) }, "›"),
      ]),
      h("div", { class: "dagar" }, daysOf(year, month, field.value, take)),
      h("div", { class: "fot" }, h("button", { type: "button", onclick: close }, "Stäng")),
    );
  draw();
  document.body.append(box);
  placeBelow(box, field);
  document.addEventListener("keydown", onKey);
  closeOpenCalendar = close;
};
