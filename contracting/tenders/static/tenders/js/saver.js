// What is typed goes into this browser's storage first and leaves it when the server has it; nothing is lost between.
const PATIENCE = 15000;
const PAUSE = 800;
const WAITS = [1000, 2000, 5000, 10000, 30000];

const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function storage() {
  try { return window.localStorage; } catch { return null; }
}

/** Sends a section until the server has it; events: `state` {state, detail}, `saved` {body}, `clash` {clashes}. */
export class Saver extends EventTarget {
  constructor({ section, address, name, csrf, base }) {
    super();
    Object.assign(this, { section, address, csrf, base });
    this.key = `siedem-offer:${name}`;
    this.kept = storage();
    this.clashing = new Map();
    this.seen = new Map();
    this.failures = 0;
    this.sent = section.read();
    window.addEventListener("online", () => this.flush());
    window.addEventListener("focus", () => { if (this.failures) this.flush(); });
    window.addEventListener("pagehide", () => { if (this.waits) this.post(this.outgoing(), true); });
    // Another tab of this section sent its own and cleared the storage, which both share: what waits here is kept again.
    window.addEventListener("storage", ({ key, newValue }) => { if (key === this.key && !newValue && (this.clashing.size || this.waits)) this.keep(); });
    window.addEventListener("beforeunload", (event) => { if (this.waits && !this.stores) event.preventDefault(); });
  }

  get waits() { return !same(this.section.read(), this.sent); }

  /** What an earlier visit could not send comes back into the form. */
  restore() {
    let left = null;
    try { left = JSON.parse(this.kept?.getItem(this.key) ?? "null"); } catch { /* not ours */ }
    if (!left) return;
    this.base = left.base;
    this.section.fill(left.value);
    this.tell("restored");
    this.flush();
  }

  /** Of a clash the base is what the author saw, so that a later visit meets the clash again and overwrites nobody. */
  keep() {
    const base = this.seen.has("") ? this.seen.get("") : Array.isArray(this.base) ? this.base : { ...this.base, ...Object.fromEntries(this.seen) };
    try {
      this.kept.setItem(this.key, JSON.stringify({ base, value: this.section.read() }));
      this.stores = true;
    } catch { this.stores = false; }
  }

  forget() { try { this.kept.removeItem(this.key); } catch { /* nothing kept */ } }

  changed() {
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  tell(state, detail = "") { this.dispatchEvent(new CustomEvent("state", { detail: { state, detail } })); }

  /** Base and value as they go out: what waits for a word on a clash is sent as it stands at the server. */
  outgoing() {
    const value = this.section.read();
    if (!this.clashing.size) return { base: this.base, value };
    if (this.clashing.has("")) return { base: this.clashing.get(""), value: this.clashing.get("") };
    const theirs = Object.fromEntries(this.clashing);
    return { base: { ...this.base, ...theirs }, value: { ...value, ...theirs } };
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.flushing) { this.again = true; return this.flushing; }
    this.flushing = this.send();
    const done = await this.flushing;
    this.flushing = null;
    if (this.again) { this.again = false; return this.flush(); }
    return done;
  }

  async send() {
    const typed = this.section.read();
    this.tell("saving");
    const { status, body } = await this.post(this.outgoing());
    if (status === 200 || (status === 409 && body?.clashes)) return this.took(typed, status, body);
    this.failures += 1;
    const state = status === 401 ? "signed-out" : status === 0 || status >= 500 ? "offline" : "refused";
    this.tell(state, body?.errors?.[0]?.message ?? "");
    if (state !== "refused") this.timer = setTimeout(() => this.flush(), WAITS[Math.min(this.failures, WAITS.length) - 1]);
    return false;
  }

  took(typed, status, body) {
    this.failures = 0;
    for (const clash of body.clashes) {
      if (!this.clashing.has(clash.key)) this.seen.set(clash.key, clash.key === "" ? this.base : this.base[clash.key]);
      this.clashing.set(clash.key, clash.theirs);
    }
    this.base = body.value;
    this.sent = typed;
    if (this.clashing.size || this.waits) this.keep();
    else this.forget();
    this.dispatchEvent(new CustomEvent("saved", { detail: body }));
    if (status === 409) this.dispatchEvent(new CustomEvent("clash", { detail: body.clashes }));
    this.tell(this.clashing.size ? "clash" : "done", body.saved_at);
    return status === 200 && !this.clashing.size;
  }

  /** The author's word on a clash: theirs stays, or mine takes its place. */
  settle(clash, take) {
    this.clashing.delete(clash.key);
    this.seen.delete(clash.key);
    const theirs = clash.theirs;
    this.base = clash.key === "" ? theirs : { ...this.base, [clash.key]: theirs };
    if (take === "theirs") this.section.fill(clash.key === "" ? theirs : { ...this.section.read(), [clash.key]: theirs });
    this.sent = null;
    this.changed();
  }

  async post(body, keepalive = false) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": cookie(this.csrf) };
    try {
      const answer = await fetch(this.address, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body), keepalive, signal: keepalive ? undefined : AbortSignal.timeout(PATIENCE) });
      // Nothing here leads elsewhere but to the pages of signing in.
      if (answer.redirected) return { status: 401, body: null };
      const isJson = answer.headers.get("Content-Type")?.includes("json");
      const told = isJson ? await answer.json() : null;
      // The page of a hotspot, or of anybody else between, is no answer of ours.
      return answer.ok && !Array.isArray(told?.clashes) ? { status: 0, body: null } : { status: answer.status, body: told };
    } catch { return { status: 0, body: null }; }
  }
}
