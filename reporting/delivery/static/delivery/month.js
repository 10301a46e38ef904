// The month as the page knows it: rows, visits by cell, sums. What was typed stands in it before it is saved.
import { lengthOf } from "./entry.js";

const byStart = (one, other) => one.start.localeCompare(other.start) || one.id.localeCompare(other.id);
const keyOf = (decision, date) => `${decision}|${date}`;

export class Month {
  constructor(data) {
    this.replace(data);
  }

  /** Take what the server has; whoever keeps unsaved entries puts them back on top. */
  replace(data) {
    this.month = data.month;
    this.today = data.today;
    this.now = data.now;
    this.editable = data.editable;
    this.longestUsual = data.longest_usual;
    this.ownWorker = data.own_worker;
    this.chosenWorker = data.chosen_worker;
    this.activities = data.activities;
    this.workers = new Map(data.workers.map((worker) => [worker.id, worker]));
    const picked = (id) => this.rows?.get(id)?.picked;
    this.rows = new Map(data.rows.map((row) => [row.id, { ...row, picked: picked(row.id) }]));
    this.visits = new Map();
    this.cells = new Map();
    this.earlier = data.earlier;
    for (const visit of data.visits) this.put(visit);
  }

  row(decision) { return this.rows.get(decision); }

  visit(id) { return this.visits.get(id); }

  /** The visits of a cell, by start. */
  cell(decision, date) { return this.cells.get(keyOf(decision, date)) ?? []; }

  put(visit) {
    this.take(visit.id);
    const whole = { ...visit, minutes: visit.minutes ?? lengthOf(visit.start, visit.end) };
    this.visits.set(whole.id, whole);
    const key = keyOf(whole.decision, whole.date);
    this.cells.set(key, [...(this.cells.get(key) ?? []), whole].sort(byStart));
  }

  take(id) {
    const visit = this.visits.get(id);
    if (!visit) return;
    this.visits.delete(id);
    const key = keyOf(visit.decision, visit.date);
    this.cells.set(key, this.cells.get(key).filter((other) => other.id !== id));
  }

  /** Whether the row takes entries: the month is open for it and the person may edit. */
  isOpen(decision) {
    return this.editable && Boolean(this.row(decision)?.open);
  }

  /** Whether anything at all can be entered on the page. */
  get takesEntries() {
    return [...this.rows.keys()].some((decision) => this.isOpen(decision));
  }

  planned(decision, date) { return this.row(decision).planned[date] ?? []; }

  isOff(decision, date) { return this.row(decision).off.includes(date); }

  /** Minutes done in the cell. */
  minutes(decision, date) {
    return this.cell(decision, date).reduce((sum, visit) => sum + (visit.state === "done" ? visit.minutes : 0), 0);
  }

  /** Whether the visit lasts longer than visits do: a start and an end that were mistaken, most often. */
  isLong(visit) { return visit.state === "done" && visit.minutes > this.longestUsual; }

  rowUsed(decision) {
    let sum = this.row(decision).elsewhere;
    for (const visit of this.visits.values()) {
      if (visit.decision === decision && visit.state === "done") sum += visit.minutes;
    }
    return sum;
  }

  dayTotal(date) {
    let sum = 0;
    for (const visit of this.visits.values()) if (visit.date === date && visit.state === "done") sum += visit.minutes;
    return sum;
  }

  /** Who is entered in a row unless somebody says otherwise; on a day only somebody who still works then. */
  workerOf(decision, date = null) {
    const { picked, worker } = this.row(decision);
    const usual = this.ownWorker ?? picked ?? this.chosenWorker ?? (this.workers.has(worker) ? worker : null);
    return this.worksOn(usual, date) ? usual : null;
  }

  /** The planned visits to be entered: in the diary of one carer, of two that begin together only one. */
  toEnter(decision, date) {
    const slots = this.planned(decision, date);
    if (!(this.ownWorker ?? this.chosenWorker)) return slots;
    return slots.filter(([start], at) => slots.findIndex(([other]) => other === start) === at);
  }

  /**
   * Who makes each of the visits typed, null where that is not known: `stood` is the visit that one replaces, whose carer
   * stays; of visits that begin together, also with those `beside` them, each has a carer of its own.
   */
  workersFor(decision, date, wanted, stood = [], beside = []) {
    const usual = this.workerOf(decision, date);
    const given = wanted.map(({ start, worker = null }, at) => ({ start, worker: stood[at]?.worker ?? worker }));
    for (const one of given.filter((each) => !each.worker)) {
      const busy = [...given, ...beside].filter((other) => other !== one && other.start === one.start).map((other) => other.worker);
      const lead = this.ownWorker ?? this.row(decision).picked;
      const pair = [lead, ...this.pairAt(decision, one.start), usual].filter((each) => each && this.workers.has(each) && this.worksOn(each, date));
      one.worker = (busy.length ? pair.find((each) => !busy.includes(each)) : usual) ?? null;
    }
    return given.map((one) => one.worker);
  }

  /** Who came together last, at that start if ever. */
  pairAt(decision, start) {
    const together = new Map();
    for (const visit of [...this.visits.values(), ...this.earlier]) {
      if (visit.decision !== decision) continue;
      const key = `${visit.date} ${visit.start}`;
      together.set(key, (together.get(key) ?? new Set()).add(visit.worker));
    }
    const pairs = [...together].filter(([, workers]) => workers.size > 1).sort(([one], [other]) => other.localeCompare(one));
    return [...(pairs.find(([key]) => key.endsWith(start)) ?? pairs[0])?.[1] ?? []];
  }

  /** Whether the worker's last day of work is not over on the date. */
  worksOn(worker, date) {
    const last = this.workers.get(worker)?.last_day;
    return !date || !last || date <= last;
  }

  /** What the parser needs to know around a cell. */
  around(decision, date, worker) {
    const busy = [...this.visits.values()].filter(
      (visit) => visit.date === date && visit.worker === worker && visit.decision !== decision && visit.end > visit.start,
    );
    const own = [...this.visits.values()].filter((visit) => visit.decision === decision).sort((a, b) => b.date.localeCompare(a.date));
    return {
      planned: this.toEnter(decision, date),
      after: busy.length ? busy.map((visit) => visit.end).sort().at(-1) : null,
      usualStart: own[0]?.start ?? null,
    };
  }

  /** The activities that a new visit begins with: those of the row's last visit, else the whole scope. */
  usualActivities(decision) {
    const own = [...this.visits.values(), ...this.earlier]
      .filter((visit) => visit.decision === decision && visit.state === "done")
      .sort((a, b) => b.date.localeCompare(a.date) || b.start.localeCompare(a.start));
    return own[0]?.activities ?? this.row(decision).scope;
  }

  /** Whether a visit of that start can have happened by now. */
  hasBegun(date, start) {
    return date < this.today || (date === this.today && start <= this.now);
  }
}
