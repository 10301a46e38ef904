// Everything typed goes into this queue first, kept by the browser, and leaves it when the server has it. Sent in
// order, in batches, with ids made here: sending twice writes once.
const BATCH = 50;
const PATIENCE = 20000;
const WAITS = [1000, 2000, 5000, 10000, 30000, 60000];

/** A UUIDv7, as the server makes them: time first, so that rows stand in the order they were typed. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let at = 5; at >= 0; at -= 1) { bytes[at] = now % 256; now = Math.floor(now / 256); }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * `send(contract, operations, patience)` answers {status, body}; events: `change`, and `result` with {operation, result,
 * superseded, withdrawn} for every outcome: withdrawn is what was taken back before the server refused it. States: idle, sending, offline, resting (server away), signed_out, refused (no longer allowed).
 */
export class Queue extends EventTarget {
  constructor({ keep, send, timers = window }) {
    super();
    this.keep = keep;
    this.send = send;
    this.timers = timers;
    this.state = "idle";
    this.failures = 0;
    this.savedAt = null;
    this.pending = [];
    this.troubles = [];
    this.adopt();
  }

  /** How many entries wait: a visit that was changed twice is one. */
  get size() { return new Set(this.pending.map((each) => each.visit)).size; }

  /** Take over what an earlier visit to this page, or a tab that was closed, could not send. */
  adopt() {
    const left = this.keep.left();
    for (const { value } of left) {
      this.pending = [...value.pending.map((each) => ({ ...each, tried: true })), ...this.pending];
      this.troubles = [...value.troubles, ...this.troubles];
    }
    if (!left.length) return false;
    this.changed();
    // Only what stands in this page's own entry by now may go from where it was.
    if (this.keep.works) this.keep.forget(left.map(({ key }) => key));
    return true;
  }

  /** Put an operation at the end, or into one on the same visit that was never sent. */
  push(operation) {
    const waiting = this.pending.findLast((each) => each.visit === operation.visit);
    if (waiting && !waiting.tried) this.merge(waiting, operation);
    else this.pending.push(operation);
    this.changed();
    this.flush();
  }

  merge(waiting, operation) {
    if (operation.kind !== "remove") {
      waiting.content = operation.content;
      waiting.text = operation.text;
    } else if (waiting.kind === "record") {
      this.pending = this.pending.filter((each) => each !== waiting);
    } else {
      waiting.kind = "remove";
      waiting.content = null;
    }
  }

  addTrouble(trouble) {
    this.troubles = [...this.troubles.filter((each) => each.id !== trouble.id), trouble];
    this.changed();
  }

  dropTrouble(id) {
    this.troubles = this.troubles.filter((each) => each.id !== id);
    this.changed();
  }

  troublesOf(decision, date) {
    return this.troubles.filter((each) => each.decision === decision && each.date === date);
  }

  isWaiting(decision, date) {
    return this.pending.some((each) => each.decision === decision && each.date === date);
  }

  store() {
    const empty = !this.pending.length && !this.troubles.length;
    this.keep.write(empty ? null : { pending: this.pending, troubles: this.troubles });
  }

  changed() {
    this.store();
    this.dispatchEvent(new Event("change"));
  }

  setState(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  /** Operations for one request: of one contract, in order, never two on one visit (the later needs its version). */
  batch() {
    const visits = new Set();
    const chosen = [];
    for (const operation of this.pending) {
      if (visits.has(operation.visit) || chosen.length === BATCH) break;
      if (operation.contract !== this.pending[0].contract) break;
      visits.add(operation.visit);
      chosen.push(operation);
    }
    return chosen;
  }

  /** Send what waits; one request at a time, also over several tabs where the browser can arrange that. */
  async flush() {
    if (this.flushing || !this.pending.length || this.state === "refused") return;
    this.flushing = true;
    this.timers.clearTimeout(this.timer);
    try {
      while (this.pending.length && (await this.sendBatch()));
    } finally {
      this.flushing = false;
    }
  }

  async sendBatch() {
    const batch = this.batch();
    for (const operation of batch) operation.tried = true;
    this.setState("sending");
    this.store();
    const { status, body } = await this.send(batch[0].contract, batch, PATIENCE);
    if (status !== 200) return this.wait(status);
    this.failures = 0;
    this.savedAt = body.saved_at;
    this.settle(batch, body.results);
    this.setState(this.pending.length ? "sending" : "idle");
    return true;
  }

  settle(batch, results) {
    batch.forEach((operation, at) => {
      const result = results[at];
      this.pending = this.pending.filter((each) => each.id !== operation.id);
      const later = this.pending.find((each) => each.visit === operation.visit);
      const withdrawn = later?.kind === "remove" && operation.kind === "record" && result.status !== 200;
      if (withdrawn) this.pending = this.pending.filter((each) => each !== later);
      else if (later && result.status === 200) later.version = result.visit?.version ?? 0;
      else if (later && result.status === 409) {
        // What was typed last is what this person wants; it waits for their word together with the rest.
        this.pending = this.pending.filter((each) => each !== later);
        Object.assign(operation, { kind: later.kind, content: later.content, text: later.text });
      } else if (later && result.status === 422) {
        later.before = operation.before;
        if (operation.kind === "record") Object.assign(later, { kind: "record", seen: operation.seen });
      }
      this.dispatchEvent(new CustomEvent("result", { detail: { operation, result, superseded: Boolean(later), withdrawn } }));
    });
    this.changed();
  }

  wait(status) {
    this.failures += 1;
    if (status === 401) this.setState("signed_out");
    else if (status === 403 || status === 404) this.setState("refused");
    else this.setState(status === 0 ? "offline" : "resting");
    if (this.state !== "refused") {
      const wait = WAITS[Math.min(this.failures, WAITS.length) - 1];
      this.timer = this.timers.setTimeout(() => this.flush(), wait);
    }
    return false;
  }

  /** The connection may be back, or somebody signed in again: try now. */
  retry() {
    this.failures = 0;
    this.flush();
  }
}
