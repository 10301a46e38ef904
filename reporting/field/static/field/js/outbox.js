// Entries that wait in the phone: kept first, sent in order, dropped once the server says that it has them.
const BATCH = 20;
const WAITS = [2000, 5000, 15000, 30000, 60000];
// What the server could not take is sent again after so long, without anybody doing anything.
const AGAIN = 300000;
// Statuses that speak of the server or of the network on the way to it, and of no entry.
const AWAY = new Set([0, 408, 425, 429, 502, 503, 504]);
// An entry that comes back with one of them so often while it goes alone is set aside all the same.
const TRIES = 3;

// Marks an entry of which the server has said nothing that could be shown; the page has a sentence for it.
export const UNTOLD = "untold";

/** What goes over the wire; the rest of an entry (names, keys of cards) stays in the phone. */
const SENT = ["kind", "id", "decision", "number", "date", "start", "end", "state", "activities", "note", "seen", "offset_then", "jumped", "clocked", "dropped", "overnight", "corrects", "version", "visit", "priority", "text", "at"];
const wired = (entry) => Object.fromEntries(SENT.filter((key) => key in entry).map((key) => [key, entry[key]]));

/** The first entries, without a correction of a visit that one of them is about: it waits for the version answered. */
function upToCorrection(entries) {
  const visits = new Set();
  const end = entries.findIndex((entry) => {
    if (visits.has(entry.corrects)) return true;
    visits.add(entry.corrects ?? entry.id);
    return false;
  });
  return end < 0 ? entries : entries.slice(0, end);
}

/**
 * Events: `change`; `result` with {entry, result} for each outcome; `sent` when something went; `refused` with the status of
 * 401, 403 or 404. States: idle, sending, offline, resting (server away), signed_out, other_user, refused (no longer
 * allowed). An entry that the server cannot take is marked with `failed` (why) and kept; the others go on.
 */
export class Outbox extends EventTarget {
  constructor({ store, wire, user, clock, timers = window }) {
    super();
    Object.assign(this, { store, wire, user, clock, timers });
    this.state = "idle";
    this.failures = 0;
    this.entries = [];
    this.contactAt = null;
    this.singly = 0;
    this.tries = new Map();
  }

  async load() {
    this.entries = await this.store.entries();
    this.changed();
  }

  get waiting() { return this.entries.filter((entry) => !entry.failed); }

  get failed() { return this.entries.filter((entry) => entry.failed); }

  changed() { this.dispatchEvent(new Event("change")); }

  setState(state) {
    this.state = state;
    this.changed();
  }

  /**
   * Resolves once the entry is on the disk of the phone; `running` says that it ends the visit in progress. Gives false
   * where another tab has ended that visit: then the entry is not kept.
   */
  async add(entry, { running = false } = {}) {
    const isKept = await (running ? this.store.finish(entry) : this.store.add(entry));
    this.entries = (await this.store.entries()) ?? this.entries;
    this.changed();
    this.flush();
    return isKept !== false;
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
    if (this.failed.length && this.state === "idle") this.timer = this.timers.setTimeout(() => this.retry(), AGAIN);
    if (batches) this.dispatchEvent(new Event("sent"));
  }

  async sendBatch() {
    // Another tab may have sent some meanwhile: the disk knows.
    this.entries = await this.store.entries();
    const batch = this.singly ? this.waiting.slice(0, 1) : upToCorrection(this.waiting).slice(0, BATCH);
    if (!batch.length) {
      // Another tab has sent it, or the person has removed it: no network is missing for anything any more.
      if (["sending", "offline", "resting"].includes(this.state)) this.setState("idle");
      else this.changed();
      return false;
    }
    this.setState("sending");
    const sentAt = this.clock.now();
    const { status, body } = await this.wire.sync(this.user, batch.map(wired), sentAt);
    if (status !== 200) return this.refused(batch, status, body);
    this.failures = 0;
    this.singly = Math.max(0, this.singly - 1);
    this.clock.measure(body.server_now, sentAt);
    this.contactAt = this.clock.now();
    for (const [at, entry] of batch.entries()) await this.settle(entry, body.results[at]);
    return true;
  }

  /** Says whether to go on at once: without the entry over which the server stumbles, or one by one to find it. */
  async refused(batch, status, body) {
    if ([401, 403, 404].includes(status)) return this.wait(status, body);
    if (batch.length > 1) {
      if (status) this.singly = batch.length;
      return AWAY.has(status) ? this.wait(status, body) : true;
    }
    const [entry] = batch;
    const tries = status ? (this.tries.get(entry.id) ?? 0) + 1 : 0;
    this.tries.set(entry.id, tries);
    if (AWAY.has(status) && tries < TRIES) return this.wait(status, body);
    this.singly = Math.max(0, this.singly - 1);
    await this.settle(entry, { kept: false, said: body?.errors?.[0]?.message || UNTOLD });
    return true;
  }

  async settle(entry, result) {
    if (result.kept) {
      await this.rebase(entry, result);
      await this.store.forget(entry.id);
      this.entries = this.entries.filter((each) => each.id !== entry.id);
    } else {
      entry.failed = result.said;
      await this.store.keep(entry);
    }
    this.dispatchEvent(new CustomEvent("result", { detail: { entry, result } }));
  }

  /** What waits and corrects the same visit goes on from the version in which the server has it now. */
  async rebase(entry, { version }) {
    const visit = entry.corrects ?? entry.id;
    for (const each of version ? this.entries.filter((other) => other.corrects === visit && other.id !== entry.id) : []) {
      each.version = version;
      await this.store.keep(each);
    }
  }

  wait(status, body) {
    this.failures += 1;
    const code = body?.errors?.[0]?.code;
    this.said = body?.errors?.[0]?.message ?? "";
    if (status === 401) this.setState(code === "other_user" ? "other_user" : "signed_out");
    else if (status === 403 || status === 404) this.setState("refused");
    else this.setState(status === 0 ? "offline" : "resting");
    if (!["offline", "resting"].includes(this.state)) this.dispatchEvent(new CustomEvent("refused", { detail: status }));
    else {
      this.timer = this.timers.setTimeout(() => this.flush(), WAITS[Math.min(this.failures, WAITS.length) - 1]);
    }
    return false;
  }

  /** The person has given it to the coordinator in another way: it leaves the phone unsent. */
  async discard(entry) {
    await this.store.forget(entry.id);
    this.entries = this.entries.filter((each) => each.id !== entry.id);
    this.changed();
  }

  /** The network may be back, or somebody signed in again. What the server could not take is tried once more. */
  async retry() {
    this.failures = 0;
    for (const entry of this.failed) {
      delete entry.failed;
      await this.store.keep(entry);
    }
    return this.flush();
  }
}
