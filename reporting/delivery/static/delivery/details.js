// The cell opened: its visits one by one, with times, carer, what was done and a note.
import { parseTime } from "../ui/js/times.js";
import { newId } from "./queue.js";

const PAUSE = 300;
const MIDNIGHT = /^24([:.]?00)?$/;

export class Details {
  constructor({ dialog, month, edits, wire, texts, onDone }) {
    Object.assign(this, { dialog, month, edits, wire, texts, onDone });
    this.form = dialog.querySelector("form");
    this.list = dialog.querySelector("[data-visits]");
    this.template = dialog.querySelector("template");
    dialog.querySelector("[data-add]").addEventListener("click", () => this.add(this.blank()).querySelector("input").focus());
    dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("input", (event) => this.ask(event.target.closest("fieldset")));
  }

  /** `wanted` {before, visits} are visits typed already that lack something, such as who was there. */
  open({ decision, date }, { wanted = null, message = "" } = {}) {
    this.place = { decision, date };
    const row = this.month.row(decision);
    const editable = this.month.isOpen(decision);
    this.dialog.querySelector("[data-title]").textContent = `${row.person} · ${this.texts.day(date)}`;
    this.dialog.querySelector("[data-number]").textContent = row.number;
    this.say(message);
    this.before = wanted?.before ?? this.month.cell(decision, date);
    const visits = wanted?.visits ?? this.before;
    this.list.replaceChildren();
    for (const visit of visits.length ? visits : [this.blank()]) this.add(visit, !this.before.some(({ id }) => id === visit.id));
    for (const field of this.form.elements) if (!field.matches("[data-cancel]")) field.disabled = !editable;
    this.dialog.showModal();
    const unknown = [...this.list.querySelectorAll("select[name=worker]")].find((field) => !field.value);
    (wanted ? unknown : this.list.querySelector("input"))?.focus();
  }

  blank() {
    const { decision, date } = this.place;
    const shown = this.list.querySelectorAll("fieldset").length;
    const [start = "", end = ""] = this.month.planned(decision, date)[shown] ?? [];
    return this.edits.fresh(decision, date, this.month.workerOf(decision, date), { start, end, state: "done" });
  }

  add(visit, isNew = true) {
    const part = this.template.content.firstElementChild.cloneNode(true);
    part.dataset.visit = visit.id;
    part.dataset.isNew = isNew ? "yes" : "";
    const marks = part.querySelectorAll("[id]");
    for (const each of marks) each.id = `${each.id}-${visit.id}`;
    for (const label of part.querySelectorAll("label[for]")) label.htmlFor = `${label.htmlFor}-${visit.id}`;
    const field = (name) => part.querySelector(`[name=${name}]`);
    for (const worker of this.month.workers.values()) field("worker").append(new Option(worker.name, worker.id));
    if (visit.worker && !this.month.workers.has(visit.worker)) field("worker").append(new Option(visit.worker_name ?? "?", visit.worker));
    for (const name of ["start", "end", "state", "note"]) field(name).value = visit[name];
    field("worker").value = visit.worker ?? "";
    this.tick(part, visit);
    this.list.append(part);
    this.number();
    return part;
  }

  tick(part, visit) {
    const scope = this.month.row(this.place.decision).scope;
    const offered = this.month.activities.filter((each) => scope.includes(each.code) || visit.activities.includes(each.code));
    const others = this.month.activities.filter((each) => !offered.includes(each));
    const box = (activity) => {
      const label = document.createElement("label");
      label.className = "option";
      const input = Object.assign(document.createElement("input"), { type: "checkbox", name: "activity", value: activity.code });
      input.checked = visit.activities.includes(activity.code);
      const name = document.createElement("span");
      name.textContent = activity.name;
      label.append(input, " ", name);
      return label;
    };
    part.querySelector("[data-scope]").append(...offered.map(box));
    const beside = part.querySelector("[data-beside]");
    beside.hidden = !others.length;
    beside.querySelector("[data-options]").append(...others.map(box));
  }

  number() {
    const parts = [...this.list.querySelectorAll("fieldset")];
    parts.forEach((part, at) => { part.querySelector("[data-number]").textContent = String(at + 1); });
  }

  clicked(event) {
    if (!event.target.closest("[data-remove]")) return;
    event.target.closest("fieldset").remove();
    this.number();
    this.dialog.querySelector("[data-add]").focus();
  }

  /** A time as typed: "08:30", or null where it is none; a visit may end at 24:00. */
  time(part, name) {
    const text = part.querySelector(`[name=${name}]`).value.trim();
    return name === "end" && MIDNIGHT.test(text) ? "00:00" : parseTime(text);
  }

  read(part) {
    const value = (name) => part.querySelector(`[name=${name}]`).value;
    const activities = [...part.querySelectorAll("[name=activity]:checked")].map((box) => box.value);
    const said = { start: this.time(part, "start"), end: this.time(part, "end"), state: value("state"), worker: value("worker"), note: value("note").trim(), activities };
    return { ...said, id: part.dataset.visit, decision: this.place.decision, date: this.place.date, version: 0 };
  }

  /** What is wrong, at the field to go to. */
  say(message, field = null) {
    const line = this.dialog.querySelector("[data-problem]");
    line.textContent = message;
    line.hidden = !message;
    for (const wrong of this.list.querySelectorAll("[aria-invalid]")) {
      wrong.removeAttribute("aria-invalid");
      wrong.removeAttribute("aria-describedby");
    }
    field?.setAttribute("aria-invalid", "true");
    field?.setAttribute("aria-describedby", line.id);
    field?.focus();
  }

  /** The first thing wrong, with the field to go to. */
  problem(parts) {
    for (const part of parts) {
      const visit = this.read(part);
      for (const name of ["start", "end", "worker"]) {
        const field = part.querySelector(`[name=${name}]`);
        const typed = field.value.trim();
        if (!visit[name]) return [typed ? this.texts.say("wrong_no_such_time", { part: typed }) : this.texts.say(`missing_${name}`), field];
      }
      if (visit.start === visit.end) return [this.texts.say("wrong_equal_times", { part: visit.end }), part.querySelector("[name=end]")];
    }
    return null;
  }

  submit(event) {
    event.preventDefault();
    const parts = [...this.list.querySelectorAll("fieldset")];
    const problem = this.problem(parts);
    if (problem) {
      this.say(...problem);
      return;
    }
    const { decision, date } = this.place;
    const kept = new Set(parts.map((part) => part.dataset.visit));
    const changes = this.before.filter((visit) => !kept.has(visit.id)).map((visit) => ({ decision, before: visit, after: null }));
    for (const part of parts) {
      const after = this.read(part);
      if (part.dataset.isNew) changes.push({ decision, before: null, after: { ...after, id: newId() } });
      else changes.push({ decision, before: this.before.find((visit) => visit.id === after.id), after });
      if (!this.month.workerOf(decision, date)) this.month.row(decision).picked = after.worker;
    }
    this.edits.apply([...this.edits.troubleChanges(decision, date), ...changes.filter((change) => !this.isSame(change))]);
    this.dialog.close();
    this.onDone(this.place);
  }

  isSame({ before, after }) {
    if (!before || !after) return false;
    const said = ({ start, end, state, worker, note, activities }) => JSON.stringify([start, end, state, worker, note, [...activities].sort()]);
    return said(before) === said(after);
  }

  ask(part) {
    clearTimeout(this.timer);
    if (!part || !this.month.editable) return;
    this.timer = setTimeout(async () => {
      const visit = this.read(part);
      if (!visit.start || !visit.end) return;
      const { start, end, state, worker, activities } = visit;
      const stored = part.dataset.isNew ? null : visit.id;
      const { status, body } = await this.wire.ask({ ...this.place, start, end, state, activities, worker: worker || null, visit: stored });
      const line = part.querySelector("[data-answer]");
      if (status === 200) line.textContent = body.statements.map((statement) => statement.text).join(" · ");
      line.dataset.stop = status === 200 && !body.can_log ? "yes" : "";
    }, PAUSE);
  }
}
