// Where the queue is kept: this browser's storage, one entry for each open page, taken over when its page is gone.
const MEMORY = { length: 0, getItem: () => null, setItem: () => { throw new Error("no storage"); }, removeItem: () => {}, key: () => null };

function storage() {
  try { return window.localStorage ?? MEMORY; } catch { return MEMORY; }
}

export class Keep {
  /** `name` says whose queue it is, `own` which page's; `held` are entries whose pages are still open. */
  constructor(name, own, kept = storage()) {
    this.prefix = `siedem-diary:${name}:`;
    this.key = `${this.prefix}${own}`;
    this.held = new Set();
    this.kept = kept;
    this.works = true;
    this.probe();
  }

  /** Try with as much as a busy hour may leave behind, so that a full storage is noticed before typing. */
  probe() {
    try {
      this.kept.setItem(`${this.key}?`, "x".repeat(20000));
      this.kept.removeItem(`${this.key}?`);
    } catch { this.works = false; }
  }

  write(value) {
    try {
      if (value === null) this.kept.removeItem(this.key);
      else this.kept.setItem(this.key, JSON.stringify(value));
      this.works = true;
    } catch { this.works = false; }
  }

  /** The queues left by pages that are gone: [{key, value}]. */
  left() {
    const found = [];
    for (let at = 0; at < this.kept.length; at += 1) {
      const key = this.kept.key(at);
      if (!key?.startsWith(this.prefix) || key === this.key || this.held.has(key)) continue;
      try {
        const value = JSON.parse(this.kept.getItem(key));
        if (Array.isArray(value?.pending) && Array.isArray(value?.troubles)) found.push({ key, value });
      } catch { /* not ours */ }
    }
    return found;
  }

  forget(keys) {
    for (const key of keys) this.kept.removeItem(key);
  }

  /** Learn which pages are still open: whose lock is held is not left. */
  async look() {
    if (!navigator.locks) return;
    const locks = await navigator.locks.query();
    this.held = new Set(locks.held.map((lock) => lock.name));
  }
}

/** The place for this page's queue. A lock that lives as long as the page tells other tabs that it is not left. */
export async function openKeep(name) {
  const keep = new Keep(name, crypto.getRandomValues(new Uint32Array(2)).join("-"));
  await keep.look();
  navigator.locks?.request(keep.key, () => new Promise(() => {}));
  return keep;
}
