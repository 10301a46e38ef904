// What could not be saved, each with its way out: two values to choose from, or a text to correct.
import { shortTime } from "./entry.js";

export class Troubles {
  constructor({ panel, queue, month, texts, edits, onChange, onCorrect }) {
    Object.assign(this, { panel, queue, month, texts, edits, onChange, onCorrect });
    this.list = panel.querySelector("[data-list]");
    this.title = panel.querySelector("[data-title]");
    queue.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    const { troubles } = this.queue;
    const known = troubles.map((trouble) => trouble.id).join();
    if (known === this.known) return;
    this.known = known;
    this.panel.hidden = !troubles.length;
    if (troubles.length) this.title.textContent = this.texts.count("troubles", troubles.length);
    this.list.replaceChildren(...troubles.map((trouble) => this.item(trouble)));
  }

  item(trouble) {
    const item = document.createElement("li");
    item.className = "trouble";
    item.dataset.trouble = trouble.status === 409 ? "conflict" : "refused";
    const row = this.month.row(trouble.decision);
    const head = document.createElement("p");
    head.className = "trouble-head";
    head.textContent = `${this.texts.day(trouble.date)}${row ? `, ${row.person}` : ""}`;
    const text = document.createElement("p");
    text.textContent = trouble.message;
    item.append(head, text, ...(trouble.status === 409 ? this.choice(trouble, row) : this.correction(trouble, row)));
    return item;
  }

  visitText(visit) {
    if (!visit) return this.texts.say("removed");
    const who = visit.worker_name ?? this.month.workers.get(visit.worker)?.name ?? "";
    const state = visit.state === "done" ? "" : ` (${this.texts.say(`state_${visit.state}`)})`;
    return `${shortTime(visit.start)}–${shortTime(visit.end)}${state} ${who}`.trim();
  }

  /** Both values side by side, each with the button that keeps it. */
  choice(trouble, row) {
    const [first] = trouble.current;
    const mine = trouble.kind === "remove" ? this.texts.say("removed") : this.visitText(trouble.content);
    const theirs = trouble.current.length ? trouble.current.map((visit) => this.visitText(visit)).join(", ") : this.texts.say("removed");
    const by = first?.changed_by ? this.texts.say("their_entry_by", { name: first.changed_by, time: first.changed_at }) : this.texts.say("their_entry");
    const values = document.createElement("dl");
    values.className = "trouble-values";
    for (const [label, value] of [[this.texts.say("my_entry"), mine], [by, theirs]]) {
      const term = document.createElement("dt");
      term.textContent = label;
      const meaning = document.createElement("dd");
      meaning.textContent = value;
      values.append(term, meaning);
    }
    if (!row) return [values];
    const buttons = [this.button("keep_mine", trouble, () => this.edits.keepMine(trouble)), this.button("keep_theirs", trouble, () => this.edits.giveUp(trouble))];
    if (trouble.kind === "record" && trouble.current.length) buttons.push(this.button("keep_both", trouble, () => this.edits.keepBoth(trouble)));
    return [values, this.buttons(buttons)];
  }

  correction(trouble, row) {
    const value = document.createElement("p");
    value.className = "trouble-text";
    value.textContent = this.texts.say("you_typed", { text: trouble.text });
    const drop = this.button("drop", trouble, () => this.edits.giveUp(trouble));
    return [value, this.buttons(row ? [this.button("correct", trouble, () => this.onCorrect(trouble)), drop] : [drop])];
  }

  buttons(each) {
    const group = document.createElement("div");
    group.className = "trouble-end";
    group.append(...each);
    return group;
  }

  button(key, trouble, verb) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-secondary button-small";
    button.dataset.verb = key;
    button.textContent = this.texts.say(key);
    button.addEventListener("click", () => { verb(); this.onChange(trouble); });
    return button;
  }
}
