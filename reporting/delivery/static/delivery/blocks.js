// Whole blocks at once: copied and pasted as a spreadsheet does, the plan or last week put into the month.
import { parseBlock, parseEntry, textOf } from "./entry.js";

const WEEK = 7;

/** The date so many days later. */
export function shifted(date, days) {
  const moment = new Date(`${date}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

/** The Monday to Sunday in which the date lies. */
export function weekOf(date) {
  const monday = shifted(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % WEEK));
  return Array.from({ length: WEEK }, (_, at) => shifted(monday, at));
}

export class Blocks {
  constructor({ month, edits, paint, texts, wrongText }) {
    Object.assign(this, { month, edits, paint, texts, wrongText });
  }

  /** The block as text for the clipboard. */
  textOf(block) {
    return block
      .map((cells) => cells.map((cell) => {
        const { decision, date } = this.paint.placeOf(cell);
        return this.month.cell(decision, date).map(textOf).join("; ");
      }).join("\t"))
      .join("\n");
  }

  /** Enter one text into a cell: {changes, wrong}; where it is wrong the text stays as it is with the reason. */
  changesOf(decision, date, text) {
    const worker = this.month.workerOf(decision, date);
    const parsed = parseEntry(text, this.month.around(decision, date, worker));
    if (parsed.kind === "wrong") return this.keep(decision, date, text, this.wrongText(parsed));
    const wanted = this.edits.wantedOf(decision, date, parsed);
    if (wanted.visits.some((visit) => !visit.worker)) return this.keep(decision, date, text, this.texts.say("wrong_needs_worker"));
    const changes = this.edits.changesOf(decision, wanted);
    return { changes: [...this.edits.troubleChanges(decision, date), ...changes], wrong: false };
  }

  keep(decision, date, text, message) {
    return { changes: this.edits.keptText(decision, date, text, message), wrong: true };
  }

  /** Put a block of the clipboard where the selection begins; a single cell fills the whole selection. */
  paste(text, block) {
    const given = parseBlock(text);
    const single = given.length === 1 && given[0].length === 1;
    const first = this.paint.placeOf(block[0][0]);
    const startRow = this.paint.bodyRows.findIndex((row) => row.dataset.row === first.decision);
    const startDay = this.paint.days.indexOf(first.date);
    const targets = single
      ? block.flat().map((cell) => [cell, given[0][0]])
      : given.flatMap((cells, down) => cells.map((cell, along) => [this.paint.cells[startRow + down]?.[startDay + along], cell]));
    return this.enter(targets);
  }

  enter(targets) {
    const said = { entered: 0, wrong: 0, outside: 0 };
    const changes = [];
    for (const [cell, text] of targets) {
      if (!cell || !this.month.isOpen(this.paint.placeOf(cell).decision)) {
        if (text.trim()) said.outside += 1;
        continue;
      }
      const { decision, date } = this.paint.placeOf(cell);
      const found = this.changesOf(decision, date, text);
      if (found.wrong) said.wrong += 1;
      else if (found.changes.some((change) => !change.kept)) said.entered += 1;
      changes.push(...found.changes);
    }
    this.edits.apply(changes);
    return said;
  }

  /** Empty the cells; of a text that was refused only that is given up. Gives what was done: changes, refused. */
  clear(cells) {
    const changes = [];
    let refused = 0;
    for (const cell of cells) {
      const { decision, date } = this.paint.placeOf(cell);
      const given = this.edits.troubleChanges(decision, date);
      refused += given.length;
      if (given.length) changes.push(...given);
      else if (this.month.isOpen(decision)) changes.push(...this.edits.changesOf(decision, this.edits.wantedOf(decision, date, { kind: "empty" })));
    }
    this.edits.apply(changes);
    return { changes: changes.length - refused, refused };
  }

  /** What the plan would put into empty days up to now: {changes, persons, withoutWorker}. */
  fromPlan(decisions) {
    return this.gather(decisions, this.paint.days, (decision, date) =>
      this.month.toEnter(decision, date).map(([start, end]) => ({ start, end, state: "done" })));
  }

  /** What stood seven days before, for empty days of the week of the date. */
  fromLastWeek(decisions, date) {
    const week = weekOf(date).filter((day) => this.paint.days.includes(day));
    const earlier = (decision, day) => {
      const before = shifted(day, -WEEK);
      const stood = this.paint.days.includes(before)
        ? this.month.cell(decision, before)
        : this.month.earlier.filter((visit) => visit.decision === decision && visit.date === before);
      const mine = this.month.ownWorker ?? this.month.chosenWorker;
      return stood
        .filter((visit) => visit.state === "done" && (!mine || visit.worker === mine))
        .map(({ start, end, state, worker, activities }) => ({ start, end, state, worker, activities }));
    };
    return this.gather(decisions, week, earlier);
  }

  gather(decisions, days, visitsFor) {
    const found = { changes: [], persons: new Set(), withoutWorker: new Set() };
    for (const decision of decisions.filter((each) => this.month.isOpen(each))) {
      for (const date of days) {
        if (this.month.cell(decision, date).length || this.month.isOff(decision, date)) continue;
        const begun = visitsFor(decision, date).filter(({ start }) => this.month.hasBegun(date, start));
        this.month.workersFor(decision, date, begun).forEach((worker, at) => {
          if (!worker || !this.month.workers.has(worker) || !this.month.worksOn(worker, date)) found.withoutWorker.add(decision);
          else {
            found.changes.push({ decision, before: null, after: this.edits.fresh(decision, date, worker, { ...begun[at], worker }) });
            found.persons.add(decision);
          }
        });
      }
    }
    return found;
  }
}
