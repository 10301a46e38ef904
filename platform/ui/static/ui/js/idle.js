// Before a session ends, because nobody does anything or by its age whatever is done, a warning; after it the page stays
// as it is, hidden, until the same person has signed in beside it. Nothing that was typed is stored anywhere: it stays in the page.
import { lastContact, noteContact, noteWarned, wasWarned } from "./contact.js";

const MINUTE = 60_000;
const LOOK = 10_000;
// So long before the end there is a warning.
const SOON = 5 * MINUTE;
// A page that has ended asks ever less often whether its person is back, but at once where somebody comes to it.
const RAREST = 5 * MINUTE;

class Idle {
  constructor(root) {
    this.root = root;
    this.limit = Number(root.dataset.minutes) * MINUTE || Infinity;
    this.endsAfter(root.dataset.left);
    this.warnFor = Math.min(SOON, this.limit / 2);
    this.warning = root.querySelector("#idle-warning");
    this.ended = root.querySelector("#idle-ended");
    this.state = "quiet";
    this.last = this.told = Date.now();
    this.wait = this.askAt = this.askedAt = 0;
    this.share();
    for (const name of ["keydown", "pointerdown", "input"]) addEventListener(name, () => this.acted(), { capture: true, passive: true });
    for (const name of ["focus", "pageshow", "online"]) addEventListener(name, () => this.lookAnew(0));
    // Another tab tells each second.
    addEventListener("storage", () => this.lookAnew(this.askedAt + LOOK));
    document.addEventListener("visibilitychange", () => this.lookAnew(0));
    addEventListener("submit", (event) => this.hold(event), { capture: true });
    document.addEventListener("htmx:beforeRequest", (event) => this.hold(event));
    root.querySelector("[data-stay-in]").addEventListener("click", () => this.stay());
    root.querySelector("[data-go-on]").addEventListener("click", () => this.goOn());
    for (const button of root.querySelectorAll("[data-leave]")) button.addEventListener("click", () => this.end({ asked: true }));
    root.querySelector("[data-check]").addEventListener("click", () => this.check(true));
    // Escape says: I am here.
    this.warning.addEventListener("cancel", (event) => { event.preventDefault(); if (this.because === "age") this.goOn(); else this.stay(); });
    this.ended.addEventListener("cancel", (event) => event.preventDefault());
    this.ended.addEventListener("close", () => { if (this.state === "ended") this.ended.showModal(); });
    setInterval(() => this.look(), LOOK);
  }

  /** The session ends by its age after so many seconds, whatever is done; "" or null: it does not. */
  endsAfter(seconds) {
    this.endsAt = ["", null, undefined].includes(seconds) ? Infinity : Date.now() + Number(seconds) * 1000;
  }

  get who() { return this.root.dataset.who; }

  get since() { return this.root.dataset.since; }

  /** Whether somebody has answered, here or in another tab, that this session ends by its age. */
  get isTold() { return this.toldOf === this.since || wasWarned(this.since); }

  share() { noteContact(this.who, this.last); }

  /** When the person was last seen in any tab; whoever else did something there is none of this page's. */
  latest() {
    const { who, at } = lastContact();
    return who === this.who ? Math.max(this.last, Math.min(at, Date.now())) : this.last;
  }

  /** Whether somebody else did something in this browser since. */
  get isElsewhere() { return ![this.who, ""].includes(lastContact().who); }

  acted() {
    this.look();
    if (this.state !== "quiet" || this.isElsewhere) return;
    const now = Date.now();
    const before = this.last;
    this.last = now;
    if (now - before > 1000) this.share();
    if (now - this.told > this.limit / 12) this.tell();
  }

  lookAnew(from) {
    this.wait = 0;
    this.askAt = Math.min(this.askAt, from);
    this.look();
  }

  look() {
    if (this.state === "ended") { if (document.visibilityState === "visible") this.checkNowAndThen(); return; }
    if (this.isElsewhere) this.doubt();
    const now = Date.now();
    const idle = this.limit - (now - this.latest());
    const age = this.endsAt - now;
    if (idle <= 0 || age <= 0) this.end();
    else if (idle < age && idle <= this.warnFor) this.warn("idle", idle);
    else if (age <= idle && age <= SOON && !this.isTold) this.warn("age", age);
    else if (this.state === "warned") this.quieten();
  }

  checkNowAndThen() {
    const now = Date.now();
    if (now < this.askAt) return;
    this.askedAt = now;
    this.wait = Math.min(this.wait * 2 || LOOK, RAREST);
    this.askAt = now + this.wait;
    this.check(false);
  }

  hold(event) {
    this.look();
    if (this.state !== "ended") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  warn(because, left) {
    this.because = because;
    for (const part of this.warning.querySelectorAll("[data-because]")) part.hidden = part.dataset.because !== because;
    this.root.querySelector("[data-left]").textContent = String(Math.ceil(left / MINUTE));
    if (this.state === "warned") return;
    this.state = "warned";
    this.warning.showModal();
  }

  quieten() {
    this.state = "quiet";
    this.warning.close();
  }

  /** The end by age is known; it comes all the same. */
  goOn() {
    this.toldOf = this.since;
    noteWarned(this.since);
    this.last = Date.now();
    this.share();
    this.quieten();
  }

  /** Hidden until the server has said who is signed in. */
  async doubt() {
    document.body.classList.add("is-idle");
    if (this.isAsking) return;
    this.isAsking = true;
    await this.tell({ byItself: true });
    this.isAsking = false;
    if (this.state !== "ended" && !this.isElsewhere) document.body.classList.remove("is-idle");
  }

  async tell({ byItself = false } = {}) {
    this.told = Date.now();
    const now = await this.ask({ byItself });
    if (now === null) this.end();
    else if (now && now.who !== this.who) this.makeRoom();
    else if (now) { this.renew(now); this.share(); }
  }

  async stay() {
    this.last = Date.now();
    this.share();
    this.quieten();
    await this.tell();
  }

  /** Who is signed in: {who, since, token, left}; null where nobody is, undefined where the server cannot be reached. */
  async ask({ byItself = true } = {}) {
    const headers = byItself ? { Accept: "application/json", "X-By-Itself": "1" } : { Accept: "application/json" };
    try {
      const answer = await fetch(this.root.dataset.stay, { headers });
      if (answer.status === 401) return null;
      return answer.ok ? await answer.json() : undefined;
    } catch { return undefined; }
  }

  async end({ asked = false } = {}) {
    if (this.state === "ended") return;
    if (this.state === "warned") this.warning.close();
    this.state = "ended";
    this.title = document.title;
    document.title = this.root.dataset.title;
    document.body.classList.add("is-idle");
    this.ended.showModal();
    this.wait = LOOK;
    this.askAt = Date.now() + LOOK;
    this.isOut = this.leave({ asked });
    await this.isOut;
  }

  /** Sign out; whether it is known that nobody is signed in by this page's session any more. */
  async leave({ asked = false } = {}) {
    const now = await this.ask();
    if (now === undefined) return false;
    // A session that somebody began meanwhile is none of this page's.
    if (now && now.who !== this.who) this.makeRoom();
    if (now === null || now.who !== this.who || now.since !== this.since) return true;
    const body = new URLSearchParams({ since: this.since });
    if (asked) body.set("asked", "1");
    try {
      const answer = await fetch(this.root.dataset.end, { method: "POST", body, headers: { "X-CSRFToken": now.token, Accept: "application/json" } });
      return answer.ok || [401, 409].includes(answer.status);
    } catch { return false; }
  }

  async check(asked) {
    if (!(await this.isOut)) { this.isOut = this.leave(); await this.isOut; return; }
    const now = await this.ask({ byItself: !asked });
    if (this.state !== "ended") return;
    if (now && now.who === this.who) this.show(now);
    else if (now) this.makeRoom();
    else if (asked) { const line = this.root.querySelector("[data-not-yet]"); line.textContent = line.dataset.text; }
  }

  /** Somebody else sees nothing of what was typed, nor does the browser fill it in or offer to send it again. */
  makeRoom() {
    document.body.classList.add("is-idle");
    for (const form of document.forms) form.reset();
    location.replace("/");
  }

  /** The session goes on, perhaps one that began after the page: forms send the token that holds by now. */
  renew({ since, token, left }) {
    this.root.dataset.since = since;
    this.endsAfter(left);
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
    if (document.body.hasAttribute("hx-headers")) document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }

  show(now) {
    this.renew(now);
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
