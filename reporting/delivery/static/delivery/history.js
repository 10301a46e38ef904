// Undo and redo: every step is a list of changes done as one. A change is of a visit, {decision, before, after} with null
// for none, or of what a cell was refused, {decision, date, dropped, kept}: the troubles that went and that came.
const DEPTH = 200;

export class History {
  constructor() {
    this.done = [];
    this.undone = [];
  }

  add(changes) {
    if (!changes.length) return;
    this.done.push(changes);
    if (this.done.length > DEPTH) this.done.shift();
    this.undone = [];
  }

  /** The changes that take the last step back; they are to be done, and `replaced` told of new ids. */
  back() {
    const changes = this.done.pop();
    if (!changes) return null;
    this.undone.push(changes);
    return changes.map((change) => (change.kept
      ? { ...change, dropped: change.kept, kept: change.dropped }
      : { decision: change.decision, before: change.after, after: change.before })).reverse();
  }

  forth() {
    const changes = this.undone.pop();
    if (!changes) return null;
    this.done.push(changes);
    return changes;
  }

  /** A visit that came back has a new id: earlier and later steps mean that one. */
  replaced(old, id) {
    const renamed = (trouble) => (trouble.visit === old ? { ...trouble, visit: id } : trouble);
    for (const changes of [...this.done, ...this.undone]) {
      for (const change of changes) {
        if (change.kept) Object.assign(change, { dropped: change.dropped.map(renamed), kept: change.kept.map(renamed) });
        if (change.before?.id === old) change.before = { ...change.before, id };
        if (change.after?.id === old) change.after = { ...change.after, id };
      }
    }
  }
}
