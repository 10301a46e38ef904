// From what was typed to changes of visits: put into the month at once, into the queue, and on the list of undo.
import { lengthOf, textOf } from "./entry.js";
import { newId } from "./queue.js";

const SAID = ["start", "end", "state", "worker", "note"];

/** Whether two visits say the same. */
export function sameVisit(one, other) {
  return SAID.every((field) => one[field] === other[field]) && [...one.activities].sort().join() === [...other.activities].sort().join();
}

/** Which visit each of those wanted replaces: one that began then, else the next that is left; null for none. */
function paired(before, wanted) {
  const left = [...before];
  const same = wanted.map(({ start }) => {
    const at = left.findIndex((visit) => visit.start === start);
    return at < 0 ? null : left.splice(at, 1)[0];
  });
  return same.map((visit) => visit ?? left.shift() ?? null);
}

export class Edits {
  constructor({ month, queue, history, contract }) {
    Object.assign(this, { month, queue, history, contract });
    this.latest = new Map();
  }

  /** The visits of a cell that typing into it replaces: with a carer chosen, only theirs. */
  replaceable(decision, date) {
    const visits = this.month.cell(decision, date);
    return this.month.chosenWorker ? visits.filter((visit) => visit.worker === this.month.chosenWorker) : visits;
  }

  /** A visit as it begins, before anything is said of it. */
  fresh(decision, date, worker, said) {
    const activities = said.state === "done" ? this.month.usualActivities(decision) : [];
    return { decision, date, worker, activities, note: "", version: 0, ...said, id: newId() };
  }

  /** What was understood, as visits of the cell: those it replaces and those that stand then, whose carer may be null. */
  wantedOf(decision, date, parsed) {
    const adds = parsed.kind === "add";
    const before = adds ? [] : this.replaceable(decision, date);
    const wanted = parsed.visits ?? [];
    const stood = paired(before, wanted);
    const workers = this.month.workersFor(decision, date, wanted, stood, adds ? this.month.cell(decision, date) : []);
    const visits = wanted.map((said, at) => (stood[at]
      ? { ...stood[at], ...said, minutes: lengthOf(said.start, said.end) }
      : this.fresh(decision, date, workers[at], said)));
    return { before, visits };
  }

  /** The changes that put these visits in the place of those before. */
  changesOf(decision, { before, visits }) {
    const changes = before.filter((visit) => !visits.some(({ id }) => id === visit.id)).map((visit) => ({ decision, before: visit, after: null }));
    for (const after of visits) {
      const stood = before.find(({ id }) => id === after.id);
      if (!stood || !sameVisit(stood, after)) changes.push({ decision, before: stood ?? null, after });
    }
    return changes;
  }

  /** Do the changes: the page shows them, the queue keeps and sends them. */
  apply(changes, { text = "", remember = true } = {}) {
    if (remember) this.history.add(changes);
    for (const change of changes) this.applyOne(change, text);
  }

  applyOne(change, text) {
    if (change.kept) return this.applyTroubles(change);
    const { decision, before, after } = change;
    if (!after) return this.remove(before, text);
    if (before && this.month.visit(before.id)) return this.change(before, after, text);
    // What comes back after a removal is a new entry with an id of its own.
    const id = this.month.visit(after.id) || before || this.wasUsed(after.id) ? newId() : after.id;
    if (id !== after.id) this.history.replaced(after.id, id);
    return this.record({ ...after, id, version: 0, decision }, text);
  }

  wasUsed(id) { return this.latest.has(id); }

  record(visit, text) {
    const seen = this.month.cell(visit.decision, visit.date).map((other) => other.id);
    this.month.put(visit);
    this.push("record", visit, null, { text, seen });
  }

  change(before, after, text) {
    const stood = this.month.visit(before.id);
    this.month.put({ ...after, id: stood.id, version: stood.version });
    this.push("change", this.month.visit(stood.id), stood, { text });
  }

  remove(visit, text) {
    const stood = this.month.visit(visit.id);
    if (!stood) return;
    this.month.take(stood.id);
    this.push("remove", stood, stood, { text });
  }

  push(kind, visit, before, { text, seen = null }) {
    this.latest.set(visit.id, kind);
    this.queue.push({
      id: newId(),
      kind,
      contract: this.contract,
      visit: visit.id,
      decision: visit.decision,
      date: visit.date,
      version: visit.version ?? 0,
      seen,
      content: kind === "remove" ? null : this.contentOf(visit),
      before,
      text: text || textOf(visit),
      tried: false,
    });
  }

  contentOf({ date, start, end, worker, state, activities, note }) {
    return { date, start, end, worker, state, activities, note };
  }

  undo() {
    const changes = this.history.back();
    for (const change of changes ?? []) this.undoOne(change);
    return changes;
  }

  /** What the server refused never came to stand: to take it back is to give up what was typed. */
  undoOne(change) {
    const made = change.before ?? change.after;
    const refused = made && this.queue.troubles.find((trouble) => trouble.visit === made.id);
    if (!refused) return this.applyOne(change, "");
    this.queue.dropTrouble(refused.id);
    const stands = this.month.visit(made.id);
    if (refused.status === 409 || (stands && change.after && sameVisit(stands, change.after))) return undefined;
    return this.applyOne(change, "");
  }

  redo() {
    const changes = this.history.forth();
    if (changes) this.apply(changes, { remember: false });
    return changes;
  }

  /** Put what still waits on top of what the server has. */
  overlay() {
    for (const operation of this.queue.pending) {
      this.latest.set(operation.visit, operation.kind);
      if (!this.month.row(operation.decision)) continue;
      if (operation.kind === "remove") this.month.take(operation.visit);
      else this.month.put({ ...operation.content, id: operation.visit, decision: operation.decision, version: operation.version });
    }
  }

  /** Take in what became of an operation; gives the cell that changed. */
  settle({ operation, result, superseded, withdrawn }) {
    const { decision, date } = operation;
    if (withdrawn) this.takeBack(operation, result);
    // What was typed since is on its way, and will be told by itself whether it can stand.
    if (withdrawn || (superseded && result.status === 422)) return { decision, date };
    if (!this.month.row(decision)) {
      if (result.status !== 200) this.trouble(operation, result);
      return { decision, date };
    }
    if (result.status === 200) this.confirmed(operation, result, superseded);
    else {
      this.takeBack(operation, result);
      this.trouble(operation, result);
    }
    return { decision, date };
  }

  confirmed(operation, result, superseded) {
    const shown = this.month.visit(operation.visit);
    if (!result.visit || !shown) return;
    if (superseded) shown.version = result.visit.version;
    else this.month.put(result.visit);
  }

  takeBack(operation, result) {
    this.month.take(operation.visit);
    if (result.status === 409) for (const visit of result.current) this.month.put(visit);
    else if (operation.before && operation.kind !== "record") this.month.put(operation.before);
  }

  trouble(operation, result) {
    this.queue.addTrouble({
      ...operation,
      status: result.status,
      message: (result.errors ?? []).map((error) => error.message).join(" "),
      current: result.current ?? [],
    });
  }

  /** The change by which a cell keeps these of its troubles and no others; none where it has none. */
  troubleChanges(decision, date, kept = []) {
    const dropped = this.queue.troublesOf(decision, date);
    return dropped.length || kept.length ? [{ decision, date, dropped, kept }] : [];
  }

  applyTroubles({ decision, date, kept }) {
    for (const trouble of this.queue.troublesOf(decision, date)) this.queue.dropTrouble(trouble.id);
    for (const trouble of kept) this.queue.addTrouble(trouble);
  }

  /** The change by which a text that could not be understood stays in its cell until it is corrected. */
  keptText(decision, date, text, message) {
    const trouble = { id: newId(), contract: this.contract, decision, date, text, message, status: 0, kind: "text", current: [] };
    return this.troubleChanges(decision, date, [trouble]);
  }

  /** The change by which one trouble goes and the others of its cell stay. */
  without({ id, decision, date }) {
    return this.troubleChanges(decision, date, this.queue.troublesOf(decision, date).filter((each) => each.id !== id));
  }

  giveUp(trouble) {
    this.apply(this.without(trouble));
  }

  /** Mine stays: it replaces what somebody entered meanwhile. */
  keepMine(trouble) {
    const [first, ...others] = trouble.current.map((visit) => this.month.visit(visit.id)).filter(Boolean);
    const changes = others.map((visit) => ({ decision: trouble.decision, before: visit, after: null }));
    if (trouble.kind === "remove") changes.push({ decision: trouble.decision, before: first, after: null });
    else {
      const mine = { ...trouble.content, decision: trouble.decision, id: first?.id ?? newId(), version: first?.version ?? 0 };
      changes.push({ decision: trouble.decision, before: first ?? null, after: mine });
    }
    this.apply([...this.without(trouble), ...changes.filter((change) => change.before || change.after)], { text: trouble.text });
  }

  /** Both stay: mine is entered beside theirs. */
  keepBoth(trouble) {
    const mine = { ...trouble.content, decision: trouble.decision, id: newId(), version: 0 };
    this.apply([...this.without(trouble), { decision: trouble.decision, before: null, after: mine }], { text: trouble.text });
  }
}
