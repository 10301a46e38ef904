// Entries that wait in the phone: kept first, sent in order, dropped once the server says that it has them.
const BATCH = 20;
const WAITS = [2000, 5000, 15000, 30000, 60000];

/** What goes over the wire; the rest of an entry (names, keys of cards) stays in the phone. */
const SENT = ["kind", "id", "decision", "number", "date", "start", "end", "state", "activities", "note", "seen", "offset_then", "jumped", "clocked", "visit", "priority", "text", "at"];
const wired = (entry) => Object.fromEntries(SENT.filter((key) => key in entry).map((key) => [key, entry[key]]));

/**
 * Events: `change`; `result` with {entry, result} for each outcome; `sent` when something went; `refused` with the status of
 * 401, 403 or 404. States: idle, sending, offline, resting (server away),
 * signed_out, other_user, refused (no longer allowed).
 */
export class Outbox extends EventTarget {
  constructor({ store, wire, user, clock, timers = window }) {
    super();
    Object.assign(this, { store, wire, user, clock, timers });
    this.state = "idle";
    this.failures = 0;
    this.entries = [];
    this.contactAt = null;
    this.size = BATCH;
  }

  async load() {
    this.entries = await this.store.entries();
    this.changed();
  }

  get waiting() { return this.entries.filter((entry) => !entry.failed); }

  changed() { this.dispatchEvent(new Event("change")); }

  setState(state) {
    this.state = state;
    this.changed();
  }

  /** Resolves once the entry is on the disk of the phone; `running` says that it ends the visit in progress. */
  async add(entry, { running = false } = {}) {
    await (running ? this.store.finish(entry) : this.store.keep(entry));
    this.entries.push(entry);
    this.changed();
    this.flush();
  }

  /** The clock went back: of the times of what waits nothing is known any more. */
  async doubt() {
    for (const entry of this.entries.filter((each) => each.kind === "visit" && !each.jumped)) {
      entry.jumped = true;
      await this.store.keep(entry);
    }
  }

  /** Send what waits: one request at a time, also over several tabs of the browser. */
  flush() {
    this.flushing ??= this.sendAll().finally(() => { this.flushing = null; });
    return this.flushing;
  }

  async sendAll() {
    this.timers.clearTimeout(this.timer);
    let batches = 0;
    const work = async () => { while (await this.sendBatch()) batches += 1; };
    if (navigator.locks) await navigator.locks.request(this.store.name, work);
    else await work();
    if (batches) this.dispatchEvent(new Event("sent"));
  }

  async sendBatch() {
    // Another tab may have sent some meanwhile: the disk knows.
    this.entries = await this.store.entries();
    const batch = this.waiting.slice(0, this.size);
    if (!batch.length) {
      if (this.state === "sending") this.setState("idle");
      else this.changed();
      return false;
    }
    this.setState("sending");
    const sentAt = this.clock.now();
    const { status, body } = await this.wire.sync(this.user, batch.map(wired), sentAt);
    if (status !== 200) return this.wait(status, body);
    this.failures = 0;
    this.size = BATCH;
    this.clock.measure(body.server_now, sentAt);
    this.contactAt = this.clock.now();
    for (const [at, entry] of batch.entries()) await this.settle(entry, body.results[at]);
    return true;
  }

  async settle(entry, result) {
    if (result.kept) {
      await this.store.forget(entry.id);
      this.entries = this.entries.filter((each) => each.id !== entry.id);
    } else {
      entry.failed = result.said;
      await this.store.keep(entry);
    }
    this.dispatchEvent(new CustomEvent("result", { detail: { entry, result } }));
  }

  wait(status, body) {
    this.failures += 1;
    const code = body?.errors?.[0]?.code;
    this.said = body?.errors?.[0]?.message ?? "";
    if (status === 401) this.setState(code === "other_user" ? "other_user" : "signed_out");
    else if (status === 403 || status === 404) this.setState("refused");
    else this.setState(status === 0 ? "offline" : "resting");
    // One entry on which the server stumbles must not hold up the others for ever: send them one by one.
    if (status >= 500) this.size = 1;
    if (!["offline", "resting"].includes(this.state)) this.dispatchEvent(new CustomEvent("refused", { detail: status }));
    else {
      this.timer = this.timers.setTimeout(() => this.flush(), WAITS[Math.min(this.failures, WAITS.length) - 1]);
    }
    return false;
  }

  /** The network may be back, or somebody signed in again. What the server could not take is tried once more. */
  async retry() {
    this.failures = 0;
    for (const entry of this.entries.filter((each) => each.failed)) {
      delete entry.failed;
      await this.store.keep(entry);
    }
    return this.flush();
  }
}
