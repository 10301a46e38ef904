// The dialogs of the page: each opens with what is known and gives what was entered, or nothing.
import { between, dayAfter, lengthOf } from "./clock.js";
import { button, el } from "./drawing.js";

const find = (id) => document.getElementById(id);

/** Where `data-wrong` holds the sentence, saying nothing empties the line. */
const wrongOf = (dialog) => dialog.querySelector("[data-wrong]");

/** What is wrong with the first text that the server would not take whole, "" where none is: nothing is cut off. */
function tooLong(dialog, texts) {
  const field = [...dialog.querySelectorAll("[data-longest]")].find((each) => each.value.trim().length > Number(each.dataset.longest));
  for (const each of dialog.querySelectorAll("[data-longest]")) each.toggleAttribute("aria-invalid", each === field);
  field?.focus();
  return field ? texts.say("too_long", { length: field.value.trim().length, longest: field.dataset.longest }) : "";
}

/** Open it; `read()` gives what to save, or null while something is missing. Resolves with null when left. */
function ask(dialog, read, texts = null) {
  return new Promise((resolve) => {
    const end = (value) => {
      dialog.querySelector("[data-save]").onclick = null;
      dialog.onclose = null;
      if (dialog.open) dialog.close();
      resolve(value);
    };
    dialog.querySelector("[data-save]").onclick = async () => {
      const long = texts ? tooLong(dialog, texts) : "";
      if (long) wrongOf(dialog).textContent = long;
      const value = long ? null : await read();
      if (value !== null) end(value);
    };
    dialog.querySelector("[data-close]").onclick = () => end(null);
    dialog.onclose = () => end(null);
    dialog.querySelector("form").onsubmit = (event) => event.preventDefault();
    dialog.showModal();
  });
}

/**
 * What times of `date` mean: {start, end, overnight}, or null where they are to be corrected. Asks where the end is
 * before the start, with both readings, and where the visit lasted longer than `longest` minutes.
 */
export async function askReading({ date, start, end }, texts, longest) {
  const isCrossing = end < start;
  const minutes = between(start, end);
  if (!isCrossing && minutes <= longest) return { start, end, overnight: false };
  const dialog = find("phone-reading");
  const length = lengthOf(minutes);
  const warning = minutes > longest ? texts.say("long_why", { limit: lengthOf(longest) }) : "";
  const answers = isCrossing
    ? [[texts.say("reading_overnight", { first: texts.day(date), start, last: texts.day(dayAfter(date)), end, length }), { start, end, overnight: true }],
      [texts.say("reading_same_day", { start: end, end: start, length: lengthOf(between(end, start)) }), { start: end, end: start, overnight: false }]]
    : [[texts.say("long_yes", { length, start, end }), { start, end, overnight: false }]];
  dialog.querySelector("[data-title]").textContent = isCrossing ? texts.say("reading_title") : texts.say("long_title", { length });
  dialog.querySelector("[data-why]").textContent = [isCrossing ? texts.say("reading_why", { start, end }) : "", warning].filter(Boolean).join(" ");
  const said = await new Promise((resolve) => {
    const buttons = answers.map(([text, answer]) => button(text, () => resolve(answer), { big: true }));
    dialog.querySelector("[data-answers]").replaceChildren(...buttons, button(texts.say("times_back"), () => resolve(null), { kind: "quiet", big: true }));
    dialog.onclose = () => resolve(null);
    dialog.showModal();
  });
  dialog.onclose = null;
  if (dialog.open) dialog.close();
  // The other reading may be as unlikely: then it is asked about too.
  return isCrossing && said && !said.overnight ? askReading({ date, ...said }, texts, longest) : said;
}

/** → {start, end, overnight, activities, note}, and state where a visit is corrected: `before` is what it said ({state, done, note}). */
export function askFinish({ title, start, end, activities, texts, reading, before = null }) {
  const dialog = find("phone-finish");
  const form = dialog.querySelector("form");
  dialog.querySelector("[data-title]").textContent = title;
  Object.assign(form.elements.start, { value: start });
  Object.assign(form.elements.end, { value: end });
  form.elements.note.value = before?.note ?? "";
  form.elements.state.value = before?.state ?? "done";
  dialog.querySelector("[data-state]").hidden = !before;
  wrongOf(dialog).textContent = "";
  const ticks = dialog.querySelector("[data-ticks]");
  ticks.hidden = !activities.length;
  ticks.querySelector("[data-list]").replaceChildren(...activities.map(({ code, name }) => el("label", { class: "phone-tick" }, el("input", { type: "checkbox", name: "activity", value: code, checked: before?.done.includes(code) }), el("span", {}, name))));
  return ask(dialog, async () => {
    const said = { start: form.elements.start.value, end: form.elements.end.value };
    if (!said.start || !said.end || said.start === said.end) {
      wrongOf(dialog).textContent = texts.say("same_times");
      return null;
    }
    const read = await reading(said);
    if (!read) return null;
    const chosen = [...form.querySelectorAll("input[name=activity]:checked")].map((box) => box.value);
    const state = before ? { state: form.elements.state.value } : {};
    return { ...read, ...state, activities: chosen, note: form.elements.note.value.trim() };
  }, texts);
}

/** → {state, note} */
export function askMissed({ title, texts }) {
  const dialog = find("phone-missed");
  const form = dialog.querySelector("form");
  form.reset();
  dialog.querySelector("[data-title]").textContent = title;
  wrongOf(dialog).textContent = "";
  return ask(dialog, () => {
    const reason = form.querySelector("input[name=reason]:checked");
    if (!reason) {
      wrongOf(dialog).textContent = wrongOf(dialog).dataset.wrong;
      return null;
    }
    return { state: reason.value, note: [reason.dataset.text, form.elements.note.value.trim()].filter(Boolean).join("; ") };
  }, texts);
}

/** → {text, priority} */
export function askObservation({ title, texts }) {
  const dialog = find("phone-observe");
  const form = dialog.querySelector("form");
  form.reset();
  dialog.querySelector("[data-title]").textContent = title;
  wrongOf(dialog).textContent = "";
  return ask(dialog, () => {
    const text = form.elements.text.value.trim();
    if (!text) {
      wrongOf(dialog).textContent = wrongOf(dialog).dataset.wrong;
      return null;
    }
    return { text, priority: form.elements.urgent.checked ? "urgent" : "normal" };
  }, texts);
}

/** → true where everything may be erased */
export function askWipe({ question }) {
  const dialog = find("phone-wipe");
  dialog.querySelector("[data-question]").textContent = question;
  return ask(dialog, () => true);
}

/** → true where the visit in progress was begun by mistake */
export function askDrop({ question }) {
  const dialog = find("phone-drop");
  dialog.querySelector("[data-question]").textContent = question;
  return ask(dialog, () => true);
}

/** → true where the entry may leave the phone */
export function askDiscard({ title }) {
  const dialog = find("phone-discard");
  dialog.querySelector("[data-title]").textContent = title;
  return ask(dialog, () => true);
}
