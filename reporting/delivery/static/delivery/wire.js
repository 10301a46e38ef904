// Talking to the server: JSON there and back; a status of 0 means that nothing arrived.
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

async function request(address, options, patience) {
  try {
    const response = await fetch(address, { credentials: "same-origin", ...options, signal: AbortSignal.timeout(patience) });
    const isJson = response.headers.get("Content-Type")?.includes("json");
    return { status: response.status, body: isJson ? await response.json() : null };
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
    return request(this.places.data, { headers: { Accept: "application/json" } }, 30000);
  }

  save(contract, operations, patience) {
    const sent = operations.map(({ id, kind, visit, decision, version, seen, content }) => ({ id, kind, visit, decision, version, seen, content }));
    const body = JSON.stringify({ contract, user: this.places.user, operations: sent });
    return request(this.places.save, { method: "POST", headers: this.headers(), body }, patience);
  }

  ask(question) {
    return request(this.places.ask, { method: "POST", headers: this.headers(), body: JSON.stringify(question) }, 8000);
  }
}
