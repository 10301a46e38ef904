// Days typed as 05.10.2026 whatever language the browser speaks, with its calendar on a button. The server decides
// (ui/days.py).
const FORMS = [
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/,
  /^(?<day>\d{1,2})[ ./-]+(?<month>\d{1,2})[ ./-]+(?<year>\d{4})$/,
  /^(?<day>\d{2})(?<month>\d{2})(?<year>\d{4})$/,
];

/** "5.10.2026" → "2026-10-05"; null where it is no day of the calendar. */
export function parseDay(text) {
  const found = FORMS.map((form) => form.exec(text.trim())).find(Boolean)?.groups;
  if (!found) return null;
  // Not Date.UTC, which takes the year 26 for 1926: a wrong year stays as typed, and the server names it.
  const moment = new Date(0);
  moment.setUTCFullYear(Number(found.year), Number(found.month) - 1, Number(found.day));
  const day = moment.toISOString().slice(0, 10);
  return Number(found.month) === moment.getUTCMonth() + 1 && Number(found.day) === moment.getUTCDate() ? day : null;
}

const written = (day) => day.split("-").reverse().join(".");

function openCalendar(button) {
  const control = button.closest(".day-control");
  const text = control.querySelector("input[data-day]");
  const calendar = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1, className: "day-calendar", value: parseDay(text.value) ?? "" });
  calendar.setAttribute("aria-hidden", "true");
  control.append(calendar);
  calendar.addEventListener("change", () => {
    if (!calendar.value) return;
    text.value = written(calendar.value);
    for (const kind of ["input", "change"]) text.dispatchEvent(new Event(kind, { bubbles: true }));
    text.focus();
  });
  calendar.addEventListener("blur", () => calendar.remove());
  calendar.focus({ preventScroll: true });
  try { calendar.showPicker(); } catch { text.focus(); }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open-day]");
  if (button) openCalendar(button);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("input[data-day]")) return;
  const day = parseDay(event.target.value);
  if (day) event.target.value = written(day);
});
