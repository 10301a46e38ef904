// Talking to the server: JSON there and back. Status 0 means that nothing arrived, or nothing that our server said.
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
const PATIENCE = 20000;

export class Wire {
  /** `places` are addresses: shift, sync, entries; `csrf` the name of the cookie. */
  constructor(places) { this.places = places; }

  async request(address, fits, body) {
    const headers = { Accept: "application/json" };
    const options = { credentials: "same-origin", headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
    if (body) {
      Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": cookie(this.places.csrf) });
      Object.assign(options, { method: "POST", body: JSON.stringify(body) });
    }
    try {
      const response = await fetch(address, options);
      if (response.redirected) return { status: 401, body: null };
      const isJson = response.headers.get("Content-Type")?.includes("json");
      const told = isJson ? await response.json() : null;
      return response.ok && !(told && fits(told)) ? { status: 0, body: null } : { status: response.status, body: told };
    } catch {
      return { status: 0, body: null };
    }
  }

  shift() { return this.request(this.places.shift, (body) => Boolean(body.days && body.texts)); }

  sync(user, entries, phoneNow) {
    return this.request(this.places.sync, ({ results }) => Array.isArray(results) && results.length === entries.length, { user, phone_now: phoneNow, entries });
  }

  settle(id, choice) { return this.request(`${this.places.entries}${id}/own/`, (body) => Boolean(body.entry), choice); }
}
