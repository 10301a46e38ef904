// The dialog that says how many visits a copy would enter, before it enters them.
export class Copying {
  constructor({ dialog, blocks, month, texts, edits, keyboard, paint, onDone }) {
    Object.assign(this, { dialog, blocks, month, texts, edits, keyboard, paint, onDone });
    this.form = dialog.querySelector("form");
    this.text = dialog.querySelector("[data-text]");
    this.note = dialog.querySelector("[data-note]");
    this.verb = dialog.querySelector("[data-verb]");
    this.form.addEventListener("change", () => this.preview());
    dialog.addEventListener("close", () => {
      this.keyboard.cell().focus();
      if (dialog.returnValue === "enter") this.enter();
    });
  }

  open(kind) {
    this.kind = kind;
    this.place = this.paint.placeOf(this.keyboard.cell());
    this.dialog.returnValue = "";
    for (const part of this.dialog.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== kind;
    this.form.elements.scope.value = kind === "plan" ? "all" : "row";
    this.dialog.querySelector("[data-person]").textContent = this.month.row(this.place.decision).person;
    this.preview();
    this.dialog.showModal();
  }

  preview() {
    const { decision, date } = this.place;
    const rows = this.form.elements.scope.value === "row" ? [decision] : [...this.month.rows.keys()];
    this.found = this.kind === "plan" ? this.blocks.fromPlan(rows) : this.blocks.fromLastWeek(rows, date);
    const { changes, persons, withoutWorker } = this.found;
    this.text.textContent = changes.length
      ? this.texts.say("copy_preview", { visits: this.texts.count("visits", changes.length), persons: this.texts.count("persons", persons.size) })
      : this.texts.say("copy_nothing");
    this.note.textContent = withoutWorker.size ? this.texts.say("copy_without_worker", { persons: this.texts.count("persons", withoutWorker.size) }) : "";
    this.verb.disabled = !changes.length;
  }

  enter() {
    this.edits.apply(this.found.changes);
    this.onDone(this.found.changes);
  }
}
