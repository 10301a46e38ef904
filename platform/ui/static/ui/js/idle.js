// Before a session ends because nobody does anything, a warning; after it the page stays as it is, hidden, until the
// same person has signed in beside it. Nothing that was typed is stored anywhere: it stays in the page.
const MINUTE = 60_000;
// The other tabs of the browser are told when somebody did something, and nothing else.
const KEY = "siedem-active";

class Idle {
  constructor(root) {
    this.root = root;
    this.limit = Number(root.dataset.minutes) * MINUTE;
    this.warnFor = Math.min(5 * MINUTE, this.limit / 2);
    this.warning = root.querySelector("#idle-warning");
    this.ended = root.querySelector("#idle-ended");
    this.state = "quiet";
    this.last = this.told = Date.now();
    this.share();
    for (const name of ["keydown", "pointerdown", "input"]) addEventListener(name, () => this.acted(), { capture: true, passive: true });
    for (const name of ["focus", "pageshow", "storage"]) addEventListener(name, () => this.look());
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("submit", (event) => this.hold(event), { capture: true });
    document.addEventListener("htmx:beforeRequest", (event) => this.hold(event));
    root.querySelector("[data-stay-in]").addEventListener("click", () => this.stay());
    root.querySelector("[data-leave]").addEventListener("click", () => this.end());
    root.querySelector("[data-check]").addEventListener("click", () => this.check(true));
    // Escape says: I am here.
    this.warning.addEventListener("cancel", (event) => { event.preventDefault(); this.stay(); });
    this.ended.addEventListener("cancel", (event) => event.preventDefault());
    this.ended.addEventListener("close", () => { if (this.state === "ended") this.ended.showModal(); });
    setInterval(() => this.look(), 10_000);
  }

  share() {
    try { localStorage.setItem(KEY, String(this.last)); } catch { /* private window: each tab counts for itself */ }
  }

  latest() {
    let shared = 0;
    try { shared = Number(localStorage.getItem(KEY)) || 0; } catch { /* as above */ }
    return Math.max(this.last, Math.min(shared, Date.now()));
  }

  acted() {
    this.look();
    if (this.state !== "quiet") return;
    const now = Date.now();
    const before = this.last;
    this.last = now;
    if (now - before > 1000) this.share();
    if (now - this.told > this.limit / 12) this.tell();
  }

  look() {
    if (this.state === "ended") { if (document.visibilityState === "visible") this.check(false); return; }
    const left = this.limit - (Date.now() - this.latest());
    if (left <= 0) this.end();
    else if (left <= this.warnFor) this.warn(left);
    else if (this.state === "warned") this.quieten();
  }

  hold(event) {
    this.look();
    if (this.state !== "ended") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  warn(left) {
    this.root.querySelector("[data-left]").textContent = String(Math.ceil(left / MINUTE));
    if (this.state === "warned") return;
    this.state = "warned";
    this.warning.showModal();
  }

  quieten() {
    this.state = "quiet";
    this.warning.close();
  }

  async tell() {
    this.told = Date.now();
    const answer = await this.ask();
    if (answer === null) this.end();
    return answer;
  }

  async stay() {
    this.last = Date.now();
    this.share();
    this.quieten();
    await this.tell();
  }

  /** Who is signed in: {who, token}; null where nobody is, undefined where the server cannot be reached. */
  async ask() {
    try {
      const answer = await fetch(this.root.dataset.stay, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return null;
      return answer.ok ? await answer.json() : undefined;
    } catch { return undefined; }
  }

  async end() {
    if (this.state === "ended") return;
    if (this.state === "warned") this.warning.close();
    this.state = "ended";
    this.title = document.title;
    document.title = this.root.dataset.title;
    document.body.classList.add("is-idle");
    this.ended.showModal();
    this.isOut = this.leave();
    await this.isOut;
  }

  /** Sign out; whether it is known that nobody is signed in by this page's session any more. */
  async leave() {
    const now = await this.ask();
    if (now === null) return true;
    if (now === undefined) return false;
    try {
      const answer = await fetch(this.root.dataset.end, { method: "POST", headers: { "X-CSRFToken": now.token, Accept: "application/json" } });
      return answer.ok || answer.status === 401;
    } catch { return false; }
  }

  async check(asked) {
    if (!(await this.isOut)) { this.isOut = this.leave(); await this.isOut; return; }
    const now = await this.ask();
    if (this.state !== "ended") return;
    if (now && now.who === this.root.dataset.who) this.show(now.token);
    // Somebody else sees nothing of what was typed.
    else if (now) location.reload();
    else if (asked) { const line = this.root.querySelector("[data-not-yet]"); line.textContent = line.dataset.text; }
  }

  show(token) {
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
    if (document.body.hasAttribute("hx-headers")) document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    this.state = "quiet";
    this.last = this.told = Date.now();
    this.share();
    document.title = this.title;
    document.body.classList.remove("is-idle");
    this.ended.close();
  }
}

const root = document.getElementById("idle");
if (root) new Idle(root);
