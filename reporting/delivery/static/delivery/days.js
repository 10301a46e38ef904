// On a phone: one day at a time, a card for each person, the same entries under large buttons.
import { shifted } from "./blocks.js";

export class Days {
  constructor({ root, month, paint, texts, queue, onPlan, onAbsent, onOpen }) {
    Object.assign(this, { root, month, paint, texts, queue, onPlan, onAbsent, onOpen });
    this.heading = root.querySelector("[data-day-name]");
    this.list = root.querySelector("[data-persons]");
    this.nobody = root.querySelector("[data-nobody]");
    this.other = root.querySelector("[data-other]");
    this.day = paint.days.includes(month.today) ? month.today : paint.days.findLast((day) => this.due(day).length) ?? paint.days[0];
    for (const step of root.querySelectorAll("[data-step]")) step.addEventListener("click", () => this.go(shifted(this.day, Number(step.dataset.step))));
    this.other.addEventListener("change", () => {
      const decision = this.other.value;
      this.other.value = "";
      if (decision) this.onOpen({ decision, date: this.day });
    });
    for (const row of month.rows.values()) this.other.append(new Option(`${row.person} · ${row.number}`, row.id));
    this.show();
  }

  /** The rows with something on the day: a visit, a plan, an entry that needs somebody. */
  due(day) {
    return [...this.month.rows.keys()].filter((decision) => this.month.cell(decision, day).length
      || this.month.planned(decision, day).length || this.queue.troublesOf(decision, day).length);
  }

  go(date) {
    if (this.paint.days.includes(date)) this.day = date;
    this.show();
  }

  show() {
    this.heading.textContent = this.texts.day(this.day);
    for (const step of this.root.querySelectorAll("[data-step]")) {
      step.disabled = !this.paint.days.includes(shifted(this.day, Number(step.dataset.step)));
    }
    const due = this.due(this.day);
    this.list.replaceChildren(...due.map((decision) => this.card(decision)));
    this.nobody.hidden = due.length > 0;
  }

  paragraph(text, kind = "") {
    return Object.assign(document.createElement("p"), { textContent: text, className: kind });
  }

  card(decision) {
    const row = this.month.row(decision);
    const card = document.createElement("li");
    card.className = "day-card";
    card.append(this.paragraph(row.person, "day-person"));
    const visits = this.month.cell(decision, this.day);
    const planned = this.month.planned(decision, this.day);
    for (const trouble of this.queue.troublesOf(decision, this.day)) card.append(this.paragraph(trouble.message, "error"));
    for (const visit of visits) {
      const who = visit.worker_name ?? this.month.workers.get(visit.worker)?.name ?? "";
      card.append(this.paragraph(`${visit.start}–${visit.end} ${this.texts.say(`state_${visit.state}`)} · ${who}`, `day-visit day-${visit.state}`));
    }
    const remark = this.paint.remarkOn(visits, this.day);
    if (remark) card.append(this.paragraph(remark, "day-remark"));
    if (!visits.length && planned.length) {
      card.append(this.paragraph(this.texts.say("planned", { times: planned.map(([start, end]) => `${start}–${end}`).join(", ") }), "soft"));
    }
    if (this.month.isOpen(decision)) card.append(this.buttons({ decision, date: this.day }, visits, planned));
    return card;
  }

  buttons(place, visits, planned) {
    const group = document.createElement("div");
    group.className = "day-buttons";
    if (!visits.length && planned.length && this.month.hasBegun(place.date, planned[0][0])) {
      group.append(this.button("as_planned", "primary", () => this.onPlan(place)), this.button("absent", "secondary", () => this.onAbsent(place)));
    }
    group.append(this.button(visits.length ? "open_visits" : "other_times", "secondary", () => this.onOpen(place)));
    return group;
  }

  button(key, kind, verb) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: `button button-${kind}`, textContent: this.texts.say(key) });
    button.addEventListener("click", verb);
    return button;
  }
}
