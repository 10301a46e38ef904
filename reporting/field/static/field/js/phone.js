// The phone page: puts its parts together. Each part knows one thing; this file knows who tells whom.
import { Texts } from "../../delivery/texts.js";
import { noteContact } from "../../ui/js/contact.js";
import { Clock, dayAfter, wall } from "./clock.js";
import { askToStay, dropCopies, hasCopy, keepCopy, register } from "./copy.js";
import { askDiscard, askReading, askWipe } from "./dialogs.js";
import { answerItem, el, runningCard, stopCard, unsentItem, waitingCard } from "./drawing.js";
import { Outbox } from "./outbox.js";
import { Shift } from "./shift.js";
import { Store, nameOf } from "./store.js";
import { Visits } from "./visits.js";
import { Wire } from "./wire.js";

const LOOK = 20000;
const STALE = 60000;
const CORRECTABLE = new Set(["done", "no_show", "cancelled"]);
const LONGEST_NUMBER = 60;
const TWO_DAYS = 2 * 86400000;
const needsWord = (entry) => entry.state !== "waiting" && !entry.asked;
const root = document.getElementById("phone");
const places = { ...root.dataset };
const find = (name) => document.getElementById(`phone-${name}`);

class Phone {
  constructor(store, clock) {
    Object.assign(this, { store, clock, locked: "", notice: "" });
    this.wire = new Wire(places);
    this.outbox = new Outbox({ store, wire: this.wire, user: places.user, clock });
    this.shift = new Shift(null);
  }

  async begin() {
    const [told, texts] = [await this.store.get("shift"), await this.store.get("texts")];
    this.shift = new Shift(told ?? null);
    this.setTexts(texts);
    this.visits = new Visits({ store: this.store, outbox: this.outbox, clock: this.clock, texts: this.texts, say: (notice) => this.say(notice), person: (about) => this.person(about), reading: (times) => this.reading(times) });
    await this.visits.load();
    await this.outbox.load();
    await this.look();
    this.outbox.addEventListener("change", () => this.draw());
    this.outbox.addEventListener("result", ({ detail }) => this.shift.settle(detail.entry, detail.result));
    this.outbox.addEventListener("sent", () => this.refreshed ?? this.refresh(true, false));
    this.outbox.addEventListener("refused", ({ detail }) => this.refused(detail));
    addEventListener("online", () => this.refresh());
    addEventListener("focus", () => this.look().then(() => this.refresh()));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.look().then(() => this.refresh()); });
    setInterval(() => this.look(), LOOK);
    for (const name of ["keydown", "pointerdown"]) addEventListener(name, () => this.acted(), { capture: true, passive: true });
    find("other").addEventListener("submit", (event) => this.startOther(event));
    find("sign-out").addEventListener("click", () => this.signOut());
    this.draw();
    await this.refresh(true);
    root.dataset.ready = "yes";
  }

  /** Pages of a desk in other tabs share the session: they do not take it for one in which nobody does anything. */
  acted() {
    if (!this.locked) noteContact(places.user, Date.now());
  }

  setTexts(sentences) {
    this.texts = new Texts(document.documentElement.lang, sentences ?? {});
    this.hasTexts = Boolean(sentences);
    if (this.visits) this.visits.texts = this.texts;
  }

  say(notice) {
    this.notice = notice;
    this.draw();
  }

  /** Notice a clock that was set back, keep how far it has come, and let go of the persons of other days. */
  async look() {
    if (this.clock.look()) {
      await this.outbox.doubt();
      await this.visits.doubt();
    }
    await this.store.put("clock", this.clock.state);
    await this.visits.load();
    await this.tidy();
  }

  /** Also in a page that stays open over midnight, with or without a network. */
  async tidy() {
    const { told } = this.shift;
    if (!told) return;
    const isOld = this.clock.now() - told.loaded_at >= TWO_DAYS;
    const left = isOld ? "nothing" : this.shift.prune(this.clock.today());
    if (left === "all") return;
    if (left === "nothing") await this.forgetShift();
    else await this.store.put("shift", told);
    this.draw();
  }

  /**
   * Send what waits, then ask for the shift anew; one at a time. `again` also tries what the server could not take.
   * Called while one is under way, it is done once more afterwards: the network or a session may have come meanwhile.
   */
  refresh(now = false, again = true) {
    if (this.refreshed) {
      this.isCalled = true;
      return this.refreshed;
    }
    this.refreshed = this.refreshAll(now, again).finally(() => {
      this.refreshed = null;
      this.draw();
      if (!this.isCalled) return;
      this.isCalled = false;
      this.refresh();
    });
    return this.refreshed;
  }

  async refreshAll(now, again) {
    const waited = this.outbox.waiting.length;
    await (again ? this.outbox.retry() : this.outbox.flush());
    const isOld = now || waited || this.locked || this.clock.now() - (this.shift.told?.loaded_at ?? 0) > STALE;
    if (isOld && !["offline", "resting"].includes(this.outbox.state)) await this.load();
  }

  async load() {
    const sentAt = this.clock.now();
    const { status, body } = await this.wire.shift();
    if (this.store.erased) return;
    if (status !== 200) return this.refused(status);
    this.clock.measure(body.server_now, sentAt);
    await this.look();
    if (body.user !== places.user) return this.otherUser(body);
    this.locked = "";
    this.setTexts(body.texts);
    this.shift = new Shift({ ...body, texts: undefined, loaded_at: this.clock.now() });
    this.outbox.contactAt = this.clock.now();
    if (["signed_out", "other_user", "refused", "offline", "resting"].includes(this.outbox.state)) this.outbox.state = "idle";
    await this.store.put("texts", body.texts);
    await this.store.put("shift", this.shift.told);
    return this.keepPage(body.version);
  }

  /** The session has ended: persons' data leaves the phone, what was not sent stays. */
  async refused(status) {
    if (status === 401) this.locked = "signed_out";
    else if (status === 403 || status === 404) this.locked = "role_ended";
    else return;
    await this.forgetShift();
    this.draw();
  }

  async forgetShift() {
    this.shift = new Shift(null);
    await this.store.drop("shift");
  }

  /** The page of somebody else was kept in this phone: theirs stays with them, the page is made anew. */
  async otherUser(body) {
    this.locked = "other_user";
    await this.forgetShift();
    await this.keepPage(body.version);
  }

  async keepPage(version) {
    if (this.store.erased) return;
    const kept = { ...places, version };
    if (version === places.version && (await hasCopy(kept))) return;
    const isNew = (await keepCopy(places)) && version !== places.version;
    // Once for each version: a page that stays behind must not load for ever.
    if (isNew && sessionStorage.getItem("phone-version") !== version && !document.querySelector("dialog[open]")) {
      sessionStorage.setItem("phone-version", version);
      location.reload();
    }
  }

  person(entry) { return this.shift.personOf(entry, this.texts); }

  startOther(event) {
    event.preventDefault();
    const field = event.target.elements.number;
    const number = field.value.trim();
    const wrong = this.wrongNumber(number);
    find("number-wrong").textContent = wrong;
    field.toggleAttribute("aria-invalid", Boolean(wrong));
    if (wrong) return field.focus();
    field.value = "";
    const known = Object.entries(this.shift.told?.decisions ?? {}).find(([, decision]) => decision.number.toLowerCase() === number.toLowerCase());
    const [decision, { activities }] = known ?? [null, { activities: [] }];
    this.notice = known ? "" : this.texts.say("unchecked", { number });
    return this.visits.start({ decision, number, activities });
  }

  /** What is plainly no number of a decision is told at once: without a network nobody else would tell. */
  wrongNumber(number) {
    if (!number) return this.texts.say("no_number");
    if (number.length > LONGEST_NUMBER) return this.texts.say("number_long", { length: number.length, longest: LONGEST_NUMBER });
    return /\d/.test(number) ? "" : this.texts.say("no_digit", { number });
  }

  /** What the carer means by the times, where they can be read in two ways; null where she corrects them. */
  reading(times) { return askReading(times, this.texts, this.shift.told?.longest ?? Infinity); }

  async choose(entry, kind, details = {}) {
    if (details.times?.start && details.times.end) {
      details.times = { ...details.times, ...(await this.reading(details.times)) };
      if (!("overnight" in details.times)) return undefined;
    }
    const { status, body } = await this.wire.settle(entry.id, { user: places.user, choice: kind, ...details });
    if (status === 0) return this.say(this.texts.say("needs_network"));
    if (status === 401 || status === 403) await this.refused(status);
    else this.say(body?.errors?.[0]?.message ?? "");
    const said = this.notice;
    await this.load();
    return this.say(said);
  }

  async signOut() {
    await this.outbox.retry();
    await this.visits.load();
    const count = this.outbox.entries.length + (this.visits.running ? 1 : 0);
    if (count && !(await askWipe({ question: this.texts.count("wipe_question", count) }))) return;
    await this.store.erase();
    await this.refreshed;
    await dropCopies(places.tenant);
    location.assign(places.signOut);
  }

  /** What the server cannot take was given to the coordinator in another way. */
  async discard(entry) {
    if (await askDiscard({ title: this.person(entry) })) await this.outbox.discard(entry);
  }

  status() {
    const { outbox, texts } = this;
    const count = outbox.waiting.length;
    if (outbox.state === "sending") return ["", texts.say("sending")];
    const failed = outbox.failed.length ? texts.count("failed_some", outbox.failed.length) : "";
    const waits = count ? texts.count(outbox.state === "resting" ? "waiting_server" : "waiting_offline", count) : "";
    if (waits || failed) return ["waiting", [waits, failed].filter(Boolean).join(" ")];
    if (outbox.state === "offline" || !navigator.onLine) return ["", texts.say("offline")];
    return ["", outbox.contactAt ? texts.say("all_sent", { time: wall(outbox.contactAt).time }) : texts.say("never_sent")];
  }

  notices() {
    const { outbox, texts, clock } = this;
    const count = outbox.entries.length;
    const locked = { signed_out: "signed_out", other_user: "other_user", refused: "role_ended" }[outbox.state] ?? this.locked;
    const found = [];
    if (locked) {
      const text = locked === "signed_out" && !count ? texts.say("signed_out_empty") : texts.say(locked, { count });
      const link = locked === "role_ended" ? null : el("a", { class: "button button-primary", href: `${places.signIn}?next=${places.home}` }, texts.say("sign_in"));
      found.push(el("div", { class: "notice notice-warn" }, el("p", {}, text), link));
    }
    if (clock.isOff(this.shift.told?.tolerance ?? 600)) found.push(el("div", { class: "notice notice-warn" }, el("p", {}, texts.say("clock_off"))));
    if (this.shift.told && !this.shift.told.has_worker) found.push(el("div", { class: "notice notice-warn" }, el("p", {}, texts.say("no_worker"))));
    const asked = (this.shift.told?.entries ?? []).filter(needsWord).length;
    if (asked) found.push(el("p", {}, el("a", { href: "#phone-waiting" }, texts.count("needs_word", asked))));
    if (this.notice) found.push(el("p", {}, this.notice));
    return found;
  }

  draw() {
    if (!this.hasTexts) return;
    const [kind, text] = this.status();
    const line = find("status");
    line.dataset.kind = kind;
    if (line.textContent !== text) line.textContent = text;
    replace(find("notices"), this.notices());
    this.drawWaiting("waiting", needsWord);
    this.drawWaiting("office", (entry) => !needsWord(entry));
    this.drawRunning();
    this.drawDays();
    this.list("unsent", this.uncarded().map((entry) => unsentItem({ entry, person: this.person(entry), texts: this.texts, discard: () => this.discard(entry) })));
    this.list("answers", (this.shift.told?.observations ?? []).map((observation) => answerItem({ observation, texts: this.texts })));
  }

  /** Entries that the office has: those that need the carer's word apart from those that need nothing of her. */
  drawWaiting(name, belongs) {
    const entries = (this.shift.told?.entries ?? []).filter(belongs);
    this.list(name, entries.map((entry) => waitingCard({ entry, person: this.person(entry), texts: this.texts, choose: (...said) => this.choose(entry, ...said) })));
  }

  /** Entries of the phone that no card of the days shows already: each is to be seen once, or they seem to be two. */
  uncarded() {
    const today = this.clock.today();
    const stops = [today, dayAfter(today)].flatMap((date) => this.shift.stops(date, this.outbox.entries));
    const carded = new Set(stops.filter((stop) => stop.shown === "waits").map((stop) => stop.visit));
    return this.outbox.entries.filter((entry) => entry.failed || entry.dropped || entry.kind !== "visit" || !carded.has(entry.corrects ?? entry.id));
  }

  list(name, items) {
    find(name).hidden = !items.length;
    // What somebody is typing into stays as it is until they are done.
    const list = find(name).querySelector("[data-list]");
    if (!list.contains(document.activeElement) || document.activeElement.tagName !== "INPUT") list.replaceChildren(...items);
  }

  drawRunning() {
    const { running } = this.visits;
    find("running").hidden = !running;
    const body = find("running").querySelector("[data-body]");
    if (!running) return body.replaceChildren();
    return body.replaceChildren(runningCard({
      running, person: this.person(running), contact: this.shift.decision(running.decision)?.contact, texts: this.texts,
      onStop: () => this.visits.finish(this.shift),
      onDrop: () => this.visits.drop(),
      onObserve: running.decision ? () => this.visits.observe({ ...running, visit: running.id }) : null,
    }));
  }

  drawDays() {
    const today = this.clock.today();
    if (!this.shift.isLoaded) return replace(find("days"), this.locked ? [] : [el("p", {}, this.texts.say("no_data"))]);
    return replace(find("days"), [["today", today], ["tomorrow", dayAfter(today)]].map(([name, date]) => this.day(name, date)));
  }

  day(name, date) {
    const stops = this.shift.stops(date, this.outbox.entries).filter((stop) => stop.key !== this.visits.running?.key);
    const cards = stops.flatMap((stop) => [
      stop.gap > 0 ? el("li", { class: "phone-gap" }, this.texts.say("gap", { minutes: stop.gap })) : null,
      this.card(name, stop),
    ]).filter(Boolean);
    return el("section", { "aria-labelledby": `day-${name}`, "data-day": name }, el("h2", { id: `day-${name}` }, this.texts.say(name, { day: this.texts.day(date) })),
      cards.length ? el("ul", { class: "plain-list" }, ...cards) : el("p", { class: "soft" }, this.texts.say(this.shift.told.days[date] ? "nobody" : "not_loaded")));
  }

  card(name, stop) {
    const decision = this.shift.decision(stop.decision) ?? { number: "", activities: [] };
    const person = this.shift.personOf({ ...stop, number: decision.number }, this.texts);
    const named = { ...stop, number: decision.number, activities: decision.activities };
    const isOpen = name === "today" && stop.shown === "planned";
    return stopCard({
      stop, person, contact: decision.contact, number: decision.number, activities: decision.activities.map((each) => each.name), texts: this.texts,
      verbs: {
        start: isOpen && !this.visits.running ? () => this.visits.start(named) : null,
        missed: isOpen ? () => this.visits.missed(this.shift, named) : null,
        correct: name === "today" && stop.visit && CORRECTABLE.has(stop.state) ? () => this.visits.correct(named) : null,
        observe: name === "today" && stop.decision ? () => this.visits.observe({ decision: stop.decision, number: decision.number, visit: stop.visit ?? null }) : null,
      },
    });
  }
}

/** New children where they say something else, so that a reader is not told the same again. */
function replace(place, children) {
  const fresh = el("div", {}, ...children);
  if (place.dataset.drawn === fresh.innerHTML) return;
  place.dataset.drawn = fresh.innerHTML;
  place.replaceChildren(...children);
}

async function open() {
  register(places.worker, places.home);
  askToStay();
  const store = await Store.open(nameOf(places.tenant, places.user));
  const phone = new Phone(store, new Clock(await store.get("clock")));
  await phone.begin();
}

open().catch((error) => {
  find("status").textContent = root.dataset.unsafe;
  throw error;
});
