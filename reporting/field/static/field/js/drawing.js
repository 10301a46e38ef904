// Drawing the page: cards of visits, of entries that wait, of answers. It knows nothing of how things are kept.
import { span } from "./clock.js";
import { UNTOLD } from "./outbox.js";

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export const button = (text, onclick, { kind = "secondary", big = false } = {}) => el("button", { type: "button", class: `button button-${kind}${big ? " phone-big" : ""}`, onclick }, text);

const KINDS = { done: ["ok", "✓"], planned: ["neutral", "○"], waits: ["note", "●"] };

export function badge(state, text) {
  const [kind, glyph] = KINDS[state] ?? ["note", "●"];
  return el("span", { class: `badge badge-${kind}` }, `${glyph} ${text}`);
}

const head = (time, person, mark) => [
  el("div", { class: "phone-head" }, el("span", { class: "phone-time" }, time), mark),
  el("h3", { class: "phone-person" }, person),
];

/** Where the person lives, their telephone, how one gets in: as far as the shift tells it. */
function contactLines(contact, texts) {
  if (!contact) return [];
  return [
    contact.address && el("p", { class: "phone-contact" }, contact.address),
    contact.phone && el("p", { class: "phone-contact" }, el("a", { href: `tel:${contact.phone}` }, contact.phone_shown)),
    contact.entry_note && el("p", { class: "phone-contact" }, texts.say("get_in", { text: contact.entry_note })),
  ].filter(Boolean);
}

/** A visit of the day; `verbs` are what can be done with it: {start, missed, correct, observe}, each may be missing. */
export function stopCard({ stop, person, contact, number, activities, texts, verbs }) {
  const buttons = [
    verbs.start && button(texts.say("start"), verbs.start, { kind: "primary", big: true }),
    verbs.missed && button(texts.say("not_done"), verbs.missed),
    verbs.correct && button(texts.say("correct"), verbs.correct),
    verbs.observe && button(texts.say("observe"), verbs.observe),
  ].filter(Boolean);
  const about = [number, activities.join(", ")].filter(Boolean).join(" · ");
  return el("li", { class: "phone-card", "data-key": stop.key, "data-state": stop.shown },
    ...head(span(stop, texts), person, badge(stop.shown, texts.say(stop.shown))),
    ...contactLines(contact, texts),
    el("p", { class: "soft small" }, about),
    buttons.length ? el("div", { class: "phone-buttons" }, ...buttons.map((each) => labelled(each, person))) : null);
}

/** Many buttons of a page say the same: whom they are about is told to those who do not see the card. */
function labelled(made, person) {
  made.append(el("span", { class: "visually-hidden" }, `: ${person}`));
  return made;
}

export function runningCard({ running, person, contact, texts, onStop, onObserve, onDrop }) {
  return el("div", { class: "phone-card is-running" },
    ...head(texts.say("running", { time: running.start }), person, null),
    ...contactLines(contact, texts),
    el("div", { class: "phone-buttons" },
      button(texts.say("stop"), onStop, { kind: "primary", big: true }),
      onObserve && button(texts.say("observe"), onObserve),
      button(texts.say("drop"), onDrop)));
}

const times = (texts, entry) => `${texts.day(entry.date)}, ${span(entry, texts)}`;

/** An entry that the server has kept and somebody must decide about; `choose(kind, details)` sends the word. */
export function waitingCard({ entry, person, texts, choose }) {
  const about = (title) => [el("h3", { class: "phone-person" }, title), el("p", {}, person), el("p", { class: "soft" }, entry.said)];
  const asks = entry.asked ? el("p", {}, texts.say("asked")) : null;
  const buttons = (...made) => el("div", { class: "phone-buttons" }, ...made.filter(Boolean));
  const ask = entry.asked ? null : button(texts.say("ask"), () => choose("ask"));
  if (entry.state === "conflict") {
    const [other] = entry.current;
    return el("li", { class: "phone-card needs-word", "data-entry": entry.id }, ...about(texts.say(entry.corrects ? "changed" : "conflict")),
      el("dl", { class: "phone-compare" },
        el("dt", {}, texts.say("in_phone")), el("dd", {}, times(texts, entry)),
        ...entry.current.flatMap((visit) => [el("dt", {}, texts.say("diary_says")), el("dd", {}, `${times(texts, visit)} · ${visit.state_name} · ${visit.source}`)])),
      asks,
      buttons(
        button(texts.say("keep"), () => choose("keep")),
        other && button(texts.say("replace"), () => choose("replace", { visit: other.id, version: other.version })),
        entry.both && button(texts.say("both"), () => choose("both")), ask));
  }
  if (entry.state === "waiting") {
    return el("li", { class: "phone-card", "data-entry": entry.id }, ...about(texts.say("waiting_month")), el("p", {}, times(texts, entry)));
  }
  return timesCard({ entry, about, asks, ask, buttons, texts, choose });
}

/** Times (and, where it was not known, the number of the decision) that the carer names herself. */
function timesCard({ entry, about, asks, ask, buttons, texts, choose }) {
  const offered = entry.proposal ?? entry;
  const field = (name, type, label, value) => el("div", { class: "field" }, el("label", { class: "label", for: `${name}-${entry.id}` }, label), el("input", { class: "input", id: `${name}-${entry.id}`, type, value }));
  const fields = [
    entry.decision ? null : field("number", "text", texts.say("number"), entry.number),
    field("date", "date", texts.say("day"), offered.date), field("start", "time", texts.say("begin"), offered.start), field("end", "time", texts.say("end"), offered.end),
  ];
  const card = el("li", { class: "phone-card needs-word", "data-entry": entry.id }, ...about(texts.say(entry.state === "clock" ? "clock" : "refused")),
    el("p", {}, texts.say("by_phone", { day: texts.day(entry.date), start: entry.start, end: entry.end })),
    entry.state === "clock" && entry.proposal ? el("p", {}, texts.say("proposal", { day: texts.day(offered.date), start: offered.start, end: offered.end })) : null,
    el("div", { class: "phone-times" }, ...fields.filter(Boolean)), asks);
  const value = (name) => card.querySelector(`[id="${name}-${entry.id}"]`)?.value ?? "";
  card.append(buttons(
    button(texts.say("times"), () => choose("times", { number: value("number"), times: { date: value("date"), start: value("start"), end: value("end") } }), { kind: "primary" }),
    button(texts.say("keep"), () => choose("keep")), ask));
  return card;
}

/** An entry that waits in the phone; one that the server cannot take says all that the coordinator needs to enter it. */
export function unsentItem({ entry, person, texts, discard }) {
  const mark = entry.corrects || entry.dropped ? ` · ${texts.say(entry.dropped ? "dropped_mark" : "correction")}` : "";
  const what = entry.kind === "observation" ? texts.say("observe") : `${texts.shortDay(entry.date)} ${span(entry, texts)}${mark}`;
  const made = el("li", { class: "phone-answer", "data-unsent": entry.id }, `${person} · ${what}`);
  if (!entry.failed) return made;
  const about = [entry.state ? texts.say(entry.state) : "", entry.number ? texts.say("unknown_person", { number: entry.number }) : "", entry.note, entry.text].filter(Boolean).join(" · ");
  made.append(el("p", { class: "soft" }, about), el("p", { class: "phone-wrong" }, entry.failed === UNTOLD ? texts.say("not_taken") : entry.failed),
    el("div", { class: "phone-buttons" }, labelled(button(texts.say("discard"), discard), person)));
  return made;
}

export function answerItem({ observation, texts }) {
  const mark = observation.read ? badge("done", texts.say("read")) : badge("planned", texts.say("unread"));
  const urgent = observation.priority === "urgent" ? badge("urgent", texts.say("urgent_sign")) : null;
  return el("li", { class: "phone-answer" }, observation.person, " ", mark, " ", urgent ?? "", observation.answer ? el("p", {}, texts.say("answered", { text: observation.answer })) : null);
}
