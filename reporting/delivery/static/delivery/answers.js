// The line under the grid: what stands in the cell, and while one types, whether it can be logged.
import { clock, parseEntry } from "./entry.js";

const PAUSE = 250;

export class Answers {
  constructor({ line, note, month, paint, wire, texts, edits, queue }) {
    Object.assign(this, { line, note, month, paint, wire, texts, edits, queue });
    this.asked = 0;
  }

  /** Say it, politely: a screen reader reads the line when the keys rest. */
  say(text, weight = "ok") {
    this.asked += 1;
    clearTimeout(this.timer);
    this.show([{ text, weight }]);
  }

  show(statements) {
    this.fill(statements);
    // The line may have grown, and the table with the cell moved.
    this.note.place();
  }

  fill(statements) {
    this.line.replaceChildren(
      ...statements.flatMap(({ text, weight }, at) => {
        const part = document.createElement("span");
        part.className = `answer answer-${weight}`;
        part.textContent = text;
        return at ? [" · ", part] : [part];
      }),
    );
  }

  visitText(visit) {
    const who = visit.worker_name ?? this.month.workers.get(visit.worker)?.name ?? "";
    const names = visit.activities.map((code) => this.month.activities.find((each) => each.code === code)?.name ?? code);
    const state = visit.state === "done" ? "" : ` (${this.texts.say(`state_${visit.state}`)})`;
    return `${visit.start}–${visit.end}${state} ${who}${names.length ? `: ${names.join(", ")}` : ""}${visit.note ? ` [${visit.note}]` : ""}`;
  }

  /** What stands in a cell, when one comes to it. */
  describe({ decision, date }) {
    const { month, texts } = this;
    const row = month.row(decision);
    const said = [{ text: `${texts.day(date)}, ${row.person}`, weight: "plain" }];
    for (const trouble of this.queue.troublesOf(decision, date)) said.push({ text: trouble.message, weight: "stop" });
    this.noteAt({ decision, date });
    const visits = month.cell(decision, date);
    for (const visit of visits) said.push({ text: this.visitText(visit), weight: "plain" });
    const remark = this.paint.remarkOn(visits, date);
    if (remark) said.push({ text: remark, weight: "warn" });
    const planned = month.planned(decision, date);
    if (!visits.length && planned.length) {
      said.push({ text: texts.say("planned", { times: planned.map(([start, end]) => `${start}–${end}`).join(", ") }), weight: "plain" });
    } else if (!visits.length) said.push({ text: texts.say("nothing_here"), weight: "plain" });
    if (month.isOff(decision, date)) said.push({ text: texts.say("not_in_force"), weight: "note" });
    this.asked += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(said), 60);
  }

  /** Why the cell was refused, at the cell itself. */
  noteAt({ decision, date }, stays = false) {
    const [trouble] = this.queue.troublesOf(decision, date);
    const cell = trouble && this.paint.cellAt(decision, date);
    if (!cell) return this.note.leave();
    const remedy = trouble.status === 409 ? "" : this.texts.say("refused_keys");
    return this.note.show(cell, `${trouble.message} ${remedy}`, stays);
  }

  /** The server refused what was typed; whoever types elsewhere by now is not interrupted in the line. */
  refused({ decision, date }, isTyping) {
    const [trouble] = this.queue.troublesOf(decision, date);
    if (!trouble || !this.month.row(decision)) return;
    this.noteAt({ decision, date }, true);
    if (isTyping) return;
    this.say(`${this.texts.day(date)}, ${this.month.row(decision).person}: ${trouble.message}`, "stop");
  }

  wrong(parsed) {
    return this.texts.say(`wrong_${parsed.code}`, { part: parsed.part });
  }

  /** While one types: understood or not, and what the server says of it. */
  typing({ decision, date }, text) {
    if (this.note.isAt(this.paint.cellAt(decision, date))) this.note.hide();
    const worker = this.month.workerOf(decision, date);
    const parsed = parseEntry(text, this.month.around(decision, date, worker));
    if (parsed.kind === "wrong") return this.say(this.wrong(parsed), "stop");
    if (parsed.kind === "empty") return this.say(this.texts.say("will_be_empty"), "plain");
    const [said] = parsed.visits;
    const range = parsed.visits.map((visit) => `${visit.start}–${visit.end}`).join(", ");
    this.say(`${this.texts.shortDay(date)}: ${range}`, "plain");
    const stood = parsed.kind === "add" ? null : this.edits.replaceable(decision, date)[0];
    const question = {
      decision, date, worker: stood?.worker ?? worker,
      start: said.start, end: said.end, state: said.state,
      visit: stood?.version ? stood.id : null,
      activities: stood?.activities ?? this.month.usualActivities(decision),
    };
    const turn = ++this.asked;
    this.timer = setTimeout(() => this.ask(question, range, turn), PAUSE);
    return undefined;
  }

  async ask(question, range, turn) {
    const { status, body } = await this.wire.ask(question);
    if (turn !== this.asked) return;
    const head = { text: `${this.texts.shortDay(question.date)}: ${range}`, weight: "plain" };
    if (status === 200) this.show([head, ...body.statements]);
    else if (status === 0 || status >= 500) this.show([head, { text: this.leftHere(question), weight: "plain" }, { text: this.texts.say("asked_later"), weight: "note" }]);
  }

  /** Without the server: what this page knows of the minutes. */
  leftHere({ decision }) {
    const left = this.month.row(decision).granted - this.month.rowUsed(decision);
    return this.texts.say("left_now", { left: clock(left) });
  }
}
