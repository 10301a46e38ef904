// What the carer does: begin and finish a visit, say that it was not made, tell the coordinator. Everything is on the
// disk of the phone before the page says so.
import { newId } from "../../delivery/queue.js";
import { wall } from "./clock.js";
import { askDrop, askFinish, askMissed, askObservation } from "./dialogs.js";

const DAY = 86400000;

export class Visits {
  constructor({ store, outbox, clock, texts, say, person, reading }) {
    Object.assign(this, { store, outbox, clock, texts, say, person, reading });
    this.running = null;
  }

  /** What is in progress is on the disk: another tab of the browser may have begun or finished it. */
  async load() {
    const running = (await this.store.get("running")) ?? null;
    const isOther = running?.id !== this.running?.id;
    this.running = running;
    if (isOther) this.outbox.changed();
  }

  get clockFacts() { return { offset_then: this.clock.offset, jumped: false }; }

  /** Ids of visits of that cell that the carer knows of: in the diary, and others of this phone. */
  seen(shift, decision, date) {
    const own = this.outbox.entries.filter((each) => each.kind === "visit" && each.decision === decision && each.date === date && !each.corrects && !each.dropped);
    return [...shift.seen(decision, date), ...own.map((each) => each.id)];
  }

  /** `stop` has decision, number, activities and, where it is planned, its key. */
  async start(stop) {
    const now = this.clock.now();
    const { date, time } = wall(now);
    const begun = { id: newId(), key: stop.key ?? null, decision: stop.decision ?? null, number: stop.number, activities: stop.activities, date, start: time, at: now, ...this.clockFacts };
    this.running = (await this.store.begin(begun)) ?? null;
    this.outbox.changed();
    if (this.running && this.running.id !== begun.id) this.say(this.texts.say("one_running", { person: this.person(this.running) }));
  }

  async finish(shift) {
    const shown = this.running?.id;
    await this.load();
    const { running } = this;
    if (running?.id !== shown) return this.say(this.texts.say("finished_elsewhere"));
    const now = this.clock.now();
    // A visit that was forgotten to be finished since yesterday has no end that could be guessed.
    const end = now - running.at < DAY && now >= running.at ? wall(now).time : "";
    const said = await askFinish({ title: this.person(running), start: running.start, end, activities: running.activities, texts: this.texts, reading: (times) => this.reading({ date: running.date, ...times }) });
    if (!said) return;
    const entry = {
      kind: "visit", id: running.id, key: running.key, decision: running.decision, number: running.number,
      date: running.date, ...said, state: "done", seen: this.seen(shift, running.decision, running.date), clocked: true,
      offset_then: running.offset_then ?? this.clock.offset, jumped: running.jumped || now < running.at,
    };
    const isKept = await this.outbox.add(entry, { running: true });
    // Finished in another tab while the question stood open here: what is said here last corrects what was said there.
    if (!isKept && entry.decision) await this.outbox.add({ ...entry, id: newId(), key: null, corrects: entry.id, version: 1, seen: [] });
    await this.load();
    this.say(this.texts.say(isKept ? "kept" : "finished_elsewhere"));
  }

  /** The wrong button: no visit was begun. The office is told so, once there is a network. */
  async drop() {
    const shown = this.running;
    if (!(await askDrop({ question: this.texts.say("drop_question", { person: this.person(shown), time: shown.start }) }))) return;
    const { date, time } = wall(this.clock.now());
    const entry = {
      kind: "visit", id: shown.id, key: null, decision: shown.decision, number: shown.number, date: shown.date, start: shown.start,
      end: date === shown.date && time > shown.start ? time : shown.start, state: "done", activities: [], note: "", seen: [],
      clocked: true, dropped: true, offset_then: shown.offset_then ?? this.clock.offset, jumped: Boolean(shown.jumped),
    };
    const isKept = await this.outbox.add(entry, { running: true });
    await this.load();
    this.say(this.texts.say(isKept ? "dropped" : "finished_elsewhere"));
  }

  /** A visit of today said otherwise: in the diary already, or still in this phone. */
  async correct(stop) {
    const said = await askFinish({
      title: this.person(stop), start: stop.start, end: stop.end, activities: stop.activities, texts: this.texts,
      reading: (times) => this.reading({ date: stop.date, ...times }),
      before: { state: stop.state, done: stop.done ?? [], note: stop.note ?? "" },
    });
    if (!said) return;
    await this.outbox.add({
      kind: "visit", id: newId(), key: null, corrects: stop.visit, version: stop.version, decision: stop.decision, number: stop.number,
      date: stop.date, ...said, seen: [], clocked: false, ...this.clockFacts,
    });
    this.say(this.texts.say("kept"));
  }

  async missed(shift, stop) {
    const said = await askMissed({ title: `${this.person(stop)}, ${stop.start}`, texts: this.texts });
    if (!said) return;
    // The times are the plan's, not the phone's clock.
    await this.outbox.add({
      kind: "visit", id: newId(), key: stop.key, decision: stop.decision, number: stop.number, date: stop.date,
      start: stop.start, end: stop.end, overnight: stop.end < stop.start, ...said, activities: [], seen: this.seen(shift, stop.decision, stop.date), clocked: false, ...this.clockFacts,
    });
    this.say(this.texts.say("kept"));
  }

  async observe({ decision, number, visit = null }) {
    const said = await askObservation({ title: this.person({ decision, number }), texts: this.texts });
    if (!said) return;
    await this.outbox.add({ kind: "observation", id: newId(), decision, number, visit, at: this.clock.now(), ...said });
    this.say(this.texts.say("kept"));
  }

  /** The clock went back while a visit was in progress. */
  async doubt() {
    this.running = (await this.store.doubt()) ?? null;
  }
}
