// Talking to the server: JSON there and back; a status of 0 means that nothing arrived, or nothing that our server said.
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

/**
 * `fits(body)` tells our answer from that of somebody between, such as the page of a hotspot. Nothing here leads elsewhere
 * but to the pages of signing in.
 */
async function request(address, options, patience, fits) {
  try {
    const response = await fetch(address, { credentials: "same-origin", ...options, signal: AbortSignal.timeout(patience) });
    if (response.redirected) return { status: 401, body: null };
    const isJson = response.headers.get("Content-Type")?.includes("json");
    const body = isJson ? await response.json() : null;
    return response.ok && !(body && fits(body)) ? { status: 0, body: null } : { status: response.status, body };
  } catch {
    return { status: 0, body: null };
  }
}

export class Wire {
  /** `places` are addresses: data, save, ask; `csrf` the name of the cookie; `user` who the page was made for. */
  constructor(places) {
    this.places = places;
  }

  headers() {
    return { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": cookie(this.places.csrf) };
  }

  load() {
    return request(this.places.data, { headers: { Accept: "application/json" } }, 30000, (body) => Array.isArray(body.rows) && body.texts);
  }

  save(contract, operations, patience) {
    const sent = operations.map(({ id, kind, visit, decision, version, seen, content }) => ({ id, kind, visit, decision, version, seen, content }));
    const body = JSON.stringify({ contract, user: this.places.user, operations: sent });
    return request(this.places.save, { method: "POST", headers: this.headers(), body }, patience, ({ results }) => Array.isArray(results) && results.length === sent.length);
  }

  ask(question) {
    return request(this.places.ask, { method: "POST", headers: this.headers(), body: JSON.stringify(question) }, 8000, ({ statements }) => Array.isArray(statements));
  }
}
