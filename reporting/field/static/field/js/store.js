// What the phone keeps: a database of this browser for one person in one place, with entries that wait to be sent and
// values by name (the shift, the visit in progress, the clock).
const STORES = { entries: { keyPath: "id" }, values: {} };

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export const nameOf = (tenant, user) => `siedem-field:${tenant}:${user}`;

export class Store {
  constructor(database, name) {
    Object.assign(this, { database, name });
    // Another tab erases everything: this one must not hold it up.
    database.onversionchange = () => database.close();
  }

  static async open(name, factory = indexedDB) {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => {
      for (const [store, options] of Object.entries(STORES)) request.result.createObjectStore(store, options);
    };
    return new Store(await done(request), name);
  }

  /** One transaction: it resolves once what was written is on the disk. */
  within(names, mode, work) {
    // Whatever still runs in the page when the person has left writes nothing any more.
    if (this.erased) return Promise.resolve(undefined);
    const transaction = this.database.transaction(names, mode, { durability: "strict" });
    const result = work(...[names].flat().map((name) => transaction.objectStore(name)));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = async () => resolve(await result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  get(key) { return this.within("values", "readonly", (values) => done(values.get(key))); }

  put(key, value) { return this.within("values", "readwrite", (values) => done(values.put(value, key))); }

  drop(key) { return this.within("values", "readwrite", (values) => done(values.delete(key))); }

  /** Entries in the order in which they were made, whatever the clock of the phone has done meanwhile. */
  async entries() {
    const found = (await this.within("entries", "readonly", (entries) => done(entries.getAll()))) ?? [];
    return found.sort((one, other) => one.order - other.order);
  }

  /** A new entry, after all that are in the phone; another tab of the browser may have made some of them. */
  add(entry) { return this.within("entries", "readwrite", (entries) => this.append(entries, entry)); }

  async append(entries, entry) {
    const orders = (await done(entries.getAll())).map((each) => each.order);
    entry.order = 1 + Math.max(0, ...orders);
    await done(entries.put(entry));
    return true;
  }

  keep(entry) { return this.within("entries", "readwrite", (entries) => done(entries.put(entry))); }

  forget(id) { return this.within("entries", "readwrite", (entries) => done(entries.delete(id))); }

  /** The visit in progress: `visit`, or the one that another tab of the browser has begun before it. */
  begin(visit) {
    return this.within("values", "readwrite", async (values) => {
      const running = await done(values.get("running"));
      if (running) return running;
      await done(values.put(visit, "running"));
      return visit;
    });
  }

  /** Of the clock that went back while a visit is in progress; gives the visit, if there is one. */
  doubt() {
    return this.within("values", "readwrite", async (values) => {
      const running = await done(values.get("running"));
      if (running) await done(values.put({ ...running, jumped: true }, "running"));
      return running && { ...running, jumped: true };
    });
  }

  /**
   * A finished visit takes the place of the one in progress, both or neither. Says whether it did: where another tab
   * has finished it before, nothing is written.
   */
  finish(entry) {
    return this.within(["entries", "values"], "readwrite", async (entries, values) => {
      if ((await done(values.get("running")))?.id !== entry.id) return false;
      await done(values.delete("running"));
      return this.append(entries, entry);
    });
  }

  async erase() {
    this.erased = true;
    this.database.close();
    await done(indexedDB.deleteDatabase(this.name));
  }
}
